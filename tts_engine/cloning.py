"""The whole chain: a reference and a text in, speech out.

Source: SV2TTS (Jia et al. 2018, arXiv 1806.04558).

    text -> sentences -> phonemes --+
                                    +-> synthesizer -> mel -> vocoder -> waveform
    reference -> voice profile -----+

Sentences are synthesised in batches and joined with pauses. A sentence's audio does not depend
on what it is batched with, so the same text, voice and seed always give the same audio.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

import numpy as np
import torch

from tts_engine.audio.loudness import TARGET_LUFS, normalize_loudness
from tts_engine.audio.pitch import f0_profile, track_f0
from tts_engine.audio.resample import resample
from tts_engine.checkpoints import weights_folder
from tts_engine.device import resolve_device
from tts_engine.encoder.inference import SpeakerEncoder
from tts_engine.encoder.reference import ReferenceReport, analyze_reference
from tts_engine.encoder.speech_detector import SpeechDetector
from tts_engine.encoder.voice_check import VoiceCheck
from tts_engine.errors import RequestError, VoiceError
from tts_engine.markup.lexicon import Lexicon
from tts_engine.markup.reading import Utterance, read_script
from tts_engine.recognizer.inference import Recognizer
from tts_engine.synthesizer.inference import SynthesisRequest, SynthesisResult, Synthesizer
from tts_engine.synthesizer.intonation import Contour
from tts_engine.synthesizer.profile import voice_spectrum
from tts_engine.text.frontend import Sentence
from tts_engine.text.intonation import Question, question_focus
from tts_engine.timing import Prosody, SentenceTiming
from tts_engine.types import Audio, VoiceProfile, Waveform
from tts_engine.vocoder.inference import Vocoder
from tts_engine.watermark import Marker, installation_key

SENTENCE_GAP_SECONDS = 0.30
PARAGRAPH_GAP_SECONDS = 0.65
BATCH_SENTENCES = 8
QUIETEST_DB = -60.0  # of a streamed sentence
SPEED_RANGE = (0.25, 4.0)
PITCH_RANGE = (-12.0, 12.0)
VARIATION_RANGE = (0.0, 1.0)
SEED_RANGE = (0, 2**31 - 1)

Progress = Callable[[int, int], None]
Listener = Callable[[Audio], None]


@dataclass(frozen=True, kw_only=True)
class SpeechRequest:
    """One text to be spoken.

    Attributes:
        text: Russian text, any length; `+` before a vowel or U+0301 after it sets the stress. It may be
            SSML or carry the marks of markup/notation.py.
        voice: whose voice.
        voices: other voices that the text calls for, by name.
        lexicon: the person's own dictionary, if any.
        speed: 0.25 (slow) to 4 (fast); beyond 2 words get lost.
        pitch_semitones: -12 to 12.
        variation: liveliness, 0 (always the likeliest course) to 1 (as in training).
        seed: the same seed gives the same audio; at variation 0 every seed does.
        prosody: course of each sentence in order, in place of the predicted one: one for every sentence
            that `SpeechResult.timings` would have, or none at all.
    """

    text: str
    voice: VoiceProfile
    voices: Mapping[str, VoiceProfile] = field(default_factory=dict)
    lexicon: Lexicon | None = None
    speed: float = 1.0
    pitch_semitones: float = 0.0
    variation: float = 1.0
    seed: int = 0
    prosody: Sequence[Prosody] = ()

    def __post_init__(self) -> None:
        check_settings(
            speed=self.speed,
            pitch_semitones=self.pitch_semitones,
            variation=self.variation,
            seed=self.seed,
        )


@dataclass(frozen=True, kw_only=True)
class SpeechResult:
    """Spoken text.

    Attributes:
        audio: all sentences joined, -16 LUFS.
        timings: each sentence in order, with the time and pitch of its sounds.
    """

    audio: Audio
    timings: tuple[SentenceTiming, ...]

    @property
    def sentences(self) -> tuple[Sentence, ...]:
        """What was said, in order."""
        return tuple(timing.sentence for timing in self.timings)

    @property
    def starts_seconds(self) -> tuple[float, ...]:
        """Where in the audio each sentence begins."""
        return tuple(timing.start_seconds for timing in self.timings)


@dataclass(frozen=True, kw_only=True)
class SpokenSentence:
    """One sentence of a stream: its audio with the pauses around it, and its time in the whole stream."""

    audio: Audio
    timing: SentenceTiming


class VoiceCloner:
    """All models of the chain on one device; load once per process. What they say is watermarked."""

    def __init__(self, weights: Path, device: torch.device) -> None:
        self.marker = Marker(installation_key())
        self.weights = weights
        self.device = device
        self.encoder = SpeakerEncoder.load(weights / "encoder", device=device)
        self.synthesizer = Synthesizer.load(weights / "synthesizer", device=device)
        self.vocoder = Vocoder.load(weights / "vocoder", device=device)

    @classmethod
    def load(cls, weights: Path | None = None, device: str = "auto") -> "VoiceCloner":
        """Load every stage; CheckpointError or ResourceError when that is not possible."""
        return cls(weights or weights_folder(), resolve_device(device))

    @cached_property
    def recognizer(self) -> Recognizer:
        """The phoneme recognizer, loaded when first needed."""
        return Recognizer.load(self.weights / "recognizer", device=self.device)

    @cached_property
    def voice_check(self) -> VoiceCheck:
        """What tells a voice from music and noise, loaded when first needed."""
        detector = SpeechDetector.load(self.weights / "speech_detector", device=self.device)
        return VoiceCheck(detector, lambda audio: self.recognizer.transcribe(audio))

    @property
    def sample_rate_hz(self) -> int:
        return self.synthesizer.config.mel.sample_rate_hz

    def profile(self, audio: Audio) -> tuple[VoiceProfile, ReferenceReport]:
        """Measure the voice of a reference recording.

        Raises:
            AudioError: too short, silent, or without a voice.
        """
        report = analyze_reference(audio, self.encoder)
        return self.measure(report.audio, report.speech_seconds), report

    def measure(self, audio: Audio, speech_seconds: float) -> VoiceProfile:
        """Profile of a recording with so much speech; AudioError `no_voice` for music and noise."""
        self.voice_check.require_voice(audio, speech_seconds)
        rate = self.recognizer.config.mel.sample_rate_hz
        waveform = resample(audio.waveform, audio.sample_rate_hz, rate)
        frames = waveform.size // self.recognizer.config.mel.hop_samples
        median_hz, spread = f0_profile(track_f0(Audio(waveform, rate), frames))
        mel = self.recognizer.mel(audio)
        heard = self.recognizer.phonemes(mel)
        return VoiceProfile(
            embedding=self.encoder.embed(audio),
            f0_median_hz=median_hz,
            f0_spread_semitones=spread,
            phonemes_per_second=round(len(heard) / max(speech_seconds, 0.1), 2),
            spectrum=voice_spectrum(mel),
        )

    def speak(
        self,
        request: SpeechRequest,
        on_progress: Progress | None = None,
        on_sentence: Listener | None = None,
    ) -> SpeechResult:
        """Speak a whole text.

        Args:
            request: what to say and how.
            on_progress: called with (sentences done, sentences in all); may raise to cancel.
            on_sentence: given each sentence as `stream` would, before `on_progress` counts it.

        Raises:
            TextError: nothing speakable in the text, or wrong markup.
            VoiceError: the text calls for a voice that is not given.
        """
        utterances = self._script(request)
        pieces: list[Waveform] = []
        timings: list[SentenceTiming] = []
        position = 0
        for done, (piece, result) in enumerate(self._spoken(request, utterances), start=1):
            utterance = utterances[done - 1]
            lead, silence = self._silences(request, utterances, done - 1)
            begin = position + lead.size
            timings.append(self._timing(utterance, result, begin))
            pieces += [lead, piece, silence]
            position += lead.size + piece.size + silence.size
            if on_sentence is not None:
                on_sentence(self._alone(utterance, piece, (lead, silence), begin))
            if on_progress is not None:
                on_progress(done, len(utterances))
        marked = self.marker.mark(Audio(np.concatenate(pieces), self.sample_rate_hz))
        audio = normalize_loudness(marked)
        return SpeechResult(audio=audio, timings=tuple(timings))

    def stream(self, request: SpeechRequest) -> Iterator[SpokenSentence]:
        """Speak sentence by sentence, each with the pause after it; errors as in `speak`."""
        utterances = self._script(request)
        position = 0
        for index, (piece, result) in enumerate(self._spoken(request, utterances)):
            silences = self._silences(request, utterances, index)
            begin = position + silences[0].size
            timing = self._timing(utterances[index], result, begin)
            audio = self._alone(utterances[index], piece, silences, begin)
            position += audio.waveform.size
            yield SpokenSentence(audio=audio, timing=timing)

    def _alone(
        self,
        utterance: Utterance,
        piece: Waveform,
        silences: tuple[Waveform, Waveform],
        begin: int,
    ) -> Audio:
        """A sentence as loud as can be known before the rest is made, marked, between its silences.

        Args:
            begin: samples of the whole before its first sound.
        """
        quieter_db = min(utterance.delivery.volume_db, 0.0)  # loud as can be already
        lufs = TARGET_LUFS + max(quieter_db, QUIETEST_DB)
        marked = self.marker.mark(
            Audio(piece, self.sample_rate_hz), start_seconds=begin / self.sample_rate_hz
        )
        spoken = normalize_loudness(marked, lufs=lufs).waveform
        return Audio(np.concatenate([silences[0], spoken, silences[1]]), self.sample_rate_hz)

    def _script(self, request: SpeechRequest) -> list[Utterance]:
        utterances = read_script(request.text, request.lexicon)
        if request.prosody and len(request.prosody) != len(utterances):
            raise RequestError(
                "wrong_length",
                f"prosody of {len(request.prosody)} sentences for {len(utterances)}",
                f"просодия дана для {len(request.prosody)} предложений, а их {len(utterances)}",
                given=len(request.prosody),
                expected=len(utterances),
            )
        return utterances

    def _spoken(
        self, request: SpeechRequest, utterances: list[Utterance]
    ) -> Iterator[tuple[Waveform, SynthesisResult]]:
        """Waveforms of utterances in order; the first alone, so that it is heard early."""
        several = len({utterance.delivery.voice for utterance in utterances}) > 1
        prosody = request.prosody or [Prosody()] * len(utterances)
        orders = [
            _synthesis_request(request, utterance, course)
            for utterance, course in zip(utterances, prosody, strict=True)
        ]
        first = 0
        while first < len(orders):
            stop = first + (BATCH_SENTENCES if first else 1)
            results, spoken = self._sound(orders[first:stop])
            for utterance, piece, result in zip(
                utterances[first:stop], spoken, results, strict=True
            ):
                if several:  # voices of a dialogue are equally loud
                    piece = normalize_loudness(Audio(piece, self.sample_rate_hz)).waveform
                gain = 10 ** (utterance.delivery.volume_db / 20)
                yield piece if gain == 1 else (piece * gain).astype(np.float32), result
            first = stop

    def _sound(
        self, orders: list[SynthesisRequest]
    ) -> tuple[list[SynthesisResult], list[Waveform]]:
        """Synthesise; the vocoder shifts the pitch where it can, far beyond the pitches of the training."""
        if not self.vocoder.shifts_pitch:
            results = self.synthesizer.synthesize(orders)
            return results, self.vocoder.vocode([result.mel for result in results])
        shifts = [order.pitch_semitones for order in orders]
        unshifted = self.synthesizer.synthesize([replace(o, pitch_semitones=0.0) for o in orders])
        waveforms = self.vocoder.vocode([result.mel for result in unshifted], shifts)
        results = [
            replace(result, f0_hz=(result.f0_hz * 2.0 ** (shift / 12)).astype(np.float32))
            for result, shift in zip(unshifted, shifts, strict=True)
        ]
        return results, waveforms

    def _timing(
        self, utterance: Utterance, result: SynthesisResult, first_sample: int
    ) -> SentenceTiming:
        return SentenceTiming(
            sentence=utterance.sentence,
            start_seconds=first_sample / self.sample_rate_hz,
            frames_per_second=self.synthesizer.config.mel.frames_per_second,
            durations_frames=tuple(result.durations_frames.tolist()),
            f0_hz=tuple(result.f0_hz.tolist()),
        )

    def _silences(
        self, request: SpeechRequest, utterances: list[Utterance], index: int
    ) -> tuple[Waveform, Waveform]:
        """Silence before and after an utterance."""
        utterance = utterances[index]
        seconds = utterance.gap_seconds
        if seconds is None:
            usual = (
                PARAGRAPH_GAP_SECONDS if utterance.sentence.ends_paragraph else SENTENCE_GAP_SECONDS
            )
            seconds = 0.0 if index + 1 == len(utterances) else usual / request.speed
        return (
            np.zeros(round(utterance.lead_seconds * self.sample_rate_hz), dtype=np.float32),
            np.zeros(round(seconds * self.sample_rate_hz), dtype=np.float32),
        )


def _synthesis_request(
    request: SpeechRequest, utterance: Utterance, prosody: Prosody
) -> SynthesisRequest:
    delivery = utterance.delivery
    voice = request.voice
    if delivery.voice is not None:
        if delivery.voice not in request.voices:
            raise VoiceError(
                "unknown_voice",
                f"no voice {delivery.voice[:80]!r}",
                f"нет голоса «{delivery.voice[:80]}»",
                voice=delivery.voice[:80],
            )
        voice = request.voices[delivery.voice]
    return SynthesisRequest(
        tokens=utterance.sentence.tokens,
        voice=voice,
        speed=_within(request.speed * delivery.speed, SPEED_RANGE),
        pitch_semitones=_within(request.pitch_semitones + delivery.pitch_semitones, PITCH_RANGE),
        variation=request.variation,
        seed=request.seed,
        durations_frames=prosody.durations_frames,
        f0_hz=prosody.f0_hz,
        contour=question_contour(utterance.sentence),
    )


def question_contour(sentence: Sentence) -> Contour | None:
    """How a question's pitch moves; None for other sentences."""
    focus = question_focus(sentence)
    if focus is None:
        return None
    return Contour(rises=focus.kind is not Question.WORD, token=focus.token, reach=focus.reach)


def _within(value: float, limits: tuple[float, float]) -> float:
    return min(max(value, limits[0]), limits[1])


def check_settings(*, speed: float, pitch_semitones: float, variation: float, seed: int) -> None:
    """Raises RequestError: `…_out_of_range`."""
    _check_range("speed", speed, SPEED_RANGE, "скорость")
    _check_range("pitch", pitch_semitones, PITCH_RANGE, "высота")
    _check_range("variation", variation, VARIATION_RANGE, "живость")
    _check_range("seed", seed, SEED_RANGE, "зерно")


def _check_range(name: str, value: float, limits: tuple[float, float], name_ru: str) -> None:
    low, high = limits
    if not low <= value <= high:
        shown, bounds = f"{value:.10g}", f"{low:.10g}..{high:.10g}"
        raise RequestError(
            f"{name}_out_of_range",
            f"{name} {shown} is outside {bounds}",
            f"{name_ru} {shown} вне пределов {bounds}",
            minimum=low,
            maximum=high,
        )
