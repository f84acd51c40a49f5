"""Weights on disk: `weights/<name>/{model.safetensors,config.json,card.md}`, listed in one manifest.

No pickle is ever read. Before anything of a folder is loaded, each of its files is held against the sha256 of
`weights/manifest.json`, and there may be no others.
"""

import dataclasses
import hashlib
import json
import os
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save
from torch import Tensor

from tts_engine.errors import CheckpointError

MODEL_FILE = "model.safetensors"
CONFIG_FILE = "config.json"
MANIFEST_FILE = "manifest.json"

ConfigT = TypeVar("ConfigT")


def weights_folder() -> Path:
    """The folder of weights: `VOICECLONE_WEIGHTS`, else the shipped one beside the package."""
    chosen = os.environ.get("VOICECLONE_WEIGHTS", "").strip()
    if chosen:
        return Path(chosen).expanduser().resolve()
    return Path(__file__).resolve().parent.parent / "weights"


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
    (folder / CONFIG_FILE).write_text(
        json.dumps(dataclasses.asdict(config), indent=2, ensure_ascii=False) + "\n",
        encoding="utf-8",
    )


def load_checkpoint(folder: Path, config_class: type[ConfigT]) -> tuple[ConfigT, dict[str, Tensor]]:
    """Read a checkpoint folder.

    Returns:
        The config and float32 weights on the CPU.

    Raises:
        CheckpointError: a file is missing, damaged, or does not fit `config_class`.
    """
    model_path, config_path = folder / MODEL_FILE, folder / CONFIG_FILE
    for path in (model_path, config_path):
        if not path.is_file():
            raise _missing(path)
    verify_folder(folder)
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


def write_manifest(root: Path) -> dict[str, str]:
    """List every file below the folders of `root` with its sha256 in `root/manifest.json`."""
    digests = {
        path.relative_to(root).as_posix(): _sha256(path)
        for path in sorted(root.glob("*/**/*"))
        if path.is_file()
    }
    (root / MANIFEST_FILE).write_text(json.dumps(digests, indent=2) + "\n", encoding="utf-8")
    return digests


def verify_folder(folder: Path) -> None:
    """Hold what is in a folder of weights against the manifest beside it.

    A folder without one, such as that of a training run, promises nothing and passes.

    Raises:
        CheckpointError: `weights_missing`, `weights_unlisted`, `weights_damaged`.
    """
    root = folder.parent
    manifest = root / MANIFEST_FILE
    if not manifest.is_file():
        return
    listed = {
        name: digest
        for name, digest in _read_manifest(manifest).items()
        if name.startswith(f"{folder.name}/")
    }
    found = {
        path.relative_to(root).as_posix(): path for path in folder.rglob("*") if path.is_file()
    }
    if missing := sorted(listed.keys() - found.keys()):
        raise _missing(root / missing[0])
    if unlisted := sorted(found.keys() - listed.keys()):
        raise CheckpointError(
            "weights_unlisted",
            f"{found[unlisted[0]]} is not listed in {MANIFEST_FILE}; remove it, or, if it is yours, "
            "run python -m tts_engine train manifest",
            f"{found[unlisted[0]]} нет в {MANIFEST_FILE}; удалите его или, если он ваш, выполните "
            "python -m tts_engine train manifest",
        )
    for name, path in found.items():
        state = path.stat()
        if listed[name] != _cached_sha256(path, state.st_mtime_ns, state.st_size):
            raise CheckpointError(
                "weights_damaged",
                f"{path} does not match its sha256 in {MANIFEST_FILE}; restore the file",
                f"{path} не совпадает с sha256 из {MANIFEST_FILE}; восстановите файл",
            )


def _read_manifest(manifest: Path) -> dict[str, str]:
    try:
        return dict(json.loads(manifest.read_text(encoding="utf-8")))
    except (ValueError, TypeError) as error:
        raise CheckpointError(
            "weights_damaged",
            f"{manifest} is not a list of checksums: {error}",
            f"{manifest} не является списком контрольных сумм: {error}",
        ) from error


def _missing(path: Path) -> CheckpointError:
    return CheckpointError(
        "weights_missing",
        f"no weights file {path}; the repository ships it under weights/",
        f"нет файла весов {path}; он поставляется в weights/",
    )


@lru_cache(maxsize=256)
def _cached_sha256(path: Path, _modified_ns: int, _size: int) -> str:
    return _sha256(path)


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _tuples(value: Any) -> Any:
    return tuple(_tuples(item) for item in value) if isinstance(value, list) else value
