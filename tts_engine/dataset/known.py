"""What is known to be said in a recording, kept beside its working copy: a cut that moves takes its words along."""

import dataclasses
import json
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

from rapidfuzz.distance import Levenshtein

from tts_engine.dataset.texts import language_of
from tts_engine.dataset.transcripts import Heard, Laid, WordAt
from tts_engine.errors import RequestError
from tts_engine.text.frontend import Sentence, Word


@dataclass(frozen=True, kw_only=True)
class Said:
    """What is said in a stretch.

    Attributes:
        text: "" when only the phonemes are known.
        phonemes: of the text, or heard.
        times: `Piece.times`.
        source: `Piece.text_from`.
        error: share of the text's phonemes that are heard otherwise; None where there is no text.
        heard: number of phonemes that the recognizer hears.
    """

    text: str
    phonemes: tuple[str, ...]
    times: str
    source: str
    error: float | None
    heard: int

    @property
    def language(self) -> str:
        """Of the text, `Piece.language`."""
        return language_of(self.text) if self.text else ""


@dataclass(frozen=True, kw_only=True)
class Known:
    """Of a whole recording: what is heard, the text laid over it if there is one, and the text of the file."""

    heard: Heard
    laid: Laid | None
    text: str

    def said(self, start: float, end: float) -> Said:
        """In a stretch, seconds."""
        heard = self.heard.between(start, end)
        text, phonemes, times, source = "", heard, "", "heard"
        if self.laid is not None:
            text, phonemes = self.laid.between(start, end)
            edges = [pair for word in self.laid.inside(start, end) for pair in pairwise(word.edges)]
            times = " ".join(f"{low:.3f}-{high:.3f}" for low, high in edges)
            source = "aligned"
            if self.text and len(phonemes) == self.laid.sounds:  # all of the file
                text, source = self.text, "given"
        error = None
        if source != "heard" and phonemes:
            error = round(Levenshtein.distance(phonemes, heard) / len(phonemes), 3)
        return Said(
            text=text,
            phonemes=phonemes,
            times=times,
            source=source,
            error=error,
            heard=len(heard),
        )


def write_known(known: Known, copy: Path) -> None:
    """Write it beside a working copy."""
    told = json.dumps(dataclasses.asdict(known), ensure_ascii=False)
    copy.with_suffix(".json").write_text(told + "\n", encoding="utf-8")


def read_known(copy: Path) -> Known:
    """What `write_known` wrote beside a working copy. Raises RequestError: `copy_missing`."""
    path = copy.with_suffix(".json")
    if not path.is_file():
        raise RequestError(
            "copy_missing",
            f"{path.name} beside the working copy is gone; prepare the recording anew",
            f"рядом с рабочей копией нет {path.name}; подготовьте запись заново",
        )
    told: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    laid = told["laid"]
    return Known(
        heard=Heard(**_tuples(told["heard"])),
        laid=None
        if laid is None
        else Laid(
            words=tuple(WordAt(**_tuples(row)) for row in laid["words"]),
            sentences=tuple(_sentence(row) for row in laid["sentences"]),
            differing=tuple((start, end) for start, end in laid["differing"]),
            sounds=laid["sounds"],
        ),
        text=told["text"],
    )


def _sentence(row: Mapping[str, Any]) -> Sentence:
    words = tuple(Word(**_tuples(word)) for word in row["words"])
    held = tuple((index, factor) for index, factor in row["held"])
    return Sentence(**{**_tuples(row), "words": words, "held": held})


def _tuples(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: tuple(value) if isinstance(value, list) else value for name, value in row.items()}
