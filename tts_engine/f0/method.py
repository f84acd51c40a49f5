"""What every method of measuring F0 is and gives; who wants F0 of mel frames asks `tts_engine.f0.track_f0`.

One module per method, its row in `tracking.METHODS`, one class that keeps this contract.
"""

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from tts_engine.types import Audio


@dataclass(frozen=True, kw_only=True, eq=False)
class F0Track:
    """Measurements at even times.

    Attributes:
        f0_hz: (N,), Hz, 0 where unvoiced.
        first_seconds: time of the first; the next follow every `step_seconds`.
    """

    f0_hz: NDArray[np.float64]
    first_seconds: float
    step_seconds: float


@dataclass(frozen=True)
class F0Range:
    """Where F0 is looked for, Hz."""

    low_hz: float
    high_hz: float


SPEECH = F0Range(60.0, 500.0)
SINGING = F0Range(50.0, 1100.0)


class F0Method(Protocol):
    """Measures the fundamental frequency of one voice."""

    def measure(self, audio: Audio, step_seconds: float, within: F0Range) -> F0Track | None:
        """F0 at least every `step_seconds`; None of a clip that is too short to have any."""
        ...
