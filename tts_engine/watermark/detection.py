"""Look for the mark of a key in a recording.

The residual is laid over itself period by period and correlated with the pattern at every moment at
which the pattern may have begun, so trimming does no harm. The score is the highest correlation in
standard deviations of all the others: a measure that gain, filters and codecs leave alone.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tts_engine.types import Audio
from tts_engine.watermark.pattern import PERIOD_SECONDS, Pattern, Table
from tts_engine.watermark.residual import FIRST_CENTRE_SECONDS, HOP_SECONDS, residual

THRESHOLD = 6.0  # 3 false alarms in 100 000: benchmarks/watermark.py
TAIL_PER_UNIT = 2.5  # scores of unmarked speech: e times rarer with each 1 / 2.5
WINDOW_SECONDS = 12.0  # a marked part is also found inside a longer recording
SHORTEST_SECONDS = 1.0
RELIABLE_SECONDS = (
    5.0  # from here on only loud noise hides a mark: docs/decisions/0012-watermark.md
)
PERIOD_FRAMES = round(PERIOD_SECONDS / HOP_SECONDS)

Spectrum = NDArray[np.complex128]


@dataclass(frozen=True, kw_only=True)
class Detection:
    """What was found.

    Attributes:
        score: of the best window, in standard deviations.
        threshold: the score from which on a recording of this length counts as marked.
        seconds: length of the recording.
        heard_seconds: of it, those that are loud enough to carry a mark.
    """

    score: float
    threshold: float
    seconds: float
    heard_seconds: float

    @property
    def made_here(self) -> bool | None:
        """None where no mark was found and there is too little sound to say that there is none."""
        if self.score >= self.threshold:
            return True
        return False if self.heard_seconds >= RELIABLE_SECONDS else None


class Detector:
    """Looks for the mark of one key."""

    def __init__(self, key: bytes) -> None:
        moments = FIRST_CENTRE_SECONDS + HOP_SECONDS * np.arange(PERIOD_FRAMES, dtype=np.float64)
        self._template = np.conj(np.fft.rfft(Pattern(key).at(moments), axis=0))

    def detect(self, audio: Audio) -> Detection:
        """Whether the recording carries the mark; too short ones score 0."""
        return Detector.detect_all([self], audio)[0]

    @staticmethod
    def detect_all(detectors: Sequence["Detector"], audio: Audio) -> list[Detection]:
        """The same for several keys; the recording is analysed once."""
        if audio.seconds < SHORTEST_SECONDS:
            short = Detection(
                score=0.0, threshold=THRESHOLD, seconds=audio.seconds, heard_seconds=audio.seconds
            )
            return [short] * len(detectors)
        heard = residual(audio)
        windows = _windows(len(heard))
        folded = [_folded_spectrum(heard[first:stop]) for first, stop in windows]
        threshold = THRESHOLD + math.log(len(windows)) / TAIL_PER_UNIT
        return [
            Detection(
                score=max(_score(spectrum * detector._template) for spectrum in folded),
                threshold=threshold,
                seconds=audio.seconds,
                heard_seconds=float(np.any(heard, axis=1).sum()) * HOP_SECONDS,
            )
            for detector in detectors
        ]


def detect_mark(audio: Audio, key: bytes) -> Detection:
    """Whether the recording carries the mark of `key`."""
    return Detector(key).detect(audio)


def _windows(frames: int) -> list[tuple[int, int]]:
    """The whole, and if it is long its parts, half overlapping."""
    length = round(WINDOW_SECONDS / HOP_SECONDS)
    parts = range(0, frames - length // 2, length // 2) if frames > 1.5 * length else ()
    return [(0, frames), *((first, min(first + length, frames)) for first in parts)]


def _folded_spectrum(heard: Table) -> Spectrum:
    missing = -len(heard) % PERIOD_FRAMES
    folded = np.pad(heard, ((0, missing), (0, 0))).reshape(-1, PERIOD_FRAMES, heard.shape[1])
    return np.asarray(np.fft.rfft(folded.sum(axis=0), axis=0))


def _score(product: Spectrum) -> float:
    correlation = np.fft.irfft(product.sum(axis=1), PERIOD_FRAMES)
    correlation -= np.median(correlation)
    deviation = 1.4826 * np.median(np.abs(correlation))
    return float(correlation.max() / deviation) if deviation > 0 else 0.0
