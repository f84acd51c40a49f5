"""Files: private, named by us, and never half-written."""

import errno
import logging
import os
import shutil
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol, cast

from django.core.files.base import ContentFile, File
from django.core.files.storage import FileSystemStorage, default_storage

from voices.errors import Outage, Unavailable

logger = logging.getLogger(__name__)

CHUNK_BYTES = 64 * 1024
ROOM_BYTES = 1024 * 1024
DELETED_AT_A_TIME = 8


class Store(Protocol):
    """What our storages can beyond Django's: the disk here, and S3 (voices/s3.py)."""

    def blocks(self, name: str, first: int, length: int) -> Iterator[bytes]: ...

    def older_than(self, folder: str, moment: datetime) -> Iterator[str]: ...

    def delete_many(self, names: list[str]) -> None: ...


class AtomicFileSystemStorage(FileSystemStorage):
    """Local disk; a file appears under its name only when it is whole."""

    def _save(self, name: str, content: File) -> str:
        final = Path(self.path(name))
        partial = final.with_name(f"{final.name}.{uuid.uuid4().hex}.partial")
        final.parent.mkdir(parents=True, exist_ok=True)
        try:
            with partial.open("wb") as target:
                for chunk in content.chunks():
                    target.write(chunk)
                target.flush()
                os.fsync(target.fileno())
            partial.replace(final)
        except BaseException:
            partial.unlink(missing_ok=True)
            raise
        return name

    def delete(self, name: str) -> None:
        super().delete(name)
        parent = Path(self.path(name)).parent
        root = Path(self.location)
        while parent != root and root in parent.parents:
            try:
                parent.rmdir()
            except OSError:  # not empty, or another process made it anew
                break
            parent = parent.parent

    def blocks(self, name: str, first: int, length: int) -> Iterator[bytes]:
        """Bytes from `first` on."""
        with self.open(name) as file:
            file.seek(first)
            while length > 0 and (block := file.read(min(CHUNK_BYTES, length))):
                length -= len(block)
                yield block

    def older_than(self, folder: str, moment: datetime) -> Iterator[str]:
        """Names under a folder that were last written before a moment."""
        for path in Path(self.path(folder)).rglob("*"):
            try:
                if path.is_file() and path.stat().st_mtime < moment.timestamp():
                    yield path.relative_to(self.location).as_posix()
            except FileNotFoundError:  # deleted meanwhile
                continue

    def delete_many(self, names: list[str]) -> None:
        """Delete files, several at a time as a disk may take milliseconds for each; one that resists is logged."""
        with ThreadPoolExecutor(DELETED_AT_A_TIME) as pool:
            list(pool.map(self._delete_or_log, names))

    def _delete_or_log(self, name: str) -> None:
        try:
            self.delete(name)
        except OSError:
            logger.exception("file %s could not be deleted", name)


def store() -> Store:
    return cast("Store", default_storage)


def file_store(name: str, content: bytes | File) -> str:
    """Save under `name` (already unique); returns the stored name.

    Raises:
        Outage: `storage_full`; nothing is left behind.
    """
    body: Any = ContentFile(content) if isinstance(content, bytes) else content
    try:
        return default_storage.save(name, body)
    except OSError as error:
        if disk_is_full(error):
            raise storage_full() from error
        raise


def file_fetch(name: str, path: Path) -> Path:
    """Copy what is stored under `name` to `path`, piece by piece; returns the path."""
    with default_storage.open(name) as source, path.open("wb") as target:
        shutil.copyfileobj(source, target, 1 << 20)
    return path


def storage_room_check() -> None:
    """Before work whose result could not be kept. Raises Outage: `storage_full`."""
    if not isinstance(default_storage, FileSystemStorage):
        return  # object stores have no end
    root = Path(default_storage.location)
    root.mkdir(parents=True, exist_ok=True)
    if shutil.disk_usage(root).free < ROOM_BYTES:
        raise storage_full()


def disk_is_full(error: OSError) -> bool:
    return error.errno in (errno.ENOSPC, errno.EDQUOT)


def storage_full() -> Outage:
    """The error that says so."""
    return Outage(
        "storage_full",
        "there is no room for files now; the operator has to make some",
        "сейчас нет места для файлов; его должен освободить оператор",
    )


@contextmanager
def deleted_on_failure(*names: str) -> Iterator[list[str]]:
    """Files, and those whose names are added to the list, go again when the block fails."""
    stored = list(names)
    try:
        yield stored
    except BaseException:
        files_delete(stored)
        raise


def files_delete(names: list[str]) -> None:
    """Delete files; one that is already gone is no error, one that resists is logged."""
    try:
        store().delete_many([name for name in names if name])
    except Unavailable:
        logger.exception("%d files could not be deleted", len(names))


def recording_name(voice_id: uuid.UUID, recording_id: uuid.UUID) -> str:
    return f"recordings/{voice_id}/{recording_id}"


def preview_name(voice_id: uuid.UUID) -> str:
    return f"previews/{voice_id}/{uuid.uuid4().hex}.mp3"


def version_name(voice_id: uuid.UUID, number: int, fingerprint: str) -> str:
    return f"previews/{voice_id}/{number}-{fingerprint}.mp3"


def result_name(job_id: uuid.UUID, attempt: int, extension: str) -> str:
    return f"results/{job_id.hex[:2]}/{job_id}/{attempt}.{extension}"


def upload_name(upload_id: uuid.UUID, part: int | None) -> str:
    return f"uploads/{upload_id}/{uuid.uuid4().hex if part is None else f'{part:06d}'}"


def given_name(job_id: uuid.UUID, role: str) -> str:
    return f"songs/{job_id}/{role}"


def made_name(job_id: uuid.UUID, attempt: int, path: str) -> str:
    """Of one of several files that a job has made."""
    return f"songs/{job_id}/{attempt}/{path}"


def part_name(job_id: uuid.UUID, attempt: int, index: int) -> str:
    return f"parts/{job_id}/{attempt}/{index:05d}"


def take_name(dataset_id: uuid.UUID, take_id: uuid.UUID) -> str:
    return f"takes/{dataset_id}/{take_id}"


def prepared_name(job_id: uuid.UUID, attempt: int, path: str) -> str:
    """Of a file that a job has prepared of a dataset, at `path` of the engine's folder."""
    return f"datasets/{job_id}/{attempt}/{path}"


def checkpoint_file_name(job_id: uuid.UUID, writing: uuid.UUID, path: str) -> str:
    """Of a file at `path` of a training's folder, as it was written once."""
    return f"checkpoints/{job_id}/{writing.hex}/{path}"


def checkpoint_file_path(name: str) -> str:
    """Where it lies in the folder."""
    return name.split("/", 3)[3]


def spoken_name(phrase_id: uuid.UUID | str) -> str:
    return f"spoken/{phrase_id}"
