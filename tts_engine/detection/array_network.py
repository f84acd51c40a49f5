"""The network of `model.py` in NumPy, for a process that is to load no torch; the names of its weights are the same."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float32]

STRIDE = 8  # frames of a step
NORM_EPSILON = 1e-5  # torch's


class ArrayNetwork:
    """Levels of stretches to logits."""

    def __init__(self, weights: Mapping[str, NDArray]) -> None:
        self._weights = {
            name: np.asarray(value, dtype=np.float32)
            for name, value in weights.items()
            if not name.endswith("num_batches_tracked")
        }

    def __call__(self, levels: Array, loud: NDArray[np.bool_]) -> Array:
        """(B, T, views, bands) and (B, T), T a multiple of 8 -> logits (B,); KeyError when a weight is missing."""
        hidden = self._max_conv(
            levels.transpose(0, 1, 3, 2), "stem", stride=2
        )  # (B, T / 2, bands / 2, a)
        for name, pool_time in (("wide", 2), ("middle", 2), ("narrow", 1)):
            hidden = self._max_conv(hidden, f"{name}.0")
            hidden = _max_pool(self._max_conv(hidden, f"{name}.1"), pool_time)
        # torch flattens channels before bands
        steps = hidden.transpose(0, 1, 3, 2).reshape(*hidden.shape[:2], -1)
        values = _larger(steps @ self._weights["step.weight"].T + self._weights["step.bias"])
        weights = loud.reshape(len(loud), -1, STRIDE).mean(axis=2)[..., None]  # (B, T / 8, 1)
        weights = weights / np.maximum(weights.sum(axis=1, keepdims=True), 1e-6)
        mean = (weights * values).sum(axis=1)
        variance = (weights * np.square(values - mean[:, None])).sum(axis=1)
        pooled = np.concatenate([mean, np.sqrt(variance + 1e-5)], axis=1)
        logits = pooled @ self._weights["head.weight"][0] + self._weights["head.bias"][0]
        return np.asarray(logits, dtype=np.float32)

    def _max_conv(self, values: Array, name: str, stride: int = 1) -> Array:
        """A MaxConv: (B, T, F, C) -> (B, T / stride, F / stride, outputs)."""
        kernel = self._weights[f"{name}.conv.weight"]  # (2 * outputs, C, k, k)
        size = kernel.shape[-1]
        around = size // 2
        if size == 1:
            made = values @ kernel[:, :, 0, 0].T
        else:
            padded = np.pad(values, ((0, 0), (around, around), (around, around), (0, 0)))
            seen = np.lib.stride_tricks.sliding_window_view(padded, (size, size), axis=(1, 2))
            seen = seen[:, ::stride, ::stride]  # (B, T', F', C, k, k)
            flat = seen.reshape(*seen.shape[:3], -1)
            made = flat @ kernel.reshape(len(kernel), -1).T
        larger = _larger(made + self._weights[f"{name}.conv.bias"])
        norm = {
            part: self._weights[f"{name}.norm.{part}"]
            for part in ("weight", "bias", "running_mean", "running_var")
        }
        scale = norm["weight"] / np.sqrt(norm["running_var"] + NORM_EPSILON)
        return np.asarray(larger * scale + (norm["bias"] - norm["running_mean"] * scale))


def _larger(values: Array) -> Array:
    half = values.shape[-1] // 2
    return np.maximum(values[..., :half], values[..., half:])


def _max_pool(values: Array, time: int) -> Array:
    """(B, T, F, C) -> (B, T / time, F / 2, C)."""
    batch, steps, bands, channels = values.shape
    return values.reshape(batch, steps // time, time, bands // 2, 2, channels).max(axis=(2, 4))
