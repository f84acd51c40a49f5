"""Voices of one's own: made from recordings, extended, renamed, deleted."""

from contextlib import suppress
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any
from uuid import UUID

from django.core.files.base import File
from django.db import transaction
from django.db.models import Q

from voices import engine
from voices.errors import AppError, BadInput, NotFound
from voices.kinds import ENROLMENT
from voices.models import Checkpoint, ConsentRecord, Dataset, Job, Recording, StoredFile, Voice
from voices.models.stored_file import RECORDING, WEIGHTS
from voices.owner import Owner
from voices.selectors.voices import recording_get, voice_own_get
from voices.services.jobs.files import file_keep
from voices.services.jobs.jobs import job_cancel, job_create, job_wait
from voices.services.jobs.quotas import quota_take
from voices.services.jobs.removal import AT_ONCE, Removed, jobs_remove, rows_delete
from voices.services.jobs.waiting import waiting_place
from voices.services.voices.consent import Confirmation, confirmation_check, confirmation_fields
from voices.services.voices.enrolment import voice_measure
from voices.services.voices.uploads import upload_shown_name, uploads_check
from voices.services.voices.voice_files import voices_merged_of
from voices.storage import deleted_on_failure, files_delete, recording_name


@dataclass(frozen=True, kw_only=True)
class VoiceWish:
    """What somebody says of a new voice."""

    name: str
    description: str = ""
    gender: str = ""
    language: str = "ru"


@dataclass(frozen=True, kw_only=True)
class Deleted:
    """What went with a voice, and what stays of it."""

    voice: str
    recordings: int
    results: int
    size_bytes: int
    consent_records_kept: int
    versions: int = 0
    checkpoints: int = 0
    merged_voices: int = 0


@waiting_place()
def voice_create(
    *, owner: Owner, wish: VoiceWish, uploads: list[File], confirmation: Confirmation
) -> Voice:
    """A voice from recordings; returns when it can speak. On any failure nothing is left.

    Raises:
        BadInput: `consent_required`, `name_required`, `recording_required`, `empty_file`.
        TooLarge, UnsupportedMedia, Unusable: a recording that cannot serve.
        QuotaExceeded: too many voices, or too much stored.
        Unavailable, TimedOut: no worker made it in time.
    """
    confirmation_check(confirmation)
    name = " ".join(wish.name.split())
    if not name:
        raise BadInput("name_required", "the voice needs a name", "дайте голосу имя")
    uploads_check(uploads)
    voice = Voice(
        **owner.fields,
        name=name,
        description=wish.description.strip(),
        gender=wish.gender,
        language=wish.language,
    )
    job = _enrolment_queue(owner, voice, uploads, confirmation)
    _wait_or_undo(owner, job)
    return voice_own_get(owner=owner, voice_id=voice.pk)


@waiting_place()
def recordings_add(
    *, owner: Owner, voice_id: UUID, uploads: list[File], confirmation: Confirmation
) -> Voice:
    """More recordings for a voice; on any failure the voice stays as it was.

    Raises:
        NotFound: no such voice of this owner; the rest as `voice_create`.
    """
    voice = voice_own_get(owner=owner, voice_id=voice_id)
    confirmation_check(confirmation)
    uploads_check(uploads, already=voice.recordings.count())
    job = _enrolment_queue(owner, voice, uploads, confirmation)
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
        StoredFile.objects.filter(pk=recording.stored_id).delete()  # and the recording
        voice_measure(voice=voice)
    files_delete([recording.stored.name])
    return voice_own_get(owner=owner, voice_id=voice_id)


def voice_update(*, owner: Owner, voice_id: UUID, values: dict[str, Any]) -> Voice:
    """Change name, description, gender, language or what holds where a request leaves it out.

    Raises:
        NotFound: no such voice of this owner.
        Forbidden: a voice of the bank.
        BadInput: `name_required`, `…_out_of_range`.
    """
    voice = voice_own_get(owner=owner, voice_id=voice_id)
    changed = {**values, **values.get("settings", {})}
    changed.pop("settings", None)
    if "name" in changed:
        changed["name"] = " ".join(changed["name"].split())
    for field, value in changed.items():
        setattr(voice, field, value)
    if not voice.name:
        raise BadInput("name_required", "the voice needs a name", "дайте голосу имя")
    engine.settings_check(speed=voice.speed, pitch_semitones=voice.pitch, variation=voice.variation)
    voice.save(update_fields=list(changed))
    return voice_own_get(owner=owner, voice_id=voice_id)


def voice_delete(*, owner: Owner, voice_id: UUID) -> Deleted:
    """Delete a voice, its recordings, its datasets, and everything in which it is heard: also dialogues with
    other voices, tracks of subtitles, trainings with their checkpoints, and voices that were merged of it. Consent
    records stay.

    Raises:
        NotFound: no such voice of this owner.
    """
    voice = voice_own_get(owner=owner, voice_id=voice_id)
    merged = [
        voice_delete(owner=owner, voice_id=one.pk)
        for one in voices_merged_of(owner=owner, voice_id=voice_id)
    ]
    checkpoints = Checkpoint.objects.filter(job__voice=voice_id).exclude(weights="").count()
    versions = voice.versions.count()
    gone = _speech_remove(voice_id)
    with transaction.atomic():
        Voice.objects.select_for_update(of=("self",)).filter(pk=voice_id).first()
        files = list(StoredFile.objects.filter(Q(voice=voice_id) | Q(dataset__voice=voice_id)))
        Dataset.objects.filter(voice=voice_id).delete()
        rows_delete(Voice, [voice_id])
    gone += _speech_remove(voice_id)  # what was made meanwhile; from now on nothing can be
    files_delete([file.name for file in files])
    recordings = [file.size_bytes for file in files if file.role == RECORDING]
    weights = [file.size_bytes for file in files if file.role == WEIGHTS]
    return Deleted(
        voice=voice.name,
        recordings=len(recordings),
        results=gone.results + sum(one.results for one in merged),
        size_bytes=sum([*recordings, *weights, *(one.size_bytes for one in merged)])
        + gone.size_bytes,
        versions=versions,
        checkpoints=checkpoints,
        merged_voices=len(merged),
        consent_records_kept=ConsentRecord.objects.filter(voice=voice_id).count(),
    )


def _speech_remove(voice_id: UUID) -> Removed:
    """Every job in which the voice is heard; those of its own even if that was not written down."""
    gone = Removed()
    for rows in (Job.objects.filter(heard__voice=voice_id), Job.objects.filter(voice=voice_id)):
        more = True
        while more:
            some = jobs_remove(rows)
            gone, more = gone + some, some.jobs == AT_ONCE
    return gone


def _enrolment_queue(
    owner: Owner, voice: Voice, uploads: list[File], confirmation: Confirmation
) -> Job:
    with deleted_on_failure() as names:
        recordings: list[Recording] = []
        for upload in uploads:
            recordings.append(_recording(voice, upload))
            names.append(recordings[-1].stored.name)
        files = [recording.stored for recording in recordings]
        with transaction.atomic():
            new = voice._state.adding
            size = sum(file.size_bytes for file in files)
            quota_take(owner=owner, voices=int(new), new_bytes=size)
            if new:
                voice.save(force_insert=True)
            StoredFile.objects.bulk_create(files)
            Recording.objects.bulk_create(recordings)
            return job_create(
                owner=owner,
                kind=ENROLMENT,
                voice=voice,
                params={
                    "recordings": [str(recording.pk) for recording in recordings],
                    "consent": confirmation_fields(confirmation),
                },
            )


def _recording(voice: Voice, upload: File) -> Recording:
    recording = Recording(voice=voice, original_name=upload_shown_name(upload))
    recording.stored = file_keep(
        upload,
        name=recording_name(voice.pk, recording.pk),
        role=RECORDING,
        format=PurePath(recording.original_name).suffix.lower()[1:17],
        voice=voice,
        user_id=voice.user_id,
        visitor=voice.visitor,
    )
    return recording


def _wait_or_undo(owner: Owner, job: Job) -> None:
    try:
        job_wait(job_id=job.pk)
    except AppError:
        with suppress(NotFound):  # removed meanwhile, with its voice
            job_cancel(owner=owner, job_id=job.pk)  # and the recordings, and the voice when new
        raise
