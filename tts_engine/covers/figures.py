"""How near a cover comes to its voice and keeps to its tune, measured over the half minute with the most voice."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tts_engine.covers.listening import FRAMES_PER_SECOND, frame_powers
from tts_engine.covers.pitch import RATE_HZ
from tts_engine.encoder.inference import SpeakerEncoder
from tts_engine.errors import AudioError
from tts_engine.f0 import HOP_SAMPLES, SINGING, at_frames, f0_curve
from tts_engine.types import Audio, VoiceProfile
from tts_engine.watermark.detection import detect_mark

EXCERPT_SECONDS = 30.0
NEAR_CENTS = 50.0
LEAST_FRAMES = 20

Array = NDArray[np.float32]


@dataclass(frozen=True, kw_only=True, eq=False)
class Compared:
    """An excerpt before and after, both mono at 22 050 Hz and of one length.

    Attributes:
        source: the voice as it was.
        made: the new voice.
        wanted_hz: F0 that the new voice was to have, by frame, (F,); 0 where unvoiced.
        source_hz, made_hz: F0 of both, (F,).
    """

    source: Audio
    made: Audio
    wanted_hz: Array
    source_hz: Array
    made_hz: Array


def most_voice(gate: NDArray[np.float64]) -> slice:
    """The frames of the half minute in which the gate is open longest."""
    size = min(gate.size, round(EXCERPT_SECONDS * FRAMES_PER_SECOND))
    opened = np.concatenate([[0.0], np.cumsum(gate)])
    first = int((opened[size:] - opened[: gate.size - size + 1]).argmax())
    return slice(first, first + size)


def compared(source: Audio, made: Audio, source_hz: Array, wanted_hz: Array) -> Compared:
    """With the F0 of the new voice, by the method that measures studio voices."""
    curve = f0_curve(made, MEASURED_BY, SINGING)
    heard = at_frames(curve, wanted_hz.size, HOP_SAMPLES / RATE_HZ)
    return Compared(
        source=source, made=made, source_hz=source_hz, wanted_hz=wanted_hz, made_hz=heard
    )


MEASURED_BY = "swift"


def figures_of(
    excerpt: Compared, profile: VoiceProfile, encoder: SpeakerEncoder, key: bytes
) -> Mapping[str, float]:
    """Plain numbers by name.

    Returns:
        `likeness`: GE2E cosine of the new voice to the target; `likeness_before` of the old one, the floor;
        `likeness_to_source` of the new voice to the old one. `f0_within_50_cents`: share of frames that sound and are
        to be voiced; `f0_correlation` of its logarithm; `voicing_errors`: share of frames that sound. `level_db`: of
        the new voice over the old one. `watermark`: score of the mark. What cannot be measured is left out.
    """
    found: dict[str, float] = {}
    try:
        before, after = encoder.embed(excerpt.source), encoder.embed(excerpt.made)
    except AudioError:  # too little in it is speech to the encoder's ear
        pass
    else:
        found["likeness"] = float(after @ profile.embedding)
        found["likeness_before"] = float(before @ profile.embedding)
        found["likeness_to_source"] = float(after @ before)
    found |= _of_pitch(excerpt)
    powers = [float(np.mean(np.square(a.waveform))) for a in (excerpt.source, excerpt.made)]
    if min(powers) > 0:
        found["level_db"] = 10 * np.log10(powers[1] / powers[0])
    found["watermark"] = detect_mark(excerpt.made, key).score
    return {name: round(float(value), 3) for name, value in found.items()}


def _of_pitch(excerpt: Compared) -> Mapping[str, float]:
    wanted, heard = excerpt.wanted_hz, excerpt.made_hz
    sounding = frame_powers_at(excerpt.made, wanted.size) > 1e-6
    both = (wanted > 0) & (heard > 0) & sounding
    if both.sum() < LEAST_FRAMES:
        return {}
    cents = 1200 * np.log2(heard[both] / wanted[both])
    logs = np.log2(np.stack([wanted[both], heard[both]]))
    due = (wanted > 0) & sounding
    found = {
        "f0_within_50_cents": float((np.abs(cents) < NEAR_CENTS).mean()),
        "voicing_errors": float(((wanted > 0) != (heard > 0))[sounding].mean()),
        "f0_unheard": float((heard[due] == 0).mean()),
    }
    if logs.std(axis=1).min() > 1e-3:
        found["f0_correlation"] = float(np.corrcoef(logs)[0, 1])
    return found


def frame_powers_at(audio: Audio, frames: int) -> NDArray[np.float64]:
    """Mean squares of frames of 256 samples."""
    doubled = np.repeat(audio.waveform, 2)
    return frame_powers(doubled, frames)
