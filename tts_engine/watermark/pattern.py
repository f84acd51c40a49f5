"""The keyed pattern: which band is a little louder or quieter in which moment.

Source: spread-spectrum watermarking of audio (Kirovski and Malvar, IEEE Trans. Signal Processing
2003). Time is cut into chips of 60 ms, the spectrum from 250 Hz to 7 kHz into 48 bands as wide as
the ear's. A key decides for each band and each pair of chips: louder then quieter, or the reverse
(so that the slow changes of speech cancel). After 84 chips the pattern begins again.

      band 48  + − + − − + …       +  about 1 dB up      chip  0.06 s
        …                          −  about 1 dB down    period 5.04 s
      band  1  − + + − + − …
"""

import hashlib
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

Table = NDArray[np.floating]

BANDS = 48
LOWEST_HZ, HIGHEST_HZ = 250.0, 7000.0
CHIP_SECONDS = 0.06
PERIOD_CHIPS = 84
PERIOD_SECONDS = CHIP_SECONDS * PERIOD_CHIPS


class Pattern:
    """Signs (period chips, bands) that follow from a key; the same on every machine and version."""

    def __init__(self, key: bytes) -> None:
        self.key = key

    @cached_property
    def signs(self) -> Table:
        """+1 and -1, shape (84, 48)."""
        count = PERIOD_CHIPS // 2 * BANDS
        drawn = hashlib.shake_256(b"voiceclone watermark 1\0" + self.key).digest(count // 8)
        bits = np.unpackbits(np.frombuffer(drawn, dtype=np.uint8)).reshape(-1, BANDS)
        first = 2.0 * bits - 1.0
        return np.stack([first, -first], axis=1).reshape(PERIOD_CHIPS, BANDS)

    def at(self, seconds: Table, strengths: Table | None = None, first_chip: int = 0) -> Table:
        """The pattern at moments (T,), smooth from chip to chip: (T, bands).

        Args:
            seconds: moments on the pattern's clock.
            strengths: of the chips from `first_chip` on, (chips, bands); all 1 when None.
            first_chip: number of the first row of `strengths`.
        """
        position = seconds / CHIP_SECONDS - 0.5
        chip = np.floor(position).astype(int)
        # the first half of the way stays with the chip before, a raised cosine leads to the next
        way = np.clip(2.0 * (position - chip) - 0.5, 0.0, 1.0)
        next_share = (0.5 - 0.5 * np.cos(np.pi * way))[:, None]  # (T, 1)
        before, after = (
            self._chips(chip, strengths, first_chip),
            self._chips(chip + 1, strengths, first_chip),
        )
        return before * (1.0 - next_share) + after * next_share

    def _chips(self, chip: NDArray[np.int_], strengths: Table | None, first_chip: int) -> Table:
        signs = self.signs[chip % PERIOD_CHIPS]
        if strengths is None:
            return signs
        return signs * strengths[np.clip(chip - first_chip, 0, len(strengths) - 1)]


def band_of_bins(n_fft: int, sample_rate_hz: int) -> NDArray[np.int_]:
    """Band of every bin of a real FFT, (n_fft / 2 + 1,); BANDS for bins outside all bands.

    Edges are equally spaced on the ERB-rate scale of Glasberg and Moore (1990).
    """
    low, high = 21.4 * np.log10(1.0 + np.array([LOWEST_HZ, HIGHEST_HZ]) / 229.0)
    edges_hz = 229.0 * (10.0 ** (np.linspace(low, high, BANDS + 1) / 21.4) - 1.0)
    bins_hz = np.arange(n_fft // 2 + 1) * sample_rate_hz / n_fft
    band = np.searchsorted(edges_hz, bins_hz, side="right") - 1
    return np.where((band < 0) | (band >= BANDS), BANDS, band)
