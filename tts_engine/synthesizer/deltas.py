"""What a trained voice adds to the weights, as plain numbers: named, checked, mixed. Torch is not needed for it.

A matrix of the network (a convolution's as (out, in * kernel)) gets the product of two thin ones, vectors a sum.

Source: low-rank adaptation (Hu et al. 2021, arXiv 2106.09685); biases and conditional layer norms beside it as in
AdaSpeech (Chen et al. 2021, arXiv 2103.00993).
"""

import hashlib
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from tts_engine.errors import VoiceError
from tts_engine.types import VoiceDelta

UP, DOWN, ADD = ".up", ".down", ".add"
MOST_RANK = 1024  # of what is mixed of several voices too

Array = NDArray[np.float32]


def make_delta(base: str, tensors: Mapping[str, NDArray]) -> VoiceDelta:
    """A delta of these numbers, with its key.

    Args:
        base: fingerprint of the weights that it fits.
        tensors: as of `VoiceDelta`; stored as float16 they stay what they are.

    Raises:
        VoiceError: `delta_damaged`.
    """
    rounded = {
        name: np.ascontiguousarray(np.asarray(value, dtype=np.float16).astype(np.float32))
        for name, value in sorted(tensors.items())
    }
    check(rounded)
    whole = hashlib.sha256(base.encode())
    for name, value in rounded.items():
        whole.update(f"{name} {value.shape}\n".encode())
        whole.update(value.tobytes())
    return VoiceDelta(base=base, key=whole.hexdigest(), tensors=rounded)


def check(tensors: Mapping[str, Array]) -> None:
    """Whether the numbers can be a delta of any network: their pairs, ranks, finiteness.

    Raises:
        VoiceError: `delta_damaged`.
    """
    for name, value in tensors.items():
        parameter, dot, kind = name.rpartition(".")
        kind = dot + kind
        if kind not in (UP, DOWN, ADD):
            raise damaged(
                f"{name!r} is no part of a delta", f"{name!r} не является частью поправки"
            )
        if not np.isfinite(value).all():
            raise damaged(
                f"{name} holds numbers that are not finite", f"в {name} есть не конечные числа"
            )
        if kind == ADD:
            continue
        up, down = tensors.get(parameter + UP), tensors.get(parameter + DOWN)
        if up is None or down is None or parameter + ADD in tensors:
            raise damaged(
                f"{parameter} needs .up and .down, or .add alone",
                f"для {parameter} нужны .up и .down или только .add",
            )
        rank = up.shape[-1]
        fits = up.ndim == down.ndim == 2 and down.shape[0] == rank and 1 <= rank <= MOST_RANK
        if not fits:
            raise damaged(
                f"{parameter}: shapes {up.shape} and {down.shape} do not multiply",
                f"{parameter}: размеры {up.shape} и {down.shape} не перемножаются",
            )


def parameters_of(delta: VoiceDelta) -> list[str]:
    """Names of the network's parameters that a delta changes."""
    return sorted({name.rpartition(".")[0] for name in delta.tensors})


def mix_deltas(shares: Sequence[tuple[VoiceDelta | None, float]]) -> VoiceDelta | None:
    """The weighted mean of what voices add; a voice without a delta adds nothing.

    Low-rank parts are laid side by side, so that the mean is exact; their ranks add up.

    Args:
        shares: deltas and weights above 0, whose sum counts as 1.

    Raises:
        VoiceError: `delta_of_another_base`, they fit different weights; `delta_damaged`, ranks above 1024.
    """
    total = sum(weight for _, weight in shares)
    given = [(delta, weight / total) for delta, weight in shares if delta is not None]
    if not given:
        return None
    if len(given) == 1 and given[0][1] == 1.0:
        return given[0][0]
    first = given[0][0]
    for delta, _ in given[1:]:
        if delta.base != first.base:
            raise of_another_base(delta.base, first.base)
    mixed: dict[str, Array] = {}
    for parameter in sorted({name for delta, _ in given for name in parameters_of(delta)}):
        mixed |= _mixed(parameter, [(delta.tensors, weight) for delta, weight in given])
    return make_delta(first.base, mixed)


def _mixed(parameter: str, shares: Sequence[tuple[Mapping[str, Array], float]]) -> dict[str, Array]:
    dense = [(t[parameter + ADD], w) for t, w in shares if parameter + ADD in t]
    thin = [(t[parameter + UP], t[parameter + DOWN], w) for t, w in shares if parameter + UP in t]
    if not dense:
        return {
            parameter + UP: np.concatenate([w * up for up, _, w in thin], axis=1),
            parameter + DOWN: np.concatenate([down for _, down, _ in thin]),
        }
    shape = dense[0][0].shape
    if any(value.shape != shape for value, _ in dense):
        raise damaged(f"shapes of {parameter} differ", f"размеры {parameter} различаются")
    try:
        parts = [w * value for value, w in dense]
        parts += [w * (up @ down).reshape(shape) for up, down, w in thin]
    except ValueError as error:
        raise damaged(
            f"shapes of {parameter} differ", f"размеры {parameter} различаются"
        ) from error
    return {parameter + ADD: np.sum(parts, axis=0, dtype=np.float32)}


def damaged(en: str, ru: str) -> VoiceError:
    """The error that says so."""
    return VoiceError("delta_damaged", f"no voice: {en}", f"это не голос: {ru}")


def of_another_base(found: str, expected: str) -> VoiceError:
    """The error that says so."""
    return VoiceError(
        "delta_of_another_base",
        f"the voice was trained on other weights ({found[:12]}, here are {expected[:12]}); train it again",
        f"голос обучен на других весах ({found[:12]}, здесь {expected[:12]}); обучите его заново",
        found=found,
        expected=expected,
    )
