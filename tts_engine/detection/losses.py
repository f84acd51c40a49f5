"""What the detector learns by."""

from torch import Tensor
from torch.nn import functional as F

SMOOTHING = 0.05  # nobody is surely a machine: keeps logits apart for calibration


def machine_loss(logits: Tensor, machine: Tensor) -> Tensor:
    """Cross entropy with smoothed labels: logits (B,), 1 where a machine speaks (B,) -> scalar."""
    target = machine * (1 - 2 * SMOOTHING) + SMOOTHING
    return F.binary_cross_entropy_with_logits(logits, target)
