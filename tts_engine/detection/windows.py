"""Windows of speech, and which of their steps are loud enough to be judged. Nothing here needs torch."""

import numpy as np
from numpy.typing import NDArray

from tts_engine.detection.config import DetectorConfig
from tts_engine.distillmos.array_network import HOP_SAMPLES, STRIDE, spectrum
from tts_engine.types import Waveform

RATE_HZ = 16_000
STEPS_PER_SECOND = RATE_HZ // (HOP_SAMPLES * STRIDE)
SPEECH_BINS = slice(2, 141)  # 100 Hz to 7 kHz
LOUD_SHARE = 0.9  # this quantile of the steps is how loud the speech is
QUIETEST_DB = -170.0  # digital silence is below


def filled(waveform: Waveform, size: int) -> Waveform:
    """Cut or repeated to so many samples: (T,) -> (size,); nothing at all is silence."""
    if waveform.size == 0:
        return np.zeros(size, dtype=np.float32)
    return np.resize(waveform, size) if waveform.size < size else waveform[:size]


def loudness(waveform: Waveform) -> NDArray[np.float32]:
    """Level of the loudest bin of speech in each step of 20 ms, dB: (T,) -> (T / 320,)."""
    loudest = np.abs(spectrum(waveform)[:, SPEECH_BINS]).max(axis=1)
    levels = 20.0 * np.log10(loudest + 1e-9)
    return np.asarray(levels.reshape(-1, STRIDE).max(axis=1), dtype=np.float32)


def loud_steps(levels: NDArray[np.float32], config: DetectorConfig) -> NDArray[np.bool_]:
    """Which steps of a window are loud enough to be judged: (steps,) dB -> (steps,)."""
    least = max(
        np.quantile(levels, LOUD_SHARE) - config.quiet_db,
        levels.max() - config.floor_db,
        QUIETEST_DB,
    )
    return np.asarray(levels > least)
