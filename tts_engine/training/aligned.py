"""An aligned corpus: what `train align` measured of every clip, in time and in voice.

<folder>/aligned.jsonl     one AlignedRow per line
<folder>/embeddings.npy    (N, 256) float32 d-vectors in the order of the lines
"""

import dataclasses
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tts_engine.errors import AudioError

ALIGNED_FILE = "aligned.jsonl"
EMBEDDINGS_FILE = "embeddings.npy"

Embedding = NDArray[np.float32]


@dataclass(frozen=True, kw_only=True)
class AlignedRow:
    """What the synthesizer learns from one clip.

    Attributes:
        id: of the clip in the corpus.
        tokens: START, phonemes and pauses.
        durations: mel frames of each token; they sum to the frames of the clip's mel.
        f0_hz: median F0 of each voiced token, 0 for the others.
        f0_median_hz: of the clip's voiced frames.
        f0_spread_semitones: standard deviation around the median.
        score: mean log-probability of the alignment per step.
    """

    id: str
    tokens: tuple[str, ...]
    durations: tuple[int, ...]
    f0_hz: tuple[float, ...]
    f0_median_hz: float
    f0_spread_semitones: float
    score: float


def read_aligned(folder: Path) -> Iterator[tuple[AlignedRow, Embedding]]:
    """Rows with their d-vectors, (256,).

    Raises:
        AudioError: the folder holds no alignment.
    """
    rows_path, embeddings_path = folder / ALIGNED_FILE, folder / EMBEDDINGS_FILE
    for path in (rows_path, embeddings_path):
        if not path.is_file():
            raise AudioError(
                "alignment_missing",
                f"no {path}; run `python -m tts_engine train align` first",
                f"нет {path}; сначала выполните `python -m tts_engine train align`",
            )
    embeddings = np.load(embeddings_path, allow_pickle=False)
    with rows_path.open(encoding="utf-8") as lines:
        for line, embedding in zip(lines, embeddings, strict=True):
            row = json.loads(line)
            lists = {name: tuple(row[name]) for name in ("tokens", "durations", "f0_hz")}
            yield AlignedRow(**{**row, **lists}), embedding


def write_aligned(folder: Path, rows: Iterable[tuple[AlignedRow, Embedding]]) -> int:
    """Write rows with their d-vectors as they come; returns how many there were."""
    folder.mkdir(parents=True, exist_ok=True)
    embeddings: list[Embedding] = []
    partial = folder / (ALIGNED_FILE + ".partial")
    with partial.open("w", encoding="utf-8") as lines:
        for row, embedding in rows:
            lines.write(json.dumps(dataclasses.asdict(row), ensure_ascii=False) + "\n")
            embeddings.append(embedding)
    np.save(folder / EMBEDDINGS_FILE, np.stack(embeddings))
    partial.replace(folder / ALIGNED_FILE)
    return len(embeddings)
