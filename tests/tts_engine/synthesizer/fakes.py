"""A tiny made-up corpus: buzzes whose pitch, length and colour follow the tokens and the speaker."""

import json
from pathlib import Path

import numpy as np

from tts_engine.text.symbols import COMMA, PERIOD, PHONEMES, START
from tts_engine.training.corpus import SAMPLE_RATE_HZ, Clip, write_clips

HOP = 256


def write_corpus(
    root: Path, *, speakers: int = 3, clips_each: int = 3, tokens: int = 12, seed: int = 0
) -> tuple[Path, Path]:
    """Write a corpus and its alignment; the last clip of each speaker is held out."""
    rng = np.random.default_rng(seed)
    corpus, aligned = root / "corpus", root / "aligned"
    corpus.mkdir(parents=True)
    aligned.mkdir()
    clips, rows, embeddings, audio = [], [], [], []
    position = 0
    for speaker in range(speakers):
        centre = rng.normal(size=256)
        median = float(rng.uniform(90, 220))
        for number in range(clips_each):
            row = _aligned_row(rng, tokens, median)
            row["id"] = f"fake{speaker % 2}/{speaker}_{number}"
            sound = _buzz(rng, np.array(row["f0_hz"]), np.array(row["durations"]))
            clips.append(
                Clip(
                    id=row["id"],
                    corpus=f"fake{speaker % 2}",
                    speaker=f"speaker-{speaker}",
                    language=("ru", "en")[speaker % 2],
                    split="heldout" if number == clips_each - 1 else "train",
                    band_hz=11025,
                    text="",
                    tokens=tuple(row["tokens"]),
                    start=position,
                    samples=sound.size,
                )
            )
            position += sound.size
            rows.append(row)
            audio.append(sound)
            vector = np.abs(centre + 0.3 * rng.normal(size=256))
            embeddings.append(vector / np.linalg.norm(vector))
    np.concatenate(audio).tofile(corpus / "audio.i16")
    write_clips(corpus / "clips.jsonl", clips)
    lines = "".join(json.dumps(row) + "\n" for row in rows)
    (aligned / "aligned.jsonl").write_text(lines, encoding="utf-8")
    np.save(aligned / "embeddings.npy", np.array(embeddings, dtype=np.float32))
    return corpus, aligned


def _aligned_row(rng: np.random.Generator, tokens: int, median_hz: float) -> dict:
    middle = rng.choice(PHONEMES, size=tokens - 3).tolist()
    symbols = [START, *middle[:4], COMMA, *middle[4:], PERIOD]
    durations = rng.integers(3, 12, size=len(symbols))
    durations[5] = rng.choice([0, 8])  # the comma
    voiced = np.array([len(symbol) == 1 and symbol.isalpha() for symbol in symbols])
    f0_hz = np.where(voiced, median_hz * 2 ** (rng.normal(0, 2, len(symbols)) / 12), 0.0)
    return {
        "tokens": symbols,
        "durations": durations.tolist(),
        "f0_hz": f0_hz.round(2).tolist(),
        "f0_median_hz": median_hz,
        "f0_spread_semitones": 2.0,
        "score": -0.2,
    }


def _buzz(rng: np.random.Generator, f0_hz: np.ndarray, durations: np.ndarray) -> np.ndarray:
    """Int16 samples, a little longer than the frames, as real clips are."""
    sample_f0 = np.repeat(f0_hz, durations * HOP)
    phase = np.cumsum(2 * np.pi * sample_f0 / SAMPLE_RATE_HZ)
    sound = np.where(sample_f0 > 0, np.sin(phase) + np.sin(3 * phase), 0)
    sound = np.pad(sound, (0, int(rng.integers(HOP))))
    return ((sound + 0.02 * rng.normal(size=sound.size)) * 4000).astype(np.int16)
