"""How surely the watermark is found, how rarely by mistake, and what it costs.

    python benchmarks/watermark.py --corpus data/corpus --clips 100 --keys 20

False alarms: unmarked recordings of a prepared corpus against many keys. Detection: clips of it marked
and then changed as files are. Docs: docs/decisions/0012-watermark.md.
"""

import argparse
import json
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import imageio_ffmpeg
import numpy as np

from tts_engine.audio.resample import resample_audio
from tts_engine.types import Audio
from tts_engine.watermark.detection import Detector, detect_mark
from tts_engine.watermark.marking import Marker

CORPUS_HZ = 22_050
SECONDS = (2, 3, 5, 10)


def coded(container: str, *options: str) -> Callable[[Audio], Audio]:
    """Through a codec of ffmpeg and back, at 22 050 Hz."""

    def change(audio: Audio) -> Audio:
        samples = (np.clip(audio.waveform, -1, 1) * 32767).astype("<i2").tobytes()
        raw = ["-f", "s16le", "-ar", str(audio.sample_rate_hz), "-ac", "1"]
        program = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error"]
        file = subprocess.run(
            [*program, *raw, "-i", "-", *options, "-f", container, "-"],
            input=samples, capture_output=True, check=True,
        ).stdout  # fmt: skip
        back = subprocess.run(
            [*program, "-f", container, "-i", "-", *raw, "-"],
            input=file, capture_output=True, check=True,
        ).stdout  # fmt: skip
        return Audio(np.frombuffer(back, "<i2").astype(np.float32) / 32768, audio.sample_rate_hz)

    return change


def noisy(db: float) -> Callable[[Audio], Audio]:
    def change(audio: Audio) -> Audio:
        noise = np.random.default_rng(0).standard_normal(audio.waveform.size)
        level = np.sqrt(np.mean(audio.waveform**2)) * 10 ** (-db / 20)
        return Audio((audio.waveform + level * noise).astype(np.float32), audio.sample_rate_hz)

    return change


CHANGES: dict[str, Callable[[Audio], Audio]] = {
    "untouched": lambda audio: audio,
    "mp3 128k": coded("mp3", "-c:a", "libmp3lame", "-b:a", "128k"),
    "mp3 64k": coded("mp3", "-c:a", "libmp3lame", "-b:a", "64k"),
    "opus 32k voip": coded("ogg", "-c:a", "libopus", "-b:a", "32k", "-application", "voip"),
    "opus 24k voip": coded("ogg", "-c:a", "libopus", "-b:a", "24k", "-application", "voip"),
    "16 kHz": lambda audio: resample_audio(audio, 16_000),
    "8 kHz and back": lambda audio: resample_audio(resample_audio(audio, 8_000), CORPUS_HZ),
    "44.1 kHz": lambda audio: resample_audio(audio, 44_100),
    "gain -20 dB": lambda audio: Audio(audio.waveform * np.float32(0.1), audio.sample_rate_hz),
    "noise 30 dB": noisy(30),
    "noise 20 dB": noisy(20),
}


def clips(corpus: Path, count: int, seconds: float) -> Iterator[Audio]:
    """Random clips of the corpus, each of exactly so many seconds."""
    rows = [json.loads(line) for line in (corpus / "clips.jsonl").open(encoding="utf-8")]
    samples = np.memmap(corpus / "audio.i16", dtype=np.int16, mode="r")
    needed = int(seconds * CORPUS_HZ)
    long_enough = [row for row in rows if row["samples"] >= needed]
    order = np.random.default_rng(0).permutation(len(long_enough))[:count]
    for index in order:
        start = long_enough[index]["start"]
        yield Audio(samples[start : start + needed].astype(np.float32) / 32768, CORPUS_HZ)


def false_alarms(corpus: Path, count: int, keys: int, seconds: float) -> None:
    """Print how high unmarked speech scores."""
    detectors = [Detector(f"key {number}".encode()) for number in range(keys)]
    scores = np.array(
        [
            detection.score
            for audio in clips(corpus, count, seconds)
            for detection in Detector.detect_all(detectors, audio)
        ]
    )
    rates = ", ".join(
        f"{np.mean(scores >= level):.1e} >= {level}" for level in np.arange(4, 8, 0.5)
    )
    print(
        f"unmarked, {seconds:g} s, {scores.size} tests: highest {scores.max():.2f}; {rates}",
        flush=True,
    )


def detections(corpus: Path, count: int) -> None:
    """Print detection rates and lowest scores by change and length."""
    print(
        "change | " + " | ".join(f"{seconds} s: found, median score" for seconds in SECONDS),
        flush=True,
    )
    marker = Marker(b"benchmark")
    marked = {
        seconds: [
            # trimmed by a third of a second: nothing begins where the pattern does
            Audio(marker.mark(audio).waveform[7350:], CORPUS_HZ)
            for audio in clips(corpus, count, seconds + 1 / 3)
        ]
        for seconds in SECONDS
    }
    for name, change in CHANGES.items():
        cells = []
        for seconds in SECONDS:
            found = [detect_mark(change(audio), b"benchmark") for audio in marked[seconds]]
            rate = np.mean([detection.made_here for detection in found])
            cells.append(f"{rate:.1%}, {np.median([one.score for one in found]):.1f}")
        print(f"{name} | " + " | ".join(cells), flush=True)


def cost(corpus: Path) -> None:
    """Print processor seconds and the mark's level."""
    marker, levels, marking, detecting, seconds = Marker(b"benchmark"), [], 0.0, 0.0, 0.0
    for audio in clips(corpus, 20, 5):
        started = time.process_time()
        marked = marker.mark(audio)
        halfway = time.process_time()
        detect_mark(marked, b"benchmark")
        detecting += time.process_time() - halfway
        marking += halfway - started
        seconds += audio.seconds
        change = marked.waveform - audio.waveform
        levels.append(10 * np.log10(np.sum(audio.waveform**2) / np.sum(change**2)))
    print(
        f"speech above the mark {np.mean(levels):.1f} dB; processor per second of sound: "
        f"marking {marking / seconds:.4f} s, detecting {detecting / seconds:.4f} s",
        flush=True,
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--corpus", type=Path, required=True)
    parser.add_argument("--clips", type=int, default=100)
    parser.add_argument("--unmarked", type=int, default=5000, help="unmarked clips of each length")
    parser.add_argument("--keys", type=int, default=20)
    arguments = parser.parse_args()
    cost(arguments.corpus)
    detections(arguments.corpus, arguments.clips)
    for seconds in (2, 5):
        false_alarms(arguments.corpus, arguments.unmarked, arguments.keys, seconds)


if __name__ == "__main__":
    main()
