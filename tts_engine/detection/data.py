"""What the detector learns from: stretches of the material, each heard once by DistillMOS's convolutions, and kept.

    <folder>/<split>/features.f16      what they tell, (N, 150, 1024) float16; 307 kB a stretch
    <folder>/<split>/loud.u8           loud steps, (N, 150)
    <folder>/<split>/stretches.jsonl   of which piece, which way it went

A piece is heard several times, each time another three seconds of it, in rooms, under noises and through codecs that
are drawn anew; people and machines alike.
"""

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from tqdm import tqdm

from tts_engine.detection.config import DetectorConfig
from tts_engine.detection.material import (
    CALIBRATION,
    PERSON,
    TRAIN,
    Material,
    Piece,
)
from tts_engine.detection.treatments import CODED, noisy, reverberated, treat
from tts_engine.detection.windows import RATE_HZ, STEPS_PER_SECOND, filled, loud_steps, loudness
from tts_engine.distillmos.network import DistillMosNetwork
from tts_engine.errors import AudioError
from tts_engine.types import Waveform

FEATURES_FILE, LOUD_FILE, STRETCHES_FILE = "features.f16", "loud.u8", "stretches.jsonl"
SIZES = DetectorConfig()
WINDOW_SAMPLES = round(SIZES.window_seconds * RATE_HZ)
STEPS = round(SIZES.window_seconds * STEPS_PER_SECOND)
MACHINE_VIEWS, PERSON_VIEWS = 1.7, 6.0  # stretches of a piece: there are fewer people
ROOMS, NOISE, CODECS = 0.2, 0.3, 0.55  # shares of stretches
SNR_DB = (12.0, 40.0)
BATCH = 8


@dataclass(frozen=True, kw_only=True)
class Stretch:
    """Three seconds of a piece, as the network is to hear them."""

    source: str
    speaker: str
    way: str

    @property
    def is_machine(self) -> bool:
        return self.source != PERSON


def training_stretches(material: Material, seed: int = 0) -> Iterator[tuple[Stretch, Waveform]]:
    """Of every piece of training some stretches, and what became of them on their way."""
    for number, piece in enumerate(material.select(TRAIN)):
        rng, waveform = np.random.default_rng((seed, number)), material.waveform(piece)
        views = MACHINE_VIEWS if piece.is_machine else PERSON_VIEWS
        for _ in range(int(views + rng.random())):
            first = int(rng.integers(0, max(1, waveform.size - WINDOW_SAMPLES)))
            way, sound = [piece.way], filled(waveform[first:], WINDOW_SAMPLES)
            if rng.random() < ROOMS:
                way, sound = [*way, "room"], reverberated(sound, rng)
            if rng.random() < NOISE:
                way, sound = [*way, "noise"], noisy(sound, rng, snr_db=rng.uniform(*SNR_DB))
            if rng.random() < CODECS:
                codec = CODED[int(rng.integers(len(CODED)))]
                way, sound = [*way, codec], treat(sound, codec)
            yield _stretch(piece, "+".join(way)), sound


def calibrating_stretches(material: Material) -> Iterator[tuple[Stretch, Waveform]]:
    """Of every piece that calibrates its first three seconds, and its middle on other ways.

    People go all ways, since the limit stands on who is most like a machine; machines a codec in turn, and a room or
    noise.
    """
    for number, piece in enumerate(material.select(CALIBRATION)):
        rng, waveform = np.random.default_rng(number), material.waveform(piece)
        yield _stretch(piece, piece.way), filled(waveform, WINDOW_SAMPLES)
        first = max(0, (waveform.size - WINDOW_SAMPLES) // 2)
        middle = filled(waveform[first:], WINDOW_SAMPLES)
        turn = number % len(CODED)
        for codec in CODED[turn : turn + 1] if piece.is_machine else CODED:
            yield _stretch(piece, codec), treat(middle, codec)
        if number % 2 or not piece.is_machine:
            yield _stretch(piece, "room"), reverberated(middle, rng)
        if not number % 2 or not piece.is_machine:
            yield _stretch(piece, "noise"), noisy(middle, rng, snr_db=rng.uniform(*SNR_DB))


def hear(
    folder: Path, stretches: Iterator[tuple[Stretch, Waveform]], network: DistillMosNetwork
) -> None:
    """Write what the convolutions tell of these stretches; `stretches.jsonl` comes last, so that none is half there."""
    folder.mkdir(parents=True, exist_ok=True)
    rows: list[Stretch] = []
    with (folder / FEATURES_FILE).open("wb") as features, (folder / LOUD_FILE).open("wb") as loud:
        for batch in _batches(tqdm(stretches, desc=folder.name, unit=" stretches")):
            sounds = torch.from_numpy(np.stack([sound for _, sound in batch]))
            with torch.inference_mode():
                told = network.features(sounds).half()
            features.write(told.contiguous().numpy().tobytes())
            for stretch, sound in batch:
                loud.write(loud_steps(loudness(sound), SIZES).astype(np.uint8).tobytes())
                rows.append(stretch)
    lines = [json.dumps(asdict(row), ensure_ascii=False) + "\n" for row in rows]
    (folder / STRETCHES_FILE).write_text("".join(lines), encoding="utf-8")


class HeardStretches:
    """Read access to what `hear` wrote.

    Attributes:
        rows: of which piece each stretch is.
        machine: whether a machine speaks in it, (N,).
    """

    def __init__(self, folder: Path) -> None:
        """Raises AudioError: `material_one_sided`, there are no people or no machines in it."""
        lines = (folder / STRETCHES_FILE).read_text(encoding="utf-8").splitlines()
        self.rows = [Stretch(**json.loads(line)) for line in lines]
        self.machine = np.array([row.is_machine for row in self.rows])
        if self.machine.all() or not self.machine.any():
            found = sorted({row.source for row in self.rows})
            raise AudioError(
                "material_one_sided",
                f"{folder} has stretches of {found}; people and machines are needed",
                f"в {folder} есть отрезки {found}; нужны и люди, и машины",
            )
        features = np.memmap(folder / FEATURES_FILE, dtype=np.float16, mode="r")
        self._features = features.reshape(len(self.rows), STEPS, -1)
        self._loud = np.fromfile(folder / LOUD_FILE, dtype=np.uint8).reshape(-1, STEPS)

    def __len__(self) -> int:
        return len(self.rows)

    def read(self, rows: NDArray[np.int_]) -> tuple[Tensor, Tensor]:
        """Features (B, 150, 1024) and loud steps (B, 150), both float32."""
        features = torch.from_numpy(self._features[rows].astype(np.float32))
        return features, torch.from_numpy(self._loud[rows].astype(np.float32))


def shares_of(rows: Sequence[Stretch]) -> NDArray[np.float64]:
    """How much each stretch weighs, (N,), sum 1: people and machines half each.

    A person weighs as much as any other, a machine as the root of its stretches, and in it whoever it copies.
    """
    of_source = Counter(row.source for row in rows)
    of_speaker = Counter((row.source, row.speaker) for row in rows)
    speakers = Counter(source for source, _ in of_speaker)
    roots = sum(np.sqrt(count) for source, count in of_source.items() if source != PERSON)
    return np.array(
        [
            (np.sqrt(of_source[row.source]) / roots if row.is_machine else 1.0)
            / (2 * speakers[row.source] * of_speaker[row.source, row.speaker])
            for row in rows
        ]
    )


def _stretch(piece: Piece, way: str) -> Stretch:
    return Stretch(source=piece.source, speaker=piece.speaker, way=way)


def _batches(
    stretches: Iterator[tuple[Stretch, Waveform]],
) -> Iterator[list[tuple[Stretch, Waveform]]]:
    batch = []
    for stretch in stretches:
        batch.append(stretch)
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch
