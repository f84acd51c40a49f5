"""Lengths beyond those of the training: a mel spoken at a known speed, stretched sound by sound.

Asked for sounds twice as long as any it has heard, the decoder starts them again. A stretched mel does not; the
vocoder makes new phases for it, so that stretching leaves no artefacts of its own.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

SPOKEN_SPEEDS = (0.8, 1.4)
EDGE_FRAMES = 4  # of a sound, that are not held


def spoken_speed(speed: float) -> float:
    """The speed to synthesise at when this one is wanted."""
    low, high = SPOKEN_SPEEDS
    return min(max(speed, low), high)


def hold(
    durations_frames: NDArray[np.int64], held: Sequence[tuple[int, float]]
) -> NDArray[np.int64]:
    """Durations (L,) with some tokens longer.

    Args:
        durations_frames: frames of each token.
        held: index of a token and the factor of its duration.
    """
    longer = durations_frames.copy()
    for token, factor in held:
        longer[token] = round(durations_frames[token] * factor)
    return longer


def stretch_mel(
    mel: NDArray[np.float32], spoken: NDArray[np.int64], wanted: NDArray[np.int64]
) -> NDArray[np.float32]:
    """A mel whose tokens are held for other numbers of frames.

    Args:
        mel: (n_mels, sum of spoken).
        spoken: frames of each token in it, (L,).
        wanted: frames of each token in the result, (L,).

    Returns:
        (n_mels, sum of wanted).
    """
    if np.array_equal(spoken, wanted):
        return mel
    heard = np.concatenate([[0], np.cumsum(spoken)])
    told = np.concatenate([[0], np.cumsum(wanted)])
    place = np.interp(np.arange(told[-1]) + 0.5, told, heard) - 0.5  # frame centres
    place = np.clip(place, 0, mel.shape[1] - 1)
    left = np.floor(place).astype(np.int64)
    right = np.minimum(left + 1, mel.shape[1] - 1)
    share = (place - left).astype(np.float32)
    return np.ascontiguousarray(mel[:, left] * (1 - share) + mel[:, right] * share)


def with_edges(frames: NDArray[np.int64]) -> NDArray[np.int64]:
    """Tokens (L,) in three parts each, (3 L,): begin and end keep their pace when the middle is held."""
    edges = np.minimum(EDGE_FRAMES, frames // 3)
    return np.stack([edges, frames - 2 * edges, edges], axis=1).ravel()
