"""The network of `model.py` in NumPy, for a process that is to load no torch."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from tts_engine.distillmos import array_network
from tts_engine.types import Waveform

LEAST_VARIANCE = 1e-5


class ArrayNetwork:
    """Windows of speech to logits."""

    def __init__(self, distilled: Mapping[str, NDArray], taught: Mapping[str, NDArray]) -> None:
        """Weights of DistillMOS, and those that `DetectorNetwork.shipped` has instead or more.

        KeyError when one is missing.
        """
        self._head = np.asarray(taught["head.weight"], dtype=np.float32)
        self._bias = float(taught["head.bias"][0])
        self._layers = array_network.ArrayNetwork({**distilled, **taught}).layers

    def __call__(self, window: Waveform, loud: NDArray[np.bool_]) -> float:
        """Of sound (T,) by its loud steps (T / 320,), all of them where none is: above 0 where a machine speaks."""
        values = np.concatenate(self._layers(window), axis=1)
        heard = values[loud] if loud.any() else values
        deviation = np.sqrt(heard.var(axis=0) + LEAST_VARIANCE)
        return float(np.concatenate([heard.mean(axis=0), deviation]) @ self._head + self._bias)
