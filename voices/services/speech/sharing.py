"""Links by which anybody may hear one result until a date. The link itself says which and until
when, signed: nothing is stored, so deleting the job, or the date, is what ends it.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from datetime import timezone as zone
from uuid import UUID

from django.core import signing
from django.utils import timezone

from voices.errors import Gone, NotFound
from voices.models import Job
from voices.owner import Owner
from voices.selectors.jobs import job_with_audio_get

SALT = "voices.share"
HOUR_SECONDS, DAY_SECONDS = 3600, 24 * 3600
SHORTEST_SECONDS, LONGEST_SECONDS = 60, 30 * DAY_SECONDS
USUAL_SECONDS = 7 * DAY_SECONDS


@dataclass(frozen=True)
class Share:
    """What is signed: a finished job and the end of the link."""

    job: Job
    expires_at: datetime


def share_create(*, owner: Owner, job_id: UUID, seconds: int) -> tuple[str, datetime]:
    """A token for the job's sound, and when it ends.

    Raises:
        NotFound: no such job of this owner, or it has no sound.
    """
    job = job_with_audio_get(owner=owner, job_id=job_id)
    expires_at = (timezone.now() + timedelta(seconds=seconds)).replace(microsecond=0)
    token = signing.dumps([job.pk.hex, int(expires_at.timestamp())], salt=SALT)
    return token, expires_at


def share_open(*, token: str) -> Share:
    """What a token shows.

    Raises:
        NotFound: `unknown_share`, it is none of ours.
        Gone: `share_expired`, or `share_deleted` when the owner has removed the result.
    """
    try:
        job_hex, expires = signing.loads(token, salt=SALT)
    except signing.BadSignature:
        raise NotFound("unknown_share", "no such link", "такой ссылки нет") from None
    expires_at = datetime.fromtimestamp(expires, tz=zone.utc)
    if expires_at <= timezone.now():
        raise Gone("share_expired", "the link has expired", "срок ссылки истёк")
    found = Job.objects.with_result().filter(pk=UUID(hex=job_hex))
    job = found.select_related("voice").first()
    if job is None or job.result is None:
        raise Gone("share_deleted", "the recording was deleted", "запись удалена")
    return Share(job, expires_at)
