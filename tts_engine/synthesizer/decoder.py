"""Autoregressive LSTM decoder: whole sequences when teacher-forced, a fused step loop when speaking.

The first LSTM's input gates of the context are one large product before the loop, so a step is three
small products. Both paths compute the same function (tested).
"""

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from tts_engine.synthesizer.config import SynthesizerConfig
from tts_engine.synthesizer.layers import ConditionalNorm


class Prenet(nn.Module):
    """Bottleneck on the previous frames; its dropout keeps the decoder from leaning on them."""

    def __init__(self, config: SynthesizerConfig) -> None:
        super().__init__()
        self.dropout = config.prenet_dropout
        self.first = nn.Linear(config.step_size, config.prenet_size)
        self.second = nn.Linear(config.prenet_size, config.prenet_size)

    def forward(self, frames: Tensor, masks: Tensor | None) -> Tensor:
        """(B, S, step_size), masks (B, S, 2, prenet_size) of inference -> (B, S, prenet_size)."""
        hidden = F.relu(self.first(frames))
        hidden = self._drop(hidden, None if masks is None else masks[:, :, 0])
        hidden = F.relu(self.second(hidden))
        return self._drop(hidden, None if masks is None else masks[:, :, 1])

    def _drop(self, hidden: Tensor, mask: Tensor | None) -> Tensor:
        if mask is not None:
            return hidden * mask
        return F.dropout(hidden, self.dropout, self.training)


class Decoder(nn.Module):
    """Two LSTM layers, each normalised under the speaker's control; adds to a draft."""

    def __init__(self, config: SynthesizerConfig) -> None:
        super().__init__()
        size = config.decoder_size
        self.config = config
        self.prenet = Prenet(config)
        self.first = nn.LSTM(config.prenet_size + config.context_size, size, batch_first=True)
        self.first_norm = ConditionalNorm(size, config.speaker_size)
        self.second = nn.LSTM(size, size, batch_first=True)
        self.second_norm = ConditionalNorm(size, config.speaker_size)
        self.dropout = nn.Dropout(config.dropout)
        self.output = nn.Linear(size + config.context_size, config.step_size)
        nn.init.normal_(self.output.weight, std=0.01)
        nn.init.zeros_(self.output.bias)

    def forward(
        self,
        previous: Tensor,
        context: Tensor,
        draft: Tensor,
        speaker: Tensor,
        masks: Tensor | None = None,
    ) -> Tensor:
        """Teacher forcing.

        Args:
            previous: the frames before each step, (B, S, step_size).
            context: upsampled conditioning, (B, S, context_size).
            draft: what the context alone predicts, (B, S, step_size).
            speaker: (B, speaker_size).
            masks: fixed pre-net dropout, (B, S, 2, prenet_size); None follows `training`.

        Returns:
            Frames before the post-net, (B, S, step_size).
        """
        narrowed = self.prenet(previous, masks)  # (B, S, prenet_size)
        first, _ = self.first(torch.cat([narrowed, context], dim=-1))  # (B, S, size)
        first = self.dropout(self.first_norm(first, speaker))
        second, _ = self.second(first)  # (B, S, size)
        second = self.dropout(self.second_norm(first + second, speaker))
        return draft + self.output(torch.cat([second, context], dim=-1))

    def generate(self, context: Tensor, draft: Tensor, speaker: Tensor, masks: Tensor) -> Tensor:
        """Free running, each step fed with its own output; arguments and result as in `forward`."""
        prenet, size = self.prenet, self.config.decoder_size
        narrow = self.config.prenet_size
        # the products with the context, for all steps at once; step axis first
        enter, recur, enter_bias, recur_bias = self.first.all_weights[0]
        gates_context = F.linear(
            context.transpose(0, 1), enter[:, narrow:], enter_bias + recur_bias
        )  # (S, B, 4 * size)
        # transposed for real: half the time of a transposed view
        first_weight = torch.cat(
            [enter[:, :narrow], recur], 1
        ).T.contiguous()  # (narrow + size, 4 * size)
        enter, recur, enter_bias, recur_bias = self.second.all_weights[0]
        second_weight = torch.cat([enter, recur], 1).T.contiguous()  # (2 * size, 4 * size)
        second_bias = enter_bias + recur_bias
        output_context = draft.transpose(0, 1) + F.linear(
            context.transpose(0, 1), self.output.weight[:, size:], self.output.bias
        )  # (S, B, step_size)
        output_weight = self.output.weight[:, :size].T.contiguous()  # (size, step_size)
        first_scale, first_shift = self.first_norm.scale_shift(speaker)
        second_scale, second_shift = self.second_norm.scale_shift(speaker)
        masks = masks.permute(1, 2, 0, 3)  # (S, 2, B, narrow)

        zeros = context.new_zeros(context.shape[0], size)
        state = first_cell = second_state = second_cell = zeros
        previous = context.new_zeros(context.shape[0], self.config.step_size)
        frames = []
        for step in range(context.shape[1]):
            hidden = F.relu(F.linear(previous, prenet.first.weight, prenet.first.bias))
            hidden = hidden * masks[step, 0]
            hidden = F.relu(F.linear(hidden, prenet.second.weight, prenet.second.bias))
            hidden = torch.cat([hidden * masks[step, 1], state], dim=1)
            gates = torch.addmm(gates_context[step], hidden, first_weight)
            state, first_cell = _lstm_cell(gates, first_cell)
            normed = F.layer_norm(state, (size,)) * first_scale + first_shift
            gates = torch.addmm(second_bias, torch.cat([normed, second_state], 1), second_weight)
            second_state, second_cell = _lstm_cell(gates, second_cell)
            summed = F.layer_norm(normed + second_state, (size,)) * second_scale + second_shift
            previous = torch.addmm(output_context[step], summed, output_weight)
            frames.append(previous)
        return torch.stack(frames, dim=1)  # (B, S, step_size)


def _lstm_cell(gates: Tensor, cell: Tensor) -> tuple[Tensor, Tensor]:
    enter, forget, fresh, leave = gates.chunk(4, dim=1)  # torch's gate order, (B, size) each
    cell = torch.sigmoid(forget) * cell + torch.sigmoid(enter) * torch.tanh(fresh)
    return torch.sigmoid(leave) * torch.tanh(cell), cell


def dropout_masks(config: SynthesizerConfig, steps: int, *, variation: float, seed: int) -> Tensor:
    """The pre-net's dropout of one utterance, (steps, 2, prenet_size), the same for a seed anywhere.

    `variation` scales the rate of training: at 0 nothing is dropped.
    """
    rate = config.prenet_dropout * variation
    generator = torch.Generator().manual_seed(seed)
    chance = torch.rand(steps, 2, config.prenet_size, generator=generator)
    return (chance >= rate).float() / (1 - rate)
