"""How far speech is from a natural recording of the same words: spectrum, pitch and durations.

The two are first brought to one pace by dynamic time warping of their mel cepstra (librosa).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import librosa
import numpy as np
from numpy.typing import NDArray
from scipy.fft import dct

Array = NDArray[np.float32]
Path = NDArray[np.int64]

CEPSTRA = 13  # without the zeroth, which is loudness
DECIBELS = 20 / np.log(10)  # of one neper


def mel_cepstra(mel: Array) -> Array:
    """Cepstra 1 … 13 of a natural-log mel amplitude spectrogram: (n_mels, T) -> (13, T).

    Scaled so that the distance between two frames is the root mean square over the mel axis, in
    nepers, of their smoothed spectra's difference.
    """
    bins = mel.shape[0]
    return np.asarray(dct(mel, axis=0, norm="ortho")[1 : CEPSTRA + 1] / np.sqrt(bins), np.float32)


def warping_path(left: Array, right: Array) -> Path:
    """Frames of two mels that belong together: (n_mels, T1), (n_mels, T2) -> (P, 2), rising."""
    _, path = librosa.sequence.dtw(mel_cepstra(left), mel_cepstra(right), metric="euclidean")
    return np.asarray(path[::-1], dtype=np.int64)


def mel_cepstral_distortion(left: Array, right: Array, path: Path) -> float:
    """Mean distance in decibels along the path (Kubichek 1993, on mel-filter cepstra).

    For mel cepstra c of a log-amplitude spectrum this is 10 / ln 10 * sqrt(2 * sum of squared
    differences), averaged over the frames.
    """
    a, b = mel_cepstra(left)[:, path[:, 0]], mel_cepstra(right)[:, path[:, 1]]
    return float(DECIBELS * np.sqrt(((a - b) ** 2).sum(axis=0)).mean())


@dataclass(frozen=True, kw_only=True)
class PitchErrors:
    """Differences of two F0 courses over frames that both voice; NaN when there are hardly any.

    Attributes:
        correlation: of log F0, -1 to 1.
        rmse_hz: root mean square difference.
        voicing_percent: frames that only one of the two voices.
    """

    correlation: float
    rmse_hz: float
    voicing_percent: float


def pitch_errors(left_hz: Array, right_hz: Array, path: Path) -> PitchErrors:
    """Compare F0 per mel frame, (T1,) and (T2,), 0 where unvoiced, along a warping path."""
    a, b = left_hz[path[:, 0]].astype(np.float64), right_hz[path[:, 1]].astype(np.float64)
    both = (a > 0) & (b > 0)
    voicing = 100 * float(np.mean((a > 0) != (b > 0)))
    if both.sum() < 3 or np.ptp(a[both]) == 0 or np.ptp(b[both]) == 0:
        return PitchErrors(correlation=np.nan, rmse_hz=np.nan, voicing_percent=voicing)
    return PitchErrors(
        correlation=float(np.corrcoef(np.log(a[both]), np.log(b[both]))[0, 1]),
        rmse_hz=float(np.sqrt(np.mean((a[both] - b[both]) ** 2))),
        voicing_percent=voicing,
    )


@dataclass(frozen=True, kw_only=True)
class DurationErrors:
    """Errors of phoneme lengths: mean absolute, in milliseconds, and of their sum, in percent."""

    phoneme_ms: float
    total_percent: float


def duration_errors(
    natural: Sequence[float], spoken: Sequence[float], frame_seconds: float
) -> DurationErrors:
    """Compare lengths in frames of the same phonemes; a longer `spoken` total counts positive."""
    a, b = np.asarray(natural, np.float64), np.asarray(spoken, np.float64)
    return DurationErrors(
        phoneme_ms=float(1000 * frame_seconds * np.abs(b - a).mean()),
        total_percent=float(100 * (b.sum() - a.sum()) / a.sum()),
    )
