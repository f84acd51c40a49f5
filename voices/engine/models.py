"""The models of this process: each family of them is loaded when it is first needed, and once.

A family serves every voice. Weights that belong to one voice are none: many of them come and go beside these.
"""

from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any

from billiard import current_process
from django.conf import settings

from voices.engine.errors import engine_errors

WEIGHT_FILES = ("model.safetensors", "config.json")
WEIGHT_FOLDERS = ("encoder", "recognizer", "synthesizer", "vocoder")


def device() -> str:
    """Where the models of this process compute, which is settled before the first of them is loaded."""
    return _prepared(settings.DEVICE, settings.ENGINE_THREADS, settings.GPU_MEMORY_MB)


def load_cloner() -> Any:
    """What speaks, and what it hears with as soon as that is asked for.

    Raises:
        AppError: weights are missing or damaged, or the device or its precision is not there (503).
    """
    with engine_errors():
        return _cloner(settings.WEIGHTS_DIR, device(), settings.PRECISION)


def load_cover_models() -> Any:
    """What puts a voice on recordings, beside what speaks. Raises AppError, as `load_cloner`."""
    cloner = load_cloner()
    with engine_errors():
        return _cover_models(cloner)


FAMILIES: dict[str, Callable[[], Any]] = {
    "speaking": load_cloner,
    "converting": load_cover_models,
    "hearing": lambda: load_cloner().recognizer,
}


def families_loaded() -> set[str]:
    """Those of FAMILIES that this process has."""
    if not _cloner.cache_info().currsize:
        return set()
    heard = {"hearing"} if "recognizer" in vars(load_cloner()) else set()
    converting = {"converting"} if _cover_models.cache_info().currsize else set()
    return {"speaking", *heard, *converting}


@lru_cache(maxsize=1)
def _prepared(name: str, threads: int, gpu_megabytes: int) -> str:
    import torch

    from tts_engine.device import limit_gpu_memory, resolve_device, take_gpu

    torch.set_num_threads(threads or _fair_threads())
    if resolve_device(name).type == "cuda":
        take_gpu(getattr(current_process(), "index", 0))  # its place in the worker's pool
        if gpu_megabytes:
            limit_gpu_memory(gpu_megabytes)
    return name


@lru_cache(maxsize=1)
def _cloner(weights: Path, name: str, precision: str) -> Any:
    from tts_engine.speaking.cloning import VoiceCloner

    return VoiceCloner.load(weights, device=name, precision=precision)


@lru_cache(maxsize=1)
def _cover_models(cloner: Any) -> Any:
    from tts_engine.covers.models import CoverModels

    return CoverModels.beside(cloner, device())


def _fair_threads() -> int:
    """This process's part of the cores that its worker may use; torch knows of neither."""
    import joblib
    import torch

    cores = joblib.cpu_count(only_physical_cores=True)  # less where a container's quota says so
    return min(torch.get_num_threads(), max(1, cores // settings.CELERY_WORKER_CONCURRENCY))


def is_loaded() -> bool:
    """Whether this process has any models; asking loads none, wherever the weights lie by now."""
    return bool(_cloner.cache_info().currsize)


def is_device_lost(error: BaseException) -> bool:
    """Whether the GPU has failed, so that this process must make room for a fresh one."""
    if not is_loaded():
        return False
    from tts_engine import device

    return device.is_device_lost(error)


def gpu_memory_bytes() -> int:
    """GPU memory this process holds; 0 without a GPU, or before the models are loaded."""
    if not is_loaded():
        return 0
    import torch

    return torch.cuda.memory_reserved() if torch.cuda.is_available() else 0


def on_stage(listener: Callable[[str, float], None]) -> None:
    """Have the listener told the seconds of every stage of the engine in this process."""
    from tts_engine.stages import listen

    listen(listener)


def on_lapse(listener: Callable[[str], None]) -> None:
    """Have the listener told of what the engine does less well than meant in this process."""
    from tts_engine.lapses import listen

    listen(listener)


def weights_missing() -> list[str]:
    """Names of weight folders that hold no model or no config; nothing is loaded."""
    return [
        name
        for name in WEIGHT_FOLDERS
        if not all((settings.WEIGHTS_DIR / name / file).is_file() for file in WEIGHT_FILES)
    ]
