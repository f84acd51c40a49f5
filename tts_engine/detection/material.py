"""Pieces of speech by people and by machines, to train and to judge the detector on.

    <folder>/<part>/audio.i16       its pieces one after another, int16, 16 kHz, mono
    <folder>/<part>/pieces.jsonl    one Piece per line

`tts_engine.dataset.machine_speech` writes it. What is held out stands in `heldout.json`: people and calibration people
whom training does not hear, and synthesizers of which it hears nothing, some of them to calibrate and to choose on.
"""

import dataclasses
import json
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np

from tts_engine.detection.treatments import PLAIN
from tts_engine.errors import AudioError
from tts_engine.training.corpus import AUDIO_FILE
from tts_engine.types import Waveform

PIECES_FILE = "pieces.jsonl"
PERSON = "person"
TRAIN, CALIBRATION, TEST = "train", "calibration", "test"


@dataclass(frozen=True, kw_only=True)
class Piece:
    """A stretch of speech.

    Attributes:
        id: unique name.
        source: "person", or the synthesizer or vocoder that made it.
        speaker: who speaks, or whose recording was copied or cloned.
        split: "train", "calibration" or "test".
        way: what it went through, of `treatments.TREATMENTS`; training has each piece plain and through one codec.
        start: first sample in the audio file.
        samples: length.
    """

    id: str
    source: str
    speaker: str
    split: str
    way: str = PLAIN
    start: int = 0
    samples: int = 0

    @property
    def is_machine(self) -> bool:
        return self.source != PERSON

    @property
    def known(self) -> bool:
        """Whether training hears this synthesizer."""
        named = held_out()
        return self.source not in named["synthesizers"] | named["calibration_synthesizers"]


class Material:
    """Read access to a folder of pieces."""

    def __init__(self, folder: Path) -> None:
        self._audio: dict[str, np.memmap] = {}
        self.pieces: list[Piece] = []
        for path in sorted(folder.glob(f"*/{PIECES_FILE}")):
            audio = np.memmap(path.with_name(AUDIO_FILE), dtype=np.int16, mode="r")
            own = [Piece(**json.loads(line)) for line in path.read_text("utf-8").splitlines()]
            self._audio |= {piece.id: audio for piece in own}
            self.pieces += own
        if not self.pieces:
            raise AudioError(
                "material_missing",
                f"no pieces of speech in {folder}; run `python -m tts_engine train detector-material` first",
                f"в {folder} нет отрезков речи; сначала `python -m tts_engine train detector-material`",
            )

    def waveform(self, piece: Piece) -> Waveform:
        """Samples of a piece, (T,), float32 in [-1, 1]."""
        samples = self._audio[piece.id][piece.start : piece.start + piece.samples]
        return np.asarray(samples, dtype=np.float32) / 32768.0

    def select(self, split: str) -> list[Piece]:
        """Pieces of a split."""
        return [piece for piece in self.pieces if piece.split == split]


def write_material(folder: Path, made: Iterable[tuple[Piece, Waveform]]) -> list[Piece]:
    """Write pieces as they come; `start` and `samples` are set here."""
    folder.mkdir(parents=True, exist_ok=True)
    pieces: list[Piece] = []
    start = 0
    partial, lines = folder / (AUDIO_FILE + ".partial"), folder / (PIECES_FILE + ".partial")
    with partial.open("wb") as audio, lines.open("w", encoding="utf-8") as rows:
        for piece, waveform in made:
            samples = np.rint(np.clip(waveform, -1.0, 1.0) * 32767).astype(np.int16)
            audio.write(samples.tobytes())
            whole = dataclasses.replace(piece, start=start, samples=samples.size)
            rows.write(json.dumps(dataclasses.asdict(whole), ensure_ascii=False) + "\n")
            pieces.append(whole)
            start += samples.size
    partial.replace(folder / AUDIO_FILE)
    lines.replace(folder / PIECES_FILE)
    return pieces


def split_of(speaker: str, source: str = PERSON) -> str:
    """Where a person belongs, or what a machine says in that voice: whoever is held out is so in every copy."""
    named = held_out()
    if speaker in named["people"] or source in named["synthesizers"]:
        return TEST
    held = speaker in named["calibration_people"] or source in named["calibration_synthesizers"]
    return CALIBRATION if held else TRAIN


@lru_cache(maxsize=1)
def held_out() -> dict[str, set[str]]:
    """People, calibration people and synthesizers that training never hears."""
    path = Path(__file__).with_name("heldout.json")
    return {name: set(ids) for name, ids in json.loads(path.read_text(encoding="utf-8")).items()}
