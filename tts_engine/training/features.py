"""Speech that exists only as cepstra, beside a prepared corpus.

    <folder>/features.f16      all clips one after another, 13 float16 a frame, frames as of the mel
    <folder>/features.jsonl    one Clip per line; a frame counts as HOP_SAMPLES samples

Only the recognizer can learn from it (see `tts_engine.audio.cepstra`).
"""

import logging
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tts_engine.audio.cepstra import COEFFICIENTS
from tts_engine.audio.mel import MelConfig
from tts_engine.errors import AudioError
from tts_engine.training.corpus import Clip, read_clips

FEATURES_FILE = "features.f16"
FEATURE_CLIPS_FILE = "features.jsonl"
HOP_SAMPLES = MelConfig().hop_samples
SPHINX_FRAMES_PER_SECOND = 100
SPHINX_BAND_HZ = 3500

Cepstra = NDArray[np.float32]

logger = logging.getLogger(__name__)


class Features:
    """Read access to the features of a prepared corpus; without any it has no clips."""

    def __init__(self, folder: Path) -> None:
        self.clips: list[Clip] = []
        if (folder / FEATURES_FILE).is_file():
            self.clips = list(read_clips(folder / FEATURE_CLIPS_FILE))
            values = np.memmap(folder / FEATURES_FILE, dtype=np.float16, mode="r")
            self._values = values.reshape(-1, COEFFICIENTS)
        self.ids = {clip.id for clip in self.clips}

    def cepstra(self, clip: Clip) -> Cepstra:
        """Cepstra of a clip, shape (13, frames)."""
        first, frames = clip.start // HOP_SAMPLES, clip.samples // HOP_SAMPLES
        return np.asarray(self._values[first : first + frames], dtype=np.float32).T


def read_sphinx(path: Path) -> Cepstra:
    """A file of Sphinx features: an int32 count, then float32s of either byte order -> (13, frames).

    Raises:
        AudioError: the count is not that of the file's numbers.
    """
    content = path.read_bytes()
    for order in "<>":
        count = np.frombuffer(content, f"{order}i4", count=1)[0] if len(content) >= 4 else -1
        if 4 * count + 4 == len(content) and count % COEFFICIENTS == 0:
            values = np.frombuffer(content, f"{order}f4", offset=4)
            return values.reshape(-1, COEFFICIENTS).T.astype(np.float32)
    raise AudioError(
        "features_damaged",
        f"{path} is no file of {COEFFICIENTS} Sphinx features: {len(content)} bytes do not match its count",
        f"{path} - не файл из {COEFFICIENTS} признаков Sphinx: {len(content)} байт не сходятся со счётчиком",
    )


def to_mel_frames(cepstra: Cepstra) -> Cepstra:
    """Features at 100 frames a second, of 26 ms each, as the mel has frames: (13, T) -> (13, T').

    Smoothed over three frames first: the mel's window is 46 ms long.
    """
    padded = np.pad(cepstra, ((0, 0), (1, 1)), mode="edge")
    smooth = (padded[:, :-2] + 2 * padded[:, 1:-1] + padded[:, 2:]) / 4
    ratio = SPHINX_FRAMES_PER_SECOND / MelConfig().frames_per_second
    times = np.arange(int(cepstra.shape[1] / ratio)) * ratio
    given = np.arange(cepstra.shape[1])
    return np.stack([np.interp(times, given, row) for row in smooth]).astype(np.float32)


def write_features(clips: list[tuple[Clip, Path]], output: Path) -> list[Clip]:
    """Write the features of every clip's file; returns the clips with their places."""
    from tqdm import tqdm  # of the command line: who only reads features has no bar

    output.mkdir(parents=True, exist_ok=True)
    written: list[Clip] = []
    start = 0
    partial = output / (FEATURES_FILE + ".partial")
    with partial.open("wb") as values:
        for clip, path in tqdm(clips):
            cepstra = to_mel_frames(read_sphinx(path))
            samples = cepstra.shape[1] * HOP_SAMPLES
            values.write(cepstra.T.astype(np.float16).tobytes())
            written.append(replace(clip, start=start, samples=samples))
            start += samples
    partial.replace(output / FEATURES_FILE)
    return written
