"""F0 of the voice in a song, by frame: measured section by section, or given; and how far the voice is moved."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tts_engine.audio.resample import resample
from tts_engine.audio.untrusted import SONG_RATE_HZ
from tts_engine.conversion.converting import ConversionSettings, transposition
from tts_engine.covers.listening import FRAME_SAMPLES, FRAMES_PER_SECOND, Told, mono
from tts_engine.covers.settings import MOST_SEMITONES, CoverSettings
from tts_engine.covers.stems import Stems
from tts_engine.f0 import HOP_SAMPLES, SINGING, F0Track, at_frames, f0_curve, read_csv, write_csv
from tts_engine.types import Audio, VoiceProfile

RATE_HZ = SONG_RATE_HZ * HOP_SAMPLES // FRAME_SAMPLES  # at which a frame is one of the models'

Array = NDArray[np.float32]


def section_audio(stems: Stems, section: slice) -> Audio:
    """The vocals of a section as the models hear them: mono, 22 050 Hz, 256 samples a frame."""
    stop = min(section.stop * FRAME_SAMPLES, stems.samples)
    samples = mono(stems.vocals, section.start * FRAME_SAMPLES, stop)
    return Audio(resample(samples, SONG_RATE_HZ, RATE_HZ), RATE_HZ)


def measured_f0(
    stems: Stems, found: Sequence[slice], settings: CoverSettings, frames: int, told: Told
) -> Array:
    """F0 of all frames, 0 where unvoiced and outside the sections, (F,)."""
    f0_hz = np.zeros(frames, np.float32)
    whole = sum(section.stop - section.start for section in found)
    done = 0
    for section in found:
        audio = section_audio(stems, section)
        curve = f0_curve(audio, settings.f0_method, SINGING, median_radius=settings.filter_radius)
        size = section.stop - section.start
        f0_hz[section] = at_frames(curve, size, HOP_SAMPLES / RATE_HZ)
        done += size
        told(int(done / FRAMES_PER_SECOND), int(whole / FRAMES_PER_SECOND))
    return f0_hz


def f0_of(
    stems: Stems, found: Sequence[slice], settings: CoverSettings, frames: int, told: Told
) -> Array:
    """F0 of all frames, (F,), as the settings want it."""
    if settings.f0_file is None:
        return measured_f0(stems, found, settings, frames, told)
    whole = None if settings.preview_from is not None else stems.seconds
    track = read_csv(settings.f0_file, seconds=whole)
    first = round(stems.start_seconds * FRAMES_PER_SECOND)
    return at_frames(track, first + frames, HOP_SAMPLES / RATE_HZ)[first:]


def semitones_of(f0_hz: Array, profile: VoiceProfile, settings: CoverSettings) -> float:
    """Semitones that the voice is moved by, the shift of the key included.

    Raises:
        AudioError: `no_voice`.
        RequestError: `pitch_unknown`.
    """
    shift = settings.key_shift
    in_key = f0_hz * np.float32(2 ** (shift / 12))
    wanted = ConversionSettings(transpose=settings.transpose, song=settings.kind.sung)
    moved = transposition(in_key, profile, wanted) + shift
    return moved - 12 * float(np.sign(moved)) if abs(moved) > MOST_SEMITONES else moved


def write_f0(f0_hz: Array, start_seconds: float, path: Path) -> None:
    """The curve as CSV, its times those of the source."""
    step = HOP_SAMPLES / RATE_HZ
    track = F0Track(
        f0_hz=f0_hz.astype(np.float64),
        first_seconds=start_seconds + step / 2,
        step_seconds=step,
    )
    write_csv(track, path)
