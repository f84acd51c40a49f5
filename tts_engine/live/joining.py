"""Blocks to one sound, without a seam: synchronous overlap-add.

    tail of the last block        ⟍⟍⟍
    the next one, laid where   ···⟋⟋⟋──────────────⟍⟍⟍   kept as the next tail
    it agrees best             ↔ at most 10 ms

Source: S. Roucos and A. Wilgus (1985), "High quality time-scale modification for speech", ICASSP.
"""

import numpy as np
from numpy.typing import NDArray

from tts_engine.types import Waveform

STAYS_BY = 0.02  # correlation by which another place must be better than the one where time is kept


class BlockJoiner:
    """Joins blocks that overlap; sin² fades, which add up to 1."""

    def __init__(self, block: int, crossfade: int, search: int) -> None:
        """All in samples."""
        self.block, self.crossfade, self.search = block, crossfade, search
        self._rising = np.sin(0.5 * np.pi * (np.arange(crossfade) + 0.5) / crossfade) ** 2
        self._tail: Waveform | None = None

    def join(self, made: Waveform | None) -> tuple[Waveform, Waveform]:
        """The next block.

        Args:
            made: at least (block + crossfade + search,); None: silence.

        Returns:
            The block, (block,), and what is foreseen to follow it, (N,); the next block decides that.
        """
        before = self._tail
        if made is None:
            made = np.zeros(self.block + self.crossfade + self.search, np.float32)
        first = 0 if before is None else self._place(made, before)
        said, ahead = made[first : first + self.block].copy(), made[first + self.block :]
        said[: self.crossfade] *= self._rising
        if before is not None:
            said[: self.crossfade] += before * (1 - self._rising)
        self._tail = ahead[: self.crossfade] if made.any() else None
        return said, ahead

    def _place(self, made: Waveform, tail: Waveform) -> int:
        """Where the new block agrees best with the tail of the last, in samples from its beginning."""
        windows = np.lib.stride_tricks.sliding_window_view(
            made[: self.search + self.crossfade], self.crossfade
        )
        norms = np.sqrt(np.square(windows).sum(axis=1) * np.square(tail).sum()) + 1e-9
        likeness: NDArray[np.floating] = (windows @ tail) / norms
        best = int(likeness.argmax())
        return best if likeness[best] > likeness[0] + STAYS_BY else 0
