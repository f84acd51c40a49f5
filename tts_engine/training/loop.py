"""What the training scripts share: device, precision, seed, progress, logs, checkpoints.

Lightning Fabric does the distributed and mixed-precision work: the same script runs on a CPU,
a GPU or several (`torchrun --nproc-per-node N -m tts_engine train …`).
"""

import math
import random
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import numpy as np
import torch
from lightning_fabric import Fabric
from matplotlib.figure import Figure
from torch.utils.tensorboard import SummaryWriter
from tqdm import tqdm

from tts_engine.device import multiplies, resolve_device

STATE_FILE = "state.pt"


@dataclass(frozen=True, kw_only=True)
class RunConfig:
    """How long and where a training runs.

    Attributes:
        folder: checkpoints and TensorBoard logs; a run that finds its own state there goes on.
        steps: total optimiser steps, counted from the first start.
        minutes: stop after this much wall time with a checkpoint; 0 is no limit.
        seed: of all random numbers.
        save_every: steps between checkpoints.
        device: "auto", "cpu" or "cuda".
        devices: processes (GPUs) to use.
        precision: Fabric's name, or "auto": bf16-mixed where the hardware multiplies bfloat16
            itself (GPUs, CPUs with AMX or AVX512-BF16), else 32-true.
    """

    folder: Path
    steps: int
    minutes: float = 0.0
    seed: int = 0
    save_every: int = 200
    device: str = "auto"
    devices: int = 1
    precision: str = "auto"


class TrainingRun:
    """One training run: iterate `steps()`, call `log` and, with the state to keep, `save`."""

    def __init__(self, config: RunConfig) -> None:
        native = multiplies(torch.bfloat16, resolve_device(config.device))
        self.config = config
        precision = config.precision
        if precision == "auto":
            precision = "bf16-mixed" if native else "32-true"
        self.fabric = Fabric(
            accelerator=config.device, devices=config.devices, precision=cast(Any, precision)
        )
        self.fabric.launch()
        self.step = 0
        self._started = time.monotonic()
        self._averages: dict[str, float] = {}
        config.folder.mkdir(parents=True, exist_ok=True)
        self.writer = SummaryWriter(str(config.folder / "logs"))

    @property
    def device(self) -> torch.device:
        return self.fabric.device

    @property
    def is_last(self) -> bool:
        """Whether the current step is the last before stopping."""
        return self.step >= self.config.steps or self._out_of_time()

    @property
    def is_save_step(self) -> bool:
        return self.step % self.config.save_every == 0 or self.is_last

    def resume(self, state: dict[str, Any]) -> bool:
        """Load modules, optimisers and numbers of `state` in place; False on a fresh start."""
        path = self.config.folder / STATE_FILE
        seed = self.config.seed
        found = path.is_file()
        if found:
            stored = torch.load(path, map_location=self.device, weights_only=True)
            self.step = int(stored.pop("step"))
            for name, value in state.items():
                value.load_state_dict(stored[name])
            seed += self.step  # the data order goes on instead of repeating
        random.seed(seed)
        torch.manual_seed(seed)
        return found

    def steps(self) -> Iterator[int]:
        """Step numbers from the resumed one up to the last, with a progress bar."""
        with tqdm(total=self.config.steps, initial=self.step, mininterval=10) as bar:
            self._bar = bar
            while self.step < self.config.steps and not self._out_of_time():
                self.step += 1
                yield self.step
                bar.update(1)

    def log(self, values: dict[str, float], *, every: int = 10) -> None:
        """Write scalars to TensorBoard and their running means to the progress bar."""
        for name, value in values.items():
            old = self._averages.get(name, value)
            self._averages[name] = 0.98 * old + 0.02 * value if math.isfinite(old) else value
        if self.step % every == 0 and self.fabric.is_global_zero:
            for name, value in values.items():
                self.writer.add_scalar(name, value, self.step)
            self._bar.set_postfix(
                {name: f"{value:.3f}" for name, value in self._averages.items()}, refresh=False
            )

    def log_figure(self, name: str, figure: Figure) -> None:
        """Keep a picture in TensorBoard and as `<folder>/<name>.png`."""
        figure.savefig(self.config.folder / f"{name.replace('/', '_')}.png", dpi=80)
        self.writer.add_figure(name, figure, self.step)

    def log_audio(self, name: str, waveform: np.ndarray, sample_rate_hz: int) -> None:
        """Keep a sound sample in TensorBoard; waveform of shape (T,)."""
        self.writer.add_audio(name, torch.from_numpy(waveform), self.step, sample_rate_hz)

    def save(self, state: dict[str, Any]) -> None:
        """Write the state atomically; a killed run resumes from the last one."""
        if not self.fabric.is_global_zero:
            return
        path = self.config.folder / STATE_FILE
        partial = path.with_suffix(".partial")
        stored = {name: value.state_dict() for name, value in state.items()}
        torch.save({"step": self.step, **stored}, partial)
        partial.replace(path)
        self.writer.flush()

    def _out_of_time(self) -> bool:
        limit = self.config.minutes
        return limit > 0 and time.monotonic() - self._started > 60 * limit


def warmup_cosine(step: int, *, warmup: int, total: int, floor: float = 0.02) -> float:
    """Learning-rate factor: linear warm-up, then half a cosine down to `floor`."""
    if step < warmup:
        return (step + 1) / warmup
    progress = min(1.0, (step - warmup) / max(1, total - warmup))
    return floor + (1 - floor) * 0.5 * (1 + math.cos(math.pi * progress))
