"""Training segments of the vocoder: mel, waveform and pitch, cut from a prepared corpus.

The mel of a segment is cut from a longer piece, so that the reflected edges of the analysis never reach it:

    piece    |mm|··········|mm|      MARGIN_FRAMES more on both sides, dropped after the analysis
    segment     |··········|
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from tts_engine.audio.mel import MelConfig, log_mel
from tts_engine.audio.resample import resample
from tts_engine.f0 import track_f0
from tts_engine.training.corpus import SAMPLE_RATE_HZ, Clip, Corpus
from tts_engine.types import Audio

MARGIN_FRAMES = 2
PITCH_FILE = "pitch.npz"
TRANSPOSED = 0.4  # share of the segments that are played faster or slower, so at another pitch
SLOWEST, FASTEST = 0.8, 3.2  # speech of 250 Hz then has the pitch of a soprano


@dataclass(frozen=True)
class Batch:
    """Segments of equal length.

    Attributes:
        mel: (B, n_mels, F).
        waveform: (B, F * hop) in [-1, 1].
        f0_hz: (B, F), 0 where unvoiced.
        bridged_hz: (B, F), f0 with lines across the unvoiced frames, above 0 everywhere.
        band_hz: (B,) highest frequency that the recording can hold.
        spoken: so many last rows have a mel that the synthesizer spoke; it is not that of their waveform.
    """

    mel: Tensor
    waveform: Tensor
    f0_hz: Tensor
    bridged_hz: Tensor
    band_hz: Tensor
    spoken: int = 0

    @property
    def recorded(self) -> int:
        """So many first rows have the mel of their waveform."""
        return self.mel.shape[0] - self.spoken

    def to(self, device: torch.device) -> "Batch":
        """The same batch on a device."""
        moved: dict[str, Any] = {
            name: value.to(device)
            for name, value in vars(self).items()
            if isinstance(value, Tensor)
        }
        return replace(self, **moved)


def bridge(f0_hz: NDArray[np.float32]) -> NDArray[np.float32]:
    """Lines in log frequency across unvoiced frames; 150 Hz when all are unvoiced."""
    known = np.flatnonzero(f0_hz > 0)
    if known.size == 0:
        return np.full_like(f0_hz, 150.0)
    line = np.interp(np.arange(f0_hz.size), known, np.log(f0_hz[known]))
    return np.exp(line).astype(np.float32)


def read_track(f0_hz: NDArray[np.float32], places: NDArray[np.floating]) -> NDArray[np.float32]:
    """F0 and bridged F0 at fractional frames: (F,), (N,) -> (2, N)."""
    bridged = np.interp(places, np.arange(f0_hz.size), bridge(f0_hz))
    nearest = np.clip(np.round(places).astype(int), 0, f0_hz.size - 1)
    return np.stack([np.where(f0_hz[nearest] > 0, bridged, 0), bridged]).astype(np.float32)


def transposed(piece: NDArray[np.float32], speed: float) -> NDArray[np.float32]:
    """The piece played `speed` times as fast: (T,) -> (about T / speed,)."""
    return resample(piece, round(SAMPLE_RATE_HZ * speed), SAMPLE_RATE_HZ)


def pitch_tracks(
    corpus: Corpus, clips: Sequence[Clip], config: MelConfig, cache: Path
) -> dict[str, NDArray[np.float32]]:
    """Pitch of every clip, computed once and kept in `cache / "pitch.npz"`."""
    path = cache / PITCH_FILE
    tracks: dict[str, NDArray[np.float32]] = {}
    if path.is_file():
        with np.load(path) as stored:
            tracks = {name: stored[name] for name in stored.files}
    missing = [clip for clip in clips if clip.id not in tracks]
    for clip in missing:
        audio = Audio(corpus.waveform(clip), config.sample_rate_hz)
        tracks[clip.id] = track_f0(audio, clip.samples // config.hop_samples)
    if missing:
        cache.mkdir(parents=True, exist_ok=True)
        with path.with_suffix(".partial").open("wb") as stream:
            np.savez(stream, **tracks)  # type: ignore[arg-type]
        path.with_suffix(".partial").replace(path)
    return tracks


class SegmentSampler:
    """Draws random segments: first a corpus by its weight, then a clip by its length."""

    def __init__(
        self,
        corpus: Corpus,
        clips: Sequence[Clip],
        tracks: dict[str, NDArray[np.float32]],
        *,
        config: MelConfig,
        frames: int,
        weights: dict[str, float],
        mels: Path | None = None,
    ) -> None:
        self.corpus, self.tracks = corpus, tracks
        self.config, self.frames, self.mels = config, frames, mels
        needed = (frames + 2 * MARGIN_FRAMES) * config.hop_samples
        self.clips = [
            clip
            for clip in clips
            if clip.samples >= needed
            and weights.get(clip.corpus, 0) > 0
            and (mels is None or _mel_path(mels, clip).is_file())
        ]
        if not self.clips:
            raise ValueError(f"no clip is longer than {frames} frames in {corpus.folder}")
        total = {
            name: sum(clip.samples for clip in self.clips if clip.corpus == name)
            for name in weights
        }
        chances = np.array(
            [weights[clip.corpus] * clip.samples / total[clip.corpus] for clip in self.clips]
        )
        self._edges = np.cumsum(chances / chances.sum())

    def draw(self, size: int, random: np.random.Generator) -> Batch:
        """A batch of `size` segments; with spoken mels, half of them have one."""
        hop, margin = self.config.hop_samples, MARGIN_FRAMES
        spoken = size // 2 if self.mels else 0
        pieces, mels, tracks, bands = [], [], [], []
        for row in range(size):
            index = int(np.searchsorted(self._edges, random.random()))
            clip = self.clips[min(index, len(self.clips) - 1)]
            heard = self.mels is not None and row >= size - spoken
            speed = 1.0 if heard else self._speed(clip, random)
            length = math.ceil((self.frames + 2 * margin) * speed)  # of the recording, in frames
            first = int(random.integers(0, clip.samples // hop - length + 1))
            piece = transposed(self.corpus.segment(clip, first * hop, length * hop), speed)
            piece = piece[: (self.frames + 2 * margin) * hop]
            gain = min(_random_gain(random), 0.99 / (np.abs(piece).max() + 1e-5))
            pieces.append(piece * np.float32(gain))
            places = first + (np.arange(self.frames) + margin + 0.5) * speed - 0.5
            tracks.append(read_track(self.tracks[clip.id], places) * np.float32(speed))
            bands.append(clip.band_hz * min(1.0, speed))
            if self.mels is not None and heard:
                start = first + margin
                mels.append(np.load(_mel_path(self.mels, clip))[:, start : start + self.frames])
        return self._batch(np.stack(pieces), mels, np.stack(tracks), bands)

    def _speed(self, clip: Clip, random: np.random.Generator) -> float:
        """Of playing a segment, in pitch and pace."""
        if random.random() > TRANSPOSED:
            return 1.0
        room = clip.samples / ((self.frames + 2 * MARGIN_FRAMES + 1) * self.config.hop_samples)
        low, high = math.log(SLOWEST), math.log(max(1.0, min(FASTEST, room)))
        return round(SAMPLE_RATE_HZ * math.exp(random.uniform(low, high))) / SAMPLE_RATE_HZ

    def _batch(
        self,
        pieces: NDArray[np.float32],
        mels: list[NDArray[np.float32]],
        tracks: NDArray[np.float32],
        bands: list[float],
    ) -> Batch:
        samples = torch.from_numpy(pieces)
        margin = MARGIN_FRAMES * self.config.hop_samples
        mel = log_mel(samples, self.config)[..., MARGIN_FRAMES:-MARGIN_FRAMES]
        if mels:
            mel[-len(mels) :] = torch.from_numpy(np.stack(mels)).float()
        return Batch(
            mel=mel,
            spoken=len(mels),
            waveform=samples[:, margin:-margin],
            f0_hz=torch.from_numpy(np.ascontiguousarray(tracks[:, 0])),
            bridged_hz=torch.from_numpy(np.ascontiguousarray(tracks[:, 1])),
            band_hz=torch.tensor(bands, dtype=torch.float32),
        )


def _random_gain(random: np.random.Generator) -> float:
    return float(10 ** (random.uniform(-8, 6) / 20))


def _mel_path(folder: Path, clip: Clip) -> Path:
    return folder / f"{clip.id}.npy"
