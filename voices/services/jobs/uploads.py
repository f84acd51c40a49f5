"""Large files in parts: begun, sent part by part in any order and again if need be, and put together.

No part is larger than PART_BYTES, and nothing else of a file is ever in memory. What has come is counted
in the owner's bytes from its first part on.
"""

import io
from pathlib import PurePath
from typing import Any
from uuid import UUID

from django.core.files.base import ContentFile, File
from django.core.files.storage import default_storage
from django.db import transaction

from voices.errors import BadInput, Conflict, NotFound
from voices.models import StoredFile, Upload
from voices.models.stored_file import PART, UPLOAD
from voices.owner import Owner
from voices.services.jobs.files import file_keep, files_remove
from voices.services.jobs.quotas import quota_take
from voices.storage import deleted_on_failure, files_delete, storage_room_check, upload_name

PART_BYTES = 4 * 1024 * 1024
SHOWN_PARTS = 20


@transaction.atomic
def upload_start(*, owner: Owner, name: str, size_bytes: int) -> Upload:
    """Raises QuotaExceeded: a file of this size does not fit into what the owner may keep."""
    quota_take(owner=owner, new_bytes=size_bytes)
    return Upload.objects.create(**owner.fields, original_name=name, size_bytes=size_bytes)


def upload_get(*, owner: Owner, upload_id: UUID) -> Upload:
    """Raises NotFound, also when it belongs to somebody else."""
    upload = Upload.objects.filter(owner.q, pk=upload_id).first()
    if upload is None:
        raise NotFound("unknown_upload", "no such upload", "нет такой загрузки")
    return upload


def parts_count(upload: Upload) -> int:
    return -(-upload.size_bytes // PART_BYTES)


def parts_missing(upload: Upload) -> list[int]:
    """Numbers, from 1 on; none when the file is whole."""
    if upload_whole(upload) is not None:
        return []
    names = set(upload.files.filter(role=PART).values_list("name", flat=True))
    numbers = range(1, parts_count(upload) + 1)
    return [number for number in numbers if upload_name(upload.pk, number) not in names]


def upload_whole(upload: Upload) -> StoredFile | None:
    """The file, when all parts have been put together."""
    return upload.files.filter(role=UPLOAD).first()


def upload_part(*, owner: Owner, upload_id: UUID, number: int, content: bytes) -> Upload:
    """Keep a part; one that is there already stays as it is.

    Raises:
        NotFound: `unknown_upload`, `unknown_part`. BadInput: `wrong_part_size`.
        QuotaExceeded: what the owner keeps has grown meanwhile.
        Outage: `storage_full`.
    """
    upload = upload_get(owner=owner, upload_id=upload_id)
    if not 1 <= number <= parts_count(upload):
        raise NotFound(
            "unknown_part",
            f"the file has parts 1 to {parts_count(upload)}",
            f"у файла части с 1 по {parts_count(upload)}",
        )
    expected = min(PART_BYTES, upload.size_bytes - (number - 1) * PART_BYTES)
    if len(content) != expected:
        raise wrong_part_size(expected)
    storage_room_check()
    with deleted_on_failure() as stored, transaction.atomic():
        _part_keep(owner, upload, number, content, stored)
    return upload


def _part_keep(
    owner: Owner, upload: Upload, number: int, content: bytes, stored: list[str]
) -> None:
    locked = Upload.objects.select_for_update().filter(pk=upload.pk).first()
    if locked is None or number not in parts_missing(locked):
        return
    quota_take(owner=owner, new_bytes=len(content))
    name = upload_name(upload.pk, number)
    part = file_keep(content, name=name, role=PART, upload=locked, **owner.fields)
    stored.append(name)
    part.save(force_insert=True)
    locked.save(update_fields=["touched_at"])


def upload_finish(*, owner: Owner, upload_id: UUID) -> Upload:
    """Put the parts together; a second time nothing is done.

    Raises:
        NotFound: `unknown_upload`. Conflict: `upload_incomplete`, with the numbers that are missing.
        Outage: `storage_full`; the parts stay.
    """
    upload = upload_get(owner=owner, upload_id=upload_id)
    if upload_whole(upload) is not None:
        return upload
    if missing := parts_missing(upload):
        raise Conflict(
            "upload_incomplete",
            f"{len(missing)} parts are missing",
            f"не хватает частей: {len(missing)}",
            missing=missing[:SHOWN_PARTS],
        )
    storage_room_check()
    parts = upload.files.filter(role=PART).order_by("name")
    whole = file_keep(
        _joined(list(parts.values_list("name", flat=True)), upload.size_bytes),
        name=upload_name(upload.pk, None),
        role=UPLOAD,
        format=PurePath(upload.original_name).suffix.lower()[1:17],
    )
    if not _whole_put(upload, whole):  # finished by another call, or gone
        files_delete([whole.name])
    return upload_get(owner=owner, upload_id=upload_id)


def _whole_put(upload: Upload, whole: StoredFile) -> bool:
    with transaction.atomic():
        locked = Upload.objects.select_for_update().filter(pk=upload.pk).first()
        if locked is None or upload_whole(locked) is not None:
            return False
        whole.upload, whole.user_id, whole.visitor = locked, locked.user_id, locked.visitor
        whole.save(force_insert=True)
        locked.save(update_fields=["touched_at"])
    files_remove(upload.files.filter(role=PART))
    return True


def upload_delete(*, owner: Owner, upload_id: UUID) -> None:
    """Raises NotFound."""
    upload_remove(upload_get(owner=owner, upload_id=upload_id))


def upload_remove(upload: Upload) -> None:
    """With all that has come of it."""
    names = list(upload.files.values_list("name", flat=True))
    upload.delete()
    files_delete(names)


def wrong_part_size(expected: int) -> BadInput:
    return BadInput(
        "wrong_part_size",
        f"this part has to have {expected} bytes",
        f"в этой части должно быть {expected} байт",
        expected_bytes=expected,
    )


class _Parts(io.RawIOBase):
    """Stored parts read as one file, of which one is open at a time."""

    def __init__(self, names: list[str], size_bytes: int) -> None:
        self._names, self._size_bytes, self._position = names, size_bytes, 0
        self._number = -1
        self._part: File = ContentFile(b"")

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """A store asks for the end first, to know how long it is."""
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._position, io.SEEK_END: self._size_bytes}
        self._position = start[whence] + offset
        return self._position

    def readinto(self, buffer: Any) -> int:
        if self._position >= self._size_bytes:
            return 0
        number, inside = divmod(self._position, PART_BYTES)
        if number != self._number:
            self._part.close()
            self._number, self._part = number, default_storage.open(self._names[number])
        self._part.seek(inside)
        block = self._part.read(len(buffer))
        buffer[: len(block)] = block
        self._position += len(block)
        return len(block)

    def close(self) -> None:
        self._part.close()
        super().close()


def _joined(names: list[str], size_bytes: int) -> File:
    whole = File(io.BufferedReader(_Parts(names, size_bytes)))
    whole.size = size_bytes
    return whole
