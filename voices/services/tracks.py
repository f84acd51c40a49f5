"""The subtitles of a batch on one track, each beginning at its time."""

import hashlib
import tempfile
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any, BinaryIO

from django.conf import settings
from django.core.files.base import File
from django.core.files.storage import default_storage
from django.db import transaction

from voices import engine
from voices.audio_formats import SUFFIXES
from voices.errors import JobCancelled, NotFound
from voices.models import Batch, Job, Result
from voices.selectors.batches import batch_jobs
from voices.services.endings import job_end
from voices.services.leases import JobLease
from voices.services.orders import speech_order
from voices.services.speech import FOLLOWED_SPEEDS, speech_title
from voices.storage import file_store, files_delete, result_name

MOST_FASTER = 1.6  # times the speed asked for; beyond that people stop following
MARGIN = 1.03  # a pause between sentences does not shrink with the speed
TRIES = 2
BLOCK_BYTES = 1024 * 1024


@dataclass(frozen=True)
class _Place:
    """A subtitle and the time it has until the next one."""

    job: Job
    start_seconds: float
    room_seconds: float | None


def track_work(lease: JobLease) -> None:
    """Put what was said of the batch on its track; the batch keeps a note of what did not fit.

    Raises:
        NotFound: not one subtitle was said.
        JobCancelled: the job is no longer ours.
    """
    job = lease.job
    if job.batch is None:
        raise JobCancelled
    places = _places(job.batch)
    audio_format, notes = job.params["format"], []
    # as large as a day of sound: not in /tmp, which may be memory
    with tempfile.TemporaryFile(dir=settings.VAR_DIR) as stream:
        with engine.track_opened(stream, audio_format) as track:
            for done, place in enumerate(places, start=1):
                notes += _placed(track, place)
                lease.progress(done, len(places))
            seconds = track.seconds
        title = speech_title(job.batch.name or places[0].job.text)
        engine.tag(stream, audio_format, title=title, voice=places[0].job.voice_name)
        lease.check()
        name = result_name(job.pk, lease.attempt, SUFFIXES[audio_format])
        digest, size_bytes = _sha256(stream), stream.tell()
        stream.seek(0)
        file_store(name, File(stream))
    result = Result(
        job=job,
        file=name,
        format=audio_format,
        size_bytes=size_bytes,
        seconds=round(seconds, 3),
        sha256=digest,
    )
    try:
        _finish(lease, result, job.batch, notes, total=len(places))
    except BaseException:
        files_delete([name])
        raise


@transaction.atomic
def _finish(
    lease: JobLease, result: Result, batch: Batch, notes: list[dict[str, Any]], *, total: int
) -> None:
    ended = job_end(
        rows=lease.row,
        status=Job.Status.SUCCEEDED,
        job=lease.job,
        sentences_done=total,
        sentences_total=total,
    )
    if not ended:
        raise JobCancelled
    result.save(force_insert=True)
    Batch.objects.filter(pk=batch.pk).update(track_notes=notes)


def _sha256(stream: BinaryIO) -> str:
    stream.seek(0)
    digest = hashlib.sha256()
    while block := stream.read(BLOCK_BYTES):
        digest.update(block)
    return digest.hexdigest()


def _places(batch: Batch) -> list[_Place]:
    jobs = list(batch_jobs(batch).filter(kind=Job.Kind.SPEECH))
    if not any(hasattr(job, "result") for job in jobs):
        raise NotFound("nothing_said", "not one subtitle was said", "ни один субтитр не произнесён")
    starts = [job.params["start_seconds"] for job in jobs]
    rooms = [later - start for start, later in pairwise(starts)]
    return [_Place(*row) for row in zip(jobs, starts, [*rooms, None], strict=True)]


def _placed(track: Any, place: _Place) -> list[dict[str, Any]]:
    """The note on it, if there is something to say."""
    note = {
        "position": place.job.position,
        "start_seconds": place.start_seconds,
        "room_seconds": None if place.room_seconds is None else round(place.room_seconds, 3),
        "speed": None,
        "cut_seconds": 0.0,
        "missing": False,
    }
    result = getattr(place.job, "result", None)
    if result is None or not default_storage.exists(result.file):
        return [{**note, "missing": True}]
    audio, speed = _fitting(place, result)
    cut = track.place(audio, start_seconds=place.start_seconds, room_seconds=place.room_seconds)
    if speed is None and cut < 0.001:
        return []
    return [{**note, "speed": speed, "cut_seconds": round(cut, 3)}]


def _fitting(place: _Place, result: Result) -> tuple[Any, float | None]:
    """The subtitle's sound, said anew and faster if it is longer than its room; and that speed."""
    with default_storage.open(result.file) as stored:
        audio = engine.decode(stored.read(), result.format)
    asked: float = place.job.params["speed"]
    fastest = max(asked, min(asked * MOST_FASTER, FOLLOWED_SPEEDS[1]))
    speed, used = asked, None
    for _ in range(TRIES):
        room = place.room_seconds
        if room is None or audio.seconds <= room or speed >= fastest:
            break
        speed = min(speed * audio.seconds / room * MARGIN, fastest)
        audio = engine.speak(replace(speech_order(place.job), speed=speed))
        used = round(speed, 3)
    return audio, used
