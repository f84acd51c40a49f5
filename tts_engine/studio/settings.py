"""How a studio voice is trained. Neither torch nor numpy is needed to ask for it."""

import dataclasses
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tts_engine.errors import RequestError

DEVICES = ("auto", "cpu", "cuda")
LANGUAGES = ("ru", "en")
LAYERS = ("voice", "norms", "low_rank", "all")
RANGES: dict[str, tuple[float, float]] = {
    "epochs": (1, 1000),
    "learning_rate": (1e-6, 1e-1),
    "batch_frames": (500, 100_000),
    "save_every": (1, 1000),
    "keep": (1, 1000),
    "patience": (0, 1000),
    "base_share": (0.0, 1.0),
    "rank": (1, 64),
    "threads": (0, 256),
    "seed": (0, 2**31 - 1),
}


@dataclass(frozen=True, kw_only=True)
class StudioSettings:
    """What a person may choose; the defaults are those that measured best (docs/studio.md).

    Attributes:
        epochs: times that every clip is heard, 1 to 1000. A training ends earlier when it gets no better.
        learning_rate: of AdamW at its peak, 1e-6 to 0.1; too much loses words, too little changes nothing. It is
            that of whole weights; fewer layers take a multiple of it (`adapters.RATES`).
        batch_frames: mel frames heard in a step (86 are a second), 500 to 100 000. More is smoother and needs
            more memory; a clip longer than that is a batch of its own.
        save_every: epochs between two checkpoints, each measured on held-out clips and heard in samples.
        keep: newest checkpoints kept beside the best one; older ones are deleted.
        base_share: Russian sentences that are not in the dataset, said by the voice and judged by the recognizer
            and two speaker encoders, for each clip of a batch, 0 to 1. They keep what the dataset does not have.
        patience: the training ends after so many checkpoints without a better one; 0: never before `epochs`.
        layers: what may change: "voice" (the conditioning vector), "norms" (and how it steers the layers), "low_rank"
            (and low-rank matrices beside all others), "all" (every weight).
        rank: of the matrices that a voice is stored as, 1 to 64; of 32 it has 4.8 MB.
        language: of clips whose text is not known, "ru" or "en".
        threads: of the processor; 0: as many as it has cores.
        device: "auto", "cpu" or "cuda".
        seed: of all chance; the same seed, dataset and device give the same voice.
    """

    epochs: int = 12
    learning_rate: float = 3e-4
    batch_frames: int = 3000
    save_every: int = 2
    keep: int = 3
    base_share: float = 0.4
    patience: int = 3
    layers: str = "all"
    rank: int = 32
    language: str = "ru"
    threads: int = 0
    device: str = "auto"
    seed: int = 0

    def __post_init__(self) -> None:
        """Raises RequestError: `out_of_range`, `unknown_choice`."""
        for name, (low, high) in RANGES.items():
            value = getattr(self, name)
            if not (math.isfinite(value) and low <= value <= high):
                raise RequestError(
                    "out_of_range",
                    f"{name} {value:g} is outside {low:g} … {high:g}",
                    f"{name} {value:g} вне пределов {low:g} … {high:g}",
                    field=name,
                    minimum=low,
                    maximum=high,
                )
        for name, choices in (("layers", LAYERS), ("language", LANGUAGES), ("device", DEVICES)):
            value = getattr(self, name)
            if value not in choices:
                raise RequestError(
                    "unknown_choice",
                    f"{name} {value!r} is none of {', '.join(choices)}",
                    f"{name} {value!r}: ожидается одно из {', '.join(choices)}",
                    field=name,
                    choices=list(choices),
                )

    def to_dict(self) -> dict[str, Any]:
        """Plain values that JSON can hold."""
        return dataclasses.asdict(self)

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> "StudioSettings":
        """Inverse of `to_dict`; what is not named has its default.

        Raises:
            RequestError: `unknown_choice` for a name or type that is none of them; as the constructor.
        """
        types = {field.name: type(field.default) for field in dataclasses.fields(cls)}
        for name, value in values.items():
            kind = types.get(name)
            fits = isinstance(value, (int, float)) if kind is float else type(value) is kind
            if not fits or isinstance(value, bool):
                raise RequestError(
                    "unknown_choice",
                    f"{name!r}: {value!r} is no setting of a studio voice",
                    f"{name!r}: {value!r} не является настройкой студийного голоса",
                    field=name,
                )
        return cls(**values)
