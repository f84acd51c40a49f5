"""Is a recording good enough to clone a voice from, and which part of it is best?"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tts_engine.audio.vad import speech_mask
from tts_engine.errors import AudioError
from tts_engine.types import Audio

REQUIRED_SECONDS = 2.0
ADVISED_SECONDS = 6.0
LONGEST_SECONDS = 60.0
SILENT_RMS = 10 ** (-65 / 20)
CLIPPED_LEVEL = 0.999
CLIPPED_SHARE = 0.001
NOISY_DB = 15.0
GAPS_SECONDS = 0.5  # of silence in all, or the background cannot be judged


@dataclass(frozen=True)
class Note:
    """Advice to the person who recorded, in English and Russian."""

    en: str
    ru: str

    def __str__(self) -> str:
        return self.en


@dataclass(frozen=True, kw_only=True)
class ReferenceReport:
    """What a recording is like.

    Attributes:
        audio: the stretch to clone from: all of it, or the minute with the most speech.
        speech_seconds: speech in that stretch.
        clipped_share: samples at full scale.
        snr_db: level of speech over that of the gaps; infinite when there are no gaps.
        notes: what could be better.
    """

    audio: Audio
    speech_seconds: float
    clipped_share: float
    snr_db: float
    notes: tuple[Note, ...]


def analyze_reference(audio: Audio) -> ReferenceReport:
    """Judge a recording.

    Raises:
        AudioError: silence ("reference_silent"), or under 2 s of speech ("reference_too_short").
    """
    rms = float(np.sqrt(np.mean(np.square(audio.waveform, dtype=np.float64)) + 1e-20))
    if rms < SILENT_RMS:
        raise AudioError(
            "reference_silent", "the recording is silent", "в записи тишина", level=round(rms, 6)
        )
    mask = speech_mask(audio)
    audio, mask = _best_stretch(audio, mask)
    seconds = float(mask.sum()) / audio.sample_rate_hz
    if seconds < REQUIRED_SECONDS:
        raise AudioError(
            "reference_too_short",
            f"{seconds:.1f} s of speech found; at least {REQUIRED_SECONDS:g} s are needed",
            f"найдено {seconds:.1f} с речи; нужно не меньше {REQUIRED_SECONDS:g} с",
            speech_seconds=round(seconds, 2),
            required_seconds=REQUIRED_SECONDS,
        )
    clipped = float(np.mean(np.abs(audio.waveform) >= CLIPPED_LEVEL))
    snr_db = _snr_db(audio, mask)
    return ReferenceReport(
        audio=audio,
        speech_seconds=seconds,
        clipped_share=clipped,
        snr_db=snr_db,
        notes=tuple(_notes(seconds, clipped, snr_db)),
    )


def _best_stretch(audio: Audio, mask: NDArray[np.bool_]) -> tuple[Audio, NDArray[np.bool_]]:
    size = int(LONGEST_SECONDS * audio.sample_rate_hz)
    if mask.size <= size:
        return audio, mask
    sums = np.concatenate([[0], np.cumsum(mask)])
    first = int((sums[size:] - sums[:-size]).argmax())
    part = slice(first, first + size)
    return Audio(audio.waveform[part], audio.sample_rate_hz), mask[part]


def _snr_db(audio: Audio, mask: NDArray[np.bool_]) -> float:
    if (~mask).sum() < GAPS_SECONDS * audio.sample_rate_hz:
        return float("inf")
    waveform = audio.waveform
    speech = float(np.mean(np.square(waveform[mask], dtype=np.float64)))
    gaps = float(np.mean(np.square(waveform[~mask], dtype=np.float64)))
    return float(10 * np.log10((speech + 1e-12) / (gaps + 1e-12)))


def _notes(seconds: float, clipped: float, snr_db: float) -> list[Note]:
    notes = []
    if seconds < ADVISED_SECONDS:
        notes.append(
            Note(
                f"only {seconds:.1f} s of speech; 10 s or more sound closer to the voice",
                f"всего {seconds:.1f} с речи; от 10 с голос получается ближе",
            )
        )
    if clipped > CLIPPED_SHARE:
        notes.append(
            Note(
                "the recording is overdriven; speak further from the microphone",
                "запись перегружена; говорите дальше от микрофона",
            )
        )
    if snr_db < NOISY_DB:
        notes.append(
            Note(
                f"noisy: speech is {snr_db:.0f} dB above the background; find a quieter place",
                f"шумно: речь громче фона на {snr_db:.0f} дБ; запишите в тихом месте",
            )
        )
    return notes
