"""Measured facts of a voice as the synthesizer's numbers.

An embedding learned from few speakers generalises poorly; pitch, rate and mean spectrum of the
reference hold for every stranger. Unmeasured facts are predicted from the embedding.
"""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from tts_engine.errors import VoiceError
from tts_engine.types import VoiceProfile

Vector = NDArray[np.float32]

SPECTRUM_SIZE = 20
LOUD_NATS = 2.5  # frames within this of the loudest tenth count as speech
SCALAR_FACTS = 3
MIDDLE_HZ, USUAL_SPREAD_SEMITONES, USUAL_RATE = 160.0, 3.0, 12.0


def voice_spectrum(mel: NDArray[np.floating], size: int = SPECTRUM_SIZE) -> tuple[float, ...]:
    """Shape, without level, of the mean spectrum of the loud frames.

    Args:
        mel: log mel, (n_mels, frames).
        size: cosine coefficients to keep, 1 ... size; the zeroth is the level.

    Returns:
        `size` numbers in nats: vocal-tract resonances, tilt and channel, hardly what was said.
    """
    values = mel.astype(np.float32)
    energy = values.mean(axis=0)
    loud = energy >= np.quantile(energy, 0.9) - LOUD_NATS
    coefficients = _cosine_basis(values.shape[0], size) @ values[:, loud].mean(axis=1)
    return tuple(round(float(value), 4) for value in coefficients)


def facts_vector(profile: VoiceProfile, spectrum_size: int) -> tuple[Vector, NDArray[np.bool_]]:
    """Facts at about unit scale, shape (3 + spectrum_size,), and which of them are known.

    Order: octaves of median F0 above 160 Hz, F0 spread, rate, spectrum coefficients.
    """
    values = np.zeros(SCALAR_FACTS + spectrum_size, dtype=np.float32)
    known = np.zeros(values.size, dtype=bool)
    if profile.f0_median_hz > 0:
        values[0] = np.log2(profile.f0_median_hz / MIDDLE_HZ)
        values[1] = profile.f0_spread_semitones / USUAL_SPREAD_SEMITONES
        known[:2] = True
    if profile.phonemes_per_second > 0:
        values[2], known[2] = profile.phonemes_per_second / USUAL_RATE, True
    if len(profile.spectrum) == spectrum_size:
        values[SCALAR_FACTS:], known[SCALAR_FACTS:] = profile.spectrum, True
    return values, known


def fitted_shift(profile: VoiceProfile, spectrum_size: int) -> Vector:
    """What `fitting` has found, (256 + spectrum_size,); zeros for a voice that was only measured.

    Raises:
        VoiceError: `fitted_elsewhere`, for a network that is told other facts.
    """
    size = profile.embedding.size + spectrum_size
    if not profile.fitted:
        return np.zeros(size, dtype=np.float32)
    if len(profile.fitted) != size:
        raise VoiceError(
            "fitted_elsewhere",
            f"the voice was fitted for another synthesizer: {len(profile.fitted)} values, not {size}; "
            "fit it again",
            f"голос подогнан под другой синтезатор: значений {len(profile.fitted)}, а не {size}; "
            "подгоните его заново",
        )
    return np.asarray(profile.fitted, dtype=np.float32)


def facts_to_f0(facts: Vector) -> tuple[float, float]:
    """Median (Hz) and spread (semitones) from a facts vector, kept within human bounds."""
    median = float(np.clip(MIDDLE_HZ * 2.0 ** facts[0], 60.0, 450.0))
    return median, float(np.clip(USUAL_SPREAD_SEMITONES * facts[1], 0.5, 7.0))


@lru_cache(maxsize=4)
def _cosine_basis(n_mels: int, size: int) -> Vector:
    order = np.arange(1, size + 1)[:, None]
    band = (np.arange(n_mels) + 0.5)[None, :]
    return np.asarray(np.cos(np.pi * order * band / n_mels) * 2.0 / n_mels, dtype=np.float32)
