"""Did the owner of a voice read a phrase aloud? By the sound of the voice and by what was said.

Two measures of one recording: the cosine of its d-vector to the voice's, and how many of the phonemes of
the phrase's worst sentence the recognizer heard otherwise. The limits were measured by
`benchmarks/spoken_consent.py`; docs/decisions/0011-spoken-consent.md has the error rates. A recording of
a good clone passes the first measure by design, so this shows that the owner was asked, not that nobody
could have cheated.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import Levenshtein

from tts_engine.audio.speech_detector import speech_seconds
from tts_engine.errors import AudioError
from tts_engine.text.symbols import phonemes_only
from tts_engine.types import Audio

if TYPE_CHECKING:  # the limits are read where no model is loaded
    from tts_engine.encoder.inference import SpeakerEncoder
    from tts_engine.recognizer.inference import Recognizer

REQUIRED_SIMILARITY = 0.75
ALLOWED_PHONEME_ERROR = 0.45
SHORTEST_SECONDS = 1.5  # of speech: less says too little about a voice


@dataclass(frozen=True, kw_only=True)
class SpokenCheck:
    """What a spoken phrase was like.

    Attributes:
        similarity: cosine of its d-vector to that of the voice.
        phoneme_error: edits between what was heard and the phrase's worst sentence, for each of its phonemes.
        embedding: its d-vector, shape (256,).
    """

    similarity: float
    phoneme_error: float
    embedding: NDArray[np.float32]

    @property
    def same_voice(self) -> bool:
        return self.similarity >= REQUIRED_SIMILARITY

    @property
    def same_words(self) -> bool:
        return self.phoneme_error <= ALLOWED_PHONEME_ERROR

    @property
    def passed(self) -> bool:
        return self.same_voice and self.same_words


def check_spoken(
    encoder: "SpeakerEncoder",
    recognizer: "Recognizer",
    audio: Audio,
    *,
    phrase: str,
    voice: NDArray[np.float32],
) -> SpokenCheck:
    """Compare a recording with the phrase that was to be read and with the voice's d-vector (256,).

    Raises:
        AudioError: `spoken_too_short`, under 1.5 s of speech; `no_speech`.
    """
    require_spoken(speech_seconds(audio))
    embedding = encoder.embed(audio)
    return SpokenCheck(
        similarity=cosine(embedding, voice),
        phoneme_error=phoneme_error(phrase_phonemes(phrase), recognizer.transcribe(audio)),
        embedding=embedding,
    )


def require_spoken(speech_seconds: float) -> None:
    """Raises AudioError: `spoken_too_short`, no phrase is so short."""
    if speech_seconds < SHORTEST_SECONDS:
        raise AudioError(
            "spoken_too_short",
            f"{speech_seconds:.1f} s of speech found; read the whole phrase aloud",
            f"найдено {speech_seconds:.1f} с речи; прочтите фразу целиком",
            speech_seconds=round(speech_seconds, 2),
            required_seconds=SHORTEST_SECONDS,
        )


def cosine(left: NDArray[np.float32], right: NDArray[np.float32]) -> float:
    """Cosine of two d-vectors; 0 when one of them is all zero."""
    length = float(np.linalg.norm(left) * np.linalg.norm(right))
    return float(left @ right) / length if length else 0.0


def phrase_phonemes(phrase: str) -> list[list[str]]:
    """Phonemes of each sentence of a text, without pauses."""
    from tts_engine.text.frontend import get_frontend

    return [phonemes_only(sentence.tokens) for sentence in get_frontend().sentences(phrase)]


def phoneme_error(expected: Sequence[Sequence[str]], heard: Sequence[str]) -> float:
    """Insertions, deletions and substitutions for each phoneme of the sentence that came out worst.

    The worst and not the mean: one sentence of a phrase may be the same in all of them.
    """
    if not any(expected):
        return 1.0
    counts = [len(sentence) for sentence in expected]
    whole = [phoneme for sentence in expected for phoneme in sentence]
    ends = np.cumsum(counts)
    errors = np.zeros(len(counts))
    for edit in Levenshtein.editops(whole, list(heard)):
        errors[min(int(np.searchsorted(ends, edit.src_pos, side="right")), len(counts) - 1)] += 1
    return float(max(errors / np.maximum(counts, 1)))
