"""The conversion network: content, F0, loudness and a voice to mel, frame by frame.

Any speaker to any voice as in AutoVC (Qian et al. 2019, arXiv 1905.05879) and its successors: a bottleneck on what is
said, the voice from outside. Here the content comes from a recognizer, F0 and loudness are given, and the voice enters
by conditional layer norms, as in the synthesizer, whose view of a voice it shares.
Source of the blocks: ConvNeXt (Liu et al. 2022, arXiv 2201.03545).
"""

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from tts_engine.conversion.config import ConversionConfig
from tts_engine.conversion.data import ConversionBatch
from tts_engine.synthesizer.layers import ConditionalNorm, length_mask
from tts_engine.synthesizer.model import SpeakerConditioner, Voice

LOUDNESS_OFFSET, LOUDNESS_SCALE = -7.0, 5.0  # nats: brings loudness near unit variance


class VoicedBlock(nn.Module):
    """A ConvNeXt block whose norm is the voice's: (B, T, C) -> (B, T, C)."""

    def __init__(self, config: ConversionConfig) -> None:
        super().__init__()
        size, kernel = config.channels, config.kernel
        self.mix = nn.Conv1d(size, size, kernel, padding=kernel // 2, groups=size)
        self.norm = ConditionalNorm(size, config.speaker_size)
        self.widen = nn.Linear(size, config.expansion * size)
        self.narrow = nn.Linear(config.expansion * size, size)
        self.scale = nn.Parameter(torch.full((size,), 0.1))

    def forward(self, hidden: Tensor, mask: Tensor, speaker: Tensor) -> Tensor:
        """(B, T, C), mask (B, T, 1), speaker (B, D) -> (B, T, C)."""
        mixed = self.mix((hidden * mask).transpose(1, 2)).transpose(1, 2)  # (B, T, C)
        update = self.narrow(F.gelu(self.widen(self.norm(mixed, speaker))))
        return hidden + self.scale * update


class ConversionModel(nn.Module):
    """What is said in the words of one voice, to the mel of another."""

    centres: Tensor

    def __init__(self, config: ConversionConfig) -> None:
        super().__init__()
        self.config = config
        self.conditioner = SpeakerConditioner(config)
        self.content = nn.Linear(config.content_size, config.content_bottleneck)
        low, high = (torch.tensor(f).log2() for f in (config.pitch_low_hz, config.pitch_high_hz))
        centres = torch.linspace(float(low), float(high), config.pitch_bins)
        self.register_buffer("centres", centres, persistent=False)
        self.width = float(high - low) / (config.pitch_bins - 1)
        self.pitch = nn.Linear(config.pitch_bins + 1, config.channels)
        self.loudness = nn.Linear(1, config.channels)
        self.entry = nn.Linear(config.content_bottleneck, config.channels)
        self.blocks = nn.ModuleList(VoicedBlock(config) for _ in range(config.blocks))
        self.norm = ConditionalNorm(config.channels, config.speaker_size)
        self.output = nn.Linear(config.channels, config.mel.n_mels)

    @property
    def context_frames(self) -> int:
        """Frames on either side that a frame of the mel depends on."""
        return self.config.blocks * (self.config.kernel // 2)

    def forward(
        self, content: Tensor, loudness: Tensor, batch: ConversionBatch
    ) -> tuple[Voice, Tensor]:
        """For training: the voices, and the mels of `say`, of a batch."""
        voice = self.conditioner(batch.embedding, batch.facts, batch.known)
        mask = length_mask(batch.frames, content.shape[1])[..., None].to(content.dtype)
        return voice, self.say(content, batch.track_hz, loudness, mask, voice)

    def say(
        self, content: Tensor, f0_hz: Tensor, loudness: Tensor, mask: Tensor, voice: Voice
    ) -> Tensor:
        """Normalised mel of the words in the voice.

        Args:
            content: (B, F, content_size).
            f0_hz: (B, F), 0 where unvoiced; any height.
            loudness: (B, F) nats, see `content.loudness_of`.
            mask: (B, F, 1), real frames.
            voice: of `conditioner`.

        Returns:
            (B, F, n_mels), see `to_mel`.
        """
        hidden = self.entry(self.content(content)) + self.pitch(self._pitch_bases(f0_hz))
        level = (loudness - LOUDNESS_OFFSET) / LOUDNESS_SCALE
        hidden = hidden + self.loudness(level[..., None])  # (B, F, C)
        for block in self.blocks:
            hidden = block(hidden, mask, voice.speaker)
        frames: Tensor = self.output(self.norm(hidden, voice.speaker))
        return frames

    def _pitch_bases(self, f0_hz: Tensor) -> Tensor:
        """(B, F) -> (B, F, pitch_bins + 1), zero where unvoiced.

        What is higher or lower than all that was learned is folded into it by octaves; the vocoder gets the true F0.
        """
        config = self.config
        octaves = f0_hz.clamp(min=1.0).log2()
        above = (octaves - torch.tensor(config.pitch_high_hz).log2()).clamp(min=0).ceil()
        below = (torch.tensor(config.pitch_low_hz).log2() - octaves).clamp(min=0).ceil()
        octaves = (octaves - above + below)[..., None]
        bases = torch.exp(-0.5 * ((octaves - self.centres) / self.width) ** 2)
        bases = torch.cat([bases, torch.ones_like(octaves)], dim=-1)
        return bases * (f0_hz > 0)[..., None]

    def to_frames(self, mel: Tensor) -> Tensor:
        """Natural-log mel (B, n_mels, F) -> normalised frames (B, F, n_mels)."""
        return ((mel - self.config.mel_offset) / self.config.mel_scale).transpose(1, 2)

    def to_mel(self, frames: Tensor) -> Tensor:
        """Normalised frames (B, F, n_mels) -> natural-log mel (B, n_mels, F)."""
        return (frames * self.config.mel_scale + self.config.mel_offset).transpose(1, 2)
