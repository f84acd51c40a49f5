"""How far speech stands above the background, also where nobody ever pauses."""

import numpy as np

from tts_engine.audio.resample import resample_audio
from tts_engine.audio.speech_detector import speech_mask
from tts_engine.f0 import HOP_SAMPLES, track_f0
from tts_engine.types import Audio

ANALYSIS_RATE_HZ = 22_050
QUIET_SHARE = 0.1  # of the frames; between syllables too only the background is left


def snr_db(audio: Audio) -> float:
    """Level of the speech over that of the quietest tenth of the frames, about the truth up to 25 dB.

    Infinite when that tenth is sung or hummed through: then the background is never heard alone.
    """
    audio = resample_audio(audio, ANALYSIS_RATE_HZ)
    frames = audio.waveform.size // HOP_SAMPLES
    if frames < 1 / QUIET_SHARE:
        return float("inf")
    samples = audio.waveform[: frames * HOP_SAMPLES].reshape(frames, HOP_SAMPLES)
    power = np.square(samples, dtype=np.float64).mean(axis=1)  # (frames,)
    quiet = np.argsort(power)[: int(QUIET_SHARE * frames)]
    if (track_f0(audio, frames)[quiet] > 0).mean() > 0.5:
        return float("inf")
    mask = speech_mask(audio)[: frames * HOP_SAMPLES].reshape(frames, HOP_SAMPLES)
    spoken = mask.mean(axis=1) > 0.5
    if not spoken.any():
        return float("-inf")
    noise = power[quiet].mean() + 1e-12
    return float(10 * np.log10(max(power[spoken].mean() - noise, 0.01 * noise) / noise))
