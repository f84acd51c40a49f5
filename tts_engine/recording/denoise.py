"""A copy of a recording with less noise, and whether the voice is better measured on it.

docs/decisions/0010-denoised-reference.md has the comparison of denoisers.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tts_engine.audio.speech_detector import speech_seconds
from tts_engine.encoder.inference import SpeakerEncoder
from tts_engine.recording.deep_filter import get_deep_filter
from tts_engine.recording.noise import snr_db
from tts_engine.types import Audio

AGREEMENT_STEP_SECONDS = 0.8
NOISY_DB = 22.0  # cleaner recordings lose more than they gain
LEAST_GAIN_DB = 3.0
LEAST_SPEECH_KEPT = 0.8
AGREEMENT_LOSS = 0.1  # steady noise makes the windows alike, so some loss is to be expected


@dataclass(frozen=True, kw_only=True)
class Denoising:
    """A recording before and after.

    Attributes:
        used: whether the copy serves.
        snr_db: of the recording.
        denoised_snr_db: of the copy.
        agreement: mean cosine of the d-vectors of the recording's windows to their mean.
        denoised_agreement: the same of the copy.
    """

    used: bool
    snr_db: float
    denoised_snr_db: float
    agreement: float
    denoised_agreement: float


def denoise(audio: Audio) -> Audio:
    """The copy, as long and at the same rate. Raises CheckpointError: its weights are not there."""
    return get_deep_filter().clean(audio)


def denoised_if_better(
    audio: Audio, noise_db: float, encoder: SpeakerEncoder
) -> tuple[Audio, Denoising | None]:
    """The copy if the voice is better measured on it, else the recording; None: no copy was made.

    Better means: a noisy recording gains, its speech is still there, and what the encoder hears from moment
    to moment still agrees.
    """
    if noise_db >= NOISY_DB:
        return audio, None
    copy = denoise(audio)
    copy_db, before, after = snr_db(copy), agreement(audio, encoder), agreement(copy, encoder)
    used = (
        copy_db > noise_db + LEAST_GAIN_DB
        and after > before - AGREEMENT_LOSS
        and speech_seconds(copy) > LEAST_SPEECH_KEPT * speech_seconds(audio)
    )
    outcome = Denoising(
        used=used,
        snr_db=noise_db,
        denoised_snr_db=copy_db,
        agreement=before,
        denoised_agreement=after,
    )
    return (copy if used else audio), outcome


def agreement(audio: Audio, encoder: SpeakerEncoder) -> float:
    """Mean cosine of the windows' d-vectors to their mean; 0 when there is less speech than a window."""
    vectors, _ = encoder.embed_windows(audio, step_seconds=AGREEMENT_STEP_SECONDS)
    if vectors.shape[0] == 0:
        return 0.0
    mean: NDArray[np.float32] = vectors.mean(axis=0)
    return float((vectors @ mean).mean() / max(float(np.linalg.norm(mean)), 1e-9))
