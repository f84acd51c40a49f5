"""Times of words as their owner sees them."""

from typing import Any
from uuid import UUID

from voices.errors import NotFound
from voices.models import Timestamps
from voices.owner import Owner
from voices.selectors.jobs import job_with_audio_get


def timestamps_get(*, owner: Owner, job_id: UUID) -> list[dict[str, Any]]:
    """Sentences with their words and sounds.

    Raises:
        NotFound: `unknown_job`, `audio_not_ready`, or `no_timestamps`: the job was not asked for them.
    """
    job = job_with_audio_get(owner=owner, job_id=job_id)
    row = Timestamps.objects.filter(job=job).first()
    if row is None:
        raise NotFound(
            "no_timestamps",
            "this job was made without timestamps; ask for them with timestamps=true",
            "у этого задания нет меток времени; запросите их: timestamps=true",
        )
    return list(row.sentences)
