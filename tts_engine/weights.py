"""The folder of weights: `weights/<name>/` with a model, its config and card, `weights/voices/`, one manifest.

Before anything of a folder is loaded, each of its files is held against its sha256, and there may be no others: of the
manifest beside the folder, which `python -m tts_engine train manifest` writes after a change, or as handed in by who
keeps it elsewhere. Nothing here needs torch, so that the web process can read voices without it.
"""

import argparse
import hashlib
import json
import logging
import os
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from tts_engine.errors import CheckpointError

MANIFEST_FILE = "manifest.json"

logger = logging.getLogger(__name__)


def weights_folder() -> Path:
    """The folder of weights: `VOICECLONE_WEIGHTS`, else the shipped one beside the package."""
    chosen = os.environ.get("VOICECLONE_WEIGHTS", "").strip()
    if chosen:
        return Path(chosen).expanduser().resolve()
    return Path(__file__).resolve().parent.parent / "weights"


def write_manifest(root: Path) -> dict[str, str]:
    """List every file below the folders of `root` with its sha256 in `root/manifest.json`."""
    digests = {
        path.relative_to(root).as_posix(): sha256_of(path)
        for path in sorted(root.glob("*/**/*"))
        if path.is_file()
    }
    _write(root / MANIFEST_FILE, digests)
    return digests


def list_folder(folder: Path) -> None:
    """List the files of one folder in the manifest beside it; those of other folders stay as they are."""
    manifest = folder.parent / MANIFEST_FILE
    others = {
        name: digest
        for name, digest in _read_manifest(manifest).items()
        if not name.startswith(f"{folder.name}/")
    }
    own = {f"{folder.name}/{name}": sha256_of(path) for name, path in _files(folder).items()}
    _write(manifest, dict(sorted((others | own).items())))


def verify_folder(folder: Path, digests: Mapping[str, str] | None = None) -> None:
    """Hold what is in a folder of weights against its digests: nothing may be missing, changed or unlisted.

    Args:
        folder: of weights.
        digests: sha256 of each file by its name in the folder; None: as the manifest beside the folder has them.

    Raises:
        CheckpointError: `weights_missing`, `weights_unlisted`, `weights_damaged`.
    """
    manifest = folder.parent / MANIFEST_FILE
    if digests is None:
        prefix = f"{folder.name}/"
        digests = {
            name.removeprefix(prefix): digest
            for name, digest in _read_manifest(manifest).items()
            if name.startswith(prefix)
        }
    found = _files(folder)
    if missing := sorted(digests.keys() - found.keys()):
        raise weights_missing(folder / missing[0])
    if unlisted := sorted(found.keys() - digests.keys()):
        path, command = found[unlisted[0]], f"train manifest --weights {folder.parent}"
        raise CheckpointError(
            "weights_unlisted",
            f"{path} is not listed in {MANIFEST_FILE}; remove it, or, if it is yours, "
            f"run python -m tts_engine {command}",
            f"{path} нет в {MANIFEST_FILE}; удалите его или, если он ваш, выполните "
            f"python -m tts_engine {command}",
        )
    for name, path in found.items():
        state = path.stat()
        if digests[name] != _cached_sha256(path, state.st_mtime_ns, state.st_size):
            raise CheckpointError(
                "weights_damaged",
                f"{path} does not match its sha256 in {MANIFEST_FILE}; restore the file",
                f"{path} не совпадает с sha256 из {MANIFEST_FILE}; восстановите файл",
            )


def fingerprint(folder: Path) -> str:
    """What tells one folder's model from others, 64 hexadecimal digits, made of its weights and config.

    Raises:
        CheckpointError: `weights_missing`.
    """
    whole = hashlib.sha256()
    for name in ("config.json", "model.safetensors"):
        path = folder / name
        if not path.is_file():
            raise weights_missing(path)
        state = path.stat()
        whole.update(f"{name} {_cached_sha256(path, state.st_mtime_ns, state.st_size)}\n".encode())
    return whole.hexdigest()


def _files(folder: Path) -> dict[str, Path]:
    """Every file below a folder, by its name in it."""
    paths = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path for path in paths}


def _write(manifest: Path, digests: dict[str, str]) -> None:
    partial = manifest.with_suffix(".partial")
    partial.write_text(json.dumps(digests, indent=2) + "\n", encoding="utf-8")
    partial.replace(manifest)


def _read_manifest(manifest: Path) -> dict[str, str]:
    if not manifest.is_file():
        return {}
    try:
        return dict(json.loads(manifest.read_text(encoding="utf-8")))
    except (ValueError, TypeError) as error:
        raise CheckpointError(
            "weights_damaged",
            f"{manifest} is not a list of checksums: {error}",
            f"{manifest} не является списком контрольных сумм: {error}",
        ) from error


def weights_missing(path: Path) -> CheckpointError:
    """The error that says so."""
    return CheckpointError(
        "weights_missing",
        f"no weights file {path}; the repository ships it under weights/",
        f"нет файла весов {path}; он поставляется в weights/",
    )


@lru_cache(maxsize=256)
def _cached_sha256(path: Path, _modified_ns: int, _size: int) -> str:
    return sha256_of(path)


def sha256_of(path: Path) -> str:
    """Of a file, as manifests have it."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--weights", type=Path, default=weights_folder())


def run(arguments: argparse.Namespace) -> None:
    """Write the manifest."""
    digests = write_manifest(arguments.weights)
    logger.info("%d files listed", len(digests))
