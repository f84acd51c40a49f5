"""Contrast of a spoken mel brought back towards that of recordings.

A network trained on means moves less than people do: its bands vary too little around their mean, so the
floor between sounds is raised and harmonics drown in it. Each band is stretched about its own mean.

Source: global variance of Toda & Tokuda (2007, IEICE Trans. E90-D), applied after generation as in Silen
et al. (2012, Interspeech).
"""

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

Mel = NDArray[np.float32]

SHARE = 0.5  # of the missing spread, in logarithms; a whole one costs similarity
LARGEST_FACTOR = 1.35
ENOUGH_FRAMES = 120  # a shorter sentence is stretched less: its spread says little of the voice


def typical_spread(mels: Iterable[NDArray[np.floating]]) -> tuple[float, ...]:
    """Median over recordings (n_mels, F) of each band's standard deviation in nats."""
    spreads = np.stack([np.asarray(mel, dtype=np.float32).std(axis=1) for mel in mels])
    return tuple(round(float(value), 4) for value in np.median(spreads, axis=0))


def restore_contrast(mel: Mel, spread: tuple[float, ...]) -> Mel:
    """Stretch every band that varies less than in recordings; bands that vary more stay as they are.

    Args:
        mel: log mel of one sentence, (n_mels, F).
        spread: of recordings, one value per band; empty: nothing is changed.

    Returns:
        (n_mels, F).
    """
    if not spread or mel.shape[1] == 0:
        return mel
    mean = mel.mean(axis=1, keepdims=True)
    missing = np.asarray(spread, dtype=np.float32) / np.maximum(mel.std(axis=1), 1e-3)
    share = SHARE * min(1.0, mel.shape[1] / ENOUGH_FRAMES)
    factor = np.clip(missing**share, 1.0, LARGEST_FACTOR)[:, None]
    return np.asarray(mean + factor * (mel - mean), dtype=np.float32)
