"""Lengths beyond those of the training: a mel spoken at a known speed, stretched sound by sound.

Asked for sounds twice as long as any it has heard, the decoder starts them again. A stretched mel does not; the
vocoder makes new phases for it, so that stretching leaves no artefacts of its own.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

SPOKEN_SPEEDS = (0.8, 1.4)
EDGE_FRAMES = 4  # of a sound, that are not held
QUIET_NATS = 0.7  # 6 dB below the loudest frame of a vowel, from where on it fades in or out
SILENT_NATS = 2.3  # 20 dB below, where it is hardly heard yet
SILENT_PACE = 0.3  # how long what is hardly heard lasts, of its own time


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
    return _read(mel, np.cumsum([0, *spoken]), np.cumsum([0, *wanted]))


def hold_mel(
    mel: NDArray[np.float32],
    spoken: NDArray[np.int64],
    wanted: NDArray[np.int64],
    vowels: Sequence[str],
) -> NDArray[np.float32]:
    """As `stretch_mel`, for singing: ends of sounds keep their pace, and of a vowel only what is loud is held.

    A vowel fades in after a pause and out before one. Held as a whole it would hardly be heard for half of its note.
    One that goes on with the next token, on another note, is as loud there as it was.

    Args:
        mel, spoken, wanted: as `stretch_mel`.
        vowels: for each token the vowel that it is, "" for any other, (L,).
    """
    mel = mel.copy()
    level = np.log(np.exp(mel).mean(axis=0))
    lengths = np.ones(mel.shape[1])
    first, before, loudest = 0, "", 0.0
    for frames, length, vowel in zip(spoken, wanted, vowels, strict=True):
        edge = min(EDGE_FRAMES, frames // 3, length // 3)
        middle = np.arange(first + edge, first + frames - edge)
        held = middle
        if vowel and middle.size:
            own = level[middle].max()
            if vowel == before and own < loudest:
                mel[:, first : first + frames] += np.float32(loudest - own)
            held = middle[level[middle] > own - QUIET_NATS]
            lengths[middle[level[middle] < own - SILENT_NATS]] = SILENT_PACE
            loudest = max(own, loudest) if vowel == before else own
        if held.size:
            lengths[held] += (length - lengths[first : first + frames].sum()) / held.size
        first, before = first + frames, vowel
    return _read(mel, np.arange(mel.shape[1] + 1), np.concatenate([[0.0], np.cumsum(lengths)]))


def _read(mel: NDArray[np.float32], heard: NDArray[Any], told: NDArray[Any]) -> NDArray[np.float32]:
    """A mel read so that what is at `heard` comes at `told`, frames, both rising and of one length."""
    place = np.interp(np.arange(round(told[-1])) + 0.5, told, heard) - 0.5  # frame centres
    place = np.clip(place, 0, mel.shape[1] - 1)
    left = np.floor(place).astype(np.int64)
    right = np.minimum(left + 1, mel.shape[1] - 1)
    share = (place - left).astype(np.float32)
    return np.ascontiguousarray(mel[:, left] * (1 - share) + mel[:, right] * share)


def with_edges(frames: NDArray[np.int64]) -> NDArray[np.int64]:
    """Tokens (L,) in three parts each, (3 L,): begin and end keep their pace when the middle is held."""
    edges = np.minimum(EDGE_FRAMES, frames // 3)
    return np.stack([edges, frames - 2 * edges, edges], axis=1).ravel()
