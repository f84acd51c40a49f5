"""Which voices are heard in which job, written down when the job is made."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from django.db.models import Exists, OuterRef
from django.utils import timezone

from voices.models import Job, Voice, VoiceHeard

NOTED_EVERY = timedelta(days=1)  # retention counts in days
MENDED_AT_ONCE = 500


def voices_heard_record(jobs: Sequence[Job], *, track: Job | None = None) -> None:
    """Write down each job's voices.

    Args:
        jobs: new ones, each with its voice loaded.
        track: the job on whose track all of them are put.
    """
    heard = {job: _voices_of(job) for job in jobs}
    if track is not None:
        heard[track] = set[UUID]().union(*heard.values())
    every = set[UUID]().union(*heard.values())
    versions = dict(Voice.objects.filter(pk__in=every).values_list("pk", "active_version"))
    VoiceHeard.objects.bulk_create(
        VoiceHeard(job=job, voice_id=voice, version_id=versions.get(voice))
        for job, voices in heard.items()
        for voice in voices
    )
    if any(job.shares or job.voice is None or not job.voice.is_bank for job in jobs):
        voices_use_note(every)


def voices_heard_mend() -> None:
    """What servers of the version before have made and removed while they were renewed."""
    unrecorded = Job.objects.filter(voice__isnull=False, heard=None).select_related("voice")
    voices_heard_record(list(unrecorded[:MENDED_AT_ONCE]))
    VoiceHeard.objects.filter(~Exists(Job.objects.filter(pk=OuterRef("job")))).delete()


def _voices_of(job: Job) -> set[UUID]:
    called = {voice for mixed in job.shares.values() for voice, _ in mixed}
    return called if job.voice_id is None else {job.voice_id, *called}


def voices_use_note(voices: set[UUID]) -> None:
    """Own voices that are heard today are kept from now on."""
    now = timezone.now()
    own = Voice.objects.filter(pk__in=voices, is_bank=False)
    own.exclude(last_heard_at__gt=now - NOTED_EVERY).update(last_heard_at=now)
