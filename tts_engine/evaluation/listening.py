"""Speak fixed sentences as somebody, and measure each finished utterance."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tts_engine.audio.loudness import normalize_loudness
from tts_engine.distillmos.meter import DistillMos
from tts_engine.evaluation.measures import (
    Silences,
    clipped_share,
    naturalness,
    phoneme_errors,
    silences,
)
from tts_engine.evaluation.second_encoder import SecondEncoder
from tts_engine.evaluation.subjects import Subject
from tts_engine.recognizer.inference import Recognizer
from tts_engine.speaking.cloning import VoiceCloner
from tts_engine.speaking.requests import SpeechRequest
from tts_engine.synthesizer.request import SynthesisRequest
from tts_engine.text.symbols import phonemes_only
from tts_engine.types import Audio
from tts_engine.weights import weights_folder

SHORTEST_SECONDS = 1.0  # d-vectors and DNSMOS need a second of sound


@dataclass(frozen=True, kw_only=True, eq=False)
class Utterance:
    """One finished utterance, spoken or recorded, and what was measured of it.

    Attributes:
        sentence_set: name of the set that the text is from; "" for recordings.
        text: as given.
        tokens: phonemes and pauses expected; none when the words are unknown.
        seconds: length.
        audio: the sound, or None when it is no longer needed.
        errors: wrong phonemes by the recognizer; `judge_errors` by the judge.
        silences: pauses and edges.
        clipped: share of samples at full scale.
        seconds_spent: computing time; NaN for recordings.
        embedding: GE2E d-vector, None for clips under a second; `embedding2`: the second encoder's.
        mos: DNSMOS overall, NaN for clips under a second; `mos2`: DistillMOS.
    """

    sentence_set: str
    text: str
    tokens: tuple[str, ...]
    seconds: float
    audio: Audio | None
    errors: int
    judge_errors: int
    silences: Silences
    clipped: float
    seconds_spent: float
    embedding: NDArray[np.float32] | None
    embedding2: NDArray[np.float32] | None
    mos: float
    mos2: float

    @property
    def phonemes(self) -> int:
        """Number expected."""
        return len(phonemes_only(self.tokens))


class Listener:
    """The models that measure: two recognizers, two speaker encoders, two meters of naturalness."""

    def __init__(self, cloner: VoiceCloner, judge: Path | None = None) -> None:
        self.cloner = cloner
        self.recognizer = cloner.recognizer
        self.judge = Recognizer.load(judge or weights_folder() / "judge", device=cloner.device)
        self.second_encoder = SecondEncoder()
        self.distillmos = DistillMos.load(weights_folder() / "distillmos")

    def hear(
        self,
        audio: Audio,
        tokens: Sequence[str],
        *,
        sentence_set: str = "",
        text: str = "",
        seconds_spent: float = np.nan,
    ) -> Utterance:
        """Measure a clip that should hold these phonemes (none: its errors are 0 of 0)."""
        long_enough = audio.seconds >= SHORTEST_SECONDS
        errors = judge_errors = 0
        if tokens:
            errors, _ = phoneme_errors(tokens, self.recognizer.transcribe(audio))
            judge_errors, _ = phoneme_errors(tokens, self.judge.transcribe(audio))
        return Utterance(
            sentence_set=sentence_set,
            text=text,
            tokens=tuple(tokens),
            seconds=audio.seconds,
            audio=audio,
            errors=errors,
            judge_errors=judge_errors,
            silences=silences(audio),
            clipped=clipped_share(audio),
            seconds_spent=seconds_spent,
            embedding=self.cloner.encoder.embed(audio) if long_enough else None,
            embedding2=self.second_encoder.embed(audio) if long_enough else None,
            mos=naturalness(audio) if long_enough else np.nan,
            mos2=self.distillmos.score(audio) if long_enough else np.nan,
        )

    def speak(self, subject: Subject, text: str, sentence_set: str) -> Utterance:
        """Speak one text as the subject and measure it."""
        started = time.perf_counter()
        result = self.cloner.speak(SpeechRequest(text=text, voice=subject.profile))
        spent = time.perf_counter() - started
        tokens = [token for sentence in result.sentences for token in sentence.tokens]
        return self.hear(
            result.audio, tokens, sentence_set=sentence_set, text=text, seconds_spent=spent
        )

    def speak_tokens(
        self, subject: Subject, tokens: Sequence[str], sentence_set: str, text: str
    ) -> Utterance:
        """Speak the phonemes of a recording as the subject, past the text front end, and measure it."""
        started = time.perf_counter()
        request = SynthesisRequest(tokens=tokens, voice=subject.profile)
        audio = self._vocoded(self.cloner.synthesizer.synthesize([request])[0].mel)
        spent = time.perf_counter() - started
        return self.hear(audio, tokens, sentence_set=sentence_set, text=text, seconds_spent=spent)

    def copy(self, audio: Audio, tokens: Sequence[str] = ()) -> Utterance:
        """What the vocoder makes of a recording's mel: what it alone costs."""
        return self.hear(self._vocoded(self.recognizer.mel(audio)), tokens)

    def _vocoded(self, mel: NDArray[np.float32]) -> Audio:
        waveform = self.cloner.vocoder.vocode([mel])[0]
        return normalize_loudness(Audio(waveform, self.cloner.sample_rate_hz))
