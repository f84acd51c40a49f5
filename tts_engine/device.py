"""Choice of the computing device and its precision, how much of it may be used, and how its loss shows.

Asking for a missing GPU is an error, never a quiet CPU run; so is a precision it does not compute in.
"""

import os

import torch

from tts_engine.errors import RequestError, ResourceError

PRECISIONS = {
    "float32": torch.float32,
    "bfloat16": torch.bfloat16,
    "float16": torch.float16,
}

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


def multiplies(precision: torch.dtype, device: torch.device) -> bool:
    """Whether the hardware does so itself: emulated, bfloat16 takes five times as long as float32."""
    if precision == torch.float32:
        return True
    if device.type == "cuda":
        return precision == torch.float16 or torch.cuda.is_bf16_supported(including_emulation=False)
    able = torch.cpu.get_capabilities()
    return precision == torch.bfloat16 and bool(able.get("amx_bf16") or able.get("avx512_bf16"))


def resolve_precision(name: str, device: torch.device) -> torch.dtype:
    """Turn "float32", "bfloat16" or "float16" into the type that the vocoder's products are made in.

    Raises:
        ResourceError: this device does not multiply it.
        RequestError: any other name.
    """
    if name not in PRECISIONS:
        raise RequestError(
            "unknown_precision",
            f"unknown precision {name!r}; expected {', '.join(PRECISIONS)}",
            f"неизвестная точность {name!r}; ожидается {', '.join(PRECISIONS)}",
        )
    if not multiplies(PRECISIONS[name], device):
        raise ResourceError(
            "precision_unsupported",
            f"precision {name} was asked for, but this {device.type} does not multiply it; use float32",
            f"запрошена точность {name}, но это устройство ({device.type}) в ней не умножает;"
            " укажите float32",
        )
    return PRECISIONS[name]


def take_gpu(number: int) -> None:
    """Compute on this one of the GPUs from now on; beyond the last they are counted from the first again."""
    torch.cuda.set_device(number % torch.cuda.device_count())


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


def is_out_of_memory(error: BaseException) -> bool:
    """Whether the machine's memory or the GPU's did not suffice."""
    if isinstance(error, (MemoryError, torch.OutOfMemoryError)):
        return True
    return isinstance(error, RuntimeError) and "DefaultCPUAllocator: can't allocate" in str(error)
