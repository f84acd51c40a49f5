"""Which channel of a stereo recording is worked on: both when they say the same, else the clearer one."""

from collections.abc import Callable, Iterable
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from tts_engine.audio.reading import to_mono
from tts_engine.types import Waveform

Choice = Literal["auto", "mix", "left", "right"]
CHOICES: tuple[Choice, ...] = ("auto", "mix", "left", "right")
FRAME_SECONDS = 0.03
QUIET_SHARE = 0.1
SAME = 0.95  # correlation of two channels that hold one sound
FARTHEST_DB = 12.0  # between the levels of two such channels: the weaker would only bring its noise


def picker(choice: str) -> Callable[[Waveform], Waveform]:
    """What makes one channel of a block (T, channels)."""
    if choice == "mix":
        return to_mono
    index = 0 if choice == "left" else -1
    return lambda samples: np.ascontiguousarray(samples[:, index])


def choose(blocks: Iterable[Waveform], rate_hz: int) -> Choice:
    """ "mix", "left" or "right" after hearing all blocks (T, channels) of a recording."""
    size = round(FRAME_SECONDS * rate_hz)
    powers: list[NDArray[np.float64]] = []
    products = np.zeros((2, 2))
    for block in blocks:
        if block.shape[1] == 1:
            return "mix"
        products += block.T.astype(np.float64) @ block
        whole = block[: len(block) // size * size].reshape(-1, size, 2)
        powers.append(np.square(whole, dtype=np.float64).mean(axis=1))  # (frames, 2)
    levels = np.sqrt(np.diag(products)) + 1e-9
    likeness = abs(products[0, 1]) / levels.prod()
    apart_db = abs(20 * np.log10(levels[0] / levels[1]))
    if likeness > SAME and apart_db < FARTHEST_DB:
        return "mix"
    frames = np.sort(np.concatenate(powers), axis=0) + 1e-12
    if len(frames) < 1 / QUIET_SHARE:
        return "left" if levels[0] >= levels[1] else "right"
    quiet = frames[: int(QUIET_SHARE * len(frames))].mean(axis=0)
    loud = frames[len(frames) // 2 :].mean(axis=0)
    # a dead channel has no noise at all: what is far weaker is no candidate
    clear_db = 10 * np.log10(loud / quiet) - np.where(loud < 1e-3 * loud.max(), np.inf, 0)
    return "left" if clear_db[0] >= clear_db[1] else "right"
