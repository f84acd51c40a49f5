"""Somebody's song or speech in another voice: from a wish to a job, and in the worker to its files."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.conf import settings
from django.core.files.base import File
from django.core.files.storage import default_storage

from voices import engine
from voices.errors import BadInput, Forbidden, NotFound
from voices.kinds import CONVERTING
from voices.models import Job, Recording, Voice, VoiceVersion
from voices.models.stored_file import (
    OWN_ACCOMPANIMENT,
    OWN_F0,
    OWN_VOCALS,
    REFERENCE,
    RESULT,
    SOURCE,
)
from voices.owner import Owner
from voices.selectors.voices import voice_ready_check, voice_resolve
from voices.services.conversion.making import files_finish, told_of
from voices.services.conversion.rights import rights_confirmed
from voices.services.conversion.sources import Given, Intake, given_fetch, stems_fetch
from voices.services.jobs.leases import JobLease
from voices.services.voices.consent import Confirmation
from voices.services.voices.uploads import upload_shown_name

MIX = "mix"  # the engine's name of what is the job's result
STEMS = {OWN_VOCALS: "vocals", OWN_ACCOMPANIMENT: "accompaniment"}
RECORDINGS_HEARD = 3  # of an own voice, those with the most speech
NAME_CHARACTERS = 100  # of Job.voice_name


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
    voice, name = _voice(owner, wish)
    kinds = [known for role, known in STEMS.items() if role in wish.given.files]
    engine.conversion_settings_check(
        wish.settings, [*kinds, *(["song"] if wish.given.has_song else [])]
    )
    intake = Intake(owner, _with_reference(wish))
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


def _voice(owner: Owner, wish: ConversionWish) -> tuple[Voice | None, str]:
    """The voice and its name; of a reference only that."""
    if wish.reference is None:
        if not wish.voice:
            raise BadInput(
                "voice_required",
                "say in which voice: send voice, or a recording of it in the field reference",
                "укажите, каким голосом: voice или запись голоса в поле reference",
            )
        voice = voice_resolve(owner=owner, reference=wish.voice)
        voice_ready_check(voice)
        return voice, voice.name
    if wish.voice:
        raise BadInput(
            "several_voices",
            "send voice or reference, not both",
            "пришлите voice или reference, но не оба",
        )
    if settings.SPOKEN_CONSENT_REQUIRED:
        raise Forbidden(
            "reference_not_allowed",
            "here a voice has to be made of the recording first, whose owner consents aloud",
            "здесь из записи сначала создают голос, и его обладатель даёт согласие вслух",
        )
    return None, upload_shown_name(wish.reference)[:NAME_CHARACTERS]


def _with_reference(wish: ConversionWish) -> Given:
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
    if not sources and engine.conversion_presets()[chosen.get("preset", "song")]["mixed"]:
        sources = stems_fetch(job, folder)
    if SOURCE in files:
        sources["song"] = files[SOURCE]
    profile, recordings = _heard(job, files, folder)
    return engine.ConversionOrder(
        sources=sources,
        f0=files.get(OWN_F0),
        voice=job.voice_name,
        profile=profile,
        recordings=recordings,
        settings=chosen,
        audio_format=job.params["format"],
    )


def _heard(
    job: Job, files: dict[str, Path], folder: Path
) -> tuple[engine.Profile | None, Sequence[Path]]:
    """The voice as it was when the job was made, and recordings of it."""
    if REFERENCE in files:
        return None, [files[REFERENCE]]
    version = VoiceVersion.objects.filter(heard__job=job).first()
    if job.voice is None or version is None:
        raise NotFound("voice_deleted", "the voice was deleted", "голос удалён")
    usable = job.voice.recordings.exclude(speech_seconds=None).order_by("-speech_seconds")
    return version.profile, [
        _recording(one, folder) for one in usable.select_related("stored")[:RECORDINGS_HEARD]
    ]


def _recording(recording: Recording, folder: Path) -> Path:
    path = folder / f"{recording.pk}.{recording.stored.format}"
    with default_storage.open(recording.stored.name) as stored:
        path.write_bytes(stored.read())
    return path
