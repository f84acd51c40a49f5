"""What the training scripts share: device, precision, seeds, listeners, checkpoints, weights.

Lightning Fabric does the distributed and mixed-precision work: the same script runs on a CPU,
a GPU or several (`torchrun --nproc-per-node N -m tts_engine train …`). Every process draws data of its
own; the first alone writes.

    <folder>/state.pt    networks, optimisers and the step, to go on from
    <folder>/weights     what a stage loads: `model.safetensors` and `config.json`, listed in `manifest.json`

Who watches is a listener, see `training.listeners`; the command line has TensorBoard and a progress bar.
"""

import contextlib
import logging
import math
import os
import random
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import torch
from lightning_fabric import Fabric
from lightning_fabric.plugins import MixedPrecision
from torch import Tensor, nn
from torch.optim import Optimizer

from tts_engine.checkpoints import save_checkpoint
from tts_engine.device import is_out_of_memory, multiplies, resolve_device
from tts_engine.errors import ResourceError
from tts_engine.training.listeners import TrainingListener
from tts_engine.weights import list_folder

if TYPE_CHECKING:
    from matplotlib.figure import Figure

logger = logging.getLogger(__name__)

STATE_FILE = "state.pt"
WEIGHTS_FOLDER = "weights"
RANK_STRIDE = 7919  # between the seeds of two processes; more steps than lie between two saves


@dataclass(frozen=True, kw_only=True)
class RunConfig:
    """How long and where a training runs.

    Attributes:
        folder: checkpoints; a run that finds its own state there goes on.
        steps: total optimiser steps, counted from the first start.
        minutes: stop after this much wall time with a checkpoint; 0 is no limit.
        seed: of the networks' first weights; with step and process, of all other random numbers.
        save_every: steps between checkpoints.
        device: "auto", "cpu" or "cuda".
        precision: Fabric's name, or "auto": bf16-mixed where the hardware multiplies bfloat16
            itself (GPUs, CPUs with AMX or AVX512-BF16), else 32-true.
        listeners: told how it goes, by the first process; they may stop it.
    """

    folder: Path
    steps: int
    minutes: float = 0.0
    seed: int = 0
    save_every: int = 200
    device: str = "auto"
    precision: str = "auto"
    listeners: tuple[TrainingListener, ...] = ()


class MixedLayers(MixedPrecision):
    """Layers multiply in bfloat16 and what they are given stays exact.

    Fabric's own rounds the inputs to 8 bits as well: 685 frames would be 684.
    """

    def convert_input(self, data: Any) -> Any:
        """As it is."""
        return data


class TrainingRun:
    """One training run; the stages' trainings all read like this:

        run.resume(state)
        with run.steps(state) as steps:
            for step in steps:
                ...
                run.log({"loss": loss})
                if run.is_save_step:
                    run.save(state)
                    run.export(config, weights)

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
        mixed = precision == "bf16-mixed"
        self.fabric = Fabric(
            accelerator=config.device,
            devices=processes,
            num_nodes=int(os.environ.get("WORLD_SIZE", "1")) // processes,
            precision=None if mixed else cast(Any, precision),
            plugins=MixedLayers("bf16-mixed", resolve_device(config.device).type)
            if mixed
            else None,
        )
        self.fabric.launch()
        self.step = 0
        self.is_last = False
        self._started = time.monotonic()
        self._done = self._saved = 0  # the last whole step, and the last one on the disk
        self._values: dict[str, float] = {}
        self._listeners = config.listeners if self.is_main else ()
        if self.is_main:
            config.folder.mkdir(parents=True, exist_ok=True)

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

    @contextlib.contextmanager
    def steps(self, state: dict[str, Any]) -> Iterator[Iterator[int]]:
        """Step numbers from the resumed one up to the last.

        Whatever ends them early, a listener too, the last whole step is saved before it is raised again.

        Raises:
            ResourceError: `out_of_memory`.
        """
        self._done = self._saved = self.step
        for listener in self._listeners:
            listener.on_start(self.step, self.config.steps)
        try:
            yield self._steps()
        except BaseException as error:
            self._save_what_is_done(state)
            if is_out_of_memory(error):
                raise ResourceError(
                    "out_of_memory",
                    f"not enough memory for step {self.step} of the training: {error}",
                    f"не хватило памяти на шаг {self.step} обучения: {error}",
                    step=self.step,
                ) from error
            raise
        finally:
            for listener in self._listeners:
                listener.on_end()

    def _steps(self) -> Iterator[int]:
        total = self.config.steps
        self.is_last = self.step >= total
        while not self.is_last:
            self.step += 1
            self.is_last = self.step >= total or self._out_of_time()
            self._values = {}
            yield self.step
            self._done = self.step
            for listener in self._listeners:
                listener.on_step(self.step, self._values)

    def descend(
        self, loss: Tensor, network: nn.Module, optimizer: Optimizer, *, most: float
    ) -> None:
        """One step of the optimiser down a loss, with gradients of norm `most` at the most; their norm is logged."""
        self.fabric.backward(loss)
        norm = self.fabric.clip_gradients(network, optimizer, max_norm=most)
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
        self.log({"gradient": 0.0 if norm is None else float(norm)})

    def log(self, values: dict[str, float]) -> None:
        """Tell the listeners at the end of this step."""
        self._values |= values

    def record(self, values: dict[str, float]) -> None:
        """Tell the listeners what was measured on held-out clips."""
        for listener in self._listeners:
            listener.on_measure(self.step, values)

    def show(self, name: str, figure: "Figure") -> None:
        """Keep a picture as `<folder>/<name>.png` and show it to the listeners."""
        if self.is_main:
            figure.savefig(self.config.folder / f"{name.replace('/', '_')}.png", dpi=80)
        for listener in self._listeners:
            listener.on_picture(self.step, name, figure)

    def play(self, name: str, waveform: np.ndarray, sample_rate_hz: int) -> None:
        """Let the listeners hear a sound; waveform of shape (T,)."""
        for listener in self._listeners:
            listener.on_sound(self.step, name, waveform, sample_rate_hz)

    def save(self, state: dict[str, Any]) -> None:
        """Write the state atomically; a killed run resumes from the last one."""
        self._save(state, self.step)

    def _save(self, state: dict[str, Any], step: int) -> None:
        if not self.is_main:
            return
        path = self.config.folder / STATE_FILE
        partial = path.with_suffix(".partial")
        stored = {name: value.state_dict() for name, value in state.items()}
        torch.save({"step": step, **stored}, partial)
        partial.replace(path)
        self._saved = step
        for listener in self._listeners:
            listener.on_save(step)

    def _save_what_is_done(self, state: dict[str, Any]) -> None:
        if self._done == self._saved:
            return
        try:
            self._save(state, self._done)
        except Exception:  # what stopped the training is told, not this
            logger.exception("step %d could not be saved", self._done)

    def export(self, config: Any, weights: dict[str, torch.Tensor]) -> None:
        """Write what the stage loads to `<folder>/weights`, and list it in the manifest beside that."""
        if self.is_main:
            save_checkpoint(self.config.folder / WEIGHTS_FOLDER, config, weights)
            list_folder(self.config.folder / WEIGHTS_FOLDER)

    def _out_of_time(self) -> bool:
        """Whether the first process has no time left: all stop at the same step."""
        limit = self.config.minutes
        late = limit > 0 and time.monotonic() - self._started > 60 * limit
        return bool(self.fabric.broadcast(late))


def set_rate(optimizer: Optimizer, rate: float) -> None:
    """The learning rate of all that it moves, from the next step on."""
    for group in optimizer.param_groups:
        group["lr"] = rate


def warmup_cosine(step: int, *, warmup: int, total: int, floor: float = 0.02) -> float:
    """Learning-rate factor: linear warm-up, then half a cosine down to `floor`."""
    if step < warmup:
        return (step + 1) / warmup
    progress = min(1.0, (step - warmup) / max(1, total - warmup))
    return floor + (1 - floor) * 0.5 * (1 + math.cos(math.pi * progress))
