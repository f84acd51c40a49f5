"""Somebody's song or speech in another voice: from a wish to a job, and in the worker to its files."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.core.files.base import File

from voices import engine
from voices.kinds import CONVERTING
from voices.models import Job
from voices.models.stored_file import (
    OWN_ACCOMPANIMENT,
    OWN_F0,
    OWN_VOCALS,
    REFERENCE,
    RESULT,
    SOURCE,
)
from voices.owner import Owner
from voices.services.jobs.leases import JobLease
from voices.services.sounds.chosen import voice_chosen, voice_heard
from voices.services.sounds.making import files_finish, told_of
from voices.services.sounds.rights import rights_confirmed
from voices.services.sounds.sources import (
    STEMS_TOO,
    Given,
    Intake,
    given_fetch,
    stems_fetch,
)
from voices.services.voices.consent import Confirmation

MIX = "mix"  # the engine's name of what is the job's result
STEMS = {OWN_VOCALS: "vocals", OWN_ACCOMPANIMENT: "accompaniment"}
SOURCES = {SOURCE: "song", **STEMS}


@dataclass(frozen=True, kw_only=True)
class ConversionWish:
    """What somebody asks to be converted. `voice` is a bank slug, an id or a name; or there is a `reference` of it.

    `settings` are the engine's, by name; what is left out is as usual.
    """

    given: Given
    rights: Confirmation
    voice: str = ""
    reference: File | None = None
    settings: dict[str, Any] = field(default_factory=dict)
    format: str = "mp3"
    webhook_url: str = ""


def conversion_job_prepare(*, owner: Owner, wish: ConversionWish) -> Callable[[], Job]:
    """Check the wish, store its files, and give what queues it.

    Raises:
        BadInput: `rights_required`, `voice_required`, `several_voices`, `several_songs`, `no_source`, `empty_file`,
            `bad_conversion_settings`, `unknown_f0_method`, `stems_of_speech`.
        Conflict: `rights_text_changed`, `upload_incomplete`.
        Forbidden: `spoken_consent_required`, `reference_not_allowed`. Unusable: `voice_not_ready`.
        NotFound: `unknown_voice`, `unknown_upload`, `unknown_job`, `song_gone`.
        TooLarge, QuotaExceeded, Outage: nothing is stored.
    """
    voice, name = voice_chosen(owner=owner, voice=wish.voice, reference=wish.reference)
    mixed = _is_mixed(wish.settings)
    intake = Intake(owner, with_reference(wish), again=STEMS_TOO if mixed else (SOURCE,))
    roles = intake.roles
    engine.conversion_settings_check(
        wish.settings, [known for role, known in SOURCES.items() if role in roles]
    )
    rights = rights_confirmed(wish.rights, earlier=intake.earlier)
    intake.store()

    def make() -> Job:
        return intake.job_create(
            CONVERTING,
            voice=voice,
            webhook_url=wish.webhook_url,
            voice_name=name,
            params={"settings": wish.settings, "format": wish.format, "rights": rights},
        )

    return make


def _is_mixed(chosen: dict[str, Any]) -> bool:
    """Whether the voice is taken out of music or noises."""
    preset = engine.conversion_presets().get(chosen.get("preset", "song"), {})
    return bool(preset.get("mixed"))


def with_reference(wish: ConversionWish) -> Given:
    """What is given, the recording of the voice among it."""
    if wish.reference is None:
        return wish.given
    files = {**wish.given.files, REFERENCE: wish.reference}
    return Given(files=files, upload=wish.given.upload, song=wish.given.song)


def conversion_work(lease: JobLease) -> None:
    """Convert, in the worker. One that is begun anew begins from the song, or from its stems of an earlier job.

    Raises:
        AppError: the job fails with it. JobCancelled: the job or its voice is gone; nothing is left behind.
    """
    job = lease.job
    lease.progress(0, 1, "fetching")
    with TemporaryDirectory(prefix="conversion-") as name:
        folder = Path(name)
        made = engine.convert_recording(
            _order(job, _folder(folder, "given")), _folder(folder, "made"), told_of(lease)
        )
        files = {RESULT if role == MIX else role: path for role, path in made.files.items()}
        files_finish(
            lease,
            files,
            seconds=made.seconds,
            start_seconds=round(made.start_seconds, 3),
            semitones=made.semitones,
            notes=made.notes,
            figures=dict(made.figures),
        )


def _folder(folder: Path, name: str) -> Path:
    path = folder / name
    path.mkdir()
    return path


def _order(job: Job, folder: Path) -> engine.ConversionOrder:
    files = given_fetch(job, folder)
    chosen = job.params["settings"]
    sources = {known: files[role] for role, known in STEMS.items() if role in files}
    if not sources and _is_mixed(chosen):
        sources = stems_fetch(job, folder)
    if SOURCE in files:
        sources["song"] = files[SOURCE]
    profile, recordings = voice_heard(job, files, folder)
    return engine.ConversionOrder(
        sources=sources,
        f0=files.get(OWN_F0),
        voice=job.voice_name,
        profile=profile,
        recordings=recordings,
        settings=chosen,
        audio_format=job.params["format"],
    )
