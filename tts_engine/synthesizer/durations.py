"""Durations: their predictor, Gaussian upsampling, and whole frames from real numbers.

Source: J. Shen et al., "Non-Attentive Tacotron" (arXiv 2010.04301). Differs in this: convolutions instead of
BiLSTMs, ranges relative to the duration, upsampling straight to decoder steps.
"""

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional as F

from tts_engine.synthesizer.layers import ConvStack
from tts_engine.text.symbols import COMMA, DASH, ELLIPSIS, FINAL_PAUSES, START, is_phoneme

POSITION_FEATURES = 3
MASKED_LOGIT = -1e9

LONGEST_PAUSE_SECONDS = 0.55  # inside a sentence; rounding to frames must stay below 0.6
LONGEST_EDGE_SECONDS = 0.25  # silence before and after a sentence
SHORTEST_PAUSE_SECONDS = {COMMA: 0.05, DASH: 0.10, ELLIPSIS: 0.15, ".": 0.15, "?": 0.15, "!": 0.15}


class TokenPredictor(nn.Module):
    """A few numbers per token from convolutions that know the speaker."""

    def __init__(
        self, size_in: int, size: int, outputs: int, *, dropout: float, speaker_size: int
    ) -> None:
        super().__init__()
        self.stack = ConvStack((size_in, size, size), 3, dropout=dropout, speaker_size=speaker_size)
        self.output = nn.Linear(size, outputs)

    def forward(self, memory: Tensor, mask: Tensor, speaker: Tensor) -> Tensor:
        """(B, L, size_in) -> (B, L, outputs)."""
        return self.output(self.stack(memory, mask, speaker))


class RangePredictor(nn.Module):
    """Standard deviation of each token's Gaussian, in frames."""

    def __init__(self, size_in: int, size: int = 64) -> None:
        super().__init__()
        self.hidden = nn.Linear(size_in + 1, size)
        self.output = nn.Linear(size, 1)
        nn.init.zeros_(self.output.weight)
        nn.init.constant_(self.output.bias, 0.55)  # softplus -> 1

    def forward(self, memory: Tensor, durations: Tensor) -> Tensor:
        """(B, L, size_in), (B, L) -> (B, L), longer tokens wider."""
        known = torch.cat(
            [memory, torch.log1p(durations)[..., None]], dim=-1
        )  # (B, L, size_in + 1)
        factor = F.softplus(self.output(F.relu(self.hidden(known)))).squeeze(-1)  # (B, L)
        return (0.1 + factor) * (0.5 + 0.2 * durations)


def gaussian_weights(durations: Tensor, ranges: Tensor, *, steps: int, reduction: int) -> Tensor:
    """How much of each token every decoder step holds.

    Token i with duration d_i is a Gaussian at the middle of its frames, of width ranges_i; step s looks at
    the middle of its own frames; each row sums to 1. Tokens of no duration (padding, skipped pauses) get 0.

        frames   |    d_0    | d_1 |       d_2       |
        centres        c_0     c_1         c_2
        steps      ^   ^   ^   ^   ^   ^   ^   ^   ^      every `reduction` frames

    Args:
        durations: frames per token, (B, L).
        ranges: standard deviations in frames, (B, L).
        steps: decoder steps of the longest sequence.
        reduction: frames per step.

    Returns:
        (B, steps, L).
    """
    centres = torch.cumsum(durations, dim=1) - durations / 2  # (B, L)
    times = (torch.arange(steps, device=durations.device) + 0.5) * reduction  # (steps,)
    distance = (times[None, :, None] - centres[:, None, :]) / ranges[:, None, :]  # (B, steps, L)
    logits = -0.5 * distance**2 - torch.log(ranges)[:, None, :]
    return logits.masked_fill((durations <= 0)[:, None, :], MASKED_LOGIT).softmax(dim=-1)


def upsample(memory: Tensor, durations: Tensor, weights: Tensor, reduction: int) -> Tensor:
    """Token memory to decoder steps, with the position inside the token.

    Args:
        memory: (B, L, C).
        durations: (B, L).
        weights: from `gaussian_weights`, (B, S, L).
        reduction: frames per step.

    Returns:
        (B, S, C + 3): memory, frames from the token's centre, the same relative to its length, log length.
    """
    centres = torch.cumsum(durations, dim=1) - durations / 2  # (B, L)
    inverse = 1.0 / (durations + 1.0)
    extra = torch.stack([centres, inverse, centres * inverse, torch.log1p(durations)], dim=-1)
    mixed = weights @ torch.cat([memory, extra], dim=-1)  # (B, S, C + 4)
    mixed, (centre, slope, offset, length) = mixed[..., :-4], mixed[..., -4:].unbind(-1)
    times = (torch.arange(weights.shape[1], device=weights.device) + 0.5) * reduction  # (S,)
    position = torch.stack([(times - centre) / 10, times * slope - offset, length / 2], dim=-1)
    return torch.cat([mixed, position.clamp(-4, 4)], dim=-1)


def frames_from_prediction(
    tokens: Sequence[str], predicted: NDArray[np.float32], *, speed: float, frames_per_second: float
) -> NDArray[np.int64]:
    """Whole frames per token: scaled by speed, pauses bounded, every phoneme at least one frame.

    Rounding is of the running total, so the length of the utterance keeps to the prediction.

    Args:
        tokens: L symbols.
        predicted: frames per token at speed 1, (L,).
        speed: 2 is twice as fast.
        frames_per_second: of the mel.
    """
    durations = np.maximum(predicted.astype(np.float64), 0.0) / speed
    last = len(tokens) - 1
    for index, token in enumerate(tokens):
        if is_phoneme(token):
            durations[index] = max(durations[index], 1.0)
            continue
        edge = token == START or (index == last and token in FINAL_PAUSES)
        longest = LONGEST_EDGE_SECONDS if edge else LONGEST_PAUSE_SECONDS
        shortest = 0.0 if edge else SHORTEST_PAUSE_SECONDS.get(token, 0.0) / speed
        durations[index] = np.clip(
            durations[index], shortest * frames_per_second, longest * frames_per_second
        )
    ends = np.floor(np.cumsum(durations) + 0.5).astype(np.int64)
    return np.diff(ends, prepend=0)


def shift_steps(steps: Tensor) -> Tensor:
    """What the decoder has heard before each step: (B, S, C) -> (B, S, C), zeros first."""
    return F.pad(steps, (0, 0, 1, -1))
