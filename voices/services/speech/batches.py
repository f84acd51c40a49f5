"""Batches: many texts checked and queued together, cancelled and removed together."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import partial
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from voices import engine
from voices.batch_files import BatchText
from voices.errors import AppError, BadInput, Conflict, TooLarge
from voices.kinds import BATCH, SAYING, TRACK
from voices.models import Batch, Job, StoredFile
from voices.owner import Owner
from voices.selectors.batches import batch_get
from voices.services.jobs.batch_flow import batch_advance
from voices.services.jobs.hearing import voices_heard_record
from voices.services.jobs.jobs import chunks_delete, job_part_files
from voices.services.jobs.quotas import quota_take
from voices.services.jobs.turns import queue_room_check
from voices.services.jobs.waiting import waiting_place
from voices.services.jobs.webhooks import webhook_attach, webhook_due
from voices.services.speech.speech import SpeechPlanner, SpeechWish
from voices.storage import files_delete

SHOWN_CHARACTERS = 80
# found in a file, such a text is passed over and told of; sent by a program, it is an error
_NOT_SPEECH = {"nothing_to_say", "empty_text"}


@dataclass(frozen=True, kw_only=True)
class BatchWish:
    """What is the same for all texts: the wish's own text is not used. `name` is the owner's word."""

    speech: SpeechWish
    name: str = ""
    webhook_url: str = ""


def batch_prepare(*, owner: Owner, wish: BatchWish, texts: list[BatchText]) -> Callable[[], Batch]:
    """Check many texts, and give what queues them: all of them can be said, or nothing is stored.

    Raises, now or when they are queued:
        AppError: the first text that cannot serve; its number is `details["item"]`.
        QuotaExceeded: the owner may not have this much.
        BadInput: `batch_empty`. TooLarge: `batch_too_long`. Unavailable: `queue_full`.
    """
    _check_amount(items=len(texts), characters=sum(len(item.text) for item in texts))
    rows = _planned(owner, wish.speech, texts, skipped=None)
    return partial(_queue, owner, wish, rows, source=Batch.Source.TEXTS, skipped=[])


@waiting_place()
def batch_prepare_from_file(
    *, owner: Owner, wish: BatchWish, content: bytes, file_name: str, split: str
) -> Callable[[], Batch]:
    """The same for a file; what cannot be said in it (a line of asterisks) is passed over and told of.

    Raises:
        AppError: as `batch_prepare` and `read_batch_file`; Unusable: `file_too_costly`.
        Unavailable: `too_many_waiting`.
    """
    if len(content) > settings.BATCH_FILE_LIMIT_BYTES:
        megabytes = settings.BATCH_FILE_LIMIT_BYTES // (1024 * 1024)
        raise TooLarge(
            "batch_file_too_large",
            f"the file is larger than {megabytes} MB",
            f"файл больше {megabytes} МБ",
            limit_bytes=settings.BATCH_FILE_LIMIT_BYTES,
        )
    read = engine.read_untrusted(
        "voices.batch_files:reading_task",
        content,
        {
            "file_name": file_name,
            "split": split,
            "items": settings.BATCH_ITEMS_LIMIT,
            "characters": settings.BATCH_TEXT_LIMIT,
        },
    )
    _check_amount(items=read["items"], characters=read["characters"])
    texts = [BatchText(**text) for text in read["texts"]]
    skipped: list[dict[str, Any]] = []
    rows = _planned(owner, wish.speech, texts, skipped=skipped)
    source = Batch.Source(read["kind"])
    return partial(_queue, owner, wish, rows, source=source, skipped=skipped)


def batch_cancel(*, owner: Owner, batch_id: UUID) -> Batch:
    """Stop what waits and runs; what is made stays.

    Raises:
        NotFound: no such batch of this owner.
    """
    batch = batch_get(owner=owner, batch_id=batch_id)
    now = timezone.now()
    with transaction.atomic():
        running = Batch.objects.filter(pk=batch.pk, status=Batch.Status.RUNNING)
        if running.update(status=Batch.Status.CANCELLED, finished_at=now):
            Job.objects.filter(batch=batch, status__in=Job.ACTIVE).update(
                status=Job.Status.CANCELLED, finished_at=now, lease_expires_at=None
            )
            transaction.on_commit(partial(webhook_due, batch_id=batch.pk), robust=True)
    chunks_delete(Job.objects.filter(parent__batch=batch).exclude(parent__status__in=Job.ACTIVE))
    return batch_get(owner=owner, batch_id=batch_id)


def batch_delete(*, owner: Owner, batch_id: UUID) -> None:
    """Remove a finished batch with all its sounds.

    Raises:
        NotFound: no such batch of this owner.
        Conflict: it still runs.
    """
    batch = batch_get(owner=owner, batch_id=batch_id)
    names = list(StoredFile.objects.filter(job__batch=batch).values_list("name", flat=True))
    names += [name for job in batch.jobs.all() for name in job_part_files(job)]
    finished = Batch.objects.filter(pk=batch.pk).exclude(status=Batch.Status.RUNNING)
    if not finished.delete()[0]:
        raise Conflict("batch_running", "cancel the batch first", "сначала отмените пакет")
    files_delete(names)


def _check_amount(*, items: int, characters: int) -> None:
    if not items:
        raise BadInput("batch_empty", "there is no text in the batch", "в пакете нет текстов")
    limit = settings.BATCH_ITEMS_LIMIT
    if items > limit:
        raise TooLarge(
            "batch_too_long",
            f"the batch has {items} texts, the limit is {limit}",
            f"в пакете {items} текстов, предел — {limit}",
            limit=limit,
            items=items,
        )
    limit = settings.BATCH_TEXT_LIMIT
    if characters > limit:
        raise TooLarge(
            "batch_too_long",
            f"the batch has {characters} characters, the limit is {limit}",
            f"в пакете {characters} знаков, предел — {limit}",
            limit=limit,
            characters=characters,
        )


def _planned(
    owner: Owner,
    common: SpeechWish,
    texts: Iterable[BatchText],
    *,
    skipped: list[dict[str, Any]] | None,
) -> list[dict[str, Any]]:
    """Columns of the jobs; positions count the texts as they were given, from 1."""
    planner, rows = SpeechPlanner(owner), []
    for position, item in enumerate(texts, start=1):
        wish = replace(common, text=item.text, voice=item.voice or common.voice)
        try:
            values = planner.job_values(wish, text_limit=settings.JOB_TEXT_LIMIT)
        except AppError as error:
            if skipped is not None and error.code in _NOT_SPEECH:
                shown = item.text[:SHOWN_CHARACTERS]
                skipped.append({"position": position, "text": shown, "code": error.code})
                continue
            raise _of_item(error, position) from error
        if item.start_seconds is not None:
            values["params"]["start_seconds"] = item.start_seconds
            values["params"]["end_seconds"] = item.end_seconds
        rows.append({**values, "position": position, "name": item.name})
    return rows


def _of_item(error: AppError, position: int) -> AppError:
    error.en = f"text {position}: {error.en}"
    error.ru = f"текст {position}: {error.ru}"
    error.details = {**error.details, "item": position}
    return error


@transaction.atomic
def _queue(
    owner: Owner,
    wish: BatchWish,
    rows: list[dict[str, Any]],
    *,
    source: Batch.Source,
    skipped: list[dict[str, Any]],
) -> Batch:
    if not rows:
        raise BadInput("batch_empty", "there is no text in the batch", "в пакете нет текстов")
    queue_room_check(queue=BATCH.name, jobs=len(rows))
    quota_take(owner=owner, jobs=len(rows), characters=sum(len(row["text"]) for row in rows))
    batch = Batch.objects.create(
        **owner.fields, name=wish.name, source=source, format=wish.speech.format, skipped=skipped
    )
    jobs = Job.objects.bulk_create(
        [
            Job(**owner.fields, **row, kind=SAYING.name, queue=BATCH.name, batch=batch)
            for row in rows
        ]
    )
    is_track = source == Batch.Source.SRT
    track = _track_queue(owner, batch, params={"format": wish.speech.format}) if is_track else None
    voices_heard_record(jobs, track=track)
    webhook_attach(url=wish.webhook_url, made=batch)
    batch_advance(batch_id=batch.pk)
    return batch


def _track_queue(owner: Owner, batch: Batch, *, params: dict[str, Any]) -> Job:
    """Its turn comes when all subtitles are said."""
    last = batch.jobs.order_by("-position").values_list("position", flat=True)[0]
    return Job.objects.create(
        **owner.fields,
        kind=TRACK.name,
        queue=BATCH.name,
        batch=batch,
        position=(last or 0) + 1,
        name=batch.name.rsplit(".", 1)[0],
        params=params,
    )
