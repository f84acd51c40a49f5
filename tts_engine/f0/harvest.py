"""F0 by Harvest of WORLD, through pyworld: thorough and slow, one voice without accompaniment.

Source: M. Morise (2017), "Harvest: a high-performance fundamental frequency estimator from speech signals",
Interspeech.
"""

import numpy as np
import pyworld

from tts_engine.f0.method import F0Range, F0Track
from tts_engine.f0.sounding import SHORTEST_SECONDS
from tts_engine.types import Audio


class HarvestF0:
    """Keeps nothing from one clip to the next; tells no confidence."""

    def measure(self, audio: Audio, step_seconds: float, within: F0Range) -> F0Track | None:
        """See `F0Method`."""
        if audio.seconds < SHORTEST_SECONDS:
            return None
        f0_hz, _ = pyworld.harvest(
            audio.waveform.astype(np.float64),
            audio.sample_rate_hz,
            f0_floor=within.low_hz,
            f0_ceil=within.high_hz,
            frame_period=1000 * step_seconds,
        )
        return F0Track(f0_hz=f0_hz, first_seconds=0.0, step_seconds=step_seconds)
