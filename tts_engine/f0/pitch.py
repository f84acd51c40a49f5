"""Fundamental frequency, by Praat's autocorrelation method (Boersma 1993) through parselmouth."""

import numpy as np
import parselmouth
from numpy.typing import NDArray

from tts_engine.types import Audio

FLOOR_HZ, CEILING_HZ = 60.0, 500.0
HOP_SAMPLES = 256


def track_f0(audio: Audio, frames: int) -> NDArray[np.float32]:
    """F0 at the centre of each mel frame, shape (frames,), Hz, 0 where unvoiced.

    Between two voiced measurements it is read from the line between them.
    """
    sound = parselmouth.Sound(audio.waveform.astype(np.float64), audio.sample_rate_hz)
    hop_seconds = HOP_SAMPLES / audio.sample_rate_hz
    if sound.duration < 3.1 / FLOOR_HZ:
        return np.zeros(frames, dtype=np.float32)
    pitch = sound.to_pitch_ac(time_step=hop_seconds, pitch_floor=FLOOR_HZ, pitch_ceiling=CEILING_HZ)
    heard = pitch.selected_array["frequency"]  # 0 where unvoiced
    centres = (np.arange(frames) + 0.5) * hop_seconds
    places = (centres - pitch.xs()[0]) / pitch.dx
    left = np.clip(np.floor(places).astype(int), 0, heard.size - 1)
    right = np.clip(left + 1, 0, heard.size - 1)
    share = np.clip(places - left, 0, 1)
    line = (1 - share) * heard[left] + share * heard[right]
    nearest = np.where(share < 0.5, heard[left], heard[right])
    voiced = (heard[left] > 0) & (heard[right] > 0)
    outside = (places < -0.5) | (places > heard.size - 0.5)
    return np.where(outside, 0, np.where(voiced, line, nearest)).astype(np.float32)


def f0_profile(f0_hz: NDArray[np.float32]) -> tuple[float, float]:
    """Median in Hz and spread in semitones of the voiced frames; (0, 0) when there are none."""
    voiced = f0_hz[f0_hz > 0]
    if voiced.size == 0:
        return 0.0, 0.0
    median = float(np.median(voiced))
    semitones = 12 * np.log2(voiced / median)
    inner = semitones[np.abs(semitones) < 10]  # octave slips are not intonation
    return round(median, 2), round(float(inner.std()) if inner.size else 0.0, 3)
