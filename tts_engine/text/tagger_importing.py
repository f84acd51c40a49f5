r"""Take the tagger's weights out of the package that carries them.

    pip download --no-deps --no-binary :all: rnnmorph==0.4.1 russian-tagsets==0.6 && pip install h5py
    python -m tts_engine.text.tagger_importing rnnmorph-0.4.1.tar.gz russian-tagsets-0.6.tar.gz weights/tagger

rnnmorph (Apache-2.0) has the network, russian-tagsets (MIT) says what pymorphy's grammemes mean in
the network's terms. Neither is used at run time.
"""

import ast
import io
import json
import sys
import tarfile
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from tts_engine.checkpoints import load_into, save_checkpoint
from tts_engine.text.tagger import TaggerConfig, TaggerNetwork
from tts_engine.weights import list_folder

MODEL = "rnnmorph-0.4.1/rnnmorph/models/ru/"
TABLE = "russian-tagsets-0.6/russian_tagsets/ud.py"
_BATCH_NORM_EPSILON = 1e-3


def import_tagger(network_archive: Path, tagset_archive: Path, output: Path) -> None:
    """Write the checkpoint folder, weights as float16."""
    with tarfile.open(network_archive) as archive:
        members = {
            name: _read(archive, MODEL + name)
            for name in ("char_set.txt", "gram_input.json", "gram_output.json", "eval_model.h5")
        }
    with tarfile.open(tagset_archive) as archive:
        table = _grammeme_table(_read(archive, TABLE).decode())
    features = _features(json.loads(members["gram_input.json"]))
    tags = json.loads(members["gram_output.json"])["name_to_index"]
    config = TaggerConfig(
        letters=members["char_set.txt"].decode().rstrip(),
        word_letters=32,
        features=features,
        grammemes=_meanings(table, set(features)),
        tags=tuple(sorted(tags, key=tags.__getitem__)),
    )
    weights = _weights(_h5_tensors(members["eval_model.h5"]))
    load_into(TaggerNetwork(config), weights, output)
    save_checkpoint(output, config, weights)
    list_folder(output)


def _read(archive: tarfile.TarFile, name: str) -> bytes:
    member = archive.extractfile(name)
    if member is None:
        raise FileNotFoundError(name)
    return member.read()


def _grammeme_table(source: str) -> dict[str, dict[str, str]]:
    """The literal GRAM_MAP of class Tag14: category -> grammeme -> value."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "GRAM_MAP":
            return dict(ast.literal_eval(node.value))
    raise ValueError("no GRAM_MAP")


def _features(vectorizer: dict[str, Any]) -> tuple[str, ...]:
    categories = {
        name: sorted(values["py/set"])
        for name, values in vectorizer["all_grammemes"].items()
        if "py/set" in values
    }
    return tuple(f"{name}={value}" for name in sorted(categories) for value in categories[name])


def _meanings(table: dict[str, dict[str, str]], features: set[str]) -> tuple[str, ...]:
    meanings: dict[str, list[str]] = {}
    for category, values in table.items():
        for grammeme, value in values.items():
            meanings.setdefault(grammeme, []).append(f"{category.replace('_', '')}={value}")
    for name in ("Name", "Patr", "Surn", "Geox", "Orgn"):
        meanings[name] = ["POS=PROPN"]
    meanings["Pltm"] = ["Number=Ptan"]
    known = {name: [m for m in listed if m in features] for name, listed in meanings.items()}
    return tuple(" ".join([name, *listed]) for name, listed in known.items() if listed)


def _h5_tensors(content: bytes) -> dict[str, Tensor]:
    import h5py  # only this command needs it

    found: dict[str, Tensor] = {}

    def add(name: str, node: Any) -> None:
        if isinstance(node, h5py.Dataset):
            layer, parameter = name.removesuffix(":0").split("/")[-2:]
            found[f"{layer}.{parameter}"] = torch.from_numpy(node[()])

    with h5py.File(io.BytesIO(content)) as file:
        file.visititems(add)
    return found


def _weights(theirs: dict[str, Tensor]) -> dict[str, Tensor]:
    ours = {"letters.weight": theirs["chars_embeddings.embeddings"]}
    linear = {
        "spelling.0": "dense_2",
        "spelling.2": "dense_3",
        "features": "dense_1",
        "word": "dense_4",
        "output.2": "main_pred",
    }
    for name, layer in linear.items():
        ours[f"{name}.weight"] = theirs[f"{layer}.kernel"].T
        ours[f"{name}.bias"] = theirs[f"{layer}.bias"]
    lstms = {
        "first": ("LSTM_1_forward", "LSTM_1_backward"),
        "second": ("forward_LSTM_0", "backward_LSTM_0"),
    }
    for name, (forth, back) in lstms.items():
        for part, parameter in (("input", "kernel"), ("hidden", "recurrent_kernel")):
            ours[f"{name}.{part}"] = torch.stack(
                [theirs[f"{forth}.{parameter}"], theirs[f"{back}.{parameter}"]]
            )
        ours[f"{name}.bias"] = torch.stack([theirs[f"{forth}.bias"], theirs[f"{back}.bias"]])[
            :, None
        ]
    # The batch normalisation after the layer is fixed: it becomes part of it.
    norm = {name: theirs[f"time_distributed_4.{name}"] for name in ("gamma", "beta")}
    mean, variance = (theirs[f"time_distributed_4.moving_{name}"] for name in ("mean", "variance"))
    scale = norm["gamma"] / torch.sqrt(variance + _BATCH_NORM_EPSILON)
    ours["output.0.weight"] = theirs["time_distributed_2.kernel"].T * scale[:, None]
    ours["output.0.bias"] = (theirs["time_distributed_2.bias"] - mean) * scale + norm["beta"]
    return ours


if __name__ == "__main__":
    import_tagger(*map(Path, sys.argv[1:4]))
