"""What the aligner learns by: the next phoneme, and attention near the diagonal."""

import torch
from torch import Tensor
from torch.nn import functional as F

from tts_engine.aligner.model import Decoded, encoder_steps

DIAGONAL_WIDTH = 0.2  # of the whole, where attention costs nothing much


def phoneme_loss(decoded: Decoded, targets: Tensor) -> Tensor:
    """Mean cross-entropy of the phonemes that were read: targets (B, L)."""
    read = targets[:, : decoded.logits.shape[1]]
    losses = F.cross_entropy(decoded.logits.float().transpose(1, 2), read, reduction="none")
    return (losses * decoded.reached).sum() / decoded.reached.sum().clamp(min=1)


def guided_loss(decoded: Decoded, frames: Tensor, lengths: Tensor) -> Tensor:
    """Mean weight far from the diagonal.

    *Source:* guided attention (Tachibana et al. 2018, arXiv 1710.08969).

    Args:
        decoded: of a batch.
        frames: (B,) lengths in mel frames.
        lengths: (B,) in phonemes.
    """
    steps = encoder_steps(frames).to(decoded.attention.dtype)
    rows = torch.arange(decoded.attention.shape[1], device=frames.device)[None] / lengths[:, None]
    columns = torch.arange(decoded.attention.shape[2], device=frames.device)[None] / steps[:, None]
    away = rows[:, :, None] - columns[:, None]  # (B, L', S)
    penalty = 1 - torch.exp(-((away / DIAGONAL_WIDTH) ** 2) / 2)
    weighed = (decoded.attention * penalty).sum(dim=2) * decoded.reached
    return weighed.sum() / decoded.reached.sum().clamp(min=1)
