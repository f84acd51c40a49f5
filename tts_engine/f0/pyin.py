"""F0 by pYIN, through librosa: tells how sure it is, and is the slowest; one voice without accompaniment.

Source: M. Mauch, S. Dixon (2014), "pYIN: a fundamental frequency estimator using probabilistic threshold
distributions", ICASSP.
"""

import librosa
import numpy as np

from tts_engine.audio.resample import resample_audio
from tts_engine.f0.method import F0Range, F0Track
from tts_engine.f0.sounding import SHORTEST_SECONDS
from tts_engine.types import Audio

RATE_HZ = 22_050
FRAME_SAMPLES = 2048


class PyinF0:
    """Keeps nothing from one clip to the next."""

    def measure(self, audio: Audio, step_seconds: float, within: F0Range) -> F0Track | None:
        """See `F0Method`."""
        if audio.seconds < SHORTEST_SECONDS:
            return None
        hop = max(1, round(step_seconds * RATE_HZ))
        f0_hz, _, share = librosa.pyin(
            resample_audio(audio, RATE_HZ).waveform,
            fmin=within.low_hz,
            fmax=within.high_hz,
            sr=RATE_HZ,
            frame_length=FRAME_SAMPLES,
            hop_length=hop,
            fill_na=0.0,
        )
        return F0Track(
            f0_hz=np.asarray(f0_hz, dtype=np.float64),
            first_seconds=0.0,
            step_seconds=hop / RATE_HZ,
            confidence=np.asarray(share, dtype=np.float64),
        )
