"""A corpus of synthetic vowels for training tests: every phoneme is a tone pair of its own."""

from pathlib import Path

import numpy as np

from tts_engine.text.symbols import PERIOD, START
from tts_engine.training.corpus import (
    AUDIO_FILE,
    CLIPS_FILE,
    HELD_OUT,
    SAMPLE_RATE_HZ,
    TRAIN,
    Clip,
    write_clips,
)
from tts_engine.training.features import FEATURE_CLIPS_FILE, write_features

SOUNDS = {"a": (300, 1200), "i": (500, 3000), "o": (700, 2000), "s": (4000, 5000)}
SOUND_SECONDS = 0.15


def tone(sound: str, seconds: float = SOUND_SECONDS) -> np.ndarray:
    """Two sines that stand for one phoneme, shape (T,)."""
    time = np.arange(int(seconds * SAMPLE_RATE_HZ)) / SAMPLE_RATE_HZ
    low, high = SOUNDS[sound]
    return (0.2 * np.sin(2 * np.pi * low * time) + 0.2 * np.sin(2 * np.pi * high * time)).astype(
        np.float32
    )


def spell(sounds: list[str]) -> np.ndarray:
    """Silence, the sounds one after another, silence."""
    silence = np.zeros(int(0.1 * SAMPLE_RATE_HZ), dtype=np.float32)
    return np.concatenate([silence, *(tone(sound) for sound in sounds), silence])


def write_corpus(folder: Path, clips: int = 8) -> list[Clip]:
    """Write `clips` random words of four sounds; the last one is held out."""
    folder.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(0)
    rows, audio, start = [], [], 0
    for index in range(clips):
        sounds = [str(sound) for sound in rng.choice(list(SOUNDS), size=6)]
        samples = (spell(sounds) * 32767).astype(np.int16)
        rows.append(
            Clip(
                id=f"tiny/{index}",
                corpus="tiny",
                speaker=f"tiny-{index % 2}",
                language="ru",
                split=HELD_OUT if index == clips - 1 else TRAIN,
                band_hz=11_025,
                text="".join(sounds),
                tokens=(START, *sounds, PERIOD),
                start=start,
                samples=samples.size,
            )
        )
        audio.append(samples)
        start += samples.size
    (folder / AUDIO_FILE).write_bytes(np.concatenate(audio).tobytes())
    write_clips(folder / CLIPS_FILE, rows)
    return rows


def write_sphinx(path: Path, cepstra: np.ndarray, order: str = "<") -> None:
    """A file of Sphinx features of either byte order: (13, T)."""
    path.parent.mkdir(parents=True, exist_ok=True)
    values = cepstra.T.astype(f"{order}f4")
    path.write_bytes(np.array([values.size], f"{order}i4").tobytes() + values.tobytes())


def write_tiny_features(folder: Path, clips: int = 3) -> list[Clip]:
    """Words of two sounds as features beside a corpus, the last of them held out."""
    rng = np.random.default_rng(1)
    rows = []
    for index in range(clips):
        path = folder / f"{index}.mfc"
        write_sphinx(path, rng.normal(0, 8, (13, 100)))
        clip = Clip(
            id=f"features/{index}",
            corpus="features",
            speaker=f"features-{index}",
            language="ru",
            split=HELD_OUT if index == clips - 1 else TRAIN,
            band_hz=3500,
            text="ai",
            tokens=(START, "a", "i", PERIOD),
            start=0,
            samples=0,
        )
        rows.append((clip, path))
    written = write_features(rows, folder)
    write_clips(folder / FEATURE_CLIPS_FILE, written)
    return written
