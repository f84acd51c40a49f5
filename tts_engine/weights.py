"""The folder of weights: `weights/<name>/` with a model, its config and card, `weights/voices/`, one manifest.

Before anything of a folder is loaded, each of its files is held against the sha256 of `weights/manifest.json`, and
there may be no others; `python -m tts_engine train manifest` lists them after a change. Nothing here needs torch, so
that the web process can read voices without it.
"""

import argparse
import hashlib
import json
import logging
import os
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
        raise weights_missing(root / missing[0])
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


def weights_missing(path: Path) -> CheckpointError:
    """The error that says so."""
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


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of `train manifest`."""
    parser.add_argument("--weights", type=Path, default=weights_folder())


def run(arguments: argparse.Namespace) -> None:
    """Write the manifest."""
    digests = write_manifest(arguments.weights)
    logger.info("%d files listed", len(digests))
