"""The whole chain: a reference and a text in, speech out.

Source: SV2TTS (Jia et al. 2018, arXiv 1806.04558).

    text -> sentences -> phonemes --+
                                    +-> synthesizer -> mel -> vocoder -> waveform
    reference -> voice profile -----+

Sentences are synthesised in batches and joined with pauses. A sentence's audio does not depend
on what it is batched with, so the same text, voice and seed always give the same audio.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import torch

from tts_engine.audio.loudness import normalize_loudness
from tts_engine.audio.pitch import f0_profile, track_f0
from tts_engine.audio.resample import resample
from tts_engine.checkpoints import weights_folder
from tts_engine.device import resolve_device
from tts_engine.encoder.inference import SpeakerEncoder
from tts_engine.encoder.reference import ReferenceReport, analyze_reference
from tts_engine.encoder.speech_detector import SpeechDetector
from tts_engine.encoder.voice_check import VoiceCheck
from tts_engine.errors import RequestError
from tts_engine.recognizer.inference import Recognizer
from tts_engine.synthesizer.inference import SynthesisRequest, Synthesizer
from tts_engine.synthesizer.profile import voice_spectrum
from tts_engine.text.frontend import Sentence, get_frontend
from tts_engine.types import Audio, VoiceProfile, Waveform
from tts_engine.vocoder.inference import Vocoder

SENTENCE_GAP_SECONDS = 0.30
PARAGRAPH_GAP_SECONDS = 0.65
BATCH_SENTENCES = 8
SPEED_RANGE = (0.5, 2.0)
PITCH_RANGE = (-12.0, 12.0)

Progress = Callable[[int, int], None]


@dataclass(frozen=True, kw_only=True)
class SpeechRequest:
    """One text to be spoken.

    Attributes:
        text: Russian text, any length; `+` before a vowel or U+0301 after it sets the stress.
        voice: whose voice.
        speed: 0.5 (slow) to 2 (fast).
        pitch_semitones: -12 to 12.
        seed: the same seed gives the same audio.
    """

    text: str
    voice: VoiceProfile
    speed: float = 1.0
    pitch_semitones: float = 0.0
    seed: int = 0

    def __post_init__(self) -> None:
        _check_range("speed", self.speed, SPEED_RANGE, "скорость")
        _check_range("pitch", self.pitch_semitones, PITCH_RANGE, "высота")


@dataclass(frozen=True, kw_only=True)
class SpeechResult:
    """Spoken text.

    Attributes:
        audio: all sentences joined, -16 LUFS.
        sentences: what was said, in order.
        starts_seconds: where in the audio each sentence begins.
    """

    audio: Audio
    sentences: tuple[Sentence, ...]
    starts_seconds: tuple[float, ...]


class VoiceCloner:
    """All models of the chain on one device; load once per process."""

    def __init__(self, weights: Path, device: torch.device) -> None:
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
        report = analyze_reference(audio)
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

    def speak(self, request: SpeechRequest, on_progress: Progress | None = None) -> SpeechResult:
        """Speak a whole text.

        Args:
            request: what to say and how.
            on_progress: called with (sentences done, sentences in all); may raise to cancel.

        Raises:
            TextError: nothing speakable in the text.
        """
        sentences = get_frontend().sentences(request.text)
        pieces: list[Waveform] = []
        starts: list[float] = []
        position = 0
        for done, piece in enumerate(self._sentence_waveforms(request, sentences), start=1):
            gap = _gap_samples(sentences[done - 1], self.sample_rate_hz, request.speed)
            silence = np.zeros(0 if done == len(sentences) else gap, dtype=np.float32)
            starts.append(position / self.sample_rate_hz)
            pieces += [piece, silence]
            position += piece.size + silence.size
            if on_progress is not None:
                on_progress(done, len(sentences))
        audio = normalize_loudness(Audio(np.concatenate(pieces), self.sample_rate_hz))
        return SpeechResult(audio=audio, sentences=tuple(sentences), starts_seconds=tuple(starts))

    def stream(self, request: SpeechRequest) -> Iterator[Audio]:
        """Speak sentence by sentence, each with the pause after it; TextError as in `speak`."""
        sentences = get_frontend().sentences(request.text)
        for sentence, piece in zip(
            sentences, self._sentence_waveforms(request, sentences), strict=True
        ):
            gap = _gap_samples(sentence, self.sample_rate_hz, request.speed)
            normalized = normalize_loudness(Audio(piece, self.sample_rate_hz)).waveform
            silence = np.zeros(0 if sentence is sentences[-1] else gap, dtype=np.float32)
            yield Audio(np.concatenate([normalized, silence]), self.sample_rate_hz)

    def _sentence_waveforms(
        self, request: SpeechRequest, sentences: list[Sentence]
    ) -> Iterator[Waveform]:
        """Waveforms of sentences in order; the first alone, so that it is heard early."""
        first = 0
        while first < len(sentences):
            batch = sentences[first : first + (BATCH_SENTENCES if first else 1)]
            first += len(batch)
            results = self.synthesizer.synthesize(
                [
                    SynthesisRequest(
                        tokens=sentence.tokens,
                        voice=request.voice,
                        speed=request.speed,
                        pitch_semitones=request.pitch_semitones,
                        seed=request.seed,
                    )
                    for sentence in batch
                ]
            )
            yield from self.vocoder.vocode([result.mel for result in results])


def _gap_samples(sentence: Sentence, sample_rate_hz: int, speed: float) -> int:
    seconds = PARAGRAPH_GAP_SECONDS if sentence.ends_paragraph else SENTENCE_GAP_SECONDS
    return round(seconds / speed * sample_rate_hz)


def _check_range(name: str, value: float, limits: tuple[float, float], name_ru: str) -> None:
    low, high = limits
    if not low <= value <= high:
        raise RequestError(
            f"{name}_out_of_range",
            f"{name} {value:g} is outside {low:g}..{high:g}",
            f"{name_ru} {value:g} вне пределов {low:g}..{high:g}",
            minimum=low,
            maximum=high,
        )
