"""How loud somebody speaks, and when nobody does."""

from collections import deque

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import maximum_filter1d

from tts_engine.conversion.converting import SPEECH_LEVEL
from tts_engine.types import Waveform

Array = NDArray[np.float32]

REMEMBERED_SECONDS = 6.0  # of loud frames
MOST_GAIN = 60.0
KNEE_DB = 6.0  # below the threshold, over which the gate closes
HOLD_SECONDS, OPENED_BEFORE_SECONDS = (
    0.25,
    0.025,
)  # ends of words are faint, and so are their beginnings


class RunningLevel:
    """The gain that brings a voice to the level that the models know, from the louder half of what was loud lately."""

    def __init__(self, rate: int, frame: int, threshold_db: float) -> None:
        self.frame, self.threshold_db = frame, threshold_db
        self._powers: deque[float] = deque(maxlen=round(REMEMBERED_SECONDS * rate / frame))

    def hear(self, sound: Waveform) -> None:
        """The next samples, a multiple of the frame."""
        powers = frame_powers(sound, self.frame)
        loud = powers[10 * np.log10(powers + 1e-12) > self.threshold_db]
        self._powers.extend(loud.tolist())

    @property
    def gain(self) -> float:
        """1 before anything loud was heard."""
        if not self._powers:
            return 1.0
        powers = np.sort(np.asarray(self._powers))
        level = float(np.sqrt(powers[powers.size // 2 :].mean()))
        return min(MOST_GAIN, SPEECH_LEVEL / level)


def gate(sound: Waveform, rate: int, frame: int, threshold_db: float) -> Array:
    """0 where nobody speaks, 1 where somebody does, smooth between: (T,) -> (T,), T a multiple of the frame."""
    levels_db = 10 * np.log10(frame_powers(sound, frame) + 1e-12)
    opened = np.clip((levels_db - threshold_db) / KNEE_DB + 1, 0, 1)
    after, before = (
        round(seconds * rate / frame) for seconds in (HOLD_SECONDS, OPENED_BEFORE_SECONDS)
    )
    size = after + before + 1
    held = maximum_filter1d(opened, size, mode="constant", origin=(after - before) // 2)
    places = (np.arange(sound.size) + 0.5) / frame - 0.5
    return np.interp(places, np.arange(held.size), held).astype(np.float32)


def frame_powers(sound: Waveform, frame: int) -> NDArray[np.float64]:
    """Mean power of frames, (T,) -> (T / frame,)."""
    return np.asarray(np.square(sound, dtype=np.float64).reshape(-1, frame).mean(axis=1))
