"""Files: private, named by us, and never half-written."""

import logging
import os
import uuid
from pathlib import Path
from typing import Any

from django.core.files.base import ContentFile, File
from django.core.files.storage import FileSystemStorage, default_storage

logger = logging.getLogger(__name__)


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


def file_store(name: str, content: bytes | File) -> str:
    """Save under `name` (already unique); returns the stored name."""
    body: Any = ContentFile(content) if isinstance(content, bytes) else content
    return default_storage.save(name, body)


def files_delete(names: list[str]) -> None:
    """Delete files; one that is already gone is no error, one that resists is logged."""
    for name in filter(None, names):
        try:
            default_storage.delete(name)
        except OSError:
            logger.exception("file %s could not be deleted", name)


def recording_name(voice_id: uuid.UUID, recording_id: uuid.UUID) -> str:
    return f"recordings/{voice_id}/{recording_id}"


def preview_name(voice_id: uuid.UUID) -> str:
    return f"previews/{voice_id}/{uuid.uuid4().hex}.mp3"


def result_name(job_id: uuid.UUID, attempt: int, extension: str) -> str:
    return f"results/{job_id.hex[:2]}/{job_id}/{attempt}.{extension}"


def part_name(job_id: uuid.UUID, attempt: int, index: int) -> str:
    return f"parts/{job_id}/{attempt}/{index:05d}"


def spoken_name(phrase_id: uuid.UUID | str) -> str:
    return f"spoken/{phrase_id}"
