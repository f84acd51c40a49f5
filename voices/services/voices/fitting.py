"""Fitted voices: what was measured of a voice at once is moved, in the background, until it sounds like its recordings.

    recordings ─ enrolment ─ version "instant", which speaks
                    └─ fitting, a minute ─ version "fitted", which speaks from then on if it measures better

Begun by itself where the operator has set FIT_VOICES, else when its owner asks. Where no worker serves the queue of
trainings, voices stay as they were measured.
"""

import logging
from collections.abc import Sequence
from uuid import UUID

from django.conf import settings
from django.core.files.storage import default_storage
from django.db import transaction

from voices import engine
from voices.errors import Conflict, JobCancelled, QuotaExceeded, Unavailable
from voices.kinds import FITTING
from voices.models import Job, Recording, Voice, VoiceVersion
from voices.models.voice_version import FITTED, INSTANT
from voices.owner import Owner
from voices.selectors.health import workers_alive
from voices.selectors.voices import fitting_jobs, voice_own_get
from voices.services.jobs.endings import job_end, job_succeed
from voices.services.jobs.jobs import job_create
from voices.services.jobs.leases import JobLease
from voices.services.voices.versions import voice_version_add

logger = logging.getLogger(__name__)

RECORDINGS_HEARD = 3  # those with the most speech


@transaction.atomic
def fitting_create(*, owner: Owner, voice_id: UUID) -> Job:
    """Have an own voice fitted; the job that is at it already, if there is one.

    Raises:
        NotFound: no such voice of this owner.
        Forbidden: a voice of the bank.
        Conflict: `voice_not_measured`.
        Unavailable: `no_training_worker`, `queue_full`.
        QuotaExceeded: too many jobs wait, or no seconds of work are left of the day.
    """
    voice = voice_own_get(owner=owner, voice_id=voice_id)
    Voice.objects.select_for_update(of=("self",)).get(pk=voice.pk)
    at_it = fitting_jobs().filter(voice=voice).first()
    if at_it is not None:
        return at_it
    version = _measured(voice)
    if version is None:
        raise Conflict(
            "voice_not_measured",
            "the voice has no measured version yet",
            "у голоса ещё нет версии, измеренной по записям",
        )
    if not workers_alive(queue=FITTING.queue.name):
        raise Unavailable(
            "no_training_worker",
            "no worker for training is running; the voice speaks as it was measured",
            "обработчик обучения не запущен; голос звучит так, как измерен по записям",
        )
    return job_create(owner=owner, kind=FITTING, voice=voice, params={"version": version.number})


def fitting_begin(*, voice: Voice) -> None:
    """After a change of the recordings, within its transaction: what was being fitted is of those of before."""
    for job in fitting_jobs().filter(voice=voice):
        rows = Job.objects.filter(pk=job.pk, status__in=Job.ACTIVE)
        job_end(rows=rows, status=Job.Status.CANCELLED, job=job)
    if not settings.FIT_VOICES:
        return
    owner = Owner(user_id=voice.user_id, visitor=voice.visitor)
    try:
        fitting_create(owner=owner, voice_id=voice.pk)
    except (Unavailable, QuotaExceeded) as refused:  # it can be asked for later
        logger.info("the voice is not fitted: %s", refused)


def _measured(voice: Voice) -> VoiceVersion | None:
    """The version of the recordings as they are now."""
    return voice.versions.filter(kind=INSTANT).order_by("-number").first()


def fitting_work(lease: JobLease) -> None:
    """Fit a voice to its recordings, in the worker.

    Raises:
        AppError: the recordings cannot serve; `voice_changed`, they are others than when the job was made.
        JobCancelled: the job or the voice is gone.
    """
    voice = lease.job.voice
    if voice is None:
        raise JobCancelled
    measured = _measured(voice)
    if measured is None or measured.number != lease.job.params["version"]:
        raise Conflict(
            "voice_changed",
            "the recordings of the voice have changed since; have it fitted anew",
            "записи голоса с тех пор изменились; подгоните его заново",
        )
    lease.progress(0, 1, "listening")
    usable = voice.recordings.exclude(speech_seconds=None).order_by("-speech_seconds")
    contents = _contents(list(usable.select_related("stored")[:RECORDINGS_HEARD]))
    fitted = engine.fit_voice(measured.profile, contents, lease.progress)
    _finish(lease, measured, fitted)


def _contents(recordings: Sequence[Recording]) -> list[bytes]:
    found = []
    for recording in recordings:
        with default_storage.open(recording.stored.name) as stored:
            found.append(stored.read())
    return found


@transaction.atomic
def _finish(lease: JobLease, measured: VoiceVersion, fitted: engine.Fitted) -> None:
    voice = Voice.objects.select_for_update(of=("self",)).filter(job=lease.job).first()
    job_succeed(lease, done=fitted.steps)
    if voice is None:
        raise JobCancelled
    # a person who has gone back to another version meanwhile keeps that
    speaks = fitted.better and voice.active_version_id == measured.pk
    voice_version_add(
        voice=voice,
        kind=FITTED,
        profile=fitted.profile,
        figures={**measured.figures, **fitted.figures},
        job=lease.job,
        speaks=speaks,
    )
