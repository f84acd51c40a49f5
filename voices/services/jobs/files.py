"""Files and the rows that tell of them."""

import hashlib
from typing import Any

from django.core.files.base import ContentFile, File
from django.db.models import QuerySet

from voices.models import Job, StoredFile
from voices.storage import file_store, files_delete


def file_keep(content: bytes | File, *, name: str, role: str, **facts: Any) -> StoredFile:
    """Store a file. Whoever asks for it saves the row, or deletes the file again.

    Raises:
        Outage: `storage_full`; nothing is left behind.
    """
    body = ContentFile(content) if isinstance(content, bytes) else content
    size_bytes, digest = 0, hashlib.sha256()
    for block in body.chunks():
        digest.update(block)
        size_bytes += len(block)
    sha256 = digest.hexdigest()
    file_store(name, body)
    return StoredFile(name=name, role=role, size_bytes=size_bytes, sha256=sha256, **facts)


def file_save_for(job: Job, stored: StoredFile) -> None:
    """Save a job's file, within a transaction that has locked the job: its owner of now is the file's."""
    stored.job = job
    stored.user_id, stored.visitor = Job.objects.values_list("user_id", "visitor").get(pk=job.pk)
    stored.save(force_insert=True)


def files_remove(rows: QuerySet[StoredFile]) -> None:
    """Rows first: a file without one is found by the sweeper, a row without a file would be a lost sound."""
    names = list(rows.values_list("name", flat=True))
    rows.delete()
    files_delete(names)
