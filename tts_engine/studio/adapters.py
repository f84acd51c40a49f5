"""The numbers that a studio training moves: beside the network's weights, which stay as they are.

"voice"       the bias of the conditioning vector
"norms"       and what the conditional layer norms make of it (AdaSpeech, Chen et al. 2021, arXiv 2103.00993)
"low_rank"    and low-rank matrices beside all others, biases whole (LoRA, Hu et al. 2021, arXiv 2106.09685)
"all"         every weight; stored as the low-rank matrices nearest to what was added

Measured best is "all", see docs/decisions/0021-studio-voices.md.
"""

from collections.abc import Mapping

import torch
from torch import Tensor, nn

from tts_engine.synthesizer.deltas import ADD, DOWN, UP, make_delta
from tts_engine.synthesizer.merged import added
from tts_engine.types import VoiceDelta

CONDITIONING = "conditioner.output.bias"
LEFT_ALONE = ("language.", "encoder.embedding.", "conditioner.facts.")  # what every voice shares
RATES = {
    "voice": 60.0,
    "norms": 15.0,
    "low_rank": 7.0,
    "all": 1.0,
}  # of learning, times that of whole weights
DOT = "/"  # in the names of a ParameterDict
WORTH_RANKS = 4  # a matrix of fewer ranks than that is stored whole
SPARE_RANKS = 8  # projected on beside those that stay
SMALL = 8  # times the rank: a matrix thinner than that is not worth two thin ones


class Adapters(nn.Module):
    """Zero at first: the voice sounds as it did."""

    def __init__(self, network: nn.Module, layers: str, rank: int) -> None:
        """`layers` and `rank` as of `StudioSettings`."""
        super().__init__()
        self.parts = nn.ParameterDict()
        self.rank = rank
        for name, parameter in network.named_parameters():
            if not _moves(name, layers):
                continue
            wide = parameter.numel() // parameter.shape[0]
            if layers == "all" or min(parameter.shape[0], wide) < SMALL:
                self.parts[_key(name + ADD)] = nn.Parameter(torch.zeros_like(parameter))
                continue
            used = max(1, min(rank, parameter.shape[0] // 2, wide // 2))
            down = torch.randn(used, wide) * wide**-0.5
            self.parts[_key(name + DOWN)] = nn.Parameter(down.to(parameter))
            self.parts[_key(name + UP)] = nn.Parameter(
                torch.zeros(parameter.shape[0], used).to(parameter)
            )

    @property
    def tensors(self) -> dict[str, Tensor]:
        """As a delta names them."""
        return {name.replace(DOT, "."): value for name, value in self.parts.items()}

    def weights(self, network: nn.Module) -> dict[str, Tensor]:
        """The network's parameters that differ, with what is added; differentiable in the adapters."""
        tensors = self.tensors
        changed = sorted({name.rpartition(".")[0] for name in tensors})
        parameters = dict(network.named_parameters())
        return {name: added(parameters[name].detach(), name, tensors) for name in changed}

    def delta(self, base: str) -> VoiceDelta:
        """What they are now, for weights of this fingerprint; of large matrices the nearest ones of the rank."""
        parts: dict[str, Tensor] = {}
        for name, value in self.tensors.items():
            parts |= thinned(name, value.detach().float().cpu(), self.rank)
        return make_delta(base, {name: value.numpy() for name, value in parts.items()})

    @torch.no_grad()
    def load(self, tensors: Mapping[str, Tensor]) -> None:
        """Become a delta's numbers."""
        for name, value in self.tensors.items():
            value.copy_(tensors[name])


def thinned(name: str, value: Tensor, rank: int) -> dict[str, Tensor]:
    """A `.add` as the two matrices of this rank whose product is nearest to it; small ones stay as they are.

    By randomised projections (Halko et al. 2011, arXiv 0909.4061), the same for the same numbers.
    """
    matrix = value.reshape(value.shape[0], -1) if value.ndim > 1 else value
    if not name.endswith(ADD) or value.ndim < 2 or min(matrix.shape) < WORTH_RANKS * rank:
        return {name: value}
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        left, sizes, right = torch.svd_lowrank(matrix, q=rank + SPARE_RANKS, niter=2)
    roots = sizes[:rank].sqrt()
    stem = name.removesuffix(ADD)
    return {stem + UP: left[:, :rank] * roots, stem + DOWN: (right[:, :rank] * roots).T}


def _key(name: str) -> str:
    return name.replace(".", DOT)


def _moves(name: str, layers: str) -> bool:
    if layers == "all":
        return not name.startswith(LEFT_ALONE)
    if name == CONDITIONING:
        return True
    if layers == "voice":
        return False
    if "norm." in name:
        return True
    return layers == "low_rank" and not name.startswith(LEFT_ALONE)
