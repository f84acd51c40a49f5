"""Recordings that cannot be put in another voice, small, and what is said of each."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import numpy as np
import soundfile as sf

from tests.tts_engine.covers.tiny import RATE, band, sung_stereo
from tts_engine.audio.ffmpeg import ffmpeg_path

HOURS_RATE = 8000


def written(path: Path, samples: np.ndarray, rate: int = RATE, **more: str) -> Path:
    sf.write(path, samples, rate, **more)
    return path


def no_sound(folder: Path) -> Path:
    path = folder / "song.mp3"
    path.write_bytes(b"somebody's diary, not a song. " * 200)
    return path


def cut_short(folder: Path) -> Path:
    path = written(folder / "song.wav", band(2.0))
    path.write_bytes(path.read_bytes()[:100_000])
    return path


def damaged(folder: Path) -> Path:
    path = written(folder / "song.flac", band(2.0))
    path.write_bytes(path.read_bytes()[:200_000])
    return path


def protected(folder: Path) -> Path:
    """As shops have sold songs: an mp4 whose sound nobody else can decode."""
    source, path = written(folder / "a.wav", band(2.0)), folder / "song.m4a"
    subprocess.run(
        [ffmpeg_path(), "-loglevel", "error", "-i", source, "-c:a", "aac", path], check=True
    )
    source.unlink()
    path.write_bytes(path.read_bytes().replace(b"mp4a", b"drms"))
    return path


def telephone(folder: Path) -> Path:
    return written(folder / "song.wav", band(2.0)[: 2 * HOURS_RATE], HOURS_RATE)


def three_hours(folder: Path) -> Path:
    path = folder / "song.flac"
    with sf.SoundFile(path, "w", HOURS_RATE, 1) as file:
        for _ in range(180):
            file.write(np.zeros(60 * HOURS_RATE, np.int16))
    return path


def silent(folder: Path) -> Path:
    return written(folder / "song.wav", 0 * band(2.0))


def a_moment(folder: Path) -> Path:
    return written(folder / "song.wav", band(0.5))


BEFORE_MODELS: dict[str, Callable[[Path], Path]] = {  # refused before any of them is loaded
    "not_audio": no_sound,
    "truncated_audio": cut_short,
    "damaged_audio": damaged,
    "protected_audio": protected,
    "song_band_too_narrow": telephone,
    "audio_too_long": three_hours,
    "song_silent": silent,
    "song_too_short": a_moment,
}


def whistle(seconds: float = 4.0, hz: float = 2500.0) -> np.ndarray:
    """Higher than voices sing, (T, 2)."""
    wave = 0.3 * np.sin(2 * np.pi * hz * np.arange(round(seconds * RATE)) / RATE)
    return np.stack([wave, wave], axis=1).astype(np.float32)


def own_stems(folder: Path, vocals: np.ndarray | None = None) -> dict[str, Path]:
    """An acapella and an instrumental."""
    voice = sung_stereo(4.0, 1.0, 3.0) if vocals is None else vocals
    return {
        "vocals": written(folder / "a.wav", voice, subtype="PCM_24"),
        "accompaniment": written(folder / "b.wav", band(4.0), subtype="PCM_24"),
    }
