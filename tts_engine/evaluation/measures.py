"""Single measures of speech quality; each takes audio and gives numbers."""

from collections.abc import Sequence
from dataclasses import dataclass

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
FULL_SCALE = 0.999


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


@dataclass(frozen=True, kw_only=True)
class Silences:
    """Silence in a clip, seconds, to 20 ms: the longest inner pause, and before and after speech."""

    longest_pause: float
    leading: float
    trailing: float

    @property
    def longest_edge(self) -> float:
        return max(self.leading, self.trailing)


def silences(audio: Audio) -> Silences:
    """Stretches of 20 ms frames more than 45 dB below the loudest one; a clip under 20 ms has none."""
    size = round(FRAME_SECONDS * audio.sample_rate_hz)
    count = audio.waveform.size // size
    if count == 0:
        return Silences(longest_pause=0.0, leading=0.0, trailing=0.0)
    frames = audio.waveform[: count * size].reshape(count, size)
    level_db = 10 * np.log10((frames**2).mean(axis=1) + 1e-12)
    loud = np.flatnonzero(level_db > level_db.max() + SILENCE_DB)
    return Silences(
        longest_pause=FRAME_SECONDS * float(np.diff(loud).max(initial=1) - 1),
        leading=FRAME_SECONDS * float(loud[0]),
        trailing=FRAME_SECONDS * float(count - 1 - loud[-1]),
    )


def clipped_share(audio: Audio) -> float:
    """Share of samples at full scale, 0 to 1."""
    return float(np.mean(np.abs(audio.waveform) >= FULL_SCALE)) if audio.waveform.size else 0.0
