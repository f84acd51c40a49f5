"""Phoneme recognizer: wide bands of a mel -> phoneme posteriors, trained with CTC.

Source: ConvNeXt blocks (Liu et al. 2022, arXiv 2201.03545) in one dimension; CTC (Graves 2006).
"""

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from tts_engine.audio.cepstra import FEATURES, bands_to_features, mel_to_bands
from tts_engine.convnext import ConvNextBlock
from tts_engine.recognizer.config import RecognizerConfig
from tts_engine.text.symbols import PHONEMES

BLANK = 0
CLASSES = len(PHONEMES) + 1
STRIDE = 2


def phonemes_to_classes(phonemes: list[str]) -> list[int]:
    """Output class of each phoneme; class 0 is the CTC blank."""
    return [PHONEMES.index(phoneme) + 1 for phoneme in phonemes]


def mel_to_input(mel: Tensor, config: RecognizerConfig) -> Tensor:
    """Bands that the networks read: log-mel (..., n_mels, T) -> (..., bands, T)."""
    return mel_to_bands(mel, config.mel) if config.wide else mel


class RecognizerNetwork(nn.Module):
    """Bands to log-probabilities of the blank and every phoneme.

    With `slow_blocks` the middle of the stack sees every second step, averaged: wider context at half
    the work (as in Zipformer, Yao et al. 2023, arXiv 2310.11230).
    """

    def __init__(self, config: RecognizerConfig) -> None:
        super().__init__()
        self.config = config
        self.stem = nn.Conv1d(FEATURES, config.channels, 5, stride=STRIDE, padding=2)
        self.blocks = nn.ModuleList(
            ConvNextBlock(
                config.channels,
                config.expansion,
                config.kernel,
                drop=config.dropout * (index + 1) / config.blocks,
            )
            for index in range(config.blocks)
        )
        self.norm = nn.LayerNorm(config.channels)
        self.head = nn.Linear(config.channels, CLASSES)

    def features(self, bands: Tensor, frames: Tensor) -> tuple[Tensor, Tensor]:
        """Content features and log-probabilities.

        Args:
            bands: (B, bands, T) of `mel_to_input`, padded at the end.
            frames: (B,) real lengths in mel frames.

        Returns:
            Hidden layer `feature_block` (B, ceil(T / 2), C) and log-probabilities
            (B, ceil(T / 2), classes); step s covers mel frames 2 s and 2 s + 1.
        """
        steps = torch.arange(bands.shape[2], device=bands.device)
        inside = (steps[None] < frames[:, None]).unsqueeze(1)  # (B, 1, T)
        hidden = self.stem(bands_to_features(bands, frames)).transpose(1, 2)  # (B, T', C)
        mask = inside[:, 0, ::STRIDE].unsqueeze(2).to(hidden.dtype)  # (B, T', 1)
        slow = self.config.slow_blocks
        first = (self.config.blocks - slow) // 2
        content = hidden
        for index, block in enumerate(self.blocks):
            if slow and index == first:
                quick, quick_mask = hidden, mask
                hidden, mask = _halve(hidden * mask), _halve(mask).ceil()
            if slow and index == first + slow:
                hidden = quick + hidden.repeat_interleave(2, dim=1)[:, : quick.shape[1]]
                mask = quick_mask
            hidden = block(hidden, mask)
            if index + 1 == self.config.feature_block:
                content = hidden
        logits = self.head(self.norm(hidden)).float()  # (B, T', classes)
        return content, F.log_softmax(logits, dim=2)

    def forward(self, bands: Tensor, frames: Tensor) -> Tensor:
        """(B, bands, T), (B,) -> log-probabilities (B, ceil(T / 2), classes)."""
        return self.features(bands, frames)[1]


def _halve(hidden: Tensor) -> Tensor:
    """Mean of every two steps: (B, T, C) -> (B, ceil(T / 2), C)."""
    padded = F.pad(hidden, (0, 0, 0, hidden.shape[1] % 2))
    return padded.unflatten(1, (-1, 2)).mean(dim=2)


def output_steps(frames: Tensor) -> Tensor:
    """Number of output steps for a number of mel frames."""
    return (frames + STRIDE - 1) // STRIDE
