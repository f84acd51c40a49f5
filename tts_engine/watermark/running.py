"""The mark in a sound that is never whole: block by block, on a clock that runs on.

A block is marked with the samples before it and with those that are foreseen after it, so that the windows of its
short-time spectra are full. How loud the speech happens to be in a band is not known beforehand, so all chips have
the same strength.
"""

import numpy as np

from tts_engine.types import Waveform
from tts_engine.watermark.marking import OVERLAP, STRENGTH_DB, WINDOW_SECONDS, filtered
from tts_engine.watermark.pattern import Pattern, Table, band_of_bins


class RunningMarker:
    """Marks blocks of one sound with the pattern of a key."""

    def __init__(self, key: bytes, rate_hz: int) -> None:
        self.rate_hz = rate_hz
        self.window_samples = 2 ** round(np.log2(WINDOW_SECONDS * rate_hz))
        self._pattern = Pattern(key)
        self._bands = band_of_bins(self.window_samples, rate_hz)
        self._before = np.zeros(self.window_samples, np.float32)
        self._marked = 0  # samples so far

    def mark(self, block: Waveform, ahead: Waveform) -> Waveform:
        """The next samples with the mark, (T,) -> (T,).

        Args:
            block: T is a multiple of a quarter of the window.
            ahead: what is foreseen to follow; `window_samples` of it are of use.
        """
        hop = self.window_samples // OVERLAP
        if block.size % hop:
            raise ValueError(f"a block of {block.size} samples; expected a multiple of {hop}")
        begins = self._marked - self.window_samples

        def gains(frames: np.ndarray) -> Table:  # (T,) frame numbers -> (T, bins)
            centres = (begins + frames * hop - self.window_samples / 2) / self.rate_hz
            levels_db = STRENGTH_DB * self._pattern.at(centres)
            outside = np.zeros((len(frames), 1))
            return np.asarray(10.0 ** (np.hstack([levels_db, outside])[:, self._bands] / 20.0))

        whole = np.concatenate([self._before, block, ahead[: self.window_samples]])
        self._before = whole[block.size : block.size + self.window_samples]
        self._marked += block.size
        if not np.any(whole):
            return block
        marked = filtered(whole, self.window_samples, gains)
        return marked[self.window_samples : self.window_samples + block.size]
