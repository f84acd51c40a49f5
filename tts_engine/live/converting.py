"""A voice converted while it speaks: a window slides over what is heard, and says its middle.

    frames   |------------ context ------------|== block ==|ahead|
    content  heard over all of it and its mirror image, anew for every block    <- mirrored |
    F0       as it was said |------------------| measured ------->
    mel      as it was said        |-----------| converted ------>
    sound                                      | block, crossfade|      the rest is said by the next window

Networks that have learned whole recordings take the end of the window for the end of the speech. They hear the last
frames once more, backwards: contents of the block then differ from those of the whole recording by a third less
(docs/live.md).
What was said is not changed any more: F0, mel, phase and noise before the block are those that were heard, so that
the next block goes on from there; overlap-add hides what is left. Where nobody speaks no network runs.
"""

import numpy as np
from numpy.typing import NDArray
from scipy.signal import butter, sosfilt

from tts_engine.audio.mel import LOG_FLOOR
from tts_engine.conversion.converting import (
    HIGH_PASS_HZ,
    HIGH_PASS_ORDER,
    ConversionSettings,
    Target,
    VoiceConverter,
    moved,
)
from tts_engine.errors import RequestError
from tts_engine.f0 import SINGING, SWIFT, F0Track, at_frames
from tts_engine.f0.curve import mended_octaves
from tts_engine.f0.tracking import f0_method
from tts_engine.live.joining import BlockJoiner
from tts_engine.live.level import RunningLevel, gate
from tts_engine.live.pitch import RunningTransposition, formants_moved
from tts_engine.live.settings import SEARCH_SECONDS, LiveSettings
from tts_engine.types import Audio, Waveform
from tts_engine.vocoder.streaming import StreamedVocoder
from tts_engine.watermark.running import RunningMarker

Array = NDArray[np.float32]

STRIDE = (
    4  # frames that the recognizer's slowest blocks take together: windows begin at multiples of it
)
PITCH_FRAMES = (
    24  # before the block, over which F0 is measured anew; the method looks 0.18 s around
)
PITCH_MIRRORED_FRAMES = (
    4  # after the window; the method tells nothing of the last 35 ms that it is given
)
MIRRORED_FRAMES = 64  # after the window, for the recognizer
NEAR_FRAMES = 16  # on either side, that a frame of the conversion network listens to in earnest
OCTAVE_FRAMES = 60  # before the block, with which octave jumps are found
PROTECT = ConversionSettings().protect
LOUDEST_OUT = 0.99
SILENCE = float(np.log(LOG_FLOOR))


class LiveConversion:
    """One person's speech in one voice. All sound is at the models' rate."""

    def __init__(
        self, models: VoiceConverter, target: Target, settings: LiveSettings, key: bytes
    ) -> None:
        """Begin.

        Args:
            models: shared by all who speak; one conversion at a time is computed with them.
            target: the voice, with its index where `index_rate` is not 0.
            settings: see there.
            key: of the watermark.

        Raises:
            RequestError: `bad_live_settings`; `pitch_unknown`, the voice has no F0 to be moved to; `index_missing`.
            VoiceError: `delta_of_another_base`, `delta_damaged`.
        """
        settings.check()
        models.converter.merged.get(
            target.profile.conversion_delta
        )  # before the first block waits for it
        if settings.index_rate > 0 and target.index is None:
            raise RequestError(
                "index_missing",
                "index_rate needs the contents of the voice; set it to 0",
                "для index_rate нужно содержание голоса; поставьте 0",
            )
        self.settings, self.rate_hz = settings, models.rate_hz
        self._models, self._target = models, target
        self._hop = hop = models.hop_samples
        per_second = self.rate_hz / hop
        joint = round((settings.crossfade_seconds + SEARCH_SECONDS) * self.rate_hz)
        self._joint = -(-joint // hop)
        self._block = max(2, round(settings.block_seconds * per_second))
        self._ahead = max(self._joint, round(settings.ahead_seconds * per_second))
        self._before = round(settings.context_seconds * per_second)
        frames = self._before + self._block + self._ahead
        self._place = -frames  # of the window's first frame in the whole sound
        self._sound = np.zeros(frames * hop, np.float32)
        self._vocoder = StreamedVocoder(models.vocoder)
        # what was said before the block: F0 as heard and as said, and the mel, as loud as it was heard
        self._heard_hz, self._said_hz = np.zeros((2, self._before), np.float32)
        bands = models.converter.config.mel.n_mels
        self._mel = np.full((bands, self._vocoder.context_frames), SILENCE, np.float32)
        self._quiet = np.full((bands, self._block), SILENCE, np.float32)
        self._filter = butter(
            HIGH_PASS_ORDER, HIGH_PASS_HZ, "highpass", fs=self.rate_hz, output="sos"
        )
        self._filtered = np.zeros((self._filter.shape[0], 2))
        self._level = RunningLevel(self.rate_hz, hop, settings.threshold_db)
        self._transposition = RunningTransposition(settings.transpose, target.profile, per_second)
        self._joiner = BlockJoiner(
            self._block * hop,
            round(settings.crossfade_seconds * self.rate_hz),
            round(SEARCH_SECONDS * self.rate_hz),
        )
        self._marker = RunningMarker(key, self.rate_hz)

    @property
    def block_samples(self) -> int:
        """What is taken and given at once."""
        return self._block * self._hop

    @property
    def ahead_samples(self) -> int:
        """By which what is said lies behind what was heard, in the sound itself."""
        return self._ahead * self._hop

    @property
    def semitones(self) -> float | None:
        """By which F0 is moved; None as long as that is not known for good."""
        return self._transposition.settled

    def convert(self, block: Waveform) -> Waveform:
        """Hear a block and say one of the same length.

        Args:
            block: the next samples, (block_samples,), in [-1, 1].

        Returns:
            (block_samples,), marked: what was heard up to `ahead_samples` before the block's end.
        """
        self._hear(block)
        opened = gate(self._sound, self.rate_hz, self._hop, self.settings.threshold_db)
        first = self._before * self._hop
        opened = opened[first : first + (self._block + self._joint) * self._hop]
        if not opened.any():
            return self._say(None)
        gain = self._level.gain
        return self._say(self._spoken(gain) / np.float32(gain) * opened)

    def skip(self, block: Waveform) -> None:
        """Hear a block and say nothing: there is no time for it."""
        self._hear(block)
        self._say(None)

    def _hear(self, block: Waveform) -> None:
        if block.shape != (self.block_samples,):
            raise ValueError(f"a block of {block.shape}; expected ({self.block_samples},)")
        clean, self._filtered = sosfilt(self._filter, block, zi=self._filtered)
        fresh = clean.astype(np.float32)
        self._level.hear(fresh)
        self._sound = np.concatenate([self._sound[block.size :], fresh])
        self._place += self._block

    def _say(self, made: Waveform | None) -> Waveform:
        if made is None:
            nothing = np.zeros(self._block, np.float32)
            self._remember(nothing, nothing, self._quiet)
        said, ahead = self._joiner.join(made)
        return np.clip(self._marker.mark(said, ahead), -LOUDEST_OUT, LOUDEST_OUT)

    def _spoken(self, gain: float) -> Waveform:
        """The block and what it shares with the next, as loud as the models know voices."""
        skipped = -self._place % STRIDE
        sound = self._sound[skipped * self._hop :] * np.float32(gain)
        heard_hz = self._pitch(sound)
        self._transposition.hear(heard_hz[: self._block])
        f0_hz = moved(heard_hz, self._transposition.semitones)
        mel = self._converted(sound, f0_hz, self._before - skipped)
        known, louder = self._mel.shape[1], np.float32(np.log(gain))
        said = slice(known, known + self._block + self._joint)
        spoken = self._vocoder.speak(
            np.concatenate([np.maximum(self._mel + louder, SILENCE), mel], axis=1),
            np.concatenate([self._said_hz[-known:], f0_hz]),
            said,
            place=self._place + self._before - known,
            advance=self._block,
            shifted=self._is_shifted(f0_hz),
        )
        block = slice(self._block)
        self._remember(heard_hz[block], f0_hz[block], mel[:, block] - louder)
        return spoken

    def _pitch(self, sound: Waveform) -> Array:
        """F0 of the block and what lies ahead, as heard, (F,)."""
        frames = self._block + self._ahead
        part = mirrored(
            sound[-(frames + PITCH_FRAMES) * self._hop :], PITCH_MIRRORED_FRAMES * self._hop
        )
        step = self._hop / self.rate_hz
        measured = f0_method(SWIFT).measure(Audio(part, self.rate_hz), step, SINGING)
        if measured is None:
            return np.zeros(frames, np.float32)
        fresh = at_frames(measured, frames + PITCH_FRAMES, step)[PITCH_FRAMES:]
        whole = np.concatenate([self._heard_hz[-OCTAVE_FRAMES:], fresh]).astype(np.float64)
        mended = mended_octaves(F0Track(f0_hz=whole, first_seconds=0.0, step_seconds=step), SINGING)
        return mended.f0_hz[-frames:].astype(np.float32)

    def _converted(self, sound: Waveform, f0_hz: Array, begins: int) -> Array:
        """Mel of the block and what lies ahead in the voice; the block begins at that frame of the sound."""
        converter = self._models.converter
        mel = mirrored(converter.mel(sound), MIRRORED_FRAMES)
        first, last = max(0, begins - NEAR_FRAMES), begins + f0_hz.size
        track = np.concatenate([self._said_hz[self._said_hz.size - (begins - first) :], f0_hz])
        track = mirrored(track, NEAR_FRAMES)
        heard = slice(first, first + track.size)
        content = converter.content(mel)[heard]
        rate = self.settings.index_rate
        if self._target.index is not None and rate > 0:
            shares = rate * np.where(track > 0, 1.0, 2 * PROTECT)
            content = self._target.index.draw(content, shares.astype(np.float32))
        made = converter.convert(mel[:, heard], content, track, self._target.profile)
        return formants_moved(
            made[:, begins - first : last - first], self.settings.formant, converter.config.mel
        )

    def _is_shifted(self, f0_hz: Array) -> bool:
        """Whether the mel shows another pitch than the vocoder is told: the network folds what is too high or low."""
        config, voiced = self._models.converter.config, f0_hz[f0_hz > 0]
        folded = (voiced < config.pitch_low_hz) | (voiced > config.pitch_high_hz)
        return self.settings.formant != 0 or bool(voiced.size and folded.mean() > 0.5)

    def _remember(self, heard_hz: Array, said_hz: Array, mel: Array) -> None:
        """Frames of the block, which are said now."""
        self._heard_hz = np.concatenate([self._heard_hz, heard_hz])[-self._before :]
        self._said_hz = np.concatenate([self._said_hz, said_hz])[-self._before :]
        self._mel = np.concatenate([self._mel, mel], axis=1)[:, -self._mel.shape[1] :]


def mirrored(values: Array, count: int) -> Array:
    """With what lies before its end once more, backwards: (…, T) -> (…, T + count), or as much as there is."""
    return np.concatenate([values, values[..., -2 : -2 - count : -1]], axis=-1)
