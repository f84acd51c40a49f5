"""Consents that are recorded before there is a voice, as OpenAI's clients do it.

The recording shows that a person spoke, not which one: nothing of it is kept. Where the operator wants
a phrase to be read aloud in the very voice, it is read besides.
"""

from uuid import UUID

from django.core.files.base import File

from voices import engine
from voices.errors import BadInput
from voices.models import VoiceConsent
from voices.owner import Owner
from voices.selectors.api_keys import account_required
from voices.selectors.voice_consents import voice_consent_get
from voices.services.jobs.waiting import waiting_place
from voices.services.voices.consent import Confirmation, confirmation_check, spoken_by_machine
from voices.services.voices.uploads import uploads_check


@waiting_place()
def voice_consent_create(
    *, owner: Owner, name: str, language: str, upload: File, confirmation: Confirmation
) -> VoiceConsent:
    """A consent whose recording is of somebody who speaks.

    Raises:
        Forbidden: `account_required`.
        BadInput: `name_required`, `empty_file`.
        TooLarge, UnsupportedMedia, Unusable: a recording that cannot serve; `spoken_by_machine`.
    """
    if owner.user_id is None:
        raise account_required()
    confirmation_check(confirmation)
    label = _label(name)
    uploads_check([upload])
    found = engine.provenance_of_speech(upload.read())
    if found.made_here or found.tagged_as_generated:
        raise spoken_by_machine()
    return VoiceConsent.objects.create(
        **owner.fields,
        name=label,
        language=language,
        text_version=confirmation.version,
        address=confirmation.address,
        user_agent=confirmation.user_agent,
    )


def voice_consent_rename(*, owner: Owner, consent_id: UUID, name: str) -> VoiceConsent:
    """Raises NotFound; BadInput: `name_required`."""
    consent = voice_consent_get(owner=owner, consent_id=consent_id)
    consent.name = _label(name)
    consent.save(update_fields=["name"])
    return consent


def voice_consent_delete(*, owner: Owner, consent_id: UUID) -> None:
    """Voices made with it stay, and so do their records. Raises NotFound."""
    voice_consent_get(owner=owner, consent_id=consent_id).delete()


def confirmation_recorded(consent: VoiceConsent) -> Confirmation:
    """What was confirmed with it, for a voice."""
    return Confirmation(
        given=True,
        language="ru" if consent.language.lower().split("-")[0] == "ru" else "en",
        version=consent.text_version,
        address=consent.address,
        user_agent=consent.user_agent,
        at=consent.created_at,
    )


def _label(name: str) -> str:
    label = " ".join(name.split())
    if not label:
        raise BadInput("name_required", "the consent needs a name", "дайте согласию имя")
    return label
