"""Voices as an owner sees them: the bank, and one's own."""

from uuid import UUID

from django.db.models import Q, QuerySet

from voices.errors import Forbidden, NotFound
from voices.models import Recording, Voice
from voices.owner import Owner


def voice_list(*, owner: Owner, search: str = "", own: bool | None = None) -> QuerySet[Voice]:
    """Ready voices: the bank first, then the owner's in the order they were made."""
    voices = Voice.objects.filter(owner.q | Q(is_bank=True), status=Voice.Status.READY)
    if own is not None:
        voices = voices.filter(is_bank=not own)
    if search:
        voices = voices.filter(
            Q(name__icontains=search)
            | Q(name_ru__icontains=search)
            | Q(slug__icontains=search)
            | Q(description__icontains=search)
        )
    return voices.prefetch_related("recordings")


def voice_get(*, owner: Owner, voice_id: str) -> Voice:
    """A voice by id or bank slug.

    Raises:
        NotFound: no such voice, also when it belongs to somebody else.
    """
    found = Voice.objects.filter(owner.q | Q(is_bank=True)).filter(_by_id(voice_id)).first()
    if found is None:
        raise _unknown(voice_id)
    return found


def voice_own_get(*, owner: Owner, voice_id: UUID) -> Voice:
    """One's own voice.

    Raises:
        NotFound: no such voice, also when it belongs to somebody else.
        Forbidden: it is one of the bank, which nobody changes.
    """
    voice = voice_get(owner=owner, voice_id=str(voice_id))
    if voice.is_bank:
        raise Forbidden(
            "bank_voice",
            "voices of the bank cannot be changed",
            "голоса из банка нельзя изменить",
        )
    return voice


def voice_resolve(*, owner: Owner, reference: str) -> Voice:
    """A voice by id, bank slug, or the name of an own one (the newest of that name).

    Raises:
        NotFound: no such voice, also when it belongs to somebody else.
    """
    try:
        return voice_get(owner=owner, voice_id=reference)
    except NotFound:
        named = Voice.objects.filter(owner.q, name__iexact=reference.strip())
        voice = named.order_by("-created_at").first()
        if voice is None:
            raise
        return voice


def recording_get(*, owner: Owner, voice_id: UUID, recording_id: UUID) -> Recording:
    """Raises NotFound, also when it belongs to somebody else."""
    voice = voice_own_get(owner=owner, voice_id=voice_id)
    recording = Recording.objects.filter(voice=voice, pk=recording_id).first()
    if recording is None:
        raise NotFound("unknown_recording", "no such recording", "нет такой записи")
    return recording


def _by_id(reference: str) -> Q:
    try:
        return Q(pk=UUID(reference))
    except ValueError:
        return Q(slug=reference)


def _unknown(reference: str) -> NotFound:
    shown = reference[:80]
    return NotFound("unknown_voice", f"no voice {shown!r}", f"нет голоса «{shown}»", voice=shown)
