"""Networks with a voice's delta: merged once, kept while memory for them lasts.

A merged network shares with the shipped one every weight that its delta leaves alone.
"""

import copy
import threading
from collections import OrderedDict
from collections.abc import Mapping
from typing import Generic, TypeVar

import torch
from torch import Tensor, nn

from tts_engine.synthesizer.deltas import ADD, DOWN, UP, damaged, of_another_base, parameters_of
from tts_engine.types import VoiceDelta

MERGED_BYTES = 256 * 2**20  # of all that speak in a process; one is at most 35 MB

Network = TypeVar("Network", bound=nn.Module)


def added(parameter: Tensor, name: str, tensors: Mapping[str, Tensor]) -> Tensor:
    """What a delta makes of one parameter, of its shape; differentiable in the delta."""
    if name + ADD in tensors:
        return parameter + tensors[name + ADD]
    return parameter + (tensors[name + UP] @ tensors[name + DOWN]).view(parameter.shape)


def check_fits(delta: VoiceDelta, network: nn.Module) -> None:
    """Hold a delta against the network's parameters.

    Raises:
        VoiceError: `delta_damaged`, names or shapes that the network does not have.
    """
    shapes = {name: tuple(value.shape) for name, value in network.named_parameters()}
    for name in parameters_of(delta):
        shape = shapes.get(name)
        if shape is None:
            raise damaged(f"the network has no {name!r}", f"в сети нет {name!r}")
        if name + ADD in delta.tensors:
            fits = delta.tensors[name + ADD].shape == shape
        else:
            up, down = delta.tensors[name + UP], delta.tensors[name + DOWN]
            wide = 1
            for size in shape[1:]:
                wide *= size
            fits = len(shape) > 1 and (up.shape[0], down.shape[1]) == (shape[0], wide)
        if not fits:
            raise damaged(f"{name} has another shape", f"у {name} другой размер")


@torch.no_grad()
def merge(network: Network, delta: VoiceDelta) -> tuple[Network, int]:
    """A network with a delta, and the bytes of it that are not shared with the given one.

    Raises:
        VoiceError: `delta_damaged`.
    """
    check_fits(delta, network)
    changed = set(parameters_of(delta))
    memo: dict[int, object] = {}
    size = 0
    for name, parameter in network.named_parameters():
        if name not in changed:
            memo[id(parameter)] = parameter
            continue
        parts = {
            name + kind: torch.from_numpy(delta.tensors[name + kind]).to(parameter)
            for kind in (ADD, UP, DOWN)
            if name + kind in delta.tensors
        }
        whole = added(parameter, name, parts)
        memo[id(parameter)] = nn.Parameter(whole, requires_grad=False)
        size += whole.numel() * whole.element_size()
    for buffer in network.buffers():
        memo[id(buffer)] = buffer
    return copy.deepcopy(network, memo), size


class MergedNetworks(Generic[Network]):
    """Networks of the voices that were asked for last, by their deltas; at least one of them."""

    def __init__(self, network: Network, fingerprint: str, most_bytes: int = MERGED_BYTES) -> None:
        self.network, self.fingerprint, self.most_bytes = network, fingerprint, most_bytes
        self._kept: OrderedDict[str, tuple[Network, int]] = OrderedDict()
        self._lock = threading.Lock()

    @property
    def nbytes(self) -> int:
        """Of all that is kept."""
        return sum(size for _, size in self._kept.values())

    def check(self, delta: VoiceDelta | None) -> None:
        """Raise as `get` would; nothing is merged for it."""
        if delta is None or delta.key in self._kept:
            return
        if delta.base != self.fingerprint:
            raise of_another_base(delta.base, self.fingerprint)
        check_fits(delta, self.network)

    def get(self, delta: VoiceDelta | None) -> Network:
        """The network with this delta.

        Raises:
            VoiceError: `delta_of_another_base`, `delta_damaged`.
        """
        if delta is None:
            return self.network
        self.check(delta)
        with self._lock:
            if delta.key not in self._kept:
                self._kept[delta.key] = merge(self.network, delta)
            self._kept.move_to_end(delta.key)
            while len(self._kept) > 1 and self.nbytes > self.most_bytes:
                self._kept.popitem(last=False)
            return self._kept[delta.key][0]
