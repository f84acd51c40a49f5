"""A file of music in another key at the same tempo, by the Rubber Band library inside the ffmpeg of imageio-ffmpeg.

The filter gives as many samples as it takes, but sets them up to 10 ms off, by another amount for each interval. How
far is measured on bursts of noise, and mended: music stays in its place.
"""

import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import numpy as np
import soundfile
from numpy.typing import NDArray
from scipy.ndimage import uniform_filter1d
from scipy.signal import correlate

from tts_engine.audio.ffmpeg import ffmpeg_path
from tts_engine.audio.untrusted import SONG_RATE_HZ
from tts_engine.covers.mixing import samples_24bit
from tts_engine.errors import ResourceError

BLOCK_SAMPLES = 1 << 19
PROBE_SECONDS, BURSTS = 4.0, (0.5, 1.1, 1.9, 2.6, 3.3)
BURST_SAMPLES, DECAY_SAMPLES = 2000, 400
ENVELOPE_SAMPLES = 200
FARTHEST_SAMPLES = 2205  # off its place

Stereo = NDArray[np.float32]


def shift_key(source: Path, target: Path, semitones: int) -> None:
    """Write a file so many semitones higher: FLAC, 24 bits, as long, in its place.

    Args:
        source: ours, stereo, 44.1 kHz.
        target: the new file.
        semitones: -12 to 12.

    Raises:
        ResourceError: `ffmpeg_missing`, `key_shift_failed`.
    """
    left = soundfile.info(source).frames
    late = lateness(semitones)
    kind = {"format": "FLAC", "subtype": "PCM_24"}
    with soundfile.SoundFile(target, "w", SONG_RATE_HZ, 2, **kind) as file:

        def write(block: Stereo) -> int:
            kept = block[:left]
            file.write(samples_24bit(kept))
            return len(kept)

        left -= write(np.zeros((max(0, -late), 2), np.float32))
        skipped = max(0, late)
        for block in _filtered(["-i", str(source)], semitones):
            left -= write(block[skipped:])
            skipped = max(0, skipped - len(block))
        left -= write(np.zeros((left, 2), np.float32))


@cache
def lateness(semitones: int) -> int:
    """Samples by which the filter sets things too late; below 0 too early."""
    probe = _probe()
    raw = ["-f", "f32le", "-ar", str(SONG_RATE_HZ), "-ac", "2", "-i", "pipe:0"]
    shifted = np.concatenate(list(_filtered(raw, semitones, probe.tobytes())))
    before, after = (_onsets(sound[:, 0]) for sound in (probe, shifted))
    likeness = correlate(after, before, method="fft")  # lag 0 at before.size - 1
    middle = before.size - 1
    near = likeness[middle - FARTHEST_SAMPLES : middle + FARTHEST_SAMPLES + 1]
    return int(near.argmax()) - FARTHEST_SAMPLES


def _probe() -> Stereo:
    """Bursts of noise, (T, 2)."""
    sound = np.zeros(round(PROBE_SECONDS * SONG_RATE_HZ), np.float32)
    noise = np.random.default_rng(0).normal(0, 0.2, BURST_SAMPLES)
    burst = (noise * np.exp(-np.arange(BURST_SAMPLES) / DECAY_SAMPLES)).astype(np.float32)
    for second in BURSTS:
        first = round(second * SONG_RATE_HZ)
        sound[first : first + BURST_SAMPLES] = burst
    return np.repeat(sound[:, None], 2, axis=1)


def _onsets(sound: NDArray[np.float32]) -> NDArray[np.float64]:
    """Envelope of what changes, without its mean, (T,)."""
    envelope = uniform_filter1d(np.abs(np.diff(sound.astype(np.float64))), ENVELOPE_SAMPLES)
    return np.asarray(envelope - envelope.mean())


def _filtered(inputs: list[str], semitones: int, content: bytes | None = None) -> Iterator[Stereo]:
    """What ffmpeg makes of a file, or of raw samples, block by block."""
    pitch = 2 ** (semitones / 12)
    chain = f"rubberband=pitch={pitch:.9f}:pitchq=quality:channels=together:transients=mixed"
    output = ["-af", chain, "-f", "f32le", "-ar", str(SONG_RATE_HZ), "-ac", "2", "pipe:1"]
    quiet = ["-hide_banner", "-loglevel", "quiet"]
    # the program comes from our own wheel, the file and every argument are ours
    process = subprocess.Popen(  # noqa: S603
        [ffmpeg_path(), *quiet, *inputs, *output],
        stdin=subprocess.DEVNULL if content is None else subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    try:
        if content is not None:
            whole, _ = process.communicate(content)
            yield np.frombuffer(whole, "<f4").reshape(-1, 2)
        else:
            assert process.stdout is not None  # noqa: S101
            while block := process.stdout.read(8 * BLOCK_SAMPLES):
                yield np.frombuffer(block, "<f4").reshape(-1, 2)
        if process.wait() != 0:
            raise ResourceError(
                "key_shift_failed",
                "the program that shifts the key of music ended early; try again",
                "программа, которая меняет тональность, прервалась; попробуйте ещё раз",
            )
    finally:
        process.kill()
        process.wait()
