"""What a training of a studio voice tells, and to whom. Torch is not needed to listen."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

PREPARING, TRAINING, MEASURING = "preparing", "training", "measuring"
STAGES = (PREPARING, TRAINING, MEASURING)


@dataclass(frozen=True, kw_only=True)
class Progress:
    """How far a training is.

    Attributes:
        stage: "preparing" (clips are aligned and measured), "training", "measuring" (a checkpoint speaks).
        epoch: the one at work, from 1; 0 while clips are prepared.
        epochs: in all, if it does not end early.
        step: done: clips of "preparing", steps of "training", sentences of "measuring".
        total: of them in this stage.
        losses: of this step, lower is better; {} outside "training".
        figures: of the last checkpoint, see `Checkpoint`; {} before the first.
        seconds_left: until the end of the whole training; what is not measured yet is foretold.
    """

    stage: str
    epoch: int
    epochs: int
    step: int
    total: int
    losses: Mapping[str, float] = field(default_factory=dict)
    figures: Mapping[str, float] = field(default_factory=dict)
    seconds_left: float = 0.0


@dataclass(frozen=True, kw_only=True)
class Checkpoint:
    """A voice as it was after some epochs, with what it measured on clips that no training heard.

    Attributes:
        number: 0 for the voice before any training, then 1, 2, …
        epoch, step: after which it was made.
        figures: "phoneme_errors" (share of phonemes that the recognizer hears otherwise), "similarity" (GE2E cosine
            to the held-out recordings), "mel_distance" (nats, its mels of the held-out sentences);
            "conversion_phoneme_errors" and "conversion_similarity" of others' sentences said in the voice; "score"
            (similarity minus phoneme errors, the mean of speech and conversion: the highest is the best).
        path: of its deltas, a safetensors file; it may have been deleted, see `StudioSettings.keep`.
        samples: of the voice, FLAC; those of deleted checkpoints stay.
        losses: means over the steps since the checkpoint before it.
    """

    number: int
    epoch: int
    step: int
    figures: Mapping[str, float]
    path: Path
    samples: tuple[Path, ...] = ()
    losses: Mapping[str, float] = field(default_factory=dict)

    @property
    def kept(self) -> bool:
        """Whether a voice can still be made of it."""
        return self.path.is_file()

    def to_dict(self, folder: Path) -> dict[str, Any]:
        """Plain values that JSON can hold; paths as they are from `folder`."""
        return {
            "number": self.number,
            "epoch": self.epoch,
            "step": self.step,
            "figures": dict(self.figures),
            "losses": dict(self.losses),
            "path": self.path.relative_to(folder).as_posix(),
            "samples": [path.relative_to(folder).as_posix() for path in self.samples],
        }

    @classmethod
    def from_dict(cls, row: Mapping[str, Any], folder: Path) -> "Checkpoint":
        """Inverse of `to_dict`."""
        samples = tuple(folder / path for path in row["samples"])
        return cls(**{**row, "path": folder / row["path"], "samples": samples})


class StudioListener:
    """Told how a training goes. What any of these raises stops it; its state is saved, and `fit` goes on from there."""

    def on_progress(self, progress: Progress) -> None:
        """After each clip prepared, each step, each sentence spoken for measuring."""

    def on_checkpoint(self, checkpoint: Checkpoint, *, best: bool) -> None:
        """After a checkpoint was written and measured; whether it is the best so far."""
