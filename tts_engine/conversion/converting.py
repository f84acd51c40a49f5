"""Somebody's speech or song in another voice: the whole chain, in pieces, time kept to the sample.

    source ─ level, high-pass ─┬─ mel ─ content ─ (index) ─┐
                               ├─ F0 ─ transposed ─────────┼─ mel in the voice ─ vocoder ─ envelope ─ result
                               └─ loudness ────────────────┘

Source of the settings' meanings: RVC's and so-vits-svc's, by the same names; each does here what it says.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import uniform_filter1d
from scipy.signal import butter, sosfilt

from tts_engine.audio.resample import resample
from tts_engine.conversion.index import RetrievalIndex
from tts_engine.conversion.inference import Converter
from tts_engine.device import resolve_device
from tts_engine.errors import AudioError, RequestError
from tts_engine.f0 import SINGING, SWIFT, track_f0
from tts_engine.types import Audio, VoiceProfile, Waveform
from tts_engine.vocoder.inference import HIGHEST_HZ, LOWEST_HZ, Vocoder
from tts_engine.weights import weights_folder

Array = NDArray[np.float32]
Progress = Callable[[int, int], None]

HIGH_PASS_HZ, HIGH_PASS_ORDER = 48.0, 5
LOUDEST_OUT = 0.99
SPEECH_LEVEL = 0.08  # RMS of the louder half, as the models know it
FRAME_SECONDS = 0.02
PIECE_SECONDS, QUIET_WITHIN_SECONDS = (
    40.0,
    5.0,
)  # cut at the quietest moment around every so many seconds
QUIET_SECONDS = 0.01
ENVELOPE_SECONDS = 0.5
SILENT_DB, FADED_DB = -62.0, -50.0  # below the loud half: nothing is left of it, all is
LONGEST_TRANSPOSITION = 24.0
LEAST_VOICED_FRAMES = 20


@dataclass(frozen=True, kw_only=True)
class ConversionSettings:
    """How a voice is put on somebody's speech or song.

    Attributes:
        transpose: semitones; None: so that the median F0 becomes the voice's, by whole octaves in a song.
        song: whether it is sung.
        f0_method: of `tts_engine.f0`.
        index_rate: how far contents are drawn toward the voice's own, 0 to 1; of use with an index only.
        protect: how much of that unvoiced sounds and breaths get, 0 to 0.5; 0.5 is all.
        rms_mix: whose loudness the result has: 0 the source's, 1 as it was made.
    """

    transpose: float | None = None
    song: bool = False
    f0_method: str = SWIFT
    index_rate: float = 0.3
    protect: float = 0.33
    rms_mix: float = 0.25

    def check(self) -> None:
        """Raises RequestError: `bad_conversion_settings`."""
        limits = {
            "transpose": (-LONGEST_TRANSPOSITION, LONGEST_TRANSPOSITION),
            "index_rate": (0.0, 1.0),
            "protect": (0.0, 0.5),
            "rms_mix": (0.0, 1.0),
        }
        for name, (low, high) in limits.items():
            value = getattr(self, name)
            if value is not None and not low <= value <= high:
                raise RequestError(
                    "bad_conversion_settings",
                    f"{name} is {value}; expected {low:g} to {high:g}",
                    f"{name} равно {value}; ожидается от {low:g} до {high:g}",
                )


@dataclass(frozen=True, kw_only=True, eq=False)
class Converted:
    """What came of it.

    Attributes:
        audio: at the models' rate, as long as the source to the sample.
        semitones: by which F0 was moved.
        source_hz, f0_hz: F0 of the source and of the result, one per frame of 256 samples, 0 where unvoiced.
    """

    audio: Audio
    semitones: float
    source_hz: Array
    f0_hz: Array


@dataclass(frozen=True, kw_only=True, eq=False)
class Target:
    """The voice to be put on: its profile, and contents of it where there is an index."""

    profile: VoiceProfile
    index: RetrievalIndex | None = None


class VoiceConverter:
    """All models of a conversion on one device; load once per process. Results carry no mark yet."""

    def __init__(self, converter: Converter, vocoder: Vocoder) -> None:
        self.converter, self.vocoder = converter, vocoder
        self.rate_hz = converter.config.mel.sample_rate_hz
        self.hop_samples = converter.config.mel.hop_samples

    @classmethod
    def load(cls, weights: Path | None = None, device: str = "auto") -> "VoiceConverter":
        """Raises CheckpointError when weights are missing or damaged, ResourceError without such a device."""
        folder, chosen = weights or weights_folder(), resolve_device(device)
        return cls(
            Converter.load(folder, device=chosen), Vocoder.load(folder / "vocoder", device=chosen)
        )

    def convert(
        self,
        source: Audio,
        target: Target,
        settings: ConversionSettings,
        source_hz: Array | None = None,
        on_progress: Progress = lambda done, total: None,
    ) -> Converted:
        """Put a voice on a recording of one voice.

        Args:
            source: speech or singing without accompaniment, in any language.
            target: the voice.
            settings: see there.
            source_hz: F0 of the source per frame, when somebody knows it better than the method.
            on_progress: called with (pieces done, pieces in all); may raise to stop.

        Raises:
            AudioError: `no_voice`, nothing in it is voiced.
            RequestError: settings out of range; `f0_of_another_length`.
            VoiceError: `delta_of_another_base`, `delta_damaged`.
        """
        settings.check()
        self.converter.merged.check(target.profile.conversion_delta)
        rate, hop = self.rate_hz, self.hop_samples
        sound, gain = levelled(resample(source.waveform, source.sample_rate_hz, rate), rate)
        pieces = [slice(a, b) for a, b in pairwise(cuts(sound, rate, hop))]
        if source_hz is None:
            source_hz = self._measured(sound, pieces, settings.f0_method)
        check_track(source_hz, -(-sound.size // hop))
        semitones = transposition(source_hz, target.profile, settings)
        f0_hz = moved(source_hz, semitones)
        made = np.zeros_like(sound)
        for done, piece in enumerate(pieces, start=1):
            track = f0_hz[piece.start // hop : -(-piece.stop // hop)]
            part = self._piece(sound[piece], track, target, settings)
            made[piece] = part[: piece.stop - piece.start]
            on_progress(done, len(pieces))
        made = mix_envelopes(sound, made * silence_gate(sound, rate), settings.rms_mix, rate) / gain
        made = made * min(1.0, LOUDEST_OUT / max(1e-9, float(np.abs(made).max())))
        return Converted(
            audio=Audio(made.astype(np.float32), rate),
            semitones=semitones,
            source_hz=source_hz,
            f0_hz=f0_hz,
        )

    def index_of(self, recordings: Sequence[Audio]) -> RetrievalIndex:
        """The contents of a voice, from recordings of it; RequestError when there is too little."""
        contents = []
        for recording in recordings:
            sound = resample(recording.waveform, recording.sample_rate_hz, self.rate_hz)
            sound, _ = levelled(sound, self.rate_hz)
            loud = silence_gate(sound, self.rate_hz)[:: self.hop_samples] > 0.5
            content = self.converter.content(self.converter.mel(sound))
            contents.append(content[loud[: len(content)]])
        return RetrievalIndex.build(contents)

    def _measured(self, sound: Waveform, pieces: Sequence[slice], method: str) -> Array:
        """F0 of every frame, piece by piece."""
        tracks = []
        for piece in pieces:
            part = Audio(sound[piece], self.rate_hz)
            frames = -(-part.waveform.size // self.hop_samples)
            tracks.append(track_f0(part, frames, SINGING, method))
        return np.concatenate(tracks)

    def _piece(
        self, sound: Waveform, f0_hz: Array, target: Target, settings: ConversionSettings
    ) -> Waveform:
        """A piece in the voice, at least as long as it was."""
        least = self.converter.config.mel.fft_samples
        length = max(f0_hz.size * self.hop_samples, least)
        mel = self.converter.mel(np.pad(sound, (0, length - sound.size)))
        track = np.pad(f0_hz, (0, mel.shape[1] - f0_hz.size))
        content = self.converter.content(mel)
        if target.index is not None:
            shares = settings.index_rate * np.where(track > 0, 1.0, 2 * settings.protect)
            content = target.index.draw(content, shares.astype(np.float32))
        spoken = self.converter.convert(mel, content, track, target.profile)
        (waveform,) = self.vocoder.vocode([spoken], f0_hz=[track])
        return waveform


def check_track(source_hz: Array, frames: int) -> None:
    """Raises RequestError when an F0 is not of that many frames."""
    if source_hz.shape != (frames,):
        raise RequestError(
            "f0_of_another_length",
            f"the F0 has {source_hz.size} values, the recording {frames} frames",
            f"в кривой F0 значений: {source_hz.size}, в записи кадров: {frames}",
        )


def levelled(sound: Waveform, rate: int) -> tuple[Waveform, float]:
    """Without rumble and at the level that the models know, and the gain that did it: (T,) -> (T,).

    Raises:
        AudioError: `no_voice`, there is nothing but silence.
    """
    if sound.size == 0 or not np.any(sound):
        raise _no_voice()
    sections = butter(HIGH_PASS_ORDER, HIGH_PASS_HZ, "highpass", fs=rate, output="sos")
    clean = sosfilt(sections, sound)
    powers = np.sort(_powers(clean, rate))
    level = float(np.sqrt(powers[powers.size // 2 :].mean()))
    if level < 1e-6:
        raise _no_voice()
    gain = SPEECH_LEVEL / level
    return (clean * gain).astype(np.float32), gain


def _powers(sound: NDArray, rate: int) -> NDArray[np.float64]:
    """Mean power of frames of 20 ms, (N,), at least one; a shorter rest is left out."""
    size = min(round(FRAME_SECONDS * rate), sound.size)
    whole = sound[: sound.size // size * size]
    return np.asarray(np.square(whole, dtype=np.float64).reshape(-1, size).mean(axis=1))


def cuts(sound: Waveform, rate: int, hop: int) -> list[int]:
    """Samples at which pieces begin and end, multiples of the hop but for the end: 0 … T."""
    found = [0]
    step, within = int(PIECE_SECONDS * rate), int(QUIET_WITHIN_SECONDS * rate)
    while sound.size - found[-1] > step + within:
        first = found[-1] + step - within
        power = uniform_filter1d(
            np.square(sound[first : first + 2 * within]), int(QUIET_SECONDS * rate)
        )
        found.append((first + int(power.argmin())) // hop * hop)
    return [*found, sound.size]


def transposition(source_hz: Array, profile: VoiceProfile, settings: ConversionSettings) -> float:
    """Semitones by which F0 is moved.

    Raises:
        AudioError: `no_voice`.
        RequestError: `pitch_unknown`, the voice has no F0 to be moved to.
    """
    voiced = source_hz[source_hz > 0]
    if voiced.size < LEAST_VOICED_FRAMES:
        raise _no_voice()
    if settings.transpose is not None:
        return settings.transpose
    if profile.f0_median_hz <= 0:
        raise RequestError(
            "pitch_unknown",
            "the pitch of the voice is not known: say by how many semitones to transpose",
            "высота голоса неизвестна: укажите, на сколько полутонов перенести",
        )
    semitones = 12 * np.log2(profile.f0_median_hz / float(np.median(voiced)))
    step = 12 if settings.song else 1
    return float(
        np.clip(step * round(semitones / step), -LONGEST_TRANSPOSITION, LONGEST_TRANSPOSITION)
    )


def moved(source_hz: Array, semitones: float) -> Array:
    """F0 higher by so much, kept within what the vocoder can say, by octaves."""
    f0_hz = source_hz * 2 ** (semitones / 12)
    octaves = np.log2(np.maximum(f0_hz, 1e-3))
    down = np.ceil(np.maximum(0, octaves - np.log2(HIGHEST_HZ)))
    up = np.ceil(np.maximum(0, np.log2(LOWEST_HZ) - octaves))
    return np.where(source_hz > 0, f0_hz * 2 ** (up - down), 0).astype(np.float32)


def silence_gate(sound: Waveform, rate: int) -> Array:
    """0 where the source is silent, 1 where it is not, smooth between: (T,) -> (T,)."""
    powers = _powers(sound, rate)
    decibels = 10 * np.log10(powers / SPEECH_LEVEL**2 + 1e-12)
    opened = np.clip((decibels - SILENT_DB) / (FADED_DB - SILENT_DB), 0, 1)
    size = round(FRAME_SECONDS * rate)
    centres = (np.arange(opened.size) + 0.5) * size
    return np.interp(np.arange(sound.size), centres, opened).astype(np.float32)


def mix_envelopes(source: Waveform, made: Waveform, mix: float, rate: int) -> Waveform:
    """The result with `mix` of its own loudness and the rest of the source's: (T,), (T,) -> (T,).

    As RVC's: result * source_rms ** (1 - mix) * result_rms ** (mix - 1), over half a second.
    """
    size = int(ENVELOPE_SECONDS * rate)
    of_source, of_made = (
        np.sqrt(np.maximum(uniform_filter1d(np.square(x, dtype=np.float64), size), 0) + 1e-12)
        for x in (source, made)
    )
    return np.asarray(
        made * of_source ** (1 - mix) * np.maximum(of_made, 1e-4) ** (mix - 1), np.float32
    )


def _no_voice() -> AudioError:
    return AudioError(
        "no_voice",
        "no voice is heard in the recording: nothing in it has a pitch from 50 to 1100 Hz",
        "в записи не слышно голоса: в ней нет ничего с высотой от 50 до 1100 Гц",
    )
