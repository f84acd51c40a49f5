"""What every method of measuring F0 is and gives; who wants F0 of mel frames asks `tts_engine.f0.track_f0`, who wants
a curve to see and edit `tts_engine.f0.f0_curve`.

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
        confidence: (N,), 0 to 1, how sure each is that it is voiced, in the method's own measure; None: it tells none.
    """

    f0_hz: NDArray[np.float64]
    first_seconds: float
    step_seconds: float
    confidence: NDArray[np.float64] | None = None

    @property
    def seconds(self) -> NDArray[np.float64]:
        """Time of each measurement, (N,)."""
        return self.first_seconds + self.step_seconds * np.arange(self.f0_hz.size, dtype=np.float64)


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
        """F0 every `step_seconds`, or as near to that as the method can; None of a clip that is too short to have any.

        Raises:
            CheckpointError: the method's weights are missing or damaged.
        """
        ...
