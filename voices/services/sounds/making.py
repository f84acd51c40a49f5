"""What all that makes or hears songs has in common in the worker: progress, and their files kept at the end."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from django.core.files.base import File
from django.db import transaction

from voices.audio_formats import MEDIA_TYPES
from voices.models import StoredFile
from voices.services.jobs.endings import job_succeed
from voices.services.jobs.files import file_keep, file_save_for
from voices.services.jobs.leases import JobLease
from voices.services.jobs.quotas import usage_audio_add
from voices.storage import deleted_on_failure, made_name


def told_of(lease: JobLease) -> Callable[[float, float, str], None]:
    """Hears how far the engine is; raises when the job is no longer ours or the worker has to stop."""

    def told(done: float, total: float, stage: str) -> None:
        lease.progress(round(done), max(round(total), 1), stage)

    return told


def files_finish(
    lease: JobLease, files: Mapping[str, Path], *, seconds: float, **params: Any
) -> None:
    """Keep what was made, by role, and end the job with it.

    Args:
        seconds: of its sounds.
        params: what the job is to tell of them.

    Raises:
        JobCancelled: the job is no longer ours; nothing is left behind.
    """
    lease.progress(0, len(files), "storing")
    with deleted_on_failure() as names:
        kept: list[StoredFile] = []
        for done, (role, path) in enumerate(files.items(), start=1):
            kept.append(_kept(lease, role, path, seconds))
            names.append(kept[-1].name)
            lease.progress(done, len(files), "storing")
        _finish(lease, kept, seconds, params)


def _kept(lease: JobLease, role: str, path: Path, seconds: float) -> StoredFile:
    suffix = path.suffix[1:]
    name = made_name(lease.job.pk, lease.attempt, f"{role}.{suffix}")
    is_sound = suffix in MEDIA_TYPES
    with path.open("rb") as content:
        return file_keep(
            File(content),
            name=name,
            role=role,
            format=suffix,
            seconds=round(seconds, 3) if is_sound else None,
        )


@transaction.atomic
def _finish(
    lease: JobLease, files: list[StoredFile], seconds: float, params: dict[str, Any]
) -> None:
    job_succeed(lease, done=len(files), params={**lease.job.params, **params})
    for stored in files:
        file_save_for(lease.job, stored)
    usage_audio_add(job=lease.job, seconds=seconds)
