"""What a voice sounds like, or one of its versions: one sentence, made when somebody asks for it, kept until the
voice or the weights change.
"""

import hashlib
import json
from collections.abc import Callable
from uuid import UUID

from django.conf import settings
from django.core.files.storage import default_storage
from django.db import transaction

from voices import engine
from voices.errors import CallerLeft, Conflict, JobCancelled, NotFound
from voices.kinds import PREVIEW
from voices.models import Job, StoredFile, Voice, VoiceVersion
from voices.models.stored_file import PREVIEW as PREVIEW_FILE
from voices.models.stored_file import VERSION as VERSION_FILE
from voices.owner import Owner
from voices.selectors.voices import (
    voice_consent_check,
    voice_get,
    voice_resolve,
    voice_version_get,
)
from voices.services.jobs.endings import job_succeed
from voices.services.jobs.files import file_keep
from voices.services.jobs.jobs import job_create, job_wait
from voices.services.jobs.leases import JobLease
from voices.services.jobs.waiting import waiting_place
from voices.storage import deleted_on_failure, files_delete, preview_name, version_name

PREVIEW_TEXT = "Здравствуйте! Так звучит мой голос. Напишите текст, и я прочту его вслух."


def preview_get(*, owner: Owner, voice_id: str) -> tuple[Voice, StoredFile]:
    """A voice whose preview is there; nothing is made. An own voice's is as the voice is now; one of the bank
    is heard as it was said last, by the weights before too, until somebody has it made anew.

    Raises:
        NotFound: `unknown_voice`, `no_preview`.
        Forbidden: `spoken_consent_required`.
    """
    voice = voice_resolve(owner=owner, reference=voice_id)
    voice_consent_check(voice)
    preview = voice.preview
    kept = voice.is_bank and preview is not None and default_storage.exists(preview.name)
    if preview is None or not (kept or preview_is_fresh(voice)):
        raise _no_preview()
    return voice, preview


def preview_ensure(*, owner: Owner, voice_id: str) -> Voice:
    """One as the voice is now; it is made by a job if need be, which is the asker's. Who asks meanwhile waits
    for that one.

    Raises:
        NotFound, Forbidden: as `preview_get`; also for a voice that is not ready.
        Unavailable, TimedOut: no worker made it in time.
    """
    voice = voice_resolve(owner=owner, reference=voice_id)
    if voice.status != Voice.Status.READY or preview_is_fresh(voice):
        return preview_get(owner=owner, voice_id=voice_id)[0]
    voice_consent_check(voice)
    with waiting_place():
        _made_wait(owner, voice)
    return voice_get(owner=owner, voice_id=str(voice.pk))


def version_preview_get(*, owner: Owner, voice_id: UUID, number: int) -> StoredFile:
    """Of one version of an own voice, by the weights of now; nothing is made.

    Raises:
        NotFound: `unknown_voice`, `unknown_version`, `no_preview`.
        Forbidden: a voice of the bank, `spoken_consent_required`.
    """
    version = voice_version_get(owner=owner, voice_id=voice_id, number=number)
    voice_consent_check(version.voice)
    name = version_name(version.voice_id, number, preview_fingerprint(version.voice, version)[:16])
    stored = StoredFile.objects.filter(role=VERSION_FILE, name=name).first()
    if stored is None or not default_storage.exists(name):
        raise _no_preview()
    return stored


def _no_preview() -> NotFound:
    return NotFound(
        "no_preview",
        "there is no preview of the voice as it is now; it is made by POST",
        "образца голоса, каков он сейчас, нет; его делает POST",
    )


def version_preview_ensure(*, owner: Owner, voice_id: UUID, number: int) -> VoiceVersion:
    """Make it by a job if need be.

    Raises:
        NotFound, Forbidden: as `version_preview_get`.
        Unavailable, TimedOut: no worker made it in time.
    """
    version = voice_version_get(owner=owner, voice_id=voice_id, number=number)
    try:
        version_preview_get(owner=owner, voice_id=voice_id, number=number)
    except NotFound:
        with waiting_place():
            job_wait(job_id=_job_making_version(owner, version).pk)
    return version


@transaction.atomic
def _job_making_version(owner: Owner, version: VoiceVersion) -> Job:
    voice = Voice.objects.select_for_update(of=("self",)).get(pk=version.voice_id)
    making = Job.objects.filter(kind=PREVIEW.name, voice=voice, status__in=Job.ACTIVE)
    said = making.filter(params__version=version.number).first()
    return said or job_create(
        owner=owner, kind=PREVIEW, voice=voice, params={"version": version.number}
    )


def _made_wait(owner: Owner, voice: Voice) -> None:
    job = _job_making(owner, voice)
    try:
        if job is not None:
            job_wait(job_id=job.pk)
    except Conflict as error:
        own = job is None or Owner(user_id=job.user_id, visitor=job.visitor) == owner
        if own or isinstance(error, CallerLeft):
            raise
        _made_wait(owner, voice)  # whoever asked first has given it up


@transaction.atomic
def _job_making(owner: Owner, voice: Voice) -> Job | None:
    """The one that makes the preview, of whoever asked first; None when it was made since `voice` was read."""
    now = Voice.objects.select_for_update(of=("self",)).filter(pk=voice.pk).first()
    if now is None or now.preview != voice.preview:
        return None
    making = Job.objects.filter(kind=PREVIEW.name, voice=now, status__in=Job.ACTIVE)
    said = making.filter(params__version__isnull=True).first()
    return said or job_create(owner=owner, kind=PREVIEW, voice=now)


def preview_is_fresh(voice: Voice) -> bool:
    """Whether the stored preview is of this very profile, said by these very weights."""
    return (
        voice.preview is not None
        and voice.preview_fingerprint == preview_fingerprint(voice)
        and default_storage.exists(voice.preview.name)
    )


def preview_fingerprint(voice: Voice, version: VoiceVersion | None = None) -> str:
    """Changes with all that a preview depends on."""
    profile = version.spoken if version else voice.profile
    facts = [weights_fingerprint(), profile, voice.speed, voice.pitch, voice.variation]
    return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()


def weights_fingerprint() -> str:
    """Changes with any of the weights, the bank's voices or the preview text."""
    manifest = settings.WEIGHTS_DIR / "manifest.json"
    if not manifest.is_file():
        return ""
    return hashlib.sha256(manifest.read_bytes() + PREVIEW_TEXT.encode()).hexdigest()


def preview_say(
    voice: Voice, version: VoiceVersion | None, on_progress: Callable[[int, int], None]
) -> StoredFile:
    """Say a voice's preview, or that of one of its versions, and store it; `preview_put` is to follow."""
    order = engine.SpeechOrder(
        text=PREVIEW_TEXT,
        profile=version.spoken if version else voice.profile,
        speed=1.0 if voice.speed is None else voice.speed,
        pitch_semitones=0.0 if voice.pitch is None else voice.pitch,
        variation=1.0 if voice.variation is None else voice.variation,
    )
    audio = engine.speak(order, on_progress)
    content = engine.encode(audio, "mp3", title=PREVIEW_TEXT, voice=voice.name)
    name = preview_name(voice.pk)
    if version:
        fingerprint = preview_fingerprint(voice, version)[:16]
        name = version_name(voice.pk, version.number, fingerprint)
    return file_keep(
        content,
        name=name,
        role=VERSION_FILE if version else PREVIEW_FILE,
        format="mp3",
        seconds=round(audio.seconds, 3),
    )


@transaction.atomic
def preview_put(voice: Voice, said: StoredFile) -> list[str]:
    """In place of the one before, whose file's name is returned. `voice` is as it was said."""
    now = Voice.objects.select_for_update(of=("self",)).get(pk=voice.pk)
    before = now.files.filter(role=said.role)
    if said.role == VERSION_FILE:
        before = before.filter(name__startswith=said.name.rpartition("-")[0] + "-")  # of its number
    names = list(before.values_list("name", flat=True))
    before.delete()
    said.voice, said.user_id, said.visitor = now, now.user_id, now.visitor
    said.save(force_insert=True)
    if said.role == PREVIEW_FILE:
        # the fingerprint of what was said: a voice changed meanwhile is said anew at the next call
        Voice.objects.filter(pk=voice.pk).update(preview_fingerprint=preview_fingerprint(voice))
    return names


def preview_work(lease: JobLease) -> None:
    """Make a voice's preview, in the worker.

    Raises:
        JobCancelled: the job or the voice is gone, or the voice has changed meanwhile.
    """
    voice = lease.job.voice
    if voice is None:
        raise JobCancelled
    number = lease.job.params.get("version")
    version = None if number is None else voice.versions.get(number=number)
    said = preview_say(voice, version, lease.progress)
    with deleted_on_failure(said.name):
        before = _finish(lease, voice, said)
    files_delete(before)


@transaction.atomic
def _finish(lease: JobLease, voice: Voice, said: StoredFile) -> list[str]:
    there = Voice.objects.select_for_update(of=("self",)).filter(pk=voice.pk).first()
    job_succeed(lease, done=1)
    if there is None:
        raise JobCancelled
    return preview_put(voice, said)
