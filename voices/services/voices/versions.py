"""Versions of a voice: each change makes one, and any of them can speak again."""

from typing import Any
from uuid import UUID

from django.db import transaction

from voices.models import Job, Voice, VoiceVersion
from voices.models.voice_version import INSTANT
from voices.owner import Owner
from voices.selectors.voices import voice_own_get, voice_version_get
from voices.services.voices.consent import spoken_consent_renew


def voice_version_add(
    *,
    voice: Voice,
    profile: dict[str, Any],
    figures: dict[str, Any],
    kind: str = INSTANT,
    job: Job | None = None,
    speaks: bool = True,
    weights: str = "",
) -> VoiceVersion:
    """The voice speaks so from now on, or may. `voice` is locked by the transaction around it; `weights` are a
    file of it already.
    """
    voice.versions_made += 1
    version = VoiceVersion.objects.create(
        voice=voice,
        number=voice.versions_made,
        kind=kind,
        profile=profile,
        weights=weights,
        figures=figures,
        job=job,
    )
    if speaks:
        voice.active_version, voice.status = version, Voice.Status.READY
    voice.save(update_fields=["versions_made", "active_version", "status"])
    spoken_consent_renew(voice=voice)
    return version


@transaction.atomic
def voice_version_activate(*, owner: Owner, voice_id: UUID, number: int) -> Voice:
    """Speak as this version does; jobs that were made before keep theirs.

    Raises:
        NotFound: no such voice of this owner, `unknown_version`.
        Forbidden: a voice of the bank.
    """
    version = voice_version_get(owner=owner, voice_id=voice_id, number=number)
    voice = Voice.objects.select_for_update(of=("self",)).get(pk=version.voice_id)
    voice.active_version = version
    voice.save(update_fields=["active_version"])
    spoken_consent_renew(voice=voice)
    return voice_own_get(owner=owner, voice_id=voice_id)
