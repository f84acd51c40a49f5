"""Choice of the computing device, how much of it may be used, and how its loss shows.

Asking for a missing GPU is an error, never a quiet CPU run.
"""

import os

import torch

from tts_engine.errors import RequestError, ResourceError

# oneDNN keeps compiled code for the last 1,024 shapes it has met, and every sentence brings new ones:
# 150 MB that a worker would gain in its first thousand sentences. Read when the first is compiled.
os.environ.setdefault("ONEDNN_PRIMITIVE_CACHE_CAPACITY", "64")


def resolve_device(name: str = "auto") -> torch.device:
    """Turn "auto", "cpu" or "cuda" into a device.

    Raises:
        ResourceError: "cuda" was asked for and this machine has none.
        RequestError: any other name.
    """
    if name == "auto":
        return torch.device("cuda" if torch.cuda.is_available() else "cpu")
    if name == "cuda" and not torch.cuda.is_available():
        raise ResourceError(
            "cuda_missing",
            "device cuda was asked for, but this machine has none; use auto or cpu",
            "запрошено устройство cuda, но на этой машине его нет; укажите auto или cpu",
        )
    if name not in ("cpu", "cuda"):
        raise RequestError(
            "unknown_device",
            f"unknown device {name!r}; expected auto, cpu or cuda",
            f"неизвестное устройство {name!r}; ожидается auto, cpu или cuda",
        )
    return torch.device(name)


def limit_gpu_memory(megabytes: int) -> None:
    """Let this process have no more of the GPU: it gives back what it only keeps, then it is out of memory."""
    share = megabytes * 2**20 / torch.cuda.get_device_properties().total_memory
    torch.cuda.set_per_process_memory_fraction(min(share, 1.0))


def is_device_lost(error: BaseException) -> bool:
    """Whether a GPU has failed or is full: after that nothing in this process can be trusted to work."""
    if isinstance(error, (torch.AcceleratorError, torch.OutOfMemoryError)):
        return True
    return isinstance(error, RuntimeError) and any(
        name in str(error) for name in ("CUDA error", "CUBLAS_STATUS", "CUDNN_STATUS")
    )
