"""The folder of a training, kept file by file in the storage: whoever takes the job up next finds it as it was.

    checkpoints/<job>/<writing>/<path in the folder>

A file that changes is written under a new name before the old one goes, so a worker that is lost in between
leaves a whole state behind. All of them are rows of the job, and count among its owner's bytes.
"""

import shutil
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

from django.core.files.base import File
from django.core.files.storage import default_storage
from django.db import transaction

from voices.models import Job, StoredFile
from voices.models.stored_file import CHECKPOINT, SAMPLE, STATE
from voices.services.jobs.files import file_keep, file_save_for, files_remove
from voices.services.jobs.leases import JobLease
from voices.storage import checkpoint_file_name, checkpoint_file_path, deleted_on_failure

NOT_KEPT = (".partial", ".lock")  # being written; of this machine
Written = tuple[int, int]  # when, in nanoseconds, and how long


class TrainingFolder:
    """A worker's copy of it."""

    def __init__(self, lease: JobLease, folder: Path) -> None:
        self.folder = folder
        self._lease = lease
        self._kept: dict[str, Written] = {}

    def restore(self) -> bool:
        """As the job was left. False: there is nothing to go on from; what one that has failed had kept goes."""
        rows = self._rows()
        if not any(stored.role == STATE for stored in rows):
            files_remove(StoredFile.objects.filter(pk__in=[stored.pk for stored in rows]))
            return False
        for stored in rows:
            path = self.folder / checkpoint_file_path(stored.name)
            path.parent.mkdir(parents=True, exist_ok=True)
            with default_storage.open(stored.name) as source, path.open("wb") as target:
                shutil.copyfileobj(source, target)
            self._kept[checkpoint_file_path(stored.name)] = _written(path)
        return True

    def keep(self, role_of: Callable[[str], str]) -> None:
        """Store what is new or has changed, and let go of what is no longer there.

        Args:
            role_of: which role a path has. The state, which tells of the others, is stored after them.

        Raises:
            JobCancelled: the job is no longer ours; nothing is left behind.
        """
        there = {path: _written(self.folder / path) for path in self._paths()}
        changed = [path for path, written in there.items() if self._kept.get(path) != written]
        for path in sorted(changed, key=lambda path: role_of(path) == STATE):
            self._keep_one(path, role_of(path))
            self._kept[path] = there[path]
        gone = [path for path in self._kept if path not in there]
        names = self.names()
        files_remove(StoredFile.objects.filter(name__in=[names.get(path, "") for path in gone]))
        self._kept = there

    def names(self) -> dict[str, str]:
        """In the storage, by paths in the folder."""
        return {checkpoint_file_path(row.name): row.name for row in self._rows()}

    def _keep_one(self, path: str, role: str) -> None:
        with (self.folder / path).open("rb") as content:
            stored = file_keep(
                File(content),
                name=checkpoint_file_name(self._lease.job.pk, uuid.uuid4(), path),
                role=role,
                format=Path(path).suffix[1:17],
            )
        with deleted_on_failure(stored.name):
            before = self._put(stored, path)
        files_remove(StoredFile.objects.filter(pk__in=before))

    @transaction.atomic
    def _put(self, stored: StoredFile, path: str) -> list[uuid.UUID]:
        """Rows of what was there before are returned."""
        self._lease.extend()  # and locks the row
        before = [row.pk for row in self._rows() if checkpoint_file_path(row.name) == path]
        file_save_for(self._lease.job, stored)
        return before

    def _rows(self) -> list[StoredFile]:
        return list(training_files(self._lease.job))

    def _paths(self) -> Iterator[str]:
        for path in sorted(self.folder.rglob("*")):
            if path.is_file() and path.suffix not in NOT_KEPT:
                yield path.relative_to(self.folder).as_posix()


def training_files(job: Job) -> Iterator[StoredFile]:
    """What is kept of its folder."""
    for stored in job.files.all():
        if stored.role.split("-")[0] in (CHECKPOINT, SAMPLE, STATE):
            yield stored


def _written(path: Path) -> Written:
    state = path.stat()
    return state.st_mtime_ns, state.st_size
