"""Single measures of speech quality; each takes audio and gives numbers."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import Levenshtein
from speechmos import dnsmos

from tts_engine.audio.resample import resample
from tts_engine.text.symbols import phonemes_only
from tts_engine.types import Audio

DNSMOS_RATE_HZ = 16_000
SILENCE_DB = -45.0  # below the loudest 20 ms
FRAME_SECONDS = 0.02


def phoneme_errors(expected: Sequence[str], heard: Sequence[str]) -> tuple[int, int]:
    """(insertions + deletions + substitutions, expected phonemes); pauses do not count."""
    reference = phonemes_only(expected)
    return Levenshtein.distance(reference, list(heard)), len(reference)


def cosine(left: NDArray[np.float32], right: NDArray[np.float32]) -> float:
    """Cosine of two d-vectors."""
    return float(left @ right / (np.linalg.norm(left) * np.linalg.norm(right)))


def naturalness(audio: Audio) -> float:
    """DNSMOS overall score, 1 to 5 (Reddy et al. 2021, arXiv 2010.15258)."""
    waveform = resample(audio.waveform, audio.sample_rate_hz, DNSMOS_RATE_HZ)
    return float(dnsmos.run(np.clip(waveform, -1.0, 1.0), DNSMOS_RATE_HZ)["ovrl_mos"])


def pauses(audio: Audio) -> tuple[float, float, float]:
    """Silence in a clip: (longest inner pause s, leading or trailing s, share of silent frames)."""
    size = round(FRAME_SECONDS * audio.sample_rate_hz)
    count = audio.waveform.size // size
    frames = audio.waveform[: count * size].reshape(count, size)
    level_db = 10 * np.log10((frames**2).mean(axis=1) + 1e-12)
    loud = np.flatnonzero(level_db > level_db.max() + SILENCE_DB)
    inner = np.diff(loud).max(initial=1) - 1
    edge = max(loud[0], count - 1 - loud[-1])
    share = 1 - loud.size / count
    return float(inner * FRAME_SECONDS), float(edge * FRAME_SECONDS), float(share)
