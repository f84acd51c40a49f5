"""Who is told how a training goes. Neither TensorBoard nor tqdm is needed by a training that nobody watches so."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from matplotlib.figure import Figure

LOGS_FOLDER = "logs"
LOGGED_STEPS = 10  # between two values in TensorBoard


class TrainingListener:
    """Told by the first process. What any of these raises stops the training, with a checkpoint."""

    def on_start(self, step: int, total: int) -> None:
        """Before the first step: those done by earlier runs, and the last one planned."""

    def on_step(self, step: int, values: Mapping[str, float]) -> None:
        """After each step, with its losses."""

    def on_measure(self, step: int, values: Mapping[str, float]) -> None:
        """What was measured on held-out clips."""

    def on_picture(self, step: int, name: str, figure: "Figure") -> None:
        """A picture, also kept as `<folder>/<name>.png`."""

    def on_sound(self, step: int, name: str, waveform: np.ndarray, sample_rate_hz: int) -> None:
        """A sound, waveform of shape (T,)."""

    def on_save(self, step: int) -> None:
        """After a checkpoint."""

    def on_end(self) -> None:
        """After the last step, and after what stopped the training."""


class ProgressBar(TrainingListener):
    """Step, pace and running means on the terminal."""

    def __init__(self) -> None:
        self._means: dict[str, float] = {}
        self._bar: Any = None

    def on_start(self, step: int, total: int) -> None:
        """Draw it."""
        from tqdm import tqdm

        self._bar = tqdm(total=total, initial=step, mininterval=10)

    def on_step(self, step: int, values: Mapping[str, float]) -> None:
        """Move it on."""
        for name, value in values.items():
            old = self._means.get(name, value)
            self._means[name] = 0.98 * old + 0.02 * value if np.isfinite(old) else value
        if step % LOGGED_STEPS == 0:
            shown = {name: f"{value:.3f}" for name, value in self._means.items()}
            self._bar.set_postfix(shown, refresh=False)
        self._bar.update(1)

    def on_end(self) -> None:
        """Leave it on the terminal."""
        self._bar.close()


class TensorBoardLog(TrainingListener):
    """TensorBoard's files in `<folder>/logs`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder / LOGS_FOLDER
        self._writer: Any = None

    def on_start(self, step: int, total: int) -> None:
        """Begin a file."""
        from torch.utils.tensorboard import SummaryWriter

        self._writer = SummaryWriter(str(self._folder))

    def on_step(self, step: int, values: Mapping[str, float]) -> None:
        """Every tenth step."""
        if step % LOGGED_STEPS == 0:
            self.on_measure(step, values)

    def on_measure(self, step: int, values: Mapping[str, float]) -> None:
        """One scalar each."""
        for name, value in values.items():
            self._writer.add_scalar(name, value, step)

    def on_picture(self, step: int, name: str, figure: "Figure") -> None:
        """A figure."""
        self._writer.add_figure(name, figure, step)

    def on_sound(self, step: int, name: str, waveform: np.ndarray, sample_rate_hz: int) -> None:
        """A player."""
        self._writer.add_audio(name, waveform, step, sample_rate_hz)

    def on_save(self, step: int) -> None:
        """What is logged is on the disk when a checkpoint is."""
        self._writer.flush()

    def on_end(self) -> None:
        """End the file."""
        self._writer.close()
