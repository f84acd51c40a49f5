"""How long a training takes: what was measured of its parts, and what of them is left."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path

from tts_engine.studio.listening import PREPARING, Progress, StudioListener
from tts_engine.studio.settings import StudioSettings

PACE_FILE = "pace.json"
FADING = 0.9  # of what was measured before, beside each new one


@dataclass
class Pace:
    """Seconds that a clip's alignment, a step and a checkpoint take here; 0 while unknown."""

    clip: float = 0.0
    step: float = 0.0
    checkpoint: float = 0.0

    def measured(self, name: str, seconds: float) -> None:
        """Remember one more of them; those before fade."""
        before = getattr(self, name)
        now = seconds if before == 0 else FADING * before + (1 - FADING) * seconds
        setattr(self, name, now)

    @classmethod
    def read(cls, folder: Path) -> "Pace":
        """As it was measured in this folder last."""
        path = folder / PACE_FILE
        return cls(**json.loads(path.read_text(encoding="utf-8"))) if path.is_file() else cls()

    def write(self, folder: Path) -> None:
        """For the training that goes on."""
        folder.mkdir(parents=True, exist_ok=True)
        partial = folder / (PACE_FILE + ".partial")
        partial.write_text(json.dumps(asdict(self)), encoding="utf-8")
        partial.replace(folder / PACE_FILE)


@dataclass
class Course:
    """Where a training is, and what of it is left.

    Attributes:
        settings, listener, pace: of the training.
        per_epoch: steps of an epoch, before the clips are prepared by their length.
        clips: still to be prepared.
        step: the last one taken.
        measuring: share of the present checkpoint that is still to be measured.
        figures: of the last checkpoint.
    """

    settings: StudioSettings
    listener: StudioListener
    pace: Pace
    per_epoch: int
    clips: int = 0
    step: int = 0
    measuring: float = 1.0
    figures: Mapping[str, float] = field(default_factory=dict)

    @property
    def steps(self) -> int:
        """Of the whole training."""
        return self.settings.epochs * self.per_epoch

    @property
    def checkpoints_left(self) -> int:
        """Those after this step."""
        every = self.settings.save_every * self.per_epoch
        return -(-self.steps // every) - self.step // every

    @property
    def seconds_left(self) -> float | None:
        """By the pace that was measured; None while a part of it is unknown."""
        pace = self.pace
        parts = (
            (self.clips, pace.clip),
            (self.measuring + self.checkpoints_left, pace.checkpoint),
            (self.steps - self.step, pace.step),
        )
        if any(count > 0 and seconds == 0 for count, seconds in parts):
            return None
        return round(sum(count * seconds for count, seconds in parts), 1)

    def tell(
        self, stage: str, done: int, total: int, losses: Mapping[str, float] | None = None
    ) -> None:
        """Tell the listener; what it raises goes on."""
        epoch = 0 if stage == PREPARING else -(-self.step // self.per_epoch)
        self.listener.on_progress(
            Progress(
                stage=stage,
                epoch=epoch,
                epochs=self.settings.epochs,
                step=done,
                total=total,
                losses=losses or {},
                figures=self.figures,
                seconds_left=self.seconds_left,
            )
        )
