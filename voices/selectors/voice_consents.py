"""Recorded consents as an owner sees them."""

from uuid import UUID

from django.db.models import Q

from voices.errors import NotFound
from voices.models import VoiceConsent
from voices.owner import Owner


def voice_consent_get(*, owner: Owner, consent_id: UUID) -> VoiceConsent:
    """Raises NotFound, also when it belongs to somebody else."""
    consent = VoiceConsent.objects.filter(owner.q, pk=consent_id).first()
    if consent is None:
        raise NotFound("unknown_voice_consent", "no such voice consent", "нет такого согласия")
    return consent


def voice_consents_after(
    *, owner: Owner, after: UUID | None, limit: int
) -> tuple[list[VoiceConsent], bool]:
    """Consents from the newest on, those that follow `after`; and whether there are more.

    Raises:
        NotFound: `after` is none of the owner's.
    """
    consents = VoiceConsent.objects.filter(owner.q)
    if after is not None:
        last = voice_consent_get(owner=owner, consent_id=after)
        older = Q(created_at__lt=last.created_at)
        consents = consents.filter(older | Q(created_at=last.created_at, pk__lt=last.pk))
    found = list(consents[: limit + 1])
    return found[:limit], len(found) > limit
