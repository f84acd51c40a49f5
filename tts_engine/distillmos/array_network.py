"""DistillMOS's convolutions and transformer in NumPy, for who loads no torch; the same numbers as of `network`."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray
from scipy.fft import rfft

from tts_engine.types import Waveform

Array = NDArray[np.float32]

FFT_SAMPLES, HOP_SAMPLES = 320, 160
COMPRESSION = 0.3  # exponent of the magnitudes
STRIDE = 2  # frames of a step
CONVOLUTIONS, HEADS = 6, 8
SLOPE = 0.1  # of leaky ReLU
EPSILON = 1e-5  # of torch's norms
LONGEST_STEPS = 384  # half the longest wave of the places
TOP = "transformer_pool_attn"


class ArrayNetwork:
    """Sound to what each layer tells of each step of 20 ms."""

    def __init__(self, weights: Mapping[str, NDArray]) -> None:
        """`weights`: of `DistillMosNetwork`, by its names; KeyError when one is missing."""
        self._weights = {
            name.removeprefix(f"{TOP}.transformer."): np.asarray(value, dtype=np.float32)
            for name, value in weights.items()
        }
        kernels = [self._weights[f"cnn.cnn.{2 * index}.weight"] for index in range(CONVOLUTIONS)]
        # (9 * inputs, outputs): bands before frames before channels
        self._kernels = [k.transpose(2, 3, 1, 0).reshape(-1, len(k)) for k in kernels]
        self._scale, self._shift = np.float32(1.0), np.float32(0.0)
        for norm in (f"{TOP}.norm_input", "norm"):  # two batch norms, one after the other
            gain = self._weights[f"{norm}.weight"]
            gain = gain / np.sqrt(self._weights[f"{norm}.running_var"] + EPSILON)
            centre = self._weights[f"{norm}.running_mean"]
            self._shift = (self._shift - centre) * gain + self._weights[f"{norm}.bias"]
            self._scale = self._scale * gain
        names = {name for name in self._weights if name.endswith("linear1.weight")}
        self._layers = sum(name.startswith("transformer_encoder.layers.") for name in names)

    def layers(self, waveform: Waveform) -> list[Array]:
        """Of sound at 16 kHz, (T,): the convolutions' (T / 320, 1024), projection's and each layer's (T / 320, 200)."""
        features = self.features(compressed(waveform))
        hidden = self._linear(features * self._scale + self._shift, "linear_proj")
        seen = [features, hidden]
        hidden = hidden + places(*hidden.shape)
        for index in range(self._layers):
            hidden = self._layer(hidden, f"transformer_encoder.layers.{index}")
            seen.append(hidden)
        return seen

    def features(self, spectrogram: Array) -> Array:
        """What the convolutions tell: (frames, 161, 2) -> (frames / 2, 1024)."""
        values = np.ascontiguousarray(spectrogram.transpose(1, 0, 2))  # (bands, frames, channels)
        for index, kernel in enumerate(self._kernels):
            bias = self._weights[f"cnn.cnn.{2 * index}.bias"]
            strides = (2 if index else 1, STRIDE if index == CONVOLUTIONS - 1 else 1)
            values = _convolved(values, kernel, bias, *strides)
        # torch flattens channels before bands
        return values.transpose(1, 2, 0).reshape(values.shape[1], -1)

    def _layer(self, values: Array, name: str) -> Array:
        """A layer of torch's TransformerEncoder, norms after what they norm: (steps, width) -> the same."""
        width = values.shape[1]
        made = values @ self._weights[f"{name}.self_attn.in_proj_weight"].T
        made += self._weights[f"{name}.self_attn.in_proj_bias"]
        scale = np.float32(1 / np.sqrt(width // HEADS))
        joined = np.empty_like(values)
        for columns in np.split(
            np.arange(width), HEADS
        ):  # one head at a time: NumPy multiplies matrices faster
            query, key, value = (made[:, columns + part * width] for part in range(3))
            scores = (query * scale) @ key.T
            scores = np.exp(scores - scores.max(axis=1, keepdims=True))  # (steps, steps)
            joined[:, columns] = (scores @ value) / scores.sum(axis=1, keepdims=True)
        values = self._norm(
            values + self._linear(joined, f"{name}.self_attn.out_proj"), f"{name}.norm1"
        )
        inner = np.maximum(self._linear(values, f"{name}.linear1"), 0.0)
        return self._norm(values + self._linear(inner, f"{name}.linear2"), f"{name}.norm2")

    def _linear(self, values: Array, name: str) -> Array:
        made = values @ self._weights[f"{name}.weight"].T
        return np.asarray(made + self._weights[f"{name}.bias"])

    def _norm(self, values: Array, name: str) -> Array:
        centred = values - values.mean(axis=1, keepdims=True)
        scale = np.sqrt(np.square(centred).mean(axis=1, keepdims=True) + EPSILON)
        return np.asarray(
            centred / scale * self._weights[f"{name}.weight"] + self._weights[f"{name}.bias"]
        )


def spectrum(waveform: Waveform) -> NDArray[np.complex64]:
    """Short-time spectrum: (T,) -> (T / 160, 161)."""
    padded = np.pad(waveform, (FFT_SAMPLES - HOP_SAMPLES) // 2, mode="reflect")
    frames = np.lib.stride_tricks.sliding_window_view(padded, FFT_SAMPLES)[::HOP_SAMPLES]
    hann = np.hanning(FFT_SAMPLES + 1)[:-1].astype(np.float32)  # periodic
    return np.asarray(rfft(frames * hann), dtype=np.complex64)


def compressed(waveform: Waveform) -> Array:
    """What DistillMOS reads, real and imaginary parts, the loudest sample being 1: (T,) -> (T / 160, 161, 2)."""
    values = spectrum(waveform / (np.abs(waveform).max() + 1e-8))
    values *= np.maximum(np.abs(values), 1e-12) ** (COMPRESSION - 1)
    return np.stack([values.real, values.imag], axis=2)


def places(steps: int, width: int) -> Array:
    """Sinusoids that tell a step's place: (steps, width)."""
    rates = np.exp(np.arange(0, width, 2) * (-np.log(2 * LONGEST_STEPS) / width))
    angles = np.arange(steps)[:, None] * rates
    return np.stack([np.sin(angles), np.cos(angles)], axis=2).reshape(steps, -1).astype(np.float32)


def _convolved(values: Array, kernel: Array, bias: Array, stride: int, time_stride: int) -> Array:
    """3 by 3 and leaky ReLU, frames padded by one, bands not: (bands, T, C) -> (bands', T / time_stride, outputs)."""
    padded = np.pad(values, ((0, 0), (1, 1), (0, 0)))
    frames = values.shape[1]
    near = np.concatenate([padded[:, k : k + frames : time_stride] for k in range(3)], axis=2)
    made = np.empty(((len(values) - 3) // stride + 1, near.shape[1], len(bias)), np.float32)
    for band, row in enumerate(made):  # one at a time: it stays in the cache
        seen = near[stride * band : stride * band + 3].transpose(1, 0, 2)
        np.matmul(seen.reshape(len(row), -1), kernel, out=row)
        row += bias
        np.maximum(row, SLOPE * row, out=row)
    return made
