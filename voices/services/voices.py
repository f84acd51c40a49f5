"""Voices of one's own: made from recordings, extended, renamed, deleted."""

import uuid
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.files.base import File
from django.db import transaction
from django.utils import timezone

from voices.errors import AppError, BadInput, TooLarge
from voices.models import Job, Recording, Voice
from voices.owner import Owner
from voices.selectors.jobs import jobs_of_voice
from voices.selectors.voices import recording_get, voice_own_get
from voices.services.enrolment import voice_profile_update
from voices.services.jobs import job_cancel, job_create, job_files, job_wait
from voices.services.quotas import quota_take
from voices.storage import file_store, files_delete, recording_name

CONSENT_TEXT = (
    "I have the right to use this voice: it is mine, or its owner has allowed me to clone it. / "
    "У меня есть право на этот голос: он мой, или его обладатель разрешил мне его клонировать."
)


@dataclass(frozen=True, kw_only=True)
class VoiceWish:
    """What somebody says of a new voice."""

    name: str
    description: str = ""
    gender: str = ""
    consent: bool = False


def voice_create(*, owner: Owner, wish: VoiceWish, uploads: list[File]) -> Voice:
    """A voice from recordings; returns when it can speak. On any failure nothing is left.

    Raises:
        BadInput: `consent_required`, `name_required`, `recording_required`, `empty_file`.
        TooLarge, UnsupportedMedia, Unusable: a recording that cannot serve.
        QuotaExceeded: too many voices, or too much stored.
        Unavailable, TimedOut: no worker made it in time.
    """
    _consent_check(wish.consent)
    name = " ".join(wish.name.split())
    if not name:
        raise BadInput("name_required", "the voice needs a name", "дайте голосу имя")
    uploads_check(uploads)
    voice = Voice(
        **owner.fields,
        name=name,
        description=wish.description.strip(),
        gender=wish.gender,
        consent_at=timezone.now(),
        consent_text=CONSENT_TEXT,
    )
    job = _enrolment_queue(owner, voice, uploads, new=True)
    _wait_or_undo(owner, job)
    return voice_own_get(owner=owner, voice_id=voice.pk)


def recordings_add(*, owner: Owner, voice_id: UUID, uploads: list[File], consent: bool) -> Voice:
    """More recordings for a voice; on any failure the voice stays as it was.

    Raises:
        NotFound: no such voice of this owner; the rest as `voice_create`.
    """
    voice = voice_own_get(owner=owner, voice_id=voice_id)
    _consent_check(consent)
    uploads_check(uploads, already=voice.recordings.count())
    job = _enrolment_queue(owner, voice, uploads, new=False)
    _wait_or_undo(owner, job)
    return voice_own_get(owner=owner, voice_id=voice_id)


def recording_delete(*, owner: Owner, voice_id: UUID, recording_id: UUID) -> Voice:
    """Take one recording out of a voice; the last one stays.

    Raises:
        NotFound: no such recording of this owner.
        BadInput: `last_recording`.
    """
    recording = recording_get(owner=owner, voice_id=voice_id, recording_id=recording_id)
    with transaction.atomic():
        voice = Voice.objects.select_for_update().get(pk=recording.voice_id)
        if voice.recordings.exclude(pk=recording.pk).exclude(speech_seconds=None).count() == 0:
            raise BadInput(
                "last_recording",
                "this is the last recording of the voice; delete the voice instead",
                "это последняя запись голоса; удалите сам голос",
            )
        Recording.objects.filter(pk=recording.pk).delete()
        voice_profile_update(voice=voice)
    files_delete([recording.file])
    return voice_own_get(owner=owner, voice_id=voice_id)


def voice_update(*, owner: Owner, voice_id: UUID, values: dict[str, Any]) -> Voice:
    """Change name, description or gender.

    Raises:
        NotFound: no such voice of this owner.
        Forbidden: a voice of the bank.
        BadInput: `name_required`.
    """
    voice = voice_own_get(owner=owner, voice_id=voice_id)
    for field in ("name", "description", "gender"):
        if field in values:
            setattr(
                voice, field, " ".join(values[field].split()) if field == "name" else values[field]
            )
    if not voice.name:
        raise BadInput("name_required", "the voice needs a name", "дайте голосу имя")
    voice.save(update_fields=["name", "description", "gender"])
    return voice


def voice_delete(*, owner: Owner, voice_id: UUID) -> None:
    """Delete a voice, its recordings, and everything that was said in it.

    Raises:
        NotFound: no such voice of this owner.
    """
    voice = voice_own_get(owner=owner, voice_id=voice_id)
    for job in jobs_of_voice(owner=owner, voice_id=voice_id):
        job_cancel(owner=owner, job_id=job.pk)
    with transaction.atomic():
        jobs = list(jobs_of_voice(owner=owner, voice_id=voice_id).select_related("result"))
        names = [name for job in jobs for name in job_files(job)]
        names += voice.recordings.values_list("file", flat=True)
        names.append(voice.preview)
        Job.objects.filter(pk__in=[job.pk for job in jobs]).delete()
        Voice.objects.filter(pk=voice_id).delete()
    files_delete(names)


def uploads_check(uploads: list[File], *, already: int = 0) -> None:
    """Raises BadInput (`recording_required`, `empty_file`, `too_many_recordings`) or TooLarge."""
    if not uploads:
        raise BadInput(
            "recording_required",
            "send a recording of the voice in the field recording",
            "приложите запись голоса в поле recording",
        )
    if already + len(uploads) > settings.RECORDINGS_LIMIT:
        raise BadInput(
            "too_many_recordings",
            f"a voice has at most {settings.RECORDINGS_LIMIT} recordings",
            f"у голоса может быть не больше {settings.RECORDINGS_LIMIT} записей",
            limit=settings.RECORDINGS_LIMIT,
        )
    if sum(upload.size for upload in uploads) > settings.UPLOAD_LIMIT_BYTES:
        raise upload_too_large()
    for upload in uploads:
        if not upload.size:
            raise BadInput(
                "empty_file",
                "the sound file is empty (0 bytes)",
                "звуковой файл пуст (0 байт)",
                recording=_display_name(upload),
            )


def upload_too_large() -> TooLarge:
    megabytes = settings.UPLOAD_LIMIT_BYTES // (1024 * 1024)
    return TooLarge(
        "upload_too_large",
        f"the upload is larger than {megabytes} MB",
        f"загрузка больше {megabytes} МБ",
        limit_bytes=settings.UPLOAD_LIMIT_BYTES,
    )


def _consent_check(consent: bool) -> None:
    if not consent:
        raise BadInput(
            "consent_required",
            "confirm that you have the right to use this voice (consent=true)",
            "подтвердите, что у вас есть право на этот голос (consent=true)",
            consent=CONSENT_TEXT,
        )


def _enrolment_queue(owner: Owner, voice: Voice, uploads: list[File], *, new: bool) -> Job:
    recordings = [_recording(voice, upload) for upload in uploads]
    try:
        for recording, upload in zip(recordings, uploads, strict=True):
            file_store(recording.file, upload)
        with transaction.atomic():
            size = sum(recording.size_bytes for recording in recordings)
            quota_take(owner=owner, voices=int(new), new_bytes=size)
            if new:
                voice.save(force_insert=True)
            Recording.objects.bulk_create(recordings)
            return job_create(
                owner=owner,
                kind=Job.Kind.ENROLMENT,
                queue="speech",
                voice=voice,
                params={"recordings": [str(recording.pk) for recording in recordings]},
            )
    except BaseException:
        files_delete([recording.file for recording in recordings])
        raise


def _recording(voice: Voice, upload: File) -> Recording:
    recording_id = uuid.uuid4()
    return Recording(
        pk=recording_id,
        voice=voice,
        file=recording_name(voice.pk, recording_id),
        original_name=_display_name(upload),
        size_bytes=upload.size,
    )


def _display_name(upload: File) -> str:
    name = PurePath(upload.name or "").name
    return "".join(character for character in name if character.isprintable())[:200]


def _wait_or_undo(owner: Owner, job: Job) -> None:
    try:
        job_wait(job_id=job.pk)
    except AppError:
        job_cancel(owner=owner, job_id=job.pk)  # removes the recordings, and the voice when new
        raise
