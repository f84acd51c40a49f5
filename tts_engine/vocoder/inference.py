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

Mel = NDArray[np.float32]


@dataclass
class _Chunk:
    """Frames first … last of a clip, cut with context: mel (n_mels, CHUNK + 2 context)."""

    clip: int
    first: int
    last: int


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
        self, mels: Sequence[Mel], semitones: Sequence[float] | None = None
    ) -> list[NDArray[np.float32]]:
        """Speak mels of any lengths.

        Args:
            mels: natural-log mels, each (n_mels, F).
            semitones: how much higher each is to sound than its mel, at the same formants; only where
                `shifts_pitch`.

        Returns:
            A waveform (F * hop,) in [-1, 1] for each.

        Raises:
            RequestError: a mel of another shape, or with values that are no numbers.
        """
        for mel in mels:
            self._check(mel)
        shifts = [0.0] * len(mels) if semitones is None else semitones
        if any(shifts) and not self.shifts_pitch:
            raise ValueError(f"a {self.config.kind} vocoder cannot shift the pitch")
        hop = self.config.mel.hop_samples
        waveforms = [np.zeros(mel.shape[1] * hop, np.float32) for mel in mels]
        sources = [self._pulses(mel, shift) for mel, shift in zip(mels, shifts, strict=True)]
        chunks = [
            _Chunk(clip, first, min(first + CHUNK_FRAMES, mel.shape[1]))
            for clip, mel in enumerate(mels)
            for first in range(0, mel.shape[1], CHUNK_FRAMES)
        ]
        chunks.sort(key=lambda chunk: chunk.last - chunk.first)  # little padding in a batch
        for start in range(0, len(chunks), BATCH_CHUNKS):
            group = chunks[start : start + BATCH_CHUNKS]
            made = self._speak(group, mels, sources, shifts)
            for chunk, samples in zip(group, made, strict=True):
                waveforms[chunk.clip][chunk.first * hop : chunk.last * hop] = samples
        return waveforms

    def _speak(
        self,
        group: list[_Chunk],
        mels: Sequence[Mel],
        sources: list[Tensor],
        shifts: Sequence[float],
    ) -> list[NDArray[np.float32]]:
        hop, context = self.config.mel.hop_samples, self.generator.context_frames
        length = max(chunk.last - chunk.first for chunk in group)
        silence = float(np.log(LOG_FLOOR))
        mel = torch.stack(
            [_cut(torch.from_numpy(mels[c.clip]), c, length, context, 1, silence) for c in group]
        ).to(self.device)  # (B, n_mels, context + length + context)
        lowered = self.precision != torch.float32
        with torch.autocast(self.device.type, self.precision, enabled=lowered):
            made = self._generate(group, mel, sources, shifts)  # (B, samples)
        kept = made.float().clamp(-1, 1).cpu().numpy()[:, context * hop :]
        return [
            samples[: (chunk.last - chunk.first) * hop]
            for samples, chunk in zip(kept, group, strict=True)
        ]

    def _generate(
        self,
        group: list[_Chunk],
        mel: Tensor,
        sources: list[Tensor],
        shifts: Sequence[float],
    ) -> Tensor:
        if not isinstance(self.generator, SourceFilterGenerator):
            return self.generator(mel)
        hop, context = self.config.mel.hop_samples, self.generator.context_frames
        length = mel.shape[2] - 2 * context
        pulses = torch.stack(
            [_cut(sources[c.clip], c, length, context, hop, 0.0) for c in group]
        ).to(self.device)
        noise = torch.stack([self._noise(c, pulses.shape[1]) for c in group])
        shifted = torch.tensor([shifts[c.clip] != 0 for c in group], device=self.device)
        return self.generator(
            mel, pulses, noise.unsqueeze(1).to(self.device), shifted if shifted.any() else None
        ).squeeze(1)

    def _pulses(self, mel: Mel, semitones: float) -> Tensor:
        """Pulses of a whole clip, so that their phase runs on from chunk to chunk: (F * hop,)."""
        if not isinstance(self.generator, SourceFilterGenerator):
            return torch.empty(0)
        context = self.generator.pitch.context_frames
        frames = mel.shape[1]
        silence = float(np.log(LOG_FLOOR))
        f0_hz, voicing = torch.empty(frames, dtype=torch.float64), torch.empty(frames)
        for first in range(0, frames, CHUNK_FRAMES):
            chunk = _Chunk(0, first, min(first + CHUNK_FRAMES, frames))
            length = chunk.last - chunk.first
            piece = _cut(torch.from_numpy(mel), chunk, length, context, 1, silence)
            pitch, voiced = self.generator.read_pitch(piece[None].to(self.device))
            f0_hz[chunk.first : chunk.last] = pitch[0, context : context + length].cpu()
            voicing[chunk.first : chunk.last] = voiced[0, context : context + length].cpu()
        voiced = voicing > VOICED_FROM
        return pulse_train(
            bridge_pitch(f0_hz, voiced)[None] * 2.0 ** (semitones / 12),
            hop_samples=self.config.mel.hop_samples,
            sample_rate_hz=self.config.mel.sample_rate_hz,
            restarts=phase_restarts(voiced)[None],
        )[0]

    def _noise(self, chunk: _Chunk, samples: int) -> Tensor:
        """The same noise at the same place of a clip, however it is cut: (samples,)."""
        hop, context = self.config.mel.hop_samples, self.generator.context_frames
        places = np.arange(samples) + (chunk.first - context) * hop
        return torch.from_numpy(_noise_table()[places % NOISE_SAMPLES])

    def _check(self, mel: Mel) -> None:
        n_mels = self.config.mel.n_mels
        if mel.ndim != 2 or mel.shape[0] != n_mels or not np.isfinite(mel).all():
            raise RequestError(
                "bad_mel",
                f"mel of shape {mel.shape}; expected ({n_mels}, frames) of finite numbers",
                f"мел-спектрограмма формы {mel.shape}; ожидается ({n_mels}, кадры) из конечных чисел",
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


@lru_cache(maxsize=1)
def _noise_table() -> NDArray[np.float32]:
    generator = np.random.default_rng(NOISE_SEED)
    return generator.standard_normal(NOISE_SAMPLES, dtype=np.float32)
