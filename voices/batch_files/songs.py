"""A zip of recordings to its sounds, one behind the other; runs in a confined process."""

import stat
import zipfile
from pathlib import PurePosixPath
from typing import Any, BinaryIO

from voices.errors import BadInput, TooLarge

SOUNDS = {
    "3gp", "aac", "aif", "aiff", "amr", "flac", "m4a", "m4b", "mka", "mov", "mp3", "mp4", "mpga", "oga", "ogg", "opus",
    "wav", "wave", "webm", "wma",
}  # fmt: skip
BLOCK_BYTES = 1 << 20


def unpacking_task(
    source: BinaryIO, sink: BinaryIO, *, items: int, most_bytes: int
) -> dict[str, Any]:
    """Write all sounds of a zip to `sink`.

    Args:
        items: the most sounds that are taken.
        most_bytes: what they may come to, unpacked.

    Returns:
        {"members": [{"name", "bytes"}]} in the order of the zip; what is no sound, by the end of its name, has None.

    Raises:
        BadInput: `damaged_zip`. TooLarge: `batch_too_long`, `zip_too_large`.
    """
    try:
        # names that do not say that they are UTF-8 are as Russian Windows writes them
        with zipfile.ZipFile(source, metadata_encoding="cp866") as archive:
            members = [info for info in archive.infolist() if _shown(info)]
            sounds = [info for info in members if _is_sound(info)]
            if len(sounds) > items:
                raise too_many_songs(len(sounds), items)
            if sum(info.file_size for info in sounds) > most_bytes:
                raise _zip_too_large(most_bytes)
            return {"members": [_written(archive, info, sink) for info in members]}
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, EOFError, OSError) as error:
        raise BadInput(
            "damaged_zip",
            f"the zip cannot be unpacked: {error}",
            f"архив zip не распаковывается: {error}",
        ) from error


def _written(archive: zipfile.ZipFile, info: zipfile.ZipInfo, sink: BinaryIO) -> dict[str, Any]:
    name = PurePosixPath(info.filename).name
    if not _is_sound(info):
        return {"name": name, "bytes": None}
    size = 0
    with archive.open(info) as member:  # it gives no more than the size that was checked
        while block := member.read(BLOCK_BYTES):
            sink.write(block)
            size += len(block)
    return {"name": name, "bytes": size}


def _shown(info: zipfile.ZipInfo) -> bool:
    parts = PurePosixPath(info.filename).parts
    hidden = any(part.startswith((".", "__MACOSX")) for part in parts)
    return not (hidden or info.is_dir() or stat.S_ISLNK(info.external_attr >> 16))


def _is_sound(info: zipfile.ZipInfo) -> bool:
    return PurePosixPath(info.filename).suffix.lower()[1:] in SOUNDS


def too_many_songs(found: int, limit: int) -> TooLarge:
    return TooLarge(
        "batch_too_long",
        f"the batch has {found} recordings, the limit is {limit}",
        f"в пакете записей: {found}, предел — {limit}",
        limit=limit,
        items=found,
    )


def _zip_too_large(limit: int) -> TooLarge:
    megabytes = limit // (1024 * 1024)
    return TooLarge(
        "zip_too_large",
        f"the zip unpacks to over {megabytes} MB",
        f"распакованный архив больше {megabytes} МБ",
        limit_bytes=limit,
    )
