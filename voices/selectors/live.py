"""Talks in other voices, as those who spoke see them."""

from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db.models import QuerySet

from voices.errors import NotFound
from voices.models import LiveSession
from voices.owner import Owner
from voices.selectors.voices import VECTORS

_NOT_SHOWN = ("rights", *(f"voice__{name}" for name in VECTORS))


def live_session_list(*, owner: Owner) -> QuerySet[LiveSession]:
    """Newest first; tickets that nobody used, and talks in which nobody was let in, are none."""
    begun = LiveSession.objects.filter(owner.q, started_at__isnull=False)
    begun = begun.exclude(ended_at__isnull=False, seconds=0)
    return begun.select_related("voice").defer(*_NOT_SHOWN).order_by("-started_at", "-id")


def live_session_get(*, owner: Owner, session_id: UUID) -> LiveSession:
    """Raises NotFound: `unknown_talk`, also when it is somebody else's."""
    found = live_session_list(owner=owner).filter(pk=session_id).first()
    if found is None:
        raise NotFound("unknown_talk", f"no talk {session_id}", f"нет разговора {session_id}")
    return found


def talk_expires_at(session: LiveSession) -> datetime | None:
    """When what is known of a talk will be removed; None: not while it goes on, or never."""
    days = settings.RETENTION["visitor" if session.user_id is None else "account"]["result_days"]
    over = session.over_at
    return over + timedelta(days=days) if over is not None and days else None
