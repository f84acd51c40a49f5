"""All that one evaluation found, and its figures as plain JSON values."""

import dataclasses
import math
from dataclasses import dataclass
from typing import Any

from tts_engine.evaluation.listening import Utterance
from tts_engine.evaluation.natural import NaturalPair, NaturalRow, Track
from tts_engine.evaluation.robustness import Robustness
from tts_engine.evaluation.subjects import Subject, Vector
from tts_engine.evaluation.table import Row
from tts_engine.evaluation.verification import Verification


@dataclass(frozen=True, kw_only=True, eq=False)
class VoiceResult:
    """One voice: what it said, its rows (one per set, then all), and one utterance for a picture."""

    group: str
    subject: Subject
    utterances: tuple[Utterance, ...]
    rows: tuple[Row, ...]
    track: Track | None

    @property
    def vectors(self) -> list[Vector]:
        """d-vectors of the utterances that are long enough for one."""
        return [u.embedding for u in self.utterances if u.embedding is not None]


@dataclass(frozen=True, kw_only=True, eq=False)
class Results:
    """One evaluation; parts that were not asked for are empty."""

    sentences_per_set: int
    summary: tuple[Row, ...]
    voices: tuple[VoiceResult, ...]
    verifications: dict[str, Verification]
    natural: tuple[NaturalRow, ...]
    pairs: tuple[NaturalPair, ...]
    robustness: Robustness | None
    peak_memory_mb: float

    @property
    def seconds(self) -> float:
        """Speech made for the fixed sentences."""
        return sum(u.seconds for voice in self.voices for u in voice.utterances)

    def figures(self) -> dict[str, Any]:
        """Every figure as JSON values; what could not be measured is null."""
        return plain(
            {
                "sentences_per_set": self.sentences_per_set,
                "summary": [dataclasses.asdict(row) for row in self.summary],
                "voices": [
                    {"group": voice.group, **dataclasses.asdict(row)}
                    for voice in self.voices
                    for row in voice.rows
                ],
                "verification": {
                    name: {
                        "speakers": result.speakers,
                        "eer_real_percent": 100 * result.real,
                        "eer_cloned_percent": 100 * result.cloned,
                        "eer_real_or_cloned_percent": 100 * result.real_or_cloned,
                    }
                    for name, result in self.verifications.items()
                },
                "natural": [dataclasses.asdict(row) for row in self.natural],
                "robustness": self.robustness
                and {
                    "sentences": self.robustness.sentences,
                    "seconds": self.robustness.seconds,
                    "counts": self.robustness.counts(),
                    "findings": [dataclasses.asdict(found) for found in self.robustness.findings],
                },
                "peak_memory_mb": self.peak_memory_mb,
            }
        )


def plain(value: Any) -> Any:
    """The same without NaN (null instead) and with at most four decimals."""
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if isinstance(value, float):
        return None if math.isnan(value) else round(float(value), 4)
    return value
