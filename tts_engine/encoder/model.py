"""The d-vector network: 3 LSTM layers, a linear map, ReLU, unit length.

Source: Wan et al. 2018, "Generalized end-to-end loss for speaker verification" (arXiv 1710.10467);
parameter names as in Resemblyzer (Apache-2.0), whose weights it loads.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from tts_engine.encoder.config import EncoderConfig


class EncoderNetwork(nn.Module):
    """Partial utterances to unit vectors."""

    def __init__(self, config: EncoderConfig) -> None:
        super().__init__()
        self.lstm = nn.LSTM(config.n_mels, config.hidden, config.layers, batch_first=True)
        self.linear = nn.Linear(config.hidden, config.embedding)

    def forward(self, mels: Tensor) -> Tensor:
        """(B, T, n_mels) linear-power mels -> (B, embedding), each of unit length."""
        _, (hidden, _) = self.lstm(mels)  # (layers, B, H)
        return F.normalize(torch.relu(self.linear(hidden[-1])), dim=1, eps=1e-5)  # (B, D)
