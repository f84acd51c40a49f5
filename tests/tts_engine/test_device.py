"""A GPU's memory and its loss, without one."""

from types import SimpleNamespace

import pytest
import torch

from tts_engine.device import is_device_lost, limit_gpu_memory


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
