"""Mels to waveforms with bounded memory; a batch gives what its clips give one by one.

Long clips are cut into chunks with context on both sides, short ones are padded with silence:

    frames   |ctx|====== chunk ======|ctx|
    samples      |======= kept ======|
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional as F

from tts_engine.audio.mel import LOG_FLOOR
from tts_engine.checkpoints import load_checkpoint, load_into
from tts_engine.errors import RequestError
from tts_engine.stages import timed
from tts_engine.vocoder.config import VocoderConfig
from tts_engine.vocoder.model import HifiGanGenerator, build_generator
from tts_engine.vocoder.source_filter import (
    SourceFilterGenerator,
    bridge_pitch,
    phase_restarts,
    pulse_train,
)

CHUNK_FRAMES = 512  # 6 s
BATCH_CHUNKS = 4
NOISE_SEED = 20
NOISE_SAMPLES = 1 << 18
VOICED_FROM = 0.5
LOWEST_HZ, HIGHEST_HZ = 50.0, 1100.0
SAME_SEMITONES = 0.5  # an F0 that lies no further from the mel's own asks for no other filters

Mel = NDArray[np.float32]
F0 = NDArray[np.floating]


@dataclass
class _Chunk:
    """Frames first … last of a clip, cut with context: mel (n_mels, CHUNK + 2 context)."""

    clip: int
    first: int
    last: int


@dataclass(frozen=True)
class _Source:
    """Pulses of a clip, (F * hop,), and whether they lie at another pitch than its mel."""

    pulses: Tensor
    shifted: bool


class Vocoder:
    """A generator on its device; `precision` is that of its products, never of pitch, phase and spectra."""

    def __init__(
        self,
        config: VocoderConfig,
        generator: HifiGanGenerator | SourceFilterGenerator,
        device: torch.device,
        precision: torch.dtype = torch.float32,
    ) -> None:
        self.config, self.device, self.precision = config, device, precision
        self.generator = generator.to(device).eval()

    @classmethod
    def load(
        cls, folder: Path, *, device: torch.device, precision: torch.dtype = torch.float32
    ) -> "Vocoder":
        """Read a checkpoint folder.

        Raises:
            CheckpointError: the folder holds no such weights.
        """
        config, weights = load_checkpoint(folder, VocoderConfig)
        generator = build_generator(config)
        load_into(generator, weights, folder)
        return cls(config, generator, device, precision)

    @property
    def sample_rate_hz(self) -> int:
        return self.config.mel.sample_rate_hz

    @property
    def shifts_pitch(self) -> bool:
        """Whether it can speak a mel at another pitch: pulses are made, not drawn by a network."""
        return isinstance(self.generator, SourceFilterGenerator)

    @timed("vocoder")
    @torch.inference_mode()
    def vocode(
        self,
        mels: Sequence[Mel],
        semitones: Sequence[float] | None = None,
        f0_hz: Sequence[F0 | None] | None = None,
    ) -> list[NDArray[np.float32]]:
        """Speak mels of any lengths.

        Args:
            mels: natural-log mels, each (n_mels, F).
            semitones: how much higher each is to sound than its mel, at the same formants; only where
                `shifts_pitch`, as the next.
            f0_hz: F0 of each (F,), 50 to 1100 Hz, 0 where unvoiced, as `tts_engine.f0` measures it; None is
                what the mel shows.

        Returns:
            A waveform (F * hop,) in [-1, 1] for each.

        Raises:
            RequestError: a mel of another shape, or with values that are no numbers ("bad_mel"); an F0 of
                another length or beyond the range ("bad_f0").
        """
        shifts = [0.0] * len(mels) if semitones is None else semitones
        tracks = [None] * len(mels) if f0_hz is None else f0_hz
        for mel, track in zip(mels, tracks, strict=True):
            self._check(mel, track)
        asked = any(shifts) or any(track is not None for track in tracks)
        if asked and not self.shifts_pitch:
            raise ValueError(f"a {self.config.kind} vocoder cannot choose the pitch")
        hop = self.config.mel.hop_samples
        waveforms = [np.zeros(mel.shape[1] * hop, np.float32) for mel in mels]
        sources = [
            self._source(mel, shift, track)
            for mel, shift, track in zip(mels, shifts, tracks, strict=True)
        ]
        chunks = [
            _Chunk(clip, first, min(first + CHUNK_FRAMES, mel.shape[1]))
            for clip, mel in enumerate(mels)
            for first in range(0, mel.shape[1], CHUNK_FRAMES)
        ]
        chunks.sort(key=lambda chunk: chunk.last - chunk.first)  # little padding in a batch
        for start in range(0, len(chunks), BATCH_CHUNKS):
            group = chunks[start : start + BATCH_CHUNKS]
            made = self._speak(group, mels, sources)
            for chunk, samples in zip(group, made, strict=True):
                waveforms[chunk.clip][chunk.first * hop : chunk.last * hop] = samples
        return waveforms

    def _speak(
        self,
        group: list[_Chunk],
        mels: Sequence[Mel],
        sources: Sequence[_Source],
    ) -> list[NDArray[np.float32]]:
        hop, context = self.config.mel.hop_samples, self.generator.context_frames
        length = max(chunk.last - chunk.first for chunk in group)
        silence = float(np.log(LOG_FLOOR))
        mel = torch.stack(
            [_cut(torch.from_numpy(mels[c.clip]), c, length, context, 1, silence) for c in group]
        ).to(self.device)  # (B, n_mels, context + length + context)
        lowered = self.precision != torch.float32
        with torch.autocast(self.device.type, self.precision, enabled=lowered):
            made = self._generate(group, mel, sources)  # (B, samples)
        kept = made.float().clamp(-1, 1).cpu().numpy()[:, context * hop :]
        return [
            samples[: (chunk.last - chunk.first) * hop]
            for samples, chunk in zip(kept, group, strict=True)
        ]

    def _generate(
        self,
        group: list[_Chunk],
        mel: Tensor,
        sources: Sequence[_Source],
    ) -> Tensor:
        if not isinstance(self.generator, SourceFilterGenerator):
            return self.generator(mel)
        hop, context = self.config.mel.hop_samples, self.generator.context_frames
        length = mel.shape[2] - 2 * context
        pulses = torch.stack(
            [_cut(sources[c.clip].pulses, c, length, context, hop, 0.0) for c in group]
        ).to(self.device)
        noise = torch.stack([self._noise(c, pulses.shape[1]) for c in group])
        shifted = torch.tensor([sources[c.clip].shifted for c in group], device=self.device)
        return self.generator(
            mel, pulses, noise.unsqueeze(1).to(self.device), shifted if shifted.any() else None
        ).squeeze(1)

    def _source(self, mel: Mel, semitones: float, track: F0 | None) -> _Source:
        """Pulses of a whole clip, so that their phase runs on from chunk to chunk."""
        if not isinstance(self.generator, SourceFilterGenerator):
            return _Source(torch.empty(0), shifted=False)
        shifted = semitones != 0
        f0_hz, voiced = self._read_pitch(mel, self.generator)
        if track is not None:
            given = torch.from_numpy(track.astype(np.float64))
            both = voiced & (given > 0)
            apart = 12 * torch.log2(given[both] / f0_hz[both]).abs()
            shifted |= bool(both.any() and apart.median() > SAME_SEMITONES)
            f0_hz, voiced = given, given > 0
        pulses = pulse_train(
            bridge_pitch(f0_hz, voiced)[None] * 2.0 ** (semitones / 12),
            hop_samples=self.config.mel.hop_samples,
            sample_rate_hz=self.config.mel.sample_rate_hz,
            restarts=phase_restarts(voiced)[None],
        )
        return _Source(pulses[0], shifted=shifted)

    def _read_pitch(self, mel: Mel, generator: SourceFilterGenerator) -> tuple[Tensor, Tensor]:
        """F0 that the mel shows in Hz, float64 (F,), and whether it is voiced, bool (F,)."""
        context = generator.pitch.context_frames
        frames = mel.shape[1]
        silence = float(np.log(LOG_FLOOR))
        f0_hz, voicing = torch.empty(frames, dtype=torch.float64), torch.empty(frames)
        for first in range(0, frames, CHUNK_FRAMES):
            chunk = _Chunk(0, first, min(first + CHUNK_FRAMES, frames))
            length = chunk.last - chunk.first
            piece = _cut(torch.from_numpy(mel), chunk, length, context, 1, silence)
            pitch, voiced = generator.read_pitch(piece[None].to(self.device))
            f0_hz[chunk.first : chunk.last] = pitch[0, context : context + length].cpu()
            voicing[chunk.first : chunk.last] = voiced[0, context : context + length].cpu()
        return f0_hz, voicing > VOICED_FROM

    def _noise(self, chunk: _Chunk, samples: int) -> Tensor:
        """The same noise at the same place of a clip, however it is cut: (samples,)."""
        hop, context = self.config.mel.hop_samples, self.generator.context_frames
        return torch.from_numpy(noise_at((chunk.first - context) * hop, samples))

    def _check(self, mel: Mel, track: F0 | None) -> None:
        n_mels = self.config.mel.n_mels
        if mel.ndim != 2 or mel.shape[0] != n_mels or not np.isfinite(mel).all():
            raise RequestError(
                "bad_mel",
                f"mel of shape {mel.shape}; expected ({n_mels}, frames) of finite numbers",
                f"мел-спектрограмма формы {mel.shape}; ожидается ({n_mels}, кадры) из конечных чисел",
            )
        if track is None:
            return
        voiced = track[track != 0]
        low, high = LOWEST_HZ, HIGHEST_HZ
        if track.shape != mel.shape[1:] or not ((voiced >= low) & (voiced <= high)).all():
            raise RequestError(
                "bad_f0",
                f"F0 of shape {track.shape} for {mel.shape[1]} frames; expected a value for each, "
                f"{low:g} to {high:g} Hz or 0",
                f"частота основного тона формы {track.shape} на {mel.shape[1]} кадров; ожидается по "
                f"значению на кадр, от {low:g} до {high:g} Гц или 0",
            )


def _cut(
    values: Tensor, chunk: _Chunk, length: int, context: int, per_frame: int, fill: float
) -> Tensor:
    """Frames of a chunk with context, filled up where the clip has none, on the last axis."""
    start = (chunk.first - context) * per_frame
    stop = (chunk.first + length + context) * per_frame
    total = values.shape[-1]
    inside = values[..., max(0, start) : min(stop, total)]
    return F.pad(inside, (max(0, -start), max(0, stop - max(total, start))), value=fill)


def noise_at(first: int, count: int) -> NDArray[np.float32]:
    """White noise of unit power that stands at these samples of every clip, (count,)."""
    return np.asarray(_noise_table()[(np.arange(count) + first) % NOISE_SAMPLES])


@lru_cache(maxsize=1)
def _noise_table() -> NDArray[np.float32]:
    generator = np.random.default_rng(NOISE_SEED)
    return generator.standard_normal(NOISE_SAMPLES, dtype=np.float32)
