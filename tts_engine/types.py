"""Values that several stages exchange."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Waveform = NDArray[np.float32]


@dataclass(frozen=True)
class Audio:
    """Mono sound: waveform of shape (T,), float32 in [-1, 1], with its rate."""

    waveform: Waveform
    sample_rate_hz: int

    @property
    def seconds(self) -> float:
        return self.waveform.size / self.sample_rate_hz
