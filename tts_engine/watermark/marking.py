"""Put the mark into speech, inaudibly: docs/decisions/0012-watermark.md.

Bands of the short-time spectrum are turned up or down by about a decibel, so the mark is loud only
where the speech is and hides behind it. The strength of each chip follows from what the detector
would read there without a mark (informed embedding; Malvar and Florencio 2003): less where the
speech happens to agree with the pattern, more where it does not.
"""

from collections.abc import Callable

import numpy as np
from scipy.fft import irfft, rfft

from tts_engine.stages import timed
from tts_engine.types import Audio, Waveform
from tts_engine.watermark.pattern import BANDS, CHIP_SECONDS, Pattern, Table, band_of_bins
from tts_engine.watermark.residual import chip_of_frames, residual

STRENGTH_DB = 1.3
INFORMED = 0.7
STRENGTH_RANGE = (0.3, 1.7)  # of STRENGTH_DB
WINDOW_SECONDS = 0.023
OVERLAP = 4
BLOCK_SECONDS = 30.0
CHUNK_FRAMES = 4096

GainsOfFrames = Callable[[np.ndarray], Table]


class Marker:
    """Marks audio with the pattern of one key."""

    def __init__(self, key: bytes) -> None:
        self.pattern = Pattern(key)

    @timed("watermark")
    def mark(self, audio: Audio, *, start_seconds: float = 0.0) -> Audio:
        """The same sound with the mark; as long, at the same rate.

        Args:
            audio: mono, any rate from 16 kHz on for the whole mark.
            start_seconds: where it stands in a longer recording whose parts are marked one by one.
        """
        if not np.any(audio.waveform):
            return audio
        rate_hz = audio.sample_rate_hz
        first_chip = int(np.floor(start_seconds / CHIP_SECONDS))
        strengths = STRENGTH_DB * self._strengths(audio, start_seconds, first_chip)
        window_samples = 2 ** round(np.log2(WINDOW_SECONDS * rate_hz))
        hop = window_samples // OVERLAP
        bands = band_of_bins(window_samples, rate_hz)

        def gains(frames: np.ndarray) -> Table:  # (T,) frame numbers -> (T, bins)
            centres = start_seconds + (frames * hop - window_samples / 2) / rate_hz
            levels_db = self.pattern.at(centres, strengths, first_chip)
            outside = np.zeros((len(frames), 1))
            return np.asarray(10.0 ** (np.hstack([levels_db, outside])[:, bands] / 20.0))

        return Audio(filtered(audio.waveform, window_samples, gains), rate_hz)

    def _strengths(self, audio: Audio, start_seconds: float, first_chip: int) -> Table:
        """Relative strength of every chip of the audio, (chips, BANDS)."""
        end_seconds = start_seconds + audio.seconds
        chips = int(np.ceil(end_seconds / CHIP_SECONDS)) - first_chip + 1
        sums, counts = np.zeros((chips, BANDS)), np.zeros(chips)
        block = int(BLOCK_SECONDS * audio.sample_rate_hz)
        for first in range(0, audio.waveform.size, block):
            part = Audio(audio.waveform[first : first + block], audio.sample_rate_hz)
            heard = residual(part)
            begins = start_seconds + first / audio.sample_rate_hz
            chip = np.minimum(chip_of_frames(len(heard), begins) - first_chip, chips - 1)
            np.add.at(sums, chip, heard)
            np.add.at(counts, chip, 1.0)
        heard_chips = sums / np.maximum(counts, 1.0)[:, None]
        deviation = heard_chips.std()
        if deviation == 0.0:
            return np.ones((chips, BANDS))
        signs = self.pattern.signs[(np.arange(chips) + first_chip) % len(self.pattern.signs)]
        agreement = heard_chips * signs / deviation
        return np.clip(1.0 - INFORMED * agreement, *STRENGTH_RANGE)


def filtered(waveform: Waveform, window_samples: int, gains: GainsOfFrames) -> Waveform:
    """Short-time spectra times gains, put together again; frame 0 ends where the waveform begins."""
    hop = window_samples // OVERLAP
    window = np.sqrt(np.hanning(window_samples + 1)[:-1]).astype(np.float32)
    window /= np.sqrt(np.float32(OVERLAP / 2))  # squares of the windows add up to 1
    count = -(-waveform.size // hop) + OVERLAP + 1
    result = np.zeros((count - 1) * hop + window_samples, np.float32)
    for first in range(0, count, CHUNK_FRAMES):
        numbers = np.arange(first, min(first + CHUNK_FRAMES, count))
        begins, size = first * hop - window_samples, (len(numbers) - 1) * hop + window_samples
        heard = waveform[max(begins, 0) : max(begins + size, 0)]
        around = (max(-begins, 0), size - heard.size - max(-begins, 0))
        padded = np.pad(heard.astype(np.float32, copy=False), around)
        frames = np.lib.stride_tricks.sliding_window_view(padded, window_samples)[::hop]
        spectrum = rfft(frames * window) * gains(numbers).astype(np.float32)
        pieces = irfft(spectrum, window_samples) * window  # (T, window)
        for phase in range(OVERLAP):  # frames of one phase do not overlap
            row = pieces[phase::OVERLAP].reshape(-1)
            place = (first + phase) * hop
            result[place : place + row.size] += row
    return result[window_samples : window_samples + waveform.size]
