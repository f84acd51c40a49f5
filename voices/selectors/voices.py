"""Voices as an owner sees them: the bank, and one's own."""

from dataclasses import dataclass
from uuid import UUID

from django.conf import settings
from django.db.models import (
    Case,
    CharField,
    F,
    OuterRef,
    Prefetch,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.utils.translation import get_language

from voices.errors import Forbidden, NotFound, Unusable
from voices.kinds import FITTING
from voices.models import ConsentRecord, Job, Recording, Voice, VoiceVersion
from voices.owner import Owner
from voices.selectors.matching import called, contains

VECTORS = ("spoken_consent_embedding",)  # long, and nothing to show


@dataclass(frozen=True, kw_only=True)
class VoiceFilter:
    """Which voices; what is empty does not narrow them."""

    search: str = ""
    own: bool | None = None
    gender: str = ""
    language: str = ""


def voice_list(
    *, owner: Owner, chosen: VoiceFilter = VoiceFilter(), shown_in: str | None = None
) -> QuerySet[Voice]:
    """Ready voices: the bank first, women before men and each by name in the language they are shown
    in, then the owner's own, the newest first.
    """
    voices = Voice.objects.filter(owner.q | Q(is_bank=True), status=Voice.Status.READY)
    if chosen.own is not None:
        voices = voices.filter(is_bank=not chosen.own)
    if chosen.gender:
        voices = voices.filter(gender=chosen.gender)
    if chosen.language:
        voices = voices.filter(language=chosen.language)
    if chosen.search:
        voices = voices.filter(_found_by(chosen.search))
    name = "name_ru" if shown_in == "ru" else "name"
    ordered = voices.order_by("-is_bank", _of_bank("gender"), _of_bank(name), "-created_at", "id")
    recordings = Prefetch("recordings", Recording.objects.select_related("stored").defer("profile"))
    at_it = fitting_jobs().filter(voice=OuterRef("pk")).values("pk")[:1]
    return ordered.prefetch_related(recordings).defer(*VECTORS).annotate(fitting=Subquery(at_it))


def _of_bank(field: str) -> Case:
    """A field of the bank's voices to order by; own ones keep the order of their making."""
    return Case(When(is_bank=True, then=F(field)), default=Value(""), output_field=CharField())


def _found_by(words: str) -> Q:
    """Voices that have every one of the words, wherever it stands."""
    found = Q()
    for word in words.split():
        found &= contains(word, "name", "name_ru", "slug", "description", "description_ru")
    return found


def voices_alike(*, owner: Owner, but: Voice | None = None) -> list[Voice]:
    """Voices with a d-vector that this owner may hear of: the bank and own ones."""
    voices = voice_list(owner=owner).filter(active_version__isnull=False)
    voices = voices.select_related("active_version")
    return [voice for voice in voices if but is None or voice.pk != but.pk]


def voice_ready_check(voice: Voice) -> None:
    """Whether it may be heard.

    Raises:
        Unusable: `voice_not_ready`. Forbidden: `spoken_consent_required`.
    """
    if voice.status != Voice.Status.READY:
        raise Unusable(
            "voice_not_ready",
            f"voice {voice.name} is still being made",
            f"голос «{voice.name}» ещё готовится",
        )
    voice_consent_check(voice)


def voice_consent_check(voice: Voice) -> None:
    """Raises Forbidden `spoken_consent_required` where the operator asks for one and it is missing."""
    if voice_consent_missing(voice):
        raise Forbidden(
            "spoken_consent_required",
            f"voice {voice.name} waits for its owner's spoken consent",
            f"голос «{voice.name}» ждёт устного согласия своего обладателя",
            voice=str(voice.pk),
        )


def voice_consent_missing(voice: Voice) -> bool:
    """Whether the voice must not speak before a phrase has been read aloud in it."""
    return (
        settings.SPOKEN_CONSENT_REQUIRED and not voice.is_bank and voice.spoken_consent_at is None
    )


def consent_records(*, owner: Owner, voice_id: UUID) -> QuerySet[ConsentRecord]:
    """What was confirmed of an own voice, in the order of time.

    Raises:
        NotFound, Forbidden: not an own voice.
    """
    return ConsentRecord.objects.filter(voice=voice_own_get(owner=owner, voice_id=voice_id).pk)


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
    """A voice by id, bank slug, or a name it is shown by, in any case: an own one before the bank's,
    of several the newest.

    Raises:
        NotFound: no such voice, also when it belongs to somebody else.
    """
    try:
        return voice_get(owner=owner, voice_id=reference)
    except NotFound:
        of_bank = Q(is_bank=True) & called(reference, "slug", "name", "name_ru")
        named = Voice.objects.filter(owner.q & called(reference, "name") | of_bank)
        voice = named.order_by("is_bank", "-created_at").first()
        if voice is None:
            raise
        return voice


def fitting_jobs() -> QuerySet[Job]:
    """Those that fit a voice now."""
    return Job.objects.filter(kind=FITTING.name, status__in=Job.ACTIVE)


def voice_fitting(voice: Voice) -> UUID | None:
    """The job that fits it now; asks nothing for voices of a `voice_list`."""
    if voice.is_bank or "fitting" in vars(voice):
        return vars(voice).get("fitting")
    return fitting_jobs().filter(voice=voice).values_list("pk", flat=True).first()


def voice_versions(*, owner: Owner, voice_id: UUID) -> QuerySet[VoiceVersion]:
    """Of an own voice, the newest first, with the voice and without what nobody sees.

    Raises:
        NotFound, Forbidden: not an own voice.
    """
    voice = voice_own_get(owner=owner, voice_id=voice_id)
    return voice.versions.select_related("voice").defer("profile")


def voice_version_get(*, owner: Owner, voice_id: UUID, number: int) -> VoiceVersion:
    """Raises NotFound, also when the voice belongs to somebody else."""
    versions = voice_versions(owner=owner, voice_id=voice_id).defer(None)
    version = versions.filter(number=number).first()
    if version is None:
        raise NotFound(
            "unknown_version",
            f"the voice has no version {number}",
            f"у голоса нет версии {number}",
        )
    return version


def recording_get(*, owner: Owner, voice_id: UUID, recording_id: UUID) -> Recording:
    """Raises NotFound, also when it belongs to somebody else."""
    voice = voice_own_get(owner=owner, voice_id=voice_id)
    recording = (
        Recording.objects.filter(voice=voice, pk=recording_id).select_related("stored").first()
    )
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


def voice_shown_name(voice: Voice) -> str:
    """The name in the language of the request."""
    return (voice.name_ru if get_language() == "ru" else "") or voice.name


def voice_shown_description(voice: Voice) -> str:
    """The description in the language of the request."""
    return (voice.description_ru if get_language() == "ru" else "") or voice.description
