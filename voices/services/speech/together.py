"""Short texts that wait in one queue, said in one batch: the same machine says more of them.

The worker that has claimed a short text claims some of those behind it too, in their turns and each by its
own row, makes the sound of all at once and ends them one by one. What was tried before goes alone: a text
that costs a worker its life takes the others with it once at most.
"""

import math
from typing import Any

from django.conf import settings
from django.db.models import F
from django.db.models.functions import Length

from voices import engine
from voices.errors import AppError
from voices.kinds import SAYING
from voices.models import Job
from voices.selectors.health import workers_alive
from voices.services.jobs.jobs import job_claim
from voices.services.jobs.turns import jobs_due
from voices.services.speech.orders import speech_order

MEAN_CHARACTERS = 80  # of the texts of a batch: nobody is to wait long for the others
LONGEST_CHARACTERS = 300  # the sentences of a longer text fill a batch by themselves


Said = tuple[Any, list[dict[str, Any]]]


def jobs_beside(job: Job) -> list[Job]:
    """Claim what is to be said with a job that was just claimed; often nothing."""
    places = settings.JOBS_TOGETHER - 1
    if places < 1 or not _may_share(job):
        return []
    room = settings.JOBS_TOGETHER * MEAN_CHARACTERS - len(job.text)
    waiting = (
        jobs_due(queue=job.queue)
        .filter(kind=SAYING.name, attempts=F("forgiven"))
        .filter(params__stream=False, params__live=False)
        .annotate(characters=Length("text"))
        .filter(characters__lte=min(room, LONGEST_CHARACTERS))
    )
    found = list(waiting.values_list("pk", "characters")[:places])
    if not found:
        return []
    workers = max(len(workers_alive(queue=job.queue)), 1)
    share = math.ceil((len(found) + 1) / workers) - 1  # idle ones shall have some too
    claimed: list[Job] = []
    for job_id, characters in found:
        if len(claimed) == share or characters > room:
            break
        other = job_claim(job_id=job_id)
        if other is not None:
            claimed.append(other)
            room -= characters
    return claimed


def said_together(jobs: list[Job]) -> list[Said | AppError]:
    """Each text's sound and sentences in time, or the error that its job fails with.

    Raises:
        AppError: one of them cannot even be tried.
    """
    return engine.speak_many([speech_order(job) for job in jobs])


def _may_share(job: Job) -> bool:
    params = job.params
    return (
        job.kind == SAYING.name
        and job.attempts - job.forgiven == 1
        and not (params.get("stream") or params.get("live"))
        and len(job.text) <= LONGEST_CHARACTERS
    )
