"""Batches for the detector: half people, half machines, a synthesizer as often as the root of its pieces.

A piece gets a room or noise when it is first heard, and its levels are kept for some dozen times; where a stretch
begins and which bands it loses is drawn anew every time. The codecs are those of the material. All of it comes to
people and machines alike.
"""

from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from tts_engine.detection.config import DetectorConfig
from tts_engine.detection.levels import band_levels, normalized
from tts_engine.detection.material import PERSON, TRAIN, Material, Piece
from tts_engine.detection.treatments import coloured, noisy, reverberated
from tts_engine.errors import AudioError

ROOMS, NOISE = 0.25, 0.35  # shares of stretches
SNR_DB = (12.0, 40.0)
FORGOTTEN = 0.07  # share of the stretches whose piece gets another room and noise
STRETCH_FRAMES = 240  # 2.4 s: shorter than what is judged, and as many people more


class Batch(NamedTuple):
    """Levels (B, T, views, bands), loud frames (B, T), and 1 where a machine speaks (B,)."""

    levels: Tensor
    loud: Tensor
    machine: Tensor


class StretchSampler:
    """Random stretches of the pieces of training."""

    def __init__(self, folder: Path, config: DetectorConfig) -> None:
        self._config, self._material = config, Material(folder)
        # a person has as much weight as any other; a machine, and whom it copies, too
        self._versions: dict[str, dict[str, list[Piece]]] = defaultdict(lambda: defaultdict(list))
        for piece in self._material.select(TRAIN):
            self._versions[piece.source][piece.speaker].append(piece)
        machines = sorted(self._versions.keys() - {PERSON})
        if not machines or PERSON not in self._versions:
            raise AudioError(
                "material_one_sided",
                f"{folder} has pieces of {sorted(self._versions)} to train on; people and machines are needed",
                f"в {folder} для обучения есть {sorted(self._versions)}; нужны и люди, и машины",
            )
        self._machines = machines
        # equal parts would repeat the few pieces of some machines until they are known by heart
        pieces = [sum(map(len, self._versions[machine].values())) for machine in machines]
        self._shares = np.sqrt(pieces) / np.sqrt(pieces).sum()
        self._heard: dict[str, np.ndarray] = {}

    def draw(self, size: int, rng: np.random.Generator) -> Batch:
        """`size` stretches, every second one of a machine."""
        sources = [
            str(rng.choice(self._machines, p=self._shares)) if row % 2 else PERSON
            for row in range(size)
        ]
        rows = [self._stretch(source, rng) for source in sources]
        return Batch(
            levels=torch.from_numpy(np.stack([levels for levels, _ in rows])),
            loud=torch.from_numpy(np.stack([loud for _, loud in rows])),
            machine=torch.tensor([float(source != PERSON) for source in sources]),
        )

    def _stretch(self, source: str, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
        speakers = self._versions[source]
        own = speakers[str(rng.choice(list(speakers)))]
        levels = self._levels(own[int(rng.integers(len(own)))], rng)
        first = int(rng.integers(0, max(1, len(levels) - STRETCH_FRAMES)))
        rows = np.arange(first, first + STRETCH_FRAMES) % len(levels)  # what is short is repeated
        return normalized(coloured(levels[rows].astype(np.float32), rng), self._config)

    def _levels(self, piece: Piece, rng: np.random.Generator) -> np.ndarray:
        if piece.id not in self._heard or rng.random() < FORGOTTEN:
            waveform = self._material.waveform(piece)
            if rng.random() < ROOMS:
                waveform = reverberated(waveform, rng)
            if rng.random() < NOISE:
                waveform = noisy(waveform, rng, snr_db=rng.uniform(*SNR_DB))
            self._heard[piece.id] = band_levels(waveform, self._config).astype(np.float16)
        return self._heard[piece.id]


def spread(pieces: Sequence[Piece], most: int) -> list[Piece]:
    """At most so many of each source, spread over them."""
    by_source: dict[str, list[Piece]] = defaultdict(list)
    for piece in pieces:
        by_source[piece.source].append(piece)
    return [piece for own in by_source.values() for piece in own[:: max(1, -(-len(own) // most))]]
