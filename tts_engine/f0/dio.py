"""F0 by DIO of WORLD, refined by StoneMask, through pyworld: the fastest, for clean recordings.

Source: M. Morise, H. Kawahara, H. Katayose (2009), "Fast and reliable F0 estimation method based on the period
extraction of vocal fold vibration of singing voice and speech", AES 35th conference.
"""

import numpy as np
import pyworld

from tts_engine.f0.method import F0Range, F0Track
from tts_engine.f0.sounding import SHORTEST_SECONDS
from tts_engine.types import Audio


class DioF0:
    """Keeps nothing from one clip to the next; tells no confidence."""

    def measure(self, audio: Audio, step_seconds: float, within: F0Range) -> F0Track | None:
        """See `F0Method`."""
        if audio.seconds < SHORTEST_SECONDS:
            return None
        waveform, rate = audio.waveform.astype(np.float64), audio.sample_rate_hz
        coarse, times = pyworld.dio(
            waveform,
            rate,
            f0_floor=within.low_hz,
            f0_ceil=within.high_hz,
            frame_period=1000 * step_seconds,
        )
        f0_hz = pyworld.stonemask(waveform, coarse, times, rate)
        return F0Track(f0_hz=f0_hz, first_seconds=0.0, step_seconds=step_seconds)
