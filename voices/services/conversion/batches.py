"""Many recordings put in one voice with one setting: each is a job of its own, all of them a batch."""

import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import PurePath
from tempfile import TemporaryFile
from typing import Any, BinaryIO
from uuid import UUID

from django.conf import settings
from django.core.files.base import File
from django.core.files.storage import default_storage
from django.db import transaction

from voices import engine
from voices.batch_files.songs import too_many_songs
from voices.errors import AppError, BadInput
from voices.kinds import CONVERTING
from voices.models import Batch, Job, Upload
from voices.models.stored_file import SOURCE
from voices.owner import Owner
from voices.services.conversion.converting import ConversionWish, with_reference
from voices.services.jobs.batch_flow import batch_advance
from voices.services.jobs.hearing import voices_heard_record
from voices.services.jobs.quotas import quota_take
from voices.services.jobs.turns import queue_room_check
from voices.services.jobs.uploads import upload_remove
from voices.services.jobs.waiting import waiting_place
from voices.services.jobs.webhooks import webhook_attach
from voices.services.sounds.chosen import voice_chosen
from voices.services.sounds.rights import rights_confirmed
from voices.services.sounds.sources import Given, Intake, whole_get
from voices.services.voices.uploads import upload_shown_name
from voices.storage import deleted_on_failure

UNPACKING_SECONDS = 120  # of a processor, for a zip


@dataclass(frozen=True, kw_only=True)
class Songs:
    """Recordings and zips of them: files of the call, and large uploads. `name` is the owner's word."""

    files: Sequence[File] = ()
    uploads: Sequence[UUID] = ()
    name: str = ""


@dataclass
class _Taken:
    """What becomes of them: a job of each, or a word on why there is none; and zips that have served."""

    intakes: list[tuple[int, Intake]] = field(default_factory=list)
    skipped: list[dict[str, Any]] = field(default_factory=list)
    zips: list[Upload] = field(default_factory=list)

    @property
    def next(self) -> int:
        return len(self.intakes) + len(self.skipped) + 1

    @property
    def names(self) -> list[str]:
        """Of what is stored."""
        return [name for _, intake in self.intakes for name in intake.names]

    def skip(self, name: str, code: str) -> None:
        self.skipped.append({"position": self.next, "text": name, "code": code})


@waiting_place()
def conversion_batch_prepare(
    *, owner: Owner, wish: ConversionWish, songs: Songs
) -> Callable[[], Batch]:
    """Check the wish, store all recordings, and give what queues them.

    What a zip has besides recordings, and empty ones, are passed over and told of.

    Args:
        wish: how; what it gives besides a reference is not used.

    Raises:
        AppError: as `conversion_job_prepare`; of a recording its number is `details["item"]`.
        BadInput: `batch_empty`, `damaged_zip`. TooLarge: `batch_too_long`, `zip_too_large`.
        Unavailable: `too_many_waiting`, `queue_full`. QuotaExceeded, Outage: nothing is stored.
    """
    voice, voice_name = voice_chosen(owner=owner, voice=wish.voice, reference=wish.reference)
    engine.conversion_settings_check(wish.settings, ["song"])
    rights = rights_confirmed(wish.rights, earlier=None)
    taken = _Taken()
    with deleted_on_failure() as stored:
        try:
            _take_all(owner, wish, songs, taken)
        finally:
            stored.extend(taken.names)
        if not taken.intakes:
            raise _empty(taken)
    columns = {
        "kind": CONVERTING.name,
        "queue": CONVERTING.queue.name,
        "voice": voice,
        "voice_name": voice_name,
        "params": {"settings": wish.settings, "format": wish.format, "rights": rights},
    }

    def make() -> Batch:
        with deleted_on_failure(*taken.names):
            return _queue(owner, wish, songs.name or _usual_name(songs), taken, columns)

    return make


def _take_all(owner: Owner, wish: ConversionWish, songs: Songs, taken: _Taken) -> None:
    """Store everything; `taken` has what was stored also when something is raised."""
    reference = with_reference(wish).files
    for file in songs.files:
        name = upload_shown_name(file)
        if _is_zip(name):
            _take_zip(owner, file, reference, taken)
        else:
            _take(owner, Given(files={**reference, SOURCE: file}), taken)
    for upload_id in songs.uploads:
        upload, whole = whole_get(owner=owner, upload_id=upload_id)
        if not _is_zip(upload.original_name):
            _take(owner, Given(files=reference, upload=upload_id), taken)
            continue
        with default_storage.open(whole.name) as content:
            _take_zip(owner, content, reference, taken)
        taken.zips.append(upload)


def _take(owner: Owner, given: Given, taken: _Taken) -> None:
    if len(taken.intakes) >= settings.BATCH_SONGS_LIMIT:
        raise too_many_songs(len(taken.intakes) + 1, settings.BATCH_SONGS_LIMIT)
    position = taken.next
    try:
        for file in given.files.values():
            file.seek(0)  # the reference goes to each
        intake = Intake(owner, given)
        intake.store()
    except AppError as error:
        error.en = f"recording {position}: {error.en}"
        error.ru = f"запись {position}: {error.ru}"
        error.details = {**error.details, "item": position}
        raise
    taken.intakes.append((position, intake))


def _take_zip(owner: Owner, content: File, reference: Mapping[str, File], taken: _Taken) -> None:
    room = settings.BATCH_SONGS_LIMIT - len(taken.intakes)
    with (
        _on_disk(content) as archive,
        engine.untrusted_task(
            "voices.batch_files.songs:unpacking_task",
            archive,
            {"items": room, "most_bytes": settings.BATCH_SONGS_LIMIT_BYTES},
            output_bytes=settings.BATCH_SONGS_LIMIT_BYTES,
            seconds=UNPACKING_SECONDS,
        ) as (told, output, _),
    ):
        for member in told["members"]:
            if member["bytes"] is None:
                taken.skip(member["name"], "not_audio")
            elif not member["bytes"]:
                taken.skip(member["name"], "empty_file")
            else:
                with _part(output, member) as file:
                    _take(owner, Given(files={**reference, SOURCE: file}), taken)


@contextmanager
def _on_disk(content: File) -> Iterator[BinaryIO]:
    """A file that a confined process can read."""
    with TemporaryFile() as copy:
        content.seek(0)
        shutil.copyfileobj(content, copy, 1 << 20)
        copy.flush()
        yield copy


@contextmanager
def _part(output: BinaryIO, member: dict[str, Any]) -> Iterator[File]:
    """The next recording out of a zip, as a file of its name."""
    with ExitStack() as opened:
        copy = opened.enter_context(TemporaryFile())
        left = member["bytes"]
        while left and (block := output.read(min(left, 1 << 20))):
            copy.write(block)
            left -= len(block)
        copy.seek(0)
        yield File(copy, name=member["name"])


def _is_zip(name: str) -> bool:
    return PurePath(name).suffix.lower() == ".zip"


def _usual_name(songs: Songs) -> str:
    """That of the only file."""
    only = len(songs.files) == 1 and not songs.uploads
    return upload_shown_name(songs.files[0]) if only else ""


def _empty(taken: _Taken) -> BadInput:
    return BadInput(
        "batch_empty",
        "there is no recording in the batch",
        "в пакете нет записей",
        skipped=taken.skipped,
    )


@transaction.atomic
def _queue(
    owner: Owner, wish: ConversionWish, name: str, taken: _Taken, columns: dict[str, Any]
) -> Batch:
    intakes = [intake for _, intake in taken.intakes]
    queue_room_check(queue=CONVERTING.queue.name, jobs=len(intakes))
    quota_take(
        owner=owner,
        jobs=len(intakes),
        new_bytes=sum(intake.new_bytes for intake in intakes),
        counts_work=CONVERTING.counts_work,
    )
    batch = Batch.objects.create(
        **owner.fields,
        name=" ".join(name.split()),
        source=Batch.Source.SONGS,
        format=wish.format,
        skipped=taken.skipped,
    )
    jobs = Job.objects.bulk_create(
        [
            Job(
                **owner.fields,
                **columns,
                id=intake.job_id,
                name=intake.name,
                batch=batch,
                position=position,
            )
            for position, intake in taken.intakes
        ]
    )
    for intake, job in zip(intakes, jobs, strict=True):
        intake.give(job)
    voices_heard_record(jobs)
    webhook_attach(url=wish.webhook_url, made=batch)
    for upload in taken.zips:
        transaction.on_commit(partial(upload_remove, upload))
    batch_advance(batch_id=batch.pk)
    return batch
