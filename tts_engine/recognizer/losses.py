"""The recognizer's loss: CTC per phoneme."""

import torch
from torch import Tensor
from torch.nn import functional as F

from tts_engine.recognizer.model import BLANK, output_steps


def ctc_loss(log_probs: Tensor, frames: Tensor, targets: Tensor, target_lengths: Tensor) -> Tensor:
    """Mean negative log-likelihood per target phoneme.

    Args:
        log_probs: (B, T', classes).
        frames: (B,) lengths in mel frames.
        targets: (B, L) classes, padded with 0.
        target_lengths: (B,).
    """
    losses = F.ctc_loss(
        log_probs.transpose(0, 1),  # (T', B, classes)
        targets,
        output_steps(frames),
        target_lengths,
        blank=BLANK,
        reduction="none",
        zero_infinity=True,
    )
    return losses.sum() / torch.clamp(target_lengths.sum(), min=1)
