"""A GPU's memory, precision and loss, without one; compiled shapes and precision on a CPU."""

import os
import re
import subprocess
import sys
from types import SimpleNamespace

import pytest
import torch

from tts_engine.device import is_device_lost, limit_gpu_memory, resolve_precision
from tts_engine.errors import RequestError, ResourceError


@pytest.mark.parametrize(
    ("error", "lost"),
    [
        (torch.OutOfMemoryError("CUDA out of memory"), True),
        (torch.AcceleratorError("CUDA error: an illegal memory access"), True),
        (RuntimeError("cuDNN error: CUDNN_STATUS_EXECUTION_FAILED"), True),
        (RuntimeError("shapes do not match"), False),
        (MemoryError(), False),
    ],
)
def test_a_lost_gpu_is_told_from_other_errors(error, lost):
    assert is_device_lost(error) is lost


@pytest.mark.parametrize(("megabytes", "share"), [(6 * 1024, 0.25), (100 * 1024, 1.0)])
def test_a_limit_in_megabytes_is_a_share_of_the_gpu(monkeypatch, megabytes, share):
    told = []
    gpu = SimpleNamespace(total_memory=24 * 2**30)
    monkeypatch.setattr(torch.cuda, "get_device_properties", lambda: gpu)
    monkeypatch.setattr(torch.cuda, "set_per_process_memory_fraction", told.append)
    limit_gpu_memory(megabytes)
    assert told == [share]


@pytest.mark.parametrize(
    ("name", "device", "able", "dtype"),
    [
        ("float32", "cpu", {}, torch.float32),
        ("bfloat16", "cpu", {"amx_bf16": True}, torch.bfloat16),
        ("bfloat16", "cpu", {"avx512_bf16": True}, torch.bfloat16),
        ("bfloat16", "cpu", {"avx512_vnni": True, "amx_bf16": False}, None),
        ("float16", "cpu", {"amx_bf16": True}, None),
        ("float16", "cuda", {"major": 7}, torch.float16),
        ("bfloat16", "cuda", {"major": 8}, torch.bfloat16),
        ("bfloat16", "cuda", {"major": 7}, None),
    ],
)
def test_a_precision_is_had_or_refused_by_name(monkeypatch, name, device, able, dtype):
    gpu = SimpleNamespace(major=able.get("major"))
    monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: able)
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "current_device", lambda: 0)
    monkeypatch.setattr(torch.cuda, "get_device_properties", lambda _: gpu)
    if dtype is not None:
        assert resolve_precision(name, torch.device(device)) is dtype
        return
    with pytest.raises(ResourceError) as caught:
        resolve_precision(name, torch.device(device))
    assert caught.value.code == "precision_unsupported"


def test_an_unknown_precision_is_refused():
    with pytest.raises(RequestError, match="int8"):
        resolve_precision("int8", torch.device("cpu"))


SHAPES_TWICE = """
import tts_engine.device, torch
layer = torch.nn.Conv1d(80, 80, 3)
with torch.inference_mode():
    for length in 2 * list(range(100, 300)):
        layer(torch.zeros(1, 80, length))
"""


def compiled(**environment):
    """How often oneDNN compiled something."""
    told = subprocess.run(
        [sys.executable, "-c", SHAPES_TWICE],
        env={**os.environ, "ONEDNN_VERBOSE": "2", **environment},
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    return told.stdout.count("create:cache_miss")


def test_few_compiled_shapes_are_kept():
    kept_all = compiled(ONEDNN_PRIMITIVE_CACHE_CAPACITY="1024")
    assert kept_all > 0
    assert compiled() > 1.5 * kept_all


def test_threads_that_wait_do_not_spin():
    display = subprocess.run(
        [sys.executable, "-c", "import tts_engine.speaking.joining"],
        env={**os.environ, "OMP_DISPLAY_ENV": "VERBOSE"},
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert set(re.findall(r"GOMP_SPINCOUNT = '(\d+)'", display.stderr)) == {"0"}
