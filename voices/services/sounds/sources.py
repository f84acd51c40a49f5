"""What a work on a song has to go by: files of the call, a large upload, or those of an earlier job.

They are the job's own and stay with it until it is removed, so that one that has failed can be tried again. What was
separated once is not separated again: a second voice on the same song, known by its sha256, begins with the stems.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePath
from typing import Any
from uuid import UUID, uuid4

from django.conf import settings
from django.core.files.base import File
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import Q

from voices.errors import BadInput, Conflict, NotFound
from voices.kinds import SINGING, SONG_KINDS, Kind
from voices.models import Job, StoredFile, Upload, Voice
from voices.models.stored_file import (
    ACCOMPANIMENT,
    GIVEN,
    OWN_ACCOMPANIMENT,
    OWN_F0,
    OWN_VOCALS,
    REFERENCE,
    RESULT,
    SOURCE,
    VOCALS,
)
from voices.owner import Owner
from voices.selectors.jobs import job_get
from voices.services.jobs.files import file_keep, file_save_for
from voices.services.jobs.jobs import job_create
from voices.services.jobs.quotas import quota_take
from voices.services.jobs.uploads import upload_get, upload_whole
from voices.services.jobs.webhooks import webhook_attach
from voices.services.voices.uploads import upload_shown_name, upload_too_large
from voices.storage import deleted_on_failure, file_fetch, given_name

NAME_CHARACTERS = 200  # of Job.name
STEMS = (VOCALS, ACCOMPANIMENT)
TITLED = (SOURCE, OWN_VOCALS)
STEMS_TOO = (SOURCE, OWN_VOCALS, OWN_ACCOMPANIMENT)
TITLE_CHARACTERS = 60  # of a file's name, of which systems allow 255 bytes


@dataclass(frozen=True, kw_only=True)
class Given:
    """Files by their role, of GIVEN; in the place of SOURCE a large upload, or an earlier job on the same song."""

    files: Mapping[str, File] = field(default_factory=dict)
    upload: UUID | None = None
    song: UUID | None = None

    @property
    def has_song(self) -> bool:
        return SOURCE in self.files or self.upload is not None or self.song is not None


class Intake:
    """One owner's files for one job to be: checked and stored at once, rows with the job."""

    def __init__(self, owner: Owner, given: Given, *, again: Sequence[str] = (SOURCE,)) -> None:
        """`again`: roles of the files that are taken from an earlier job; one of TITLED has to be there."""
        self.owner, self._given, self._taken = owner, given, again
        self.job_id = uuid4()
        self.earlier = None
        if given.song is not None:
            self.earlier = song_job_get(
                owner=owner, job_id=given.song, needs=[role for role in again if role in TITLED]
            )
        self._upload = (
            None if given.upload is None else whole_get(owner=owner, upload_id=given.upload)
        )
        self._stored: list[StoredFile] = []
        self._check()

    @property
    def name(self) -> str:
        """Of the song, as people know it."""
        if self.earlier is not None:
            return self.earlier.name
        if self._upload is not None:
            return self._upload[0].original_name[:NAME_CHARACTERS]
        files = self._given.files
        file = files.get(SOURCE) or files.get(OWN_VOCALS)
        return upload_shown_name(file)[:NAME_CHARACTERS] if file is not None else ""

    def _check(self) -> None:
        sources = [SOURCE in self._given.files, self._given.upload, self._given.song]
        if sum(map(bool, sources)) > 1:
            raise BadInput(
                "several_songs",
                "send one of audio, upload and song",
                "пришлите что-то одно: audio, upload или song",
            )
        files = self._given.files.values()
        if sum(file.size for file in files) > settings.UPLOAD_LIMIT_BYTES:
            raise upload_too_large()
        for file in files:
            if not file.size:
                raise BadInput(
                    "empty_file",
                    "the sound file is empty (0 bytes)",
                    "звуковой файл пуст (0 байт)",
                    recording=upload_shown_name(file),
                )

    def store(self) -> None:
        """Keep the files; nothing is left behind when one cannot be kept."""
        with deleted_on_failure() as names:
            for role, file in self._given.files.items():
                self._keep(role, file, upload_shown_name(file))
                names.append(self._stored[-1].name)
            for again in self._again():
                with default_storage.open(again.name) as content:
                    self._keep(again.role, content, f"song.{again.format}")
                names.append(self._stored[-1].name)

    def _again(self) -> list[StoredFile]:
        """What is taken from the earlier job: all that is not given anew."""
        if self.earlier is None:
            return []
        if self.earlier.kind == SINGING.name:
            sung = self.earlier.files.get(role=RESULT)
            sung.role = SOURCE  # of this job; the row itself stays as it is
            return [sung]
        known = self.earlier.files.filter(role__in=self._taken)
        return list(known.exclude(role__in=self._given.files.keys()))

    @property
    def roles(self) -> set[str]:
        """Of all files that the job will have."""
        found = {*self._given.files, *(one.role for one in self._again())}
        return found | {SOURCE} if self._upload is not None else found

    def _keep(self, role: str, file: File, shown_name: str) -> None:
        suffix = PurePath(shown_name).suffix.lower()[1:17]
        name = given_name(self.job_id, role)
        self._stored.append(file_keep(file, name=name, role=role, format=suffix))

    @property
    def names(self) -> list[str]:
        """Of what is stored."""
        return [one.name for one in self._stored]

    @property
    def new_bytes(self) -> int:
        return sum(one.size_bytes for one in self._stored)

    def job_create(
        self, kind: Kind, *, voice: Voice | None, webhook_url: str, **columns: Any
    ) -> Job:
        """The job with its files. Raises QuotaExceeded, Unavailable; then no file is left."""
        with deleted_on_failure(*self.names), transaction.atomic():
            quota_take(owner=self.owner, new_bytes=self.new_bytes)
            job = job_create(
                owner=self.owner,
                kind=kind,
                voice=voice,
                id=self.job_id,
                **{"name": self.name, **columns},
            )
            self.give(job)
            webhook_attach(url=webhook_url, made=job)
        return job

    def give(self, job: Job) -> None:
        """Let the files be the job's."""
        for stored in self._stored:
            file_save_for(job, stored)
        if self._upload is not None:
            upload, whole = self._upload
            whole.upload, whole.job, whole.role = None, job, SOURCE
            whole.save(update_fields=["upload", "job", "role"])
            upload.delete()


def song_job_get(*, owner: Owner, job_id: UUID, needs: Sequence[str]) -> Job:
    """An earlier conversion or separation, of which the song, or another of the needed files, is still there; or a song
    that was sung here.

    Raises:
        NotFound: `unknown_job`, `song_gone`.
    """
    job = job_get(owner=owner, job_id=job_id)
    kept = {SINGING.name: [RESULT]} | dict.fromkeys(SONG_KINDS, needs)
    if not job.files.filter(role__in=kept.get(job.kind, ())).exists():
        raise NotFound(
            "song_gone",
            "this job has no song; send the file in the field audio",
            "у этого задания нет песни; пришлите файл в поле audio",
            job=str(job_id),
        )
    return job


def whole_get(*, owner: Owner, upload_id: UUID) -> tuple[Upload, StoredFile]:
    """A large upload that has come whole.

    Raises:
        NotFound: `unknown_upload`. Conflict: `upload_incomplete`.
    """
    upload = upload_get(owner=owner, upload_id=upload_id)
    whole = upload_whole(upload)
    if whole is None:
        raise Conflict("upload_incomplete", "finish the upload first", "сначала завершите загрузку")
    return upload, whole


def given_fetch(job: Job, folder: Path) -> dict[str, Path]:
    """What a job was given, as files here, by role; the song bears its name, which the engine puts into tags."""
    title = PurePath(job.name).stem[:TITLE_CHARACTERS] or "song"
    return {
        stored.role: _fetched(stored, folder, title if stored.role in TITLED else stored.role)
        for stored in job.files.filter(role__in=GIVEN)
    }


def voice_fetch(job: Job, folder: Path) -> Path | None:
    """The voice of the same song without its music, where its owner has it: of a separation, or as it was sung here."""
    if stems := stems_fetch(job, folder):
        return stems[VOCALS]
    source = job.files.get(role=SOURCE)
    sung = StoredFile.objects.filter(
        job__in=Job.objects.filter(
            _owned_as(job),
            kind=SINGING.name,
            files__role=RESULT,
            files__sha256=source.sha256,
        ),
        role=VOCALS,
    ).first()
    return None if sung is None else _fetched(sung, folder, VOCALS)


def stems_fetch(job: Job, folder: Path) -> dict[str, Path]:
    """Vocals and accompaniment of the same song, where its owner has all of them from an earlier job."""
    source = job.files.filter(role=SOURCE).first()
    if source is None:
        return {}
    same = Job.objects.filter(
        _owned_as(job),
        kind__in=SONG_KINDS,
        status=Job.Status.SUCCEEDED,
        files__role=SOURCE,
        files__sha256=source.sha256,
    )
    for earlier in same.order_by("-finished_at").prefetch_related("files"):
        files = {stored.role: stored for stored in earlier.files.all()}
        chosen = earlier.params["settings"]
        whole = chosen.get("preview_from") is None and not chosen.get("key_shift")
        own = files.keys() & {*GIVEN} - {SOURCE, REFERENCE, OWN_F0}
        if whole and not own and files.keys() >= {*STEMS}:
            return {role: _fetched(files[role], folder, role) for role in STEMS}
    return {}


def _owned_as(job: Job) -> Q:
    return Owner(user_id=job.user_id, visitor=job.visitor).q


def _fetched(stored: StoredFile, folder: Path, stem: str) -> Path:
    place = folder / stored.role
    place.mkdir()
    return file_fetch(stored.name, place / f"{stem}.{stored.format}")
