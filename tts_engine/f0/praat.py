"""F0 by Praat's autocorrelation method, through parselmouth: speech of one person, no accompaniment.

Source: P. Boersma (1993), "Accurate short-term analysis of the fundamental frequency and the harmonics-to-noise
ratio of a sampled sound".
"""

import numpy as np
import parselmouth

from tts_engine.f0.method import F0Range, F0Track
from tts_engine.types import Audio

SHORTEST_PERIODS = 3.1  # of the lowest F0: the window


class PraatF0:
    """Keeps nothing from one clip to the next."""

    def measure(self, audio: Audio, step_seconds: float, within: F0Range) -> F0Track | None:
        """See `F0Method`."""
        sound = parselmouth.Sound(audio.waveform.astype(np.float64), audio.sample_rate_hz)
        if sound.duration < SHORTEST_PERIODS / within.low_hz:
            return None
        pitch = sound.to_pitch_ac(
            time_step=step_seconds, pitch_floor=within.low_hz, pitch_ceiling=within.high_hz
        )
        return F0Track(
            f0_hz=pitch.selected_array["frequency"],
            first_seconds=pitch.xs()[0],
            step_seconds=pitch.dx,
            confidence=pitch.selected_array["strength"].clip(0.0, 1.0),
        )
