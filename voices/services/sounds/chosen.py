"""Whose voice a work is for: chosen when it is asked for, heard by the worker as it was then."""

from collections.abc import Sequence
from pathlib import Path

from django.conf import settings
from django.core.files.base import File

from voices import engine
from voices.errors import BadInput, Forbidden, NotFound
from voices.models import Job, StoredFile, Voice, VoiceVersion
from voices.models.stored_file import CLIP, REFERENCE
from voices.owner import Owner
from voices.selectors.voices import voice_ready_check, voice_resolve
from voices.services.voices.uploads import upload_shown_name
from voices.storage import file_fetch

RECORDINGS_HEARD = 3  # of an own voice, those with the most speech
CLIPS_HEARD = 24  # that were prepared to train it, the longest: some minutes
NAME_CHARACTERS = 100  # of Job.voice_name


def voice_chosen(*, owner: Owner, voice: str, reference: File | None) -> tuple[Voice | None, str]:
    """The voice and its name; of a recording of it only that.

    Args:
        voice: a bank slug, an id or a name; "" where there is a reference.

    Raises:
        BadInput: `voice_required`, `several_voices`. NotFound: `unknown_voice`. Unusable: `voice_not_ready`.
        Forbidden: `spoken_consent_required`, `reference_not_allowed`.
    """
    if reference is None:
        if not voice:
            raise BadInput(
                "voice_required",
                "say in which voice: send voice, or a recording of it in the field reference",
                "укажите, каким голосом: voice или запись голоса в поле reference",
            )
        found = voice_resolve(owner=owner, reference=voice)
        voice_ready_check(found)
        return found, found.name
    if voice:
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
    return None, upload_shown_name(reference)[:NAME_CHARACTERS]


def voice_heard(
    job: Job, files: dict[str, Path], folder: Path
) -> tuple[engine.Profile | None, Sequence[Path]]:
    """The voice as it was when the job was made, and recordings of it, of its datasets too; of a reference only that.

    Raises:
        NotFound: `voice_deleted`.
    """
    if REFERENCE in files:
        return None, [files[REFERENCE]]
    version = VoiceVersion.objects.filter(heard__job=job).first()
    if job.voice is None or version is None:
        raise NotFound("voice_deleted", "the voice was deleted", "голос удалён")
    usable = job.voice.recordings.exclude(speech_seconds=None).order_by("-speech_seconds")
    recordings = [one.stored for one in usable.select_related("stored")[:RECORDINGS_HEARD]]
    clips = StoredFile.objects.filter(role=CLIP, dataset__voice=job.voice).order_by("-size_bytes")
    return version.profile, [
        file_fetch(stored.name, folder / f"{stored.pk}.{stored.format}")
        for stored in (*recordings, *clips[:CLIPS_HEARD])
    ]
