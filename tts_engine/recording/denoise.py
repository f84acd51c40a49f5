"""A copy of a recording with less noise, and whether the voice is better measured on it.

Source: RNNoise (J.-M. Valin, "A hybrid DSP/deep learning approach to real-time full-band speech enhancement",
MMSP 2018; BSD licence) through `pyrnnoise` (Apache-2.0). docs/decisions/0010-denoised-reference.md has the
comparison.
"""

import ctypes
from dataclasses import dataclass
from importlib.util import find_spec

import numpy as np
from numpy.typing import NDArray

from tts_engine.audio.resample import resample
from tts_engine.audio.speech_detector import speech_seconds
from tts_engine.encoder.inference import SpeakerEncoder
from tts_engine.recording.noise import snr_db
from tts_engine.types import Audio, Waveform

RATE_HZ = 48_000
DELAY_FRAMES = 2  # of 10 ms, by which RNNoise is late
FULL_SCALE = 32767.0
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
    """The copy, as long and at the same rate."""
    from pyrnnoise import rnnoise  # loads a library of C code

    size: int = rnnoise.FRAME_SIZE
    dense = resample(audio.waveform, audio.sample_rate_hz, RATE_HZ)
    delay = DELAY_FRAMES * size
    padded = np.pad(np.clip(dense, -1, 1), (0, delay + -dense.size % size)) * FULL_SCALE
    frames = np.ascontiguousarray(padded.reshape(-1, size), dtype=np.float32)
    state = rnnoise.create()
    try:
        for frame in frames:
            pointer = frame.ctypes.data_as(ctypes.POINTER(ctypes.c_float))
            rnnoise.lib.rnnoise_process_frame(state, pointer, pointer)
    finally:
        rnnoise.destroy(state)
    cleaned = frames.reshape(-1)[delay : delay + dense.size] / np.float32(FULL_SCALE)
    return Audio(
        _fit(resample(cleaned, RATE_HZ, audio.sample_rate_hz), audio.waveform.size),
        audio.sample_rate_hz,
    )


def denoised_if_better(
    audio: Audio, noise_db: float, encoder: SpeakerEncoder
) -> tuple[Audio, Denoising | None]:
    """The copy if the voice is better measured on it, else the recording; None: no copy was made.

    Better means: a noisy recording gains, its speech is still there, and what the encoder hears from moment
    to moment still agrees.
    """
    if not (noise_db < NOISY_DB and can_denoise()):
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


def can_denoise() -> bool:
    """Whether RNNoise is installed; macOS has no wheel of it."""
    return find_spec("pyrnnoise") is not None


def agreement(audio: Audio, encoder: SpeakerEncoder) -> float:
    """Mean cosine of the windows' d-vectors to their mean; 0 when there is less speech than a window."""
    vectors, _ = encoder.embed_windows(audio, step_seconds=AGREEMENT_STEP_SECONDS)
    if vectors.shape[0] == 0:
        return 0.0
    mean: NDArray[np.float32] = vectors.mean(axis=0)
    return float((vectors @ mean).mean() / max(float(np.linalg.norm(mean)), 1e-9))


def _fit(waveform: Waveform, samples: int) -> Waveform:
    return np.pad(waveform[:samples], (0, max(0, samples - waveform.size))).astype(np.float32)
