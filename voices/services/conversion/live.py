"""Talks in another voice: a ticket from a call, one talk for each, never more at once than can be served well."""

import hashlib
import secrets
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from voices import engine
from voices.errors import Conflict, NotFound, QuotaExceeded, Unavailable, Unusable
from voices.models import LiveSession
from voices.models.live import LOST_SECONDS
from voices.owner import Owner
from voices.selectors.live import live_session_get
from voices.selectors.voices import voice_ready_check, voice_resolve
from voices.services.jobs.hearing import voices_use_note
from voices.services.jobs.quotas import quota_take, usage_live_add
from voices.services.sounds.rights import rights_confirmed
from voices.services.voices.consent import Confirmation

TICKET_SECONDS = 30  # in which a talk must begin
BEAT_SECONDS = 4  # how often a talk says that it goes on


@dataclass(frozen=True, kw_only=True)
class LiveWish:
    """What somebody asks to speak as. `settings` are the engine's, by name; what is left out is as usual."""

    voice: str
    rights: Confirmation
    settings: dict[str, Any] = field(default_factory=dict)


def live_session_create(*, owner: Owner, wish: LiveWish) -> tuple[LiveSession, str]:
    """A talk that may begin, and its ticket, which is told once.

    Raises:
        BadInput: `rights_required`, `bad_live_settings`. Conflict: `rights_text_changed`.
        NotFound: `unknown_voice`. Unusable: `voice_not_ready`. Forbidden: `spoken_consent_required`.
        QuotaExceeded: `busy`, others speak; `quota_exceeded`. Unavailable: `live_off`.
    """
    if not (settings.LIVE_PORT or settings.LIVE_URL):
        raise Unavailable(
            "live_off",
            "live conversion is switched off here",
            "живое преобразование голоса здесь выключено",
        )
    engine.live_settings_check(wish.settings)
    voice = voice_resolve(owner=owner, reference=wish.voice)
    voice_ready_check(voice)
    if voice.active_version is None:
        raise Unusable("voice_not_ready", "the voice is still being made", "голос ещё готовится")
    rights = rights_confirmed(wish.rights, earlier=None)
    ticket = secrets.token_urlsafe(32)
    with transaction.atomic():
        quota_take(owner=owner, counts_work=True)
        if _at_once() >= settings.LIVE_SESSIONS:
            raise busy()
        session = LiveSession.objects.create(
            **owner.fields,
            digest=_digest(ticket),
            voice=voice,
            version=voice.active_version,
            settings=wish.settings,
            rights=rights,
        )
    return session, ticket


def live_begin(*, ticket: str) -> LiveSession:
    """The talk of a ticket, which counts once.

    Raises:
        NotFound: `unknown_ticket`, it is none, was used, or is older than half a minute. QuotaExceeded: `busy`.
    """
    now = timezone.now()
    fresh = LiveSession.objects.filter(
        digest=_digest(ticket),
        started_at=None,
        created_at__gt=now - timedelta(seconds=TICKET_SECONDS),
    )
    if not fresh.update(started_at=now, beat_at=now):
        raise NotFound(
            "unknown_ticket",
            "this ticket is not valid: it counts once, and for half a minute",
            "этот билет недействителен: он годится один раз и полминуты",
        )
    session = LiveSession.objects.select_related("version", "voice").get(digest=_digest(ticket))
    speaking = _going_on().filter(started_at__isnull=False).exclude(pk=session.pk)
    if speaking.count() >= settings.LIVE_SESSIONS:  # two tickets may have been given out at once
        LiveSession.objects.filter(pk=session.pk).update(ended_at=now)
        raise busy()
    voices_use_note({session.voice_id})
    return session


def live_beat(*, session: LiveSession, seconds: float) -> None:
    """A talk goes on. Raises NotFound: `voice_deleted`, it has gone with its voice or owner."""
    going = LiveSession.objects.filter(pk=session.pk, ended_at=None)
    if not going.update(beat_at=timezone.now(), seconds=seconds):
        raise NotFound("voice_deleted", "the voice was deleted", "голос удалён")


@transaction.atomic
def live_end(*, session: LiveSession, seconds: float) -> None:
    """A talk is over; its seconds count as work for its owner."""
    ended = LiveSession.objects.filter(pk=session.pk, ended_at=None)
    if ended.update(ended_at=timezone.now(), seconds=seconds):
        session.refresh_from_db(
            fields=["user", "visitor"]
        )  # a visitor may have signed in meanwhile
    if session.user_id is None or User.objects.filter(pk=session.user_id).exists():
        owner = Owner(user_id=session.user_id, visitor=session.visitor)
        usage_live_add(owner=owner, seconds=seconds)


def live_session_delete(*, owner: Owner, session_id: UUID) -> None:
    """Forget a talk that is over.

    Raises:
        NotFound: `unknown_talk`. Conflict: `talk_goes_on`.
    """
    session = live_session_get(owner=owner, session_id=session_id)
    if session.over_at is None:
        raise Conflict("talk_goes_on", "end the talk first", "сначала закончите разговор")
    session.delete()


def busy() -> QuotaExceeded:
    """All places are taken."""
    error = QuotaExceeded(
        "busy",
        f"{settings.LIVE_SESSIONS} people speak in other voices here already, and more would be served badly; "
        "try again in a minute",
        f"здесь уже говорят другими голосами {settings.LIVE_SESSIONS} чел., больше хорошо не обслужить; "
        "повторите через минуту",
        allowed=settings.LIVE_SESSIONS,
    )
    error.retry_after_seconds = 60
    return error


def _at_once() -> int:
    """Talks that go on, and those whose tickets may still be used."""
    return _going_on().count()


def _going_on() -> Any:
    now = timezone.now()
    alive = Q(beat_at__gt=now - timedelta(seconds=LOST_SECONDS))
    alive |= Q(started_at=None, created_at__gt=now - timedelta(seconds=TICKET_SECONDS))
    return LiveSession.objects.filter(alive, ended_at=None)


def _digest(ticket: str) -> str:
    return hashlib.sha256(ticket.encode()).hexdigest()
