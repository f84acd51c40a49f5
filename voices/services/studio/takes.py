"""Recordings of a dataset: sentences read aloud, which are judged at once, and files and zips, which are looked into.

sentence ─ recording ─ a job of a second, waited for ─ accepted, or asked for again with the reason
file, zip ─ a job in the queue of recordings' work ─ how many they are and how long
"""

import shutil
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path, PurePath
from tempfile import TemporaryDirectory
from typing import Any
from uuid import UUID

import numpy as np
from django.core.files.base import File
from django.core.files.storage import default_storage
from django.db import transaction

from voices import engine
from voices.errors import AppError, BadInput, Conflict, JobCancelled, NotFound
from voices.kinds import CONVERSION, TAKE_CHECK
from voices.models import Dataset, Job, StoredFile, Take
from voices.models.stored_file import TAKE
from voices.owner import Owner
from voices.selectors.datasets import dataset_get, take_get
from voices.services.jobs.endings import job_succeed
from voices.services.jobs.files import file_keep, files_remove
from voices.services.jobs.jobs import job_cancel, job_create, job_wait
from voices.services.jobs.leases import JobLease
from voices.services.jobs.quotas import dataset_seconds_check, quota_take
from voices.services.jobs.uploads import upload_get, upload_whole
from voices.services.jobs.waiting import waiting_place
from voices.services.studio.datasets import dataset_changed, dataset_locked
from voices.services.voices.uploads import upload_shown_name, uploads_check
from voices.storage import deleted_on_failure, files_delete, take_name

SENTENCE_CHARACTERS = 400
TRANSCRIPT_FORMATS = ("txt", "srt", "vtt")
NEVER_TAKEN = {"other_voice", "no_speech"}  # reasons that nobody's word outweighs


@waiting_place()
def reading_add(*, owner: Owner, dataset_id: UUID, sentence: str, upload: File | None) -> Take:
    """A sentence read aloud; returns when it is judged. One that cannot be judged leaves nothing behind.

    Raises:
        NotFound; BadInput: `recording_required`, `empty_file`, `sentence_required`.
        TooLarge, UnsupportedMedia, Unusable: a recording that cannot be judged.
        Conflict: `dataset_preparing`. QuotaExceeded. Unavailable, TimedOut: no worker judged it in time.
    """
    sentence = " ".join(sentence.split())
    if not any(letter.isalpha() for letter in sentence):
        raise BadInput(
            "sentence_required",
            "say which sentence is read",
            "укажите, какое предложение прочитано",
        )
    upload = _given(upload)
    take = Take(is_reading=True, text=sentence, original_name=upload_shown_name(upload))
    job = _keep(owner, dataset_id, take, upload)
    try:
        job_wait(job_id=job.pk)
    except AppError:
        with suppress(NotFound):  # removed meanwhile, with its dataset
            job_cancel(owner=owner, job_id=job.pk)  # and the take
        raise
    return take_get(owner=owner, dataset_id=dataset_id, take_id=take.pk)


def recording_add(
    *,
    owner: Owner,
    dataset_id: UUID,
    upload: File | None,
    transcript: str = "",
    text_format: str = "",
) -> Take:
    """A file of any length, or a zip of many; a worker looks into it.

    Args:
        transcript: what is said in it, plain or as subtitles.
        text_format: of TRANSCRIPT_FORMATS.

    Raises:
        NotFound; BadInput: `recording_required`, `empty_file`. Conflict: `dataset_preparing`. QuotaExceeded.
        TooLarge: send it in parts.
    """
    upload = _given(upload)
    take = _of_file(upload_shown_name(upload), transcript, text_format)
    _keep(owner, dataset_id, take, upload)
    return take_get(owner=owner, dataset_id=dataset_id, take_id=take.pk)


@transaction.atomic
def upload_add(
    *, owner: Owner, dataset_id: UUID, upload_id: UUID, transcript: str = "", text_format: str = ""
) -> Take:
    """The same of a large file that was sent in parts and is whole.

    Raises:
        NotFound, `unknown_upload` too; Conflict: `upload_incomplete`, `dataset_preparing`. QuotaExceeded.
    """
    upload = upload_get(owner=owner, upload_id=upload_id)
    whole = upload_whole(upload)
    if whole is None:
        raise Conflict("upload_incomplete", "finish the upload first", "сначала завершите загрузку")
    dataset = _open_dataset(owner, dataset_id)
    take = _of_file(upload.original_name, transcript, text_format)
    whole.upload, whole.dataset, whole.role = None, dataset, TAKE
    whole.save(update_fields=["upload", "dataset", "role"])
    upload.delete()
    take.dataset, take.stored = dataset, whole
    take.save(force_insert=True)
    _check_queue(owner, dataset, take)
    return take


def take_accept(*, owner: Owner, dataset_id: UUID, take_id: UUID) -> Take:
    """Take a refused sentence after all: the person has heard it and finds it right.

    Raises:
        NotFound; Conflict: `take_not_refused`, `take_unusable`, `dataset_preparing`.
    """
    take = take_get(owner=owner, dataset_id=dataset_id, take_id=take_id)
    if {reason["code"] for reason in take.reasons} & NEVER_TAKEN:
        raise Conflict(
            "take_unusable",
            "this recording cannot serve; read the sentence again",
            "эта запись не подойдёт; прочтите предложение ещё раз",
        )
    with transaction.atomic():
        _open_dataset(owner, dataset_id)
        refused = Take.objects.filter(pk=take.pk, state=Take.State.REFUSED)
        if not refused.update(state=Take.State.ACCEPTED):
            raise Conflict(
                "take_not_refused",
                "only a recording that was refused can be taken after all",
                "принять можно только отклонённую запись",
            )
    return take_get(owner=owner, dataset_id=dataset_id, take_id=take_id)


def take_delete(*, owner: Owner, dataset_id: UUID, take_id: UUID) -> None:
    """Raises NotFound; Conflict: `dataset_preparing`."""
    take = take_get(owner=owner, dataset_id=dataset_id, take_id=take_id)
    with transaction.atomic():
        _open_dataset(owner, dataset_id)
        StoredFile.objects.filter(pk=take.stored_id).delete()  # and the take
    files_delete([take.stored.name])


def _given(upload: File | None) -> File:
    uploads = [] if upload is None else [upload]
    uploads_check(uploads)
    return uploads[0]


def _of_file(name: str, transcript: str, text_format: str) -> Take:
    return Take(original_name=name, text=transcript.strip(), text_format=text_format)


def _keep(owner: Owner, dataset_id: UUID, take: Take, upload: File) -> Job:
    """Store the file and have it checked."""
    dataset_get(owner=owner, dataset_id=dataset_id)  # before the file is stored
    stored = file_keep(
        upload,
        name=take_name(dataset_id, take.pk),
        role=TAKE,
        format=PurePath(take.original_name).suffix.lower()[1:17],
        **owner.fields,
    )
    with deleted_on_failure(stored.name), transaction.atomic():
        dataset = _open_dataset(owner, dataset_id)
        quota_take(owner=owner, new_bytes=stored.size_bytes)
        dataset_seconds_check(owner=owner)
        stored.dataset = dataset
        stored.save(force_insert=True)
        take.dataset, take.stored = dataset, stored
        take.save(force_insert=True)
        return _check_queue(owner, dataset, take)


def _open_dataset(owner: Owner, dataset_id: UUID) -> Dataset:
    """Locked, and told that its recordings change."""
    dataset = dataset_locked(owner=owner, dataset_id=dataset_id)
    dataset_changed(dataset)
    dataset.save()
    return dataset


def _check_queue(owner: Owner, dataset: Dataset, take: Take) -> Job:
    return job_create(
        owner=owner,
        kind=TAKE_CHECK,
        voice=dataset.voice,
        queue=None if take.is_reading else CONVERSION,
        params={"dataset": str(dataset.pk), "take": str(take.pk)},
    )


def take_work(lease: JobLease) -> None:
    """Judge a sentence, or look into a file, in the worker.

    Raises:
        AppError: the sentence cannot be judged.
        JobCancelled: the job or the recording is gone.
    """
    rows = Take.objects.filter(pk=lease.job.params["take"])
    take = rows.select_related("stored", "dataset__voice__active_version").first()
    if take is None:
        raise JobCancelled
    _judge(lease, take) if take.is_reading else _look_into(lease, take)


def _judge(lease: JobLease, take: Take) -> None:
    lease.progress(0, 1, "listening")
    with default_storage.open(take.stored.name) as stored:
        content = stored.read()
    found = engine.check_take(content, sentence=take.text, reader=reader_of(take.dataset))
    state = Take.State.REFUSED if found.reasons else Take.State.ACCEPTED
    _finish(
        lease,
        take,
        state=state,
        reasons=found.reasons,
        checks=found.figures,
        embedding=found.embedding,
        seconds=found.seconds,
    )


def _look_into(lease: JobLease, take: Take) -> None:
    """A file that cannot serve stays with the reason: nobody waits for the answer."""
    dataset = take.dataset
    owner = Owner(user_id=dataset.user_id, visitor=dataset.visitor)
    try:
        with TemporaryDirectory(prefix="take-") as folder:
            path = fetched(take, Path(folder), PurePath(take.original_name).suffix[:17])
            found = engine.measure_recordings(path, lease.progress)
        dataset_seconds_check(owner=owner, new_seconds=found.seconds)
    except AppError as error:
        if error.retryable:
            raise
        reason = {"code": error.code, "en": error.en, "ru": error.ru}
        _finish(lease, take, state=Take.State.REFUSED, reasons=[reason], seconds=None)
        return
    _finish(
        lease,
        take,
        state=Take.State.ACCEPTED,
        reasons=[found.reason] if found.reason else [],
        checks={"with_text": found.with_text, "refused": found.refused},
        seconds=found.seconds,
        recordings=found.recordings,
    )


def fetched(take: Take, folder: Path, suffix: str, stem: str = "recording") -> Path:
    """The recording as a file here."""
    path = folder / f"{stem}{suffix}"
    with default_storage.open(take.stored.name) as source, path.open("wb") as target:
        shutil.copyfileobj(source, target, 1 << 20)
    return path


def reader_of(dataset: Dataset) -> list[float] | None:
    """The d-vector of who reads: of what was accepted so far, else of the voice."""
    accepted = dataset.takes.filter(state=Take.State.ACCEPTED, is_reading=True)
    vectors = [one for one in accepted.values_list("embedding", flat=True) if one]
    if vectors:
        return [float(value) for value in np.mean(vectors, axis=0)]
    embedding: list[float] | None = dataset.voice.profile.get("embedding")
    return embedding


@transaction.atomic
def _finish(lease: JobLease, take: Take, **values: Any) -> None:
    dataset = Dataset.objects.select_for_update(of=("self",)).filter(pk=take.dataset_id).first()
    job_succeed(lease, done=values.get("recordings", 1))
    if dataset is None or not Take.objects.filter(pk=take.pk).update(**values):
        raise JobCancelled
    StoredFile.objects.filter(pk=take.stored_id).update(seconds=values["seconds"])
    if take.is_reading and values["state"] == Take.State.ACCEPTED:
        again = Take.objects.filter(dataset=dataset, text=take.text, state=Take.State.REFUSED)
        files = StoredFile.objects.filter(take__in=again)
        transaction.on_commit(lambda: files_remove(files), robust=True)


def take_undo(jobs: Sequence[Job]) -> list[str]:
    """Recordings that were never judged go."""
    asked = [job.params["take"] for job in jobs]
    files = StoredFile.objects.filter(take__in=asked, take__state=Take.State.CHECKING)
    names = list(files.values_list("name", flat=True))
    files.delete()
    return names
