"""A prepared corpus: one memory-mapped file of samples and one JSON line per clip.

    <folder>/audio.i16      all clips one after another, int16, 22 050 Hz, mono
    <folder>/clips.jsonl    one Clip per line

`tts_engine.dataset.corpora` writes it from public corpora; every `data.py` reads it.
"""

import dataclasses
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from tts_engine.errors import AudioError
from tts_engine.types import Waveform

SAMPLE_RATE_HZ = 22_050
AUDIO_FILE = "audio.i16"
CLIPS_FILE = "clips.jsonl"
TRAIN, HELD_OUT = "train", "heldout"
SUNG = "sung"  # the corpus of recordings that WORLD sings, `singing.resung`


@dataclass(frozen=True, kw_only=True)
class Clip:
    """One utterance.

    Attributes:
        id: unique name, "<corpus>/<file stem>".
        corpus: name of its source, for instance "festvox".
        speaker: unique name of the voice.
        language: "ru" or "en".
        split: "train" or "heldout"; nothing is ever trained on the latter.
        band_hz: highest frequency that its source rate can hold.
        text: transcript, empty when none exists.
        tokens: phonemes and pauses of the text, or of what the recognizer heard.
        start: first sample in the audio file.
        samples: length.
    """

    id: str
    corpus: str
    speaker: str
    language: str
    split: str
    band_hz: int
    text: str
    tokens: tuple[str, ...]
    start: int
    samples: int

    @property
    def seconds(self) -> float:
        return self.samples / SAMPLE_RATE_HZ


class Corpus:
    """Read access to a prepared corpus."""

    def __init__(self, folder: Path) -> None:
        audio_path = folder / AUDIO_FILE
        if not audio_path.is_file():
            raise AudioError(
                "corpus_missing",
                f"no prepared corpus in {folder}; run `python -m tts_engine train prepare` first",
                f"в {folder} нет корпуса; сначала `python -m tts_engine train prepare`",
            )
        self.folder = folder
        self.clips = list(read_clips(folder / CLIPS_FILE))
        self._audio = np.memmap(audio_path, dtype=np.int16, mode="r")

    def waveform(self, clip: Clip) -> Waveform:
        """Samples of a clip, shape (T,), float32 in [-1, 1]."""
        return self.segment(clip, 0, clip.samples)

    def segment(self, clip: Clip, first: int, samples: int) -> Waveform:
        """Samples first … first + samples of a clip, cut at its end."""
        stop = clip.start + min(first + samples, clip.samples)
        return np.asarray(self._audio[clip.start + first : stop], dtype=np.float32) / 32768.0

    def select(self, *, split: str | None = None, corpora: Iterable[str] = ()) -> list[Clip]:
        """Clips of one split and of the named corpora (all, when none is named)."""
        wanted = set(corpora)
        return [
            clip
            for clip in self.clips
            if (split is None or clip.split == split) and (not wanted or clip.corpus in wanted)
        ]


def read_clips(path: Path) -> Iterator[Clip]:
    """Clips of a JSON-lines file."""
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            yield Clip(**{**row, "tokens": tuple(row["tokens"])})


def write_clips(path: Path, clips: Iterable[Clip]) -> None:
    """Write clips as JSON lines, atomically."""
    partial = path.with_suffix(".partial")
    with partial.open("w", encoding="utf-8") as lines:
        for clip in clips:
            lines.write(json.dumps(dataclasses.asdict(clip), ensure_ascii=False) + "\n")
    partial.replace(path)
