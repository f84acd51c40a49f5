"""F0 by SwiftF0, a small convolutional network in the package swift-f0: fast, sure of itself, for speech and singing.

Source: L. Nieradzik (2025), "SwiftF0: fast and accurate monophonic pitch detection", arXiv 2508.18440.
"""

import numpy as np
from swift_f0 import SwiftF0

from tts_engine.audio.resample import resample_audio
from tts_engine.f0.method import F0Range, F0Track
from tts_engine.f0.sounding import SHORTEST_SECONDS
from tts_engine.types import Audio

RATE_HZ, HOP = 16_000, 256
VOICED = 0.5


class SwiftNetF0:
    """The network is loaded once; it measures every 16 ms."""

    def __init__(self) -> None:
        self._detector = SwiftF0(threads=1, spin=False)

    def measure(self, audio: Audio, step_seconds: float, within: F0Range) -> F0Track | None:
        """See `F0Method`."""
        if audio.seconds < SHORTEST_SECONDS:
            return None
        heard = resample_audio(audio, RATE_HZ).waveform
        found = self._detector.detect(heard, RATE_HZ, fmin=within.low_hz, fmax=within.high_hz)
        return F0Track(
            f0_hz=np.where(found.confidence >= VOICED, found.pitch_hz, 0.0),
            first_seconds=float(found.timestamps[0]),
            step_seconds=HOP / RATE_HZ,
            confidence=found.confidence,
        )
