"""The detector's network: what DistillMOS's convolutions tell of speech -> one logit, above 0 where a machine speaks.

Projection and transformer begin as DistillMOS has them (Stahl and Gamper 2025, arXiv 2502.05356), which a large
self-supervised model of speech has taught how natural speech sounds, and are taught on; what each layer tells of the
loud steps is pooled by mean and deviation (Snyder et al. 2018), and one linear layer judges.
"""

import copy

import torch
from torch import Tensor, nn

from tts_engine.detection.array_network import LEAST_VARIANCE
from tts_engine.distillmos.network import DistillMosNetwork

LAYER_DROPOUT, POOL_DROPOUT = 0.1, 0.3


class DetectorNetwork(nn.Module):
    """Features of stretches to logits; layers are named as in DistillMOS."""

    def __init__(self, distilled: DistillMosNetwork) -> None:
        super().__init__()
        config, top = distilled.config, copy.deepcopy(distilled.transformer_pool_attn)
        self.gain: Tensor
        self.shift: Tensor
        for name, value in zip(("gain", "shift"), top.affine(), strict=True):
            self.register_buffer(name, value, persistent=False)
        self.linear_proj, self.transformer_encoder = top.linear_proj, top.transformer_encoder
        for part in self.transformer_encoder.modules():
            if isinstance(part, nn.Dropout):
                part.p = LAYER_DROPOUT
        self.places: Tensor
        self.register_buffer("places", top.places, persistent=False)
        pooled = 2 * (self.linear_proj.in_features + (config.layers + 1) * config.width)
        self.norm = nn.BatchNorm1d(pooled, affine=False)
        self.dropout = nn.Dropout(POOL_DROPOUT)
        self.head = nn.Linear(pooled, 1)
        nn.init.zeros_(self.head.weight)
        nn.init.zeros_(self.head.bias)

    def forward(self, features: Tensor, loud: Tensor) -> Tensor:
        """Features (B, T, C), loud steps (B, T) -> logits (B,)."""
        hidden = self.linear_proj(features * self.gain + self.shift)
        seen = [features, hidden]
        hidden = hidden + self.places[:, : hidden.shape[1]]
        for layer in self.transformer_encoder.layers:
            hidden = layer(hidden)
            seen.append(hidden)
        values = torch.cat(seen, dim=2).float()
        weights = loud.float()[..., None] + 1e-6
        weights = weights / weights.sum(dim=1, keepdim=True)
        mean = (weights * values).sum(dim=1)
        variance = (weights * (values - mean[:, None]).square()).sum(dim=1)
        pooled = torch.cat([mean, (variance + LEAST_VARIANCE).sqrt()], dim=1)
        return self.head(self.dropout(self.norm(pooled))).squeeze(1)

    def shipped(self) -> dict[str, Tensor]:
        """What inference reads: the layers, and the head over what is pooled, its norm in it."""
        state = self.state_dict()
        weight = self.head.weight[0] / (state["norm.running_var"] + self.norm.eps).sqrt()
        bias = self.head.bias - (weight * state["norm.running_mean"]).sum()
        kept = {k: v for k, v in state.items() if not k.startswith(("norm.", "head."))}
        return {**kept, "head.weight": weight.detach(), "head.bias": bias.detach()}
