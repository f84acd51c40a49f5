"""What an engineer does to a voice before it is mixed, in small and fixed doses, with scipy alone.

high-pass          80 Hz, 12 dB per octave: what rumbles below is no voice
de-esser           what lies at 5 to 10 kHz is turned down by at most 8 dB while it is louder than the rest
compressor         2 : 1 from the voice's own level on, over 30 ms, at most 6 dB
room               0.35 s of decaying noise, other on the left than on the right, 12 ms later

All but the room are without delay: envelopes are centred, so nothing moves in time.
"""

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import uniform_filter1d
from scipy.signal import butter, fftconvolve, sosfilt, sosfiltfilt

from tts_engine.audio.untrusted import SONG_RATE_HZ
from tts_engine.types import Waveform

HIGH_PASS_HZ = 80.0
HISS_HZ, HISS_OVER_DB, HISS_MOST_DB, HISS_SECONDS = (5000.0, 10_000.0), -6.0, 8.0, 0.01
RATIO, MOST_DB, COMPRESSOR_SECONDS = 2.0, 6.0, 0.03
SMOOTHED_SECONDS = 0.05
ROOM_SECONDS, ROOM_DELAY_SECONDS, ROOM_DECAY_SECONDS = 0.4, 0.012, 0.35
ROOM_HZ = (250.0, 6000.0)
ROOM_SEED = 7
FLOOR = 1e-10


def worked(voice: Waveform, level: float) -> Waveform:
    """A voice (T,) at 44.1 kHz ready for the mix, as long; `level` is its RMS while it sounds."""
    return compressed(de_essed(high_passed(voice)), level)


def high_passed(voice: Waveform) -> Waveform:
    """Without what lies below 80 Hz: half of the slope forwards, half backwards."""
    sections = butter(1, HIGH_PASS_HZ, "highpass", fs=SONG_RATE_HZ, output="sos")
    return _both_ways(sections, voice)


def de_essed(voice: Waveform) -> Waveform:
    """With hissing sounds no louder than 6 dB below all else at their moment."""
    sections = butter(2, HISS_HZ, "bandpass", fs=SONG_RATE_HZ, output="sos")
    hiss = _both_ways(sections, voice)
    over_db = 10 * np.log10(
        (_power(hiss, HISS_SECONDS) + FLOOR) / (_power(voice - hiss, HISS_SECONDS) + FLOOR)
    )
    down_db = np.clip(over_db - HISS_OVER_DB, 0, HISS_MOST_DB)
    kept = 10 ** (-_smooth(down_db, HISS_SECONDS) / 20)
    return np.asarray(voice - (1 - kept) * hiss, np.float32)


def compressed(voice: Waveform, level: float) -> Waveform:
    """With what is louder than `level` half as far above it, in decibels."""
    over_db = 10 * np.log10((_power(voice, COMPRESSOR_SECONDS) + FLOOR) / (level**2 + FLOOR))
    down_db = np.clip((1 - 1 / RATIO) * over_db, 0, MOST_DB)
    return np.asarray(voice * 10 ** (-_smooth(down_db, SMOOTHED_SECONDS) / 20), np.float32)


def room(level_db: float) -> NDArray[np.float32]:
    """Response of a small room without the direct sound, (T, 2), its power so far below that of the sound."""
    size = round(ROOM_SECONDS * SONG_RATE_HZ)
    noise = np.random.default_rng(ROOM_SEED).normal(size=(size, 2))
    seconds = np.arange(size)[:, None] / SONG_RATE_HZ
    decaying = noise * 10 ** (-3 * seconds / ROOM_DECAY_SECONDS)
    sections = butter(2, ROOM_HZ, "bandpass", fs=SONG_RATE_HZ, output="sos")
    response = sosfilt(sections, decaying, axis=0)
    response /= np.sqrt(np.square(response).sum(axis=0))
    delay = round(ROOM_DELAY_SECONDS * SONG_RATE_HZ)
    later = np.pad(response, ((delay, 0), (0, 0)))
    return (later * 10 ** (level_db / 20)).astype(np.float32)


def in_room(voice: Waveform, response: NDArray[np.float32]) -> NDArray[np.float32]:
    """A voice (T,) with its room, (T, 2) of the response alone; the first samples lack what was before them."""
    sides = [fftconvolve(voice, side)[: voice.size] for side in response.T]
    return np.stack(sides, axis=1).astype(np.float32)


def _both_ways(sections: NDArray[np.float64], voice: Waveform) -> Waveform:
    pad = min(voice.size - 1, SONG_RATE_HZ // 20)
    return np.asarray(sosfiltfilt(sections, voice, padlen=pad), np.float32)


def _power(voice: Waveform, seconds: float) -> NDArray[np.float64]:
    squares = np.square(voice, dtype=np.float64)
    return np.maximum(uniform_filter1d(squares, max(1, round(seconds * SONG_RATE_HZ))), 0)


def _smooth(decibels: NDArray[np.float64], seconds: float) -> NDArray[np.float64]:
    return np.asarray(uniform_filter1d(decibels, max(1, round(seconds * SONG_RATE_HZ))))
