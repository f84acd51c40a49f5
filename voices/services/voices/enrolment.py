"""Enrolment: a voice's new recordings turned into its profile, in the worker."""

from collections.abc import Sequence

from django.core.files.storage import default_storage
from django.db import transaction

from voices import engine
from voices.errors import AppError, JobCancelled
from voices.models import Job, Recording, StoredFile, Voice
from voices.services.jobs.endings import job_succeed
from voices.services.jobs.leases import JobLease
from voices.services.jobs.pauses import job_pause, somebody_waits
from voices.services.voices.consent import statement_record
from voices.services.voices.fitting import fitting_begin
from voices.services.voices.versions import voice_version_add


def enrolment_work(lease: JobLease) -> None:
    """Analyse every recording named by the job; all of them serve, or the job fails.

    Raises:
        AppError: the first recording that cannot serve, named in `details`.
        JobCancelled: the job or the voice is gone.
        JobPaused: it lets others by, between two recordings.
    """
    named = Recording.objects.filter(pk__in=lease.job.params["recordings"])
    recordings = list(named.select_related("stored"))
    speech_seconds = dict(lease.job.params.get("speech_seconds", {}))  # before a pause
    left = [one for one in recordings if str(one.pk) not in speech_seconds]
    for index, recording in enumerate(left):
        lease.progress(len(speech_seconds), len(recordings))
        if index and somebody_waits(lease):
            lease.kept(0, speech_seconds=speech_seconds)
            job_pause(lease)
        reference = _reference(recording, alone=len(recordings) == 1)
        _figures_keep(recording, reference)
        speech_seconds[str(recording.pk)] = round(reference.speech_seconds, 2)
    _finish(lease, speech_seconds)


def _reference(recording: Recording, *, alone: bool) -> engine.Reference:
    with default_storage.open(recording.stored.name) as stored:
        content = stored.read()
    try:
        return engine.analyse_reference(content)
    except AppError as error:
        if not alone and recording.original_name:
            error.en = f"{recording.original_name}: {error.en}"
            error.ru = f"{recording.original_name}: {error.ru}"
        error.details = {**error.details, "recording": recording.original_name}
        raise


def _figures_keep(recording: Recording, reference: engine.Reference) -> None:
    """All but the seconds of speech, which tell that the job has ended: a recording without them goes with
    a job that fails."""
    StoredFile.objects.filter(pk=recording.stored_id).update(seconds=round(reference.seconds, 2))
    Recording.objects.filter(pk=recording.pk).update(
        notes=reference.notes, figures=reference.figures, profile=reference.profile
    )


def enrolment_undo(jobs: Sequence[Job]) -> list[str]:
    """Recordings that were never heard go, and voices that were to be made of them."""
    asked = [recording for job in jobs for recording in job.params["recordings"]]
    unheard = Recording.objects.filter(pk__in=asked, speech_seconds=None)
    files = StoredFile.objects.filter(recording__in=unheard)
    names = list(files.values_list("name", flat=True))
    if names:
        files.delete()
    ids = [job.pk for job in jobs]
    Voice.objects.filter(job__in=ids, status=Voice.Status.ENROLLING).delete()
    return names


@transaction.atomic
def _finish(lease: JobLease, speech_seconds: dict[str, float]) -> None:
    voice = Voice.objects.select_for_update(of=("self",)).filter(job=lease.job).first()
    job_succeed(lease, done=len(speech_seconds))
    if voice is None:
        raise JobCancelled
    for recording, seconds in speech_seconds.items():
        Recording.objects.filter(pk=recording).update(speech_seconds=seconds)
    voice_measure(voice=voice, job=lease.job)
    consent = lease.job.params.get("consent")  # jobs queued by an earlier version have none
    if consent:
        statement_record(voice=voice, fields=consent, recordings=lease.job.params["recordings"])


def voice_measure(*, voice: Voice, job: Job | None = None) -> None:
    """A new version of the voice, from its recordings of now; a better one may follow."""
    usable = list(voice.recordings.exclude(speech_seconds=None))
    weighted = [(recording.profile, recording.speech_seconds or 0.0) for recording in usable]
    voice_version_add(
        voice=voice,
        profile=engine.mean_profile(weighted),
        figures={
            "recordings": len(usable),
            "speech_seconds": round(sum(seconds for _, seconds in weighted), 2),
        },
        job=job,
    )
    fitting_begin(voice=voice)
