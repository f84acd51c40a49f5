"""What the training scripts share: device, precision, seeds, progress, logs, checkpoints, weights.

Lightning Fabric does the distributed and mixed-precision work: the same script runs on a CPU,
a GPU or several (`torchrun --nproc-per-node N -m tts_engine train …`). Every process draws data of its
own; the first alone writes.

    <folder>/state.pt    networks, optimisers and the step, to go on from
    <folder>/weights     what a stage loads: `model.safetensors` and `config.json`
    <folder>/logs        TensorBoard
"""

import math
import os
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

from tts_engine.checkpoints import save_checkpoint
from tts_engine.device import multiplies, resolve_device

STATE_FILE = "state.pt"
WEIGHTS_FOLDER = "weights"
LOGS_FOLDER = "logs"
RANK_STRIDE = 7919  # between the seeds of two processes; more steps than lie between two saves


@dataclass(frozen=True, kw_only=True)
class RunConfig:
    """How long and where a training runs.

    Attributes:
        folder: checkpoints and TensorBoard logs; a run that finds its own state there goes on.
        steps: total optimiser steps, counted from the first start.
        minutes: stop after this much wall time with a checkpoint; 0 is no limit.
        seed: of the networks' first weights; with step and process, of all other random numbers.
        save_every: steps between checkpoints.
        device: "auto", "cpu" or "cuda".
        precision: Fabric's name, or "auto": bf16-mixed where the hardware multiplies bfloat16
            itself (GPUs, CPUs with AMX or AVX512-BF16), else 32-true.
    """

    folder: Path
    steps: int
    minutes: float = 0.0
    seed: int = 0
    save_every: int = 200
    device: str = "auto"
    precision: str = "auto"


class TrainingRun:
    """One training run: iterate `steps()`, call `log` and, with the state to keep, `save`.

    Attributes:
        step: the last one begun.
        is_last: whether it is the last before stopping.
    """

    def __init__(self, config: RunConfig) -> None:
        native = multiplies(torch.bfloat16, resolve_device(config.device))
        self.config = config
        precision = config.precision
        if precision == "auto":
            precision = "bf16-mixed" if native else "32-true"
        processes = int(os.environ.get("LOCAL_WORLD_SIZE", "1"))  # torchrun's
        self.fabric = Fabric(
            accelerator=config.device,
            devices=processes,
            num_nodes=int(os.environ.get("WORLD_SIZE", "1")) // processes,
            precision=cast(Any, precision),
        )
        self.fabric.launch()
        self.step = 0
        self.is_last = False
        self._started = time.monotonic()
        self._averages: dict[str, float] = {}
        self._writer: SummaryWriter | None = None
        if self.is_main:
            config.folder.mkdir(parents=True, exist_ok=True)
            self._writer = SummaryWriter(str(config.folder / LOGS_FOLDER))

    @property
    def device(self) -> torch.device:
        return self.fabric.device

    @property
    def is_main(self) -> bool:
        """Whether this process is the one that measures and writes."""
        return self.fabric.is_global_zero

    @property
    def seed(self) -> int:
        """Of the data from this step on, in this process: nothing repeats after a stop."""
        return self.config.seed + self.step + RANK_STRIDE * self.fabric.global_rank

    @property
    def is_save_step(self) -> bool:
        return self.step % self.config.save_every == 0 or self.is_last

    def resume(self, state: dict[str, Any]) -> bool:
        """Load modules, optimisers and numbers of `state` in place; False on a fresh start.

        Seeds the global generators, each process with its own `seed`.
        """
        path = self.config.folder / STATE_FILE
        found = path.is_file()
        if found:
            stored = torch.load(path, map_location=self.device, weights_only=True)
            self.step = int(stored.pop("step"))
            for name, value in state.items():
                value.load_state_dict(stored[name])
        random.seed(self.seed)
        torch.manual_seed(self.seed)
        return found

    def steps(self) -> Iterator[int]:
        """Step numbers from the resumed one up to the last, with a progress bar."""
        total = self.config.steps
        self.is_last = self.step >= total
        with tqdm(
            total=total, initial=self.step, mininterval=10, disable=not self.is_main
        ) as self._bar:
            while not self.is_last:
                self.step += 1
                self.is_last = self.step >= total or self._out_of_time()
                yield self.step
                self._bar.update(1)

    def log(self, values: dict[str, float], *, every: int = 10) -> None:
        """Write scalars to TensorBoard and their running means to the progress bar."""
        for name, value in values.items():
            old = self._averages.get(name, value)
            self._averages[name] = 0.98 * old + 0.02 * value if math.isfinite(old) else value
        if self.step % every == 0:
            for name, value in values.items():
                self.record(name, value)
            self._bar.set_postfix(
                {name: f"{value:.3f}" for name, value in self._averages.items()}, refresh=False
            )

    def record(self, name: str, value: float) -> None:
        """Write one scalar to TensorBoard."""
        if self._writer is not None:
            self._writer.add_scalar(name, value, self.step)

    def log_figure(self, name: str, figure: Figure) -> None:
        """Keep a picture in TensorBoard and as `<folder>/<name>.png`."""
        if self._writer is not None:
            figure.savefig(self.config.folder / f"{name.replace('/', '_')}.png", dpi=80)
            self._writer.add_figure(name, figure, self.step)

    def log_audio(self, name: str, waveform: np.ndarray, sample_rate_hz: int) -> None:
        """Keep a sound sample in TensorBoard; waveform of shape (T,)."""
        if self._writer is not None:
            sound = torch.from_numpy(waveform)
            self._writer.add_audio(name, sound, self.step, sample_rate_hz)

    def save(self, state: dict[str, Any]) -> None:
        """Write the state atomically; a killed run resumes from the last one."""
        if self._writer is None:
            return
        path = self.config.folder / STATE_FILE
        partial = path.with_suffix(".partial")
        stored = {name: value.state_dict() for name, value in state.items()}
        torch.save({"step": self.step, **stored}, partial)
        partial.replace(path)
        self._writer.flush()

    def export(self, config: Any, weights: dict[str, torch.Tensor]) -> None:
        """Write what the stage loads to `<folder>/weights`."""
        if self.is_main:
            save_checkpoint(self.config.folder / WEIGHTS_FOLDER, config, weights)

    def _out_of_time(self) -> bool:
        """Whether the first process has no time left: all stop at the same step."""
        limit = self.config.minutes
        late = limit > 0 and time.monotonic() - self._started > 60 * limit
        return bool(self.fabric.broadcast(late))


def warmup_cosine(step: int, *, warmup: int, total: int, floor: float = 0.02) -> float:
    """Learning-rate factor: linear warm-up, then half a cosine down to `floor`."""
    if step < warmup:
        return (step + 1) / warmup
    progress = min(1.0, (step - warmup) / max(1, total - warmup))
    return floor + (1 - floor) * 0.5 * (1 + math.cos(math.pi * progress))
