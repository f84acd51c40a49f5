"""Encoder-decoder with location-sensitive attention, whose weights say which phoneme is sung when.

Source: DeepSinger (Ren et al. 2020, arXiv 2007.04590) takes the lyrics' alignment from the attention of a speech
recognizer (Chan et al. 2016, arXiv 1508.01211); attention by content and place is that of Chorowski et al. 2015
(arXiv 1506.07503). What differs: phonemes are read 40 at a time and the next 40 only where the attention of the
last ones is sharp enough, as the paper lets its training window grow.
"""

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from tts_engine.aligner.config import STRIDE, AlignerConfig
from tts_engine.audio.cepstra import FEATURES, bands_to_features
from tts_engine.text.symbols import PHONEMES

BEGIN = 0  # class that stands for nothing said yet
CLASSES = len(PHONEMES) + 1


@dataclass
class Decoded:
    """What was read of a batch.

    Attributes:
        logits: (B, L', classes) of the phonemes, L' <= L of the longest that was read.
        attention: (B, L', S) weights over the encoder's steps.
        reached: (B, L') whether the phoneme was read.
        score: (B,) attention score of the last window that was read, 0 to 1.
    """

    logits: Tensor
    attention: Tensor
    reached: Tensor
    score: Tensor


class AlignerNetwork(nn.Module):
    """Bands and phonemes to attention."""

    def __init__(self, config: AlignerConfig) -> None:
        super().__init__()
        self.config = config
        width, memory = config.channels, 2 * config.channels
        self.stem = nn.ModuleList(
            [
                nn.Conv1d(FEATURES, width, 5, stride=2, padding=2),
                nn.Conv1d(width, width, 5, stride=2, padding=2),
                nn.Conv1d(width, width, 5, padding=2),
            ]
        )
        self.norms = nn.ModuleList([nn.LayerNorm(width) for _ in self.stem])
        self.encoder = nn.LSTM(
            width,
            width,
            config.encoder_layers,
            batch_first=True,
            bidirectional=True,
        )
        self.drop = nn.Dropout(config.dropout)
        self.embedding = nn.Embedding(CLASSES, config.embedding)
        self.cell = nn.LSTMCell(config.embedding + memory, config.decoder)
        self.query = nn.Linear(config.decoder, config.attention)
        self.key = nn.Linear(memory, config.attention, bias=False)
        self.location = nn.Conv1d(
            2,
            config.location_filters,
            config.location_kernel,
            padding=config.location_kernel // 2,
            bias=False,
        )
        self.place = nn.Linear(config.location_filters, config.attention, bias=False)
        self.energy = nn.Linear(config.attention, 1, bias=False)
        self.head = nn.Linear(config.decoder + memory, CLASSES)

    def encode(self, bands: Tensor, frames: Tensor) -> tuple[Tensor, Tensor]:
        """(B, bands, T), (B,) -> memory (B, S, 2 channels) and which of its steps are real, (B, S)."""
        hidden = bands_to_features(bands, frames)  # (B, features, T)
        lengths = frames
        for index, (layer, norm) in enumerate(zip(self.stem, self.norms, strict=True)):
            inside = torch.arange(hidden.shape[2], device=bands.device)[None] < lengths[:, None]
            hidden = layer(hidden * inside[:, None])
            if index < 2:
                lengths = (lengths + 1) // 2
            hidden = F.gelu(norm(hidden.transpose(1, 2))).transpose(1, 2)
        packed = pack_padded_sequence(
            self.drop(hidden.transpose(1, 2)), lengths.cpu(), batch_first=True, enforce_sorted=False
        )
        memory, _ = pad_packed_sequence(
            self.encoder(packed)[0], batch_first=True, total_length=hidden.shape[2]
        )
        steps = torch.arange(memory.shape[1], device=bands.device)
        return self.drop(memory), steps[None] < lengths[:, None]

    def forward(
        self,
        bands: Tensor,
        frames: Tensor,
        targets: Tensor,
        lengths: Tensor,
        *,
        whole: bool = False,
    ) -> Decoded:
        """Read known phonemes.

        Args:
            bands: (B, bands, T) of `cepstra.mel_to_bands`, padded at the end.
            frames: (B,) real lengths.
            targets: (B, L) classes, padded.
            lengths: (B,) of the targets.
            whole: read all windows whatever the score of the last.
        """
        memory, real = self.encode(bands, frames)
        keys = self.key(memory)
        before = F.pad(targets, (1, 0), value=BEGIN)[:, :-1]
        embedded = self.drop(self.embedding(before))  # (B, L, E)
        state = _State.first(memory, real, self.config.decoder)
        going = torch.ones(len(targets), dtype=torch.bool, device=bands.device)
        logits, weights, reached = [], [], []
        score = torch.zeros(len(targets), device=bands.device)
        for first in range(0, targets.shape[1], self.config.window_tokens):
            stop = min(first + self.config.window_tokens, targets.shape[1])
            for token in range(first, stop):
                logits.append(self._step(state, embedded[:, token], memory, keys, real))
                weights.append(state.weights)
                reached.append(going & (token < lengths))
            window = torch.stack(weights[first:stop], dim=1).detach()
            inside = torch.stack(reached[first:stop], dim=1)
            found = attention_score(window, inside)
            score = torch.where(inside.any(dim=1), found, score)
            going = going & (stop < lengths) & (whole | (found > self.config.enough))
            if not going.any():
                break
        return Decoded(
            torch.stack(logits, dim=1),
            torch.stack(weights, dim=1),
            torch.stack(reached, dim=1),
            score,
        )

    def _step(
        self, state: "_State", said: Tensor, memory: Tensor, keys: Tensor, real: Tensor
    ) -> Tensor:
        """One phoneme: moves the state on, returns its logits (B, classes)."""
        state.hidden, state.cell = self.cell(
            torch.cat([said, state.context], dim=1), (state.hidden, state.cell)
        )
        places = self.location(torch.stack([state.weights, state.sum], dim=1))  # (B, filters, S)
        energies = self.energy(
            torch.tanh(
                self.query(state.hidden)[:, None] + keys + self.place(places.transpose(1, 2))
            )
        ).squeeze(2)
        state.weights = energies.masked_fill(~real, -1e4).softmax(dim=1)
        state.sum = state.sum + state.weights
        state.context = torch.bmm(state.weights[:, None], memory).squeeze(1)
        return self.head(torch.cat([state.hidden, state.context], dim=1))


@dataclass
class _State:
    """Of the decoder: LSTM (B, D) twice, context (B, M), the last weights and their sum (B, S)."""

    hidden: Tensor
    cell: Tensor
    context: Tensor
    weights: Tensor
    sum: Tensor

    @classmethod
    def first(cls, memory: Tensor, real: Tensor, width: int) -> "_State":
        """Attention lies on the first step."""
        zeros = memory.new_zeros(len(memory), width)
        weights = memory.new_zeros(real.shape)
        weights[:, 0] = 1
        return cls(zeros, zeros, memory.new_zeros(len(memory), memory.shape[2]), weights, weights)


def attention_score(attention: Tensor, inside: Tensor) -> Tensor:
    """How sharp attention is: mean weight on its peak and the step on either side, (B, L, S), (B, L) -> (B,).

    *Source:* the focus rate of FastSpeech (Ren et al. 2019, arXiv 1905.09263); the neighbours count because a sound
    that lies over the edge of two steps of 46 ms is no less sharp.
    """
    around = F.avg_pool1d(attention, 3, 1, 1) * 3
    peaks = around.amax(dim=2).clamp(max=1) * inside
    return peaks.sum(dim=1) / inside.sum(dim=1).clamp(min=1)


def encoder_steps(frames: Tensor) -> Tensor:
    """Steps of the encoder for so many mel frames."""
    return (frames + STRIDE - 1) // STRIDE
