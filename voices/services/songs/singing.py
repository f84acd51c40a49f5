"""A score sung in a voice: from a wish to a job, and in the worker to its files."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.core.files.base import File

from voices import engine
from voices.errors import BadInput
from voices.kinds import SINGING
from voices.models import Job
from voices.models.stored_file import NOTES, OWN_ACCOMPANIMENT, REFERENCE, RESULT
from voices.owner import Owner
from voices.services.jobs.leases import JobLease
from voices.services.songs.scores import GivenScore, score_taken, song_get
from voices.services.sounds.chosen import voice_chosen, voice_heard
from voices.services.sounds.making import files_finish, told_of
from voices.services.sounds.rights import rights_confirmed
from voices.services.sounds.sources import Given, Intake, given_fetch
from voices.services.voices.consent import Confirmation

MIX = "mix"  # the engine's name of what is the job's result


@dataclass(frozen=True, kw_only=True)
class SongWish:
    """What somebody asks to be sung. `voice` is a bank slug, an id or a name; or there is a `reference` of it.

    `settings` are the engine's, by name; what is left out is as usual.
    """

    score: GivenScore
    rights: Confirmation
    voice: str = ""
    reference: File | None = None
    accompaniment: File | None = None
    settings: dict[str, Any] = field(default_factory=dict)
    format: str = "mp3"
    webhook_url: str = ""


def song_job_prepare(*, owner: Owner, wish: SongWish) -> Callable[[], Job]:
    """Check the wish, store its files, and give what queues it.

    Raises:
        AppError: as `voice_chosen`, `score_taken`, `engine.song_check` and `rights_confirmed`.
        BadInput: `several_accompaniments`.
        TooLarge, QuotaExceeded, Outage: nothing is stored.
    """
    voice, name = voice_chosen(owner=owner, voice=wish.voice, reference=wish.reference)
    earlier = None if wish.score.song is None else song_get(owner=owner, job_id=wish.score.song)
    rights = rights_confirmed(wish.rights, earlier=earlier)
    read = score_taken(owner=owner, given=wish.score)
    engine.song_check(read.document, wish.settings)
    files = read.as_files()
    if wish.accompaniment is not None and wish.settings.get("render"):
        raise BadInput(
            "several_accompaniments",
            "send accompaniment or render, not both",
            "пришлите accompaniment или render, но не оба",
        )
    for role, file in ((REFERENCE, wish.reference), (OWN_ACCOMPANIMENT, wish.accompaniment)):
        if file is not None:
            files[role] = file
    intake = Intake(owner, Given(files=files))
    intake.store()

    def make() -> Job:
        return intake.job_create(
            SINGING,
            voice=voice,
            webhook_url=wish.webhook_url,
            name=read.name,
            voice_name=name,
            params={"settings": wish.settings, "format": wish.format, "rights": rights},
        )

    return make


def song_work(lease: JobLease) -> None:
    """Sing, in the worker; one that is begun anew begins from the score.

    Raises:
        AppError: the job fails with it. JobCancelled: the job or its voice is gone; nothing is left behind.
    """
    job = lease.job
    lease.progress(0, 1, "fetching")
    with TemporaryDirectory(prefix="song-") as name:
        given, made = Path(name) / "given", Path(name) / "made"
        given.mkdir()
        made.mkdir()
        sung = engine.sing_score(_order(job, given), made, told_of(lease))
        files = {RESULT if role == MIX else role: path for role, path in sung.files.items()}
        files_finish(lease, files, seconds=sung.seconds, semitones=sung.semitones, lines=sung.lines)


def _order(job: Job, folder: Path) -> engine.SongOrder:
    files = given_fetch(job, folder)
    profile, recordings = voice_heard(job, files, folder)
    return engine.SongOrder(
        score=json.loads(files[NOTES].read_bytes()),
        voice=job.voice_name,
        profile=profile,
        recordings=recordings,
        settings=job.params["settings"],
        audio_format=job.params["format"],
        track=files.get(OWN_ACCOMPANIMENT),
    )
