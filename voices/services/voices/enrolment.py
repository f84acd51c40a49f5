"""Enrolment: a voice's new recordings turned into its profile, in the worker."""

from collections.abc import Sequence

from django.core.files.storage import default_storage
from django.db import transaction

from voices import engine
from voices.errors import AppError, JobCancelled
from voices.models import Job, Recording, Voice
from voices.services.jobs.endings import job_end
from voices.services.jobs.leases import JobLease
from voices.services.voices.consent import spoken_consent_renew, statement_record


def enrolment_work(lease: JobLease) -> None:
    """Analyse every recording named by the job; all of them serve, or the job fails.

    Raises:
        AppError: the first recording that cannot serve, named in `details`.
        JobCancelled: the job or the voice is gone.
    """
    recordings = list(Recording.objects.filter(pk__in=lease.job.params["recordings"]))
    references = []
    for index, recording in enumerate(recordings):
        lease.progress(index, len(recordings))
        references.append(_reference(recording, alone=len(recordings) == 1))
    _finish(lease, list(zip(recordings, references, strict=True)))


def _reference(recording: Recording, *, alone: bool) -> engine.Reference:
    with default_storage.open(recording.file) as stored:
        content = stored.read()
    try:
        return engine.analyse_reference(content)
    except AppError as error:
        if not alone and recording.original_name:
            error.en = f"{recording.original_name}: {error.en}"
            error.ru = f"{recording.original_name}: {error.ru}"
        error.details = {**error.details, "recording": recording.original_name}
        raise


def enrolment_undo(jobs: Sequence[Job]) -> list[str]:
    """Recordings that were never heard go, and voices that were to be made of them."""
    asked = [recording for job in jobs for recording in job.params["recordings"]]
    unheard = Recording.objects.filter(pk__in=asked, speech_seconds=None)
    names = list(unheard.values_list("file", flat=True))
    unheard.delete()
    ids = [job.pk for job in jobs]
    Voice.objects.filter(job__in=ids, status=Voice.Status.ENROLLING).delete()
    return names


@transaction.atomic
def _finish(lease: JobLease, outcomes: list[tuple[Recording, engine.Reference]]) -> None:
    voice = Voice.objects.select_for_update(of=("self",)).filter(job=lease.job).first()
    ended = job_end(
        rows=lease.row,
        status=Job.Status.SUCCEEDED,
        job=lease.job,
        done=len(outcomes),
    )
    if voice is None or not ended:
        raise JobCancelled
    for recording, reference in outcomes:
        Recording.objects.filter(pk=recording.pk).update(
            seconds=round(reference.seconds, 2),
            speech_seconds=round(reference.speech_seconds, 2),
            notes=reference.notes,
            figures=reference.figures,
            profile=reference.profile,
        )
    voice_profile_update(voice=voice)
    consent = lease.job.params.get("consent")  # jobs queued by an earlier version have none
    if consent:
        statement_record(voice=voice, fields=consent, recordings=lease.job.params["recordings"])


def voice_profile_update(*, voice: Voice) -> None:
    """The voice's profile from those of its recordings."""
    usable = voice.recordings.exclude(speech_seconds=None)
    voice.profile = engine.mean_profile(
        [(recording.profile, recording.speech_seconds or 0.0) for recording in usable]
    )
    voice.status = Voice.Status.READY
    voice.save(update_fields=["profile", "status"])
    spoken_consent_renew(voice=voice)
