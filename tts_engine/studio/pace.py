"""How long a training takes: what was measured of its parts, or foretold of this machine, and what of them is left."""

import json
import os
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path

import numpy as np

from tts_engine.studio.listening import PREPARING, Progress, StudioListener
from tts_engine.studio.settings import StudioSettings

PACE_FILE = "pace.json"
FADING = 0.9  # of what was measured before, beside each new one
# a core of a 2.x GHz Xeon: seconds of processor that parts of a training take, and one try of `_tried_seconds`
USUAL_FRAMES = 3000  # of a step
USUAL_CLIP, USUAL_STEP, USUAL_CHECKPOINT = 0.1, 3.7, 10.0
USUAL_TRY = 0.0041
TRIES = 8


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
    def usual(cls) -> "Pace":
        """As it was measured on another machine, by how fast this one is and how busy just now; steps have
        `USUAL_FRAMES`. It takes a twentieth of a second, and is right within a factor of two, as long as others do not
        come and go."""
        cores = os.cpu_count() or 1
        busy = max(1.0, (os.getloadavg()[0] + 1) / cores)
        slower = busy * _tried_seconds() / USUAL_TRY
        parts = (USUAL_CLIP, USUAL_STEP, USUAL_CHECKPOINT)
        clip, step, checkpoint = (slower * seconds for seconds in parts)
        return cls(clip=clip, step=step, checkpoint=checkpoint)

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


def _tried_seconds() -> float:
    """Of processor, for transforms there and back of a quarter of a million numbers; the quickest of some."""
    numbers = np.random.default_rng(0).normal(size=(64, 4096)).astype(np.float32)
    took = []
    for _ in range(TRIES):
        started = time.process_time()
        np.fft.irfft(np.fft.rfft(numbers))
        took.append(time.process_time() - started)
    return min(took)


@dataclass
class Course:
    """Where a training is, and what of it is left.

    Attributes:
        settings, listener, pace: of the training.
        foretold: what is not measured yet is reckoned with.
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
    foretold: Pace = field(default_factory=Pace.usual)

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
    def seconds_left(self) -> float:
        """By the pace that was measured; before that, as this machine was foretold."""
        pace, foretold = self.pace, self.foretold
        step = pace.step or foretold.step * self.settings.batch_frames / USUAL_FRAMES
        parts = (
            (self.clips, pace.clip or foretold.clip),
            (self.measuring + self.checkpoints_left, pace.checkpoint or foretold.checkpoint),
            (self.steps - self.step, step),
        )
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
