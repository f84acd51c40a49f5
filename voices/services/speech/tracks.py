"""The subtitles of a batch on one track, each beginning at its time."""

import tempfile
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

from django.conf import settings
from django.core.files.base import File
from django.core.files.storage import default_storage
from django.db import transaction

from voices import engine
from voices.audio_formats import SUFFIXES
from voices.errors import JobCancelled, NotFound
from voices.kinds import SAYING
from voices.models import Batch, Job, StoredFile
from voices.models.stored_file import RESULT
from voices.selectors.batches import batch_jobs
from voices.services.jobs.endings import job_succeed
from voices.services.jobs.files import file_keep, file_save_for
from voices.services.jobs.leases import JobLease
from voices.services.jobs.pauses import job_pause, somebody_waits
from voices.services.speech.orders import speech_order
from voices.services.speech.speech import speech_title
from voices.storage import deleted_on_failure, file_store, files_delete, part_name, result_name

MOST_FASTER = 1.6  # times the speed asked for; beyond that people stop following
MARGIN = 1.03  # a pause between sentences does not shrink with the speed
TRIES = 2
KEPT_FORMAT = "flac"
SPEEDS = "fitted_speeds"  # of the job's params


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
        JobPaused: it lets others by.
    """
    job = lease.job
    if job.batch is None:
        raise JobCancelled
    places, fits = _places(job.batch), _Fits(lease)
    audio_format, notes = job.params["format"], []
    # as large as a day of sound: not in /tmp, which may be memory
    with tempfile.TemporaryFile(dir=settings.VAR_DIR) as stream:
        with engine.track_opened(stream, audio_format) as track:
            for done, place in enumerate(places, start=1):
                notes += _placed(track, place, fits)
                lease.progress(done, len(places))
            seconds = track.seconds
        title = speech_title(job.batch.name or places[0].job.text)
        engine.tag(stream, audio_format, title=title, voice=places[0].job.voice_name)
        lease.check()
        result = file_keep(
            File(stream),
            name=result_name(job.pk, lease.attempt, SUFFIXES[audio_format]),
            role=RESULT,
            format=audio_format,
            seconds=round(seconds, 3),
        )
    with deleted_on_failure(result.name):
        _finish(lease, result, job.batch, notes, total=len(places))
    fits.delete()


@transaction.atomic
def _finish(
    lease: JobLease, result: StoredFile, batch: Batch, notes: list[dict[str, Any]], *, total: int
) -> None:
    job_succeed(lease, done=total, parts_ready=0)
    file_save_for(lease.job, result)
    Batch.objects.filter(pk=batch.pk).update(track_notes=notes)


def _places(batch: Batch) -> list[_Place]:
    jobs = list(batch_jobs(batch).filter(kind=SAYING.name))
    if not any(job.result for job in jobs):
        raise NotFound("nothing_said", "not one subtitle was said", "ни один субтитр не произнесён")
    starts = [job.params["start_seconds"] for job in jobs]
    rooms = [later - start for start, later in pairwise(starts)]
    return [_Place(*row) for row in zip(jobs, starts, [*rooms, None], strict=True)]


def _placed(track: Any, place: _Place, fits: "_Fits") -> list[dict[str, Any]]:
    """The note on it, if there is something to say."""
    note = {
        "position": place.job.position,
        "start_seconds": place.start_seconds,
        "room_seconds": None if place.room_seconds is None else round(place.room_seconds, 3),
        "speed": None,
        "cut_seconds": 0.0,
        "missing": False,
    }
    result = place.job.result
    if result is None or not default_storage.exists(result.name):
        return [{**note, "missing": True}]
    audio, speed = fits.fitting(place, result)
    cut = track.place(audio, start_seconds=place.start_seconds, room_seconds=place.room_seconds)
    if speed is None and cut < 0.001:
        return []
    return [{**note, "speed": speed, "cut_seconds": round(cut, 3)}]


class _Fits:
    """Sounds that fit into their room. Those that had to be said anew, which takes long, are kept as parts
    of the job: between two of them it lets others by.
    """

    def __init__(self, lease: JobLease) -> None:
        self._lease = lease
        self._speeds: list[float] = lease.job.params.get(SPEEDS, [])[: lease.job.parts_ready]
        self._known = len(self._speeds)
        self._next = 0

    def fitting(self, place: _Place, result: StoredFile) -> tuple[Any, float | None]:
        """The subtitle's sound, said anew and faster if it is longer than its room; and that speed."""
        with default_storage.open(result.name) as stored:
            audio = engine.decode(stored.read(), result.format)
        if place.room_seconds is None or audio.seconds <= place.room_seconds:
            return audio, None
        if place.job.params["speed"] >= _fastest(place):
            return audio, None
        index, self._next = self._next, self._next + 1
        if index < self._known:
            with default_storage.open(self._name(index)) as stored:
                return engine.decode(stored.read(), KEPT_FORMAT), self._speeds[index]
        if index > self._known and somebody_waits(self._lease):
            job_pause(self._lease)
        audio, speed = _said_faster(place, audio)
        self._keep(index, audio, speed)
        return audio, speed

    def delete(self) -> None:
        """The track is made."""
        files_delete([self._name(index) for index in range(self._next)])

    def _keep(self, index: int, audio: Any, speed: float) -> None:
        self._speeds.append(speed)
        name = file_store(self._name(index), engine.encode(audio, KEPT_FORMAT))
        with deleted_on_failure(name):
            self._lease.kept(index + 1, **{SPEEDS: self._speeds})

    def _name(self, index: int) -> str:
        return part_name(self._lease.job.pk, self._lease.attempt, index)


def _fastest(place: _Place) -> float:
    asked: float = place.job.params["speed"]
    return max(asked, min(asked * MOST_FASTER, engine.FOLLOWED_SPEEDS[1]))


def _said_faster(place: _Place, audio: Any) -> tuple[Any, float]:
    speed, fastest, room = place.job.params["speed"], _fastest(place), place.room_seconds or 0.0
    for _ in range(TRIES):
        if audio.seconds <= room or speed >= fastest:
            break
        speed = min(speed * audio.seconds / room * MARGIN, fastest)
        audio = engine.speak(replace(speech_order(place.job), speed=speed))
    return audio, round(speed, 3)
