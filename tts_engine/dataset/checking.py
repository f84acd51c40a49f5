"""Is a clip good enough to learn from, and what mends it?"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from tts_engine.audio.loudness import loudness_lufs, normalize_loudness
from tts_engine.audio.speech_detector import speech_mask
from tts_engine.dataset.damage import hum_hz, without_hum
from tts_engine.encoder.inference import SpeakerEncoder
from tts_engine.recording.denoise import NOISY_DB, denoise, denoised_if_better
from tts_engine.recording.noise import snr_db
from tts_engine.recording.reverb import decay_seconds
from tts_engine.types import Audio

LEAST_SECONDS = 1.0
LEAST_SPEECH_SHARE = 0.15
WORST_DB = 5.0  # speech over background: below it no denoiser helps a voice
RINGING_SECONDS = 0.6
CLIP_LUFS = -23.0


@dataclass(frozen=True, kw_only=True, eq=False)
class Checked:
    """A clip after mending, what was mended, why it is dropped (() when it is kept), and its figures."""

    audio: Audio
    mended: tuple[str, ...]
    reasons: tuple[str, ...]
    figures: Mapping[str, float | None]


def check_clip(
    audio: Audio, encoder: SpeakerEncoder, *, denoising: bool, around: Audio | None = None
) -> Checked:
    """Judge a clip of a working copy and mend what can be.

    Args:
        audio: the clip.
        encoder: hears whether the voice survives denoising.
        denoising: whether noise may be removed.
        around: the clip with what lies beside it, in which the room is heard when the clip has too few falls.
    """
    mask = speech_mask(audio)
    spoken = float(mask.sum()) / audio.sample_rate_hz
    figures: dict[str, float | None] = {"speech_seconds": round(spoken, 2)}
    if audio.seconds < LEAST_SECONDS:
        return Checked(audio=audio, mended=(), reasons=("too_short",), figures=figures)
    if spoken < max(0.3, LEAST_SPEECH_SHARE * audio.seconds):
        return Checked(audio=audio, mended=(), reasons=("no_speech",), figures=figures)
    mended = []
    mains = hum_hz(audio)
    if mains:
        audio = without_hum(audio, mains)
        mended.append("hum")
    noise_db, decay = snr_db(audio), decay_seconds(audio) or decay_seconds(around or audio)
    figures |= {
        "hum_hz": mains or None,
        "snr_db": _known(noise_db),
        "decay_seconds": round(decay, 2) or None,
        "lufs": _known(loudness_lufs(audio)),
    }
    reasons = []
    if noise_db < WORST_DB:
        reasons.append("noisy")
    elif denoising and noise_db < NOISY_DB:
        audio, outcome = denoised_if_better(audio, noise_db, encoder)
        if outcome is not None and outcome.used:
            mended.append("denoised")
            figures["denoised_snr_db"] = _known(outcome.denoised_snr_db)
    if decay > RINGING_SECONDS:
        reasons.append("ringing")
    return Checked(audio=audio, mended=tuple(mended), reasons=tuple(reasons), figures=figures)


def mend(audio: Audio, mended: tuple[str, ...]) -> Audio:
    """A clip of a working copy with what a plan says is to be mended; clicks are gone from the copy already."""
    mains = hum_hz(audio) if "hum" in mended else 0.0
    if mains:
        audio = without_hum(audio, mains)
    return denoise(audio) if "denoised" in mended else audio


def at_level(audio: Audio) -> Audio:
    """As clips are stored: one loudness, no peak near full scale."""
    return normalize_loudness(audio, lufs=CLIP_LUFS)


def _known(decibels: float) -> float | None:
    return round(decibels, 1) if np.isfinite(decibels) else None
