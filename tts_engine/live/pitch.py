"""By how much a live voice is moved, and how its resonances are."""

import numpy as np
from numpy.typing import NDArray

from tts_engine.audio.mel import MelConfig, band_edges
from tts_engine.conversion.converting import LONGEST_TRANSPOSITION
from tts_engine.errors import RequestError
from tts_engine.types import VoiceProfile

Array = NDArray[np.float32]

SETTLED_SECONDS = 2.0  # of voiced frames; their median is the speaker's
LEAST_FRAMES = 3


class RunningTransposition:
    """Semitones to the pitch of a voice: by the median of the first voiced seconds, and then no more.

    Until it has settled it is the whole semitones that what was heard so far asks for.
    """

    def __init__(
        self, semitones: float | None, profile: VoiceProfile, frames_per_second: float
    ) -> None:
        """Raises RequestError: `pitch_unknown`."""
        if semitones is None and profile.f0_median_hz <= 0:
            raise RequestError(
                "pitch_unknown",
                "the pitch of the voice is not known: say by how many semitones to transpose",
                "высота голоса неизвестна: укажите, на сколько полутонов перенести",
            )
        self.settled = semitones
        self.semitones = semitones or 0.0
        self._median_hz = profile.f0_median_hz
        self._needed = round(SETTLED_SECONDS * frames_per_second)
        self._heard: list[float] = []

    def hear(self, f0_hz: Array) -> None:
        """F0 of the next frames, 0 where unvoiced."""
        if self.settled is not None:
            return
        self._heard += f0_hz[f0_hz > 0].tolist()
        if len(self._heard) < LEAST_FRAMES:
            return
        away = 12 * np.log2(self._median_hz / float(np.median(self._heard)))
        self.semitones = float(np.clip(round(away), -LONGEST_TRANSPOSITION, LONGEST_TRANSPOSITION))
        if len(self._heard) >= self._needed:
            self.settled = self.semitones


def formants_moved(mel: Array, semitones: float, config: MelConfig) -> Array:
    """A mel (n_mels, F) whose spectra stand higher by so many semitones."""
    if semitones == 0:
        return mel
    edges = band_edges(config)
    wanted = edges[1:-1] / 2 ** (semitones / 12)
    rows = np.interp(wanted, edges[1:-1], np.arange(config.n_mels))
    below = np.minimum(rows.astype(int), config.n_mels - 2)
    share = (rows - below)[:, None]
    return np.asarray((1 - share) * mel[below] + share * mel[below + 1], np.float32)
