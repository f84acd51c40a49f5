"""What an own voice sounds like: said on demand, kept until the voice or the weights change."""

import hashlib
import json

from django.core.files.storage import default_storage
from django.db import transaction

from voices import engine
from voices.errors import JobCancelled, NotFound
from voices.models import Job, Voice
from voices.owner import Owner
from voices.selectors.jobs import jobs_of_voice
from voices.selectors.voices import voice_consent_check, voice_get
from voices.services.bank import PREVIEW_TEXT, weights_fingerprint
from voices.services.endings import job_end
from voices.services.jobs import job_create, job_wait
from voices.services.leases import JobLease
from voices.services.waiting import waiting_place
from voices.storage import file_store, files_delete, preview_name


def preview_ensure(*, owner: Owner, voice_id: str) -> Voice:
    """A voice whose preview is there and as the voice is now; an own one's is made by a job if need be.

    Raises:
        NotFound: `unknown_voice`, `no_preview`.
        Forbidden: `spoken_consent_required`.
        Unavailable, TimedOut: no worker made it in time.
    """
    voice = voice_get(owner=owner, voice_id=voice_id)
    if voice.is_bank:
        if not voice.preview:
            raise NotFound("no_preview", "this voice has no preview", "у голоса нет образца")
        return voice
    voice_consent_check(voice)
    if voice.status != Voice.Status.READY:
        raise NotFound("no_preview", "this voice has no preview yet", "у голоса ещё нет образца")
    if preview_is_fresh(voice):
        return voice
    making = jobs_of_voice(owner=owner, voice_id=voice.pk).filter(
        kind=Job.Kind.PREVIEW, status__in=Job.ACTIVE
    )
    with waiting_place():
        job = making.first() or job_create(
            owner=owner, kind=Job.Kind.PREVIEW, queue="speech", voice=voice
        )
        job_wait(job_id=job.pk)
    return voice_get(owner=owner, voice_id=voice_id)


def preview_is_fresh(voice: Voice) -> bool:
    """Whether the stored preview is of this very profile, said by these very weights."""
    return (
        bool(voice.preview)
        and voice.preview_fingerprint == _fingerprint(voice)
        and default_storage.exists(voice.preview)
    )


def preview_work(lease: JobLease) -> None:
    """Say the preview, in the worker.

    Raises:
        JobCancelled: the job or the voice is gone, or the voice has changed meanwhile.
    """
    voice = lease.job.voice
    if voice is None:
        raise JobCancelled
    order = engine.SpeechOrder(
        text=PREVIEW_TEXT,
        profile=voice.profile,
        speed=1.0 if voice.speed is None else voice.speed,
        pitch_semitones=0.0 if voice.pitch is None else voice.pitch,
        variation=1.0 if voice.variation is None else voice.variation,
    )
    audio = engine.speak(order, lease.progress)
    content = engine.encode(audio, "mp3", title=PREVIEW_TEXT, voice=voice.name)
    name = file_store(preview_name(voice.pk), content)
    try:
        before = _finish(lease, voice, name)
    except BaseException:
        files_delete([name])
        raise
    files_delete([before])


@transaction.atomic
def _finish(lease: JobLease, voice: Voice, name: str) -> str:
    """Put the preview in place; returns the name of the one before."""
    before = Voice.objects.select_for_update(of=("self",)).filter(pk=voice.pk).first()
    ended = job_end(
        rows=lease.row,
        status=Job.Status.SUCCEEDED,
        job=lease.job,
        sentences_done=1,
        sentences_total=1,
    )
    if before is None or not ended:
        raise JobCancelled
    # the fingerprint of what was said: a voice changed meanwhile is said anew at the next call
    Voice.objects.filter(pk=voice.pk).update(preview=name, preview_fingerprint=_fingerprint(voice))
    return before.preview


def _fingerprint(voice: Voice) -> str:
    facts = [weights_fingerprint(), voice.profile, voice.speed, voice.pitch, voice.variation]
    return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()
