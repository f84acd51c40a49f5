"""What a training tells of its steps while it runs."""

import math
from collections.abc import Mapping

from django.db import transaction

from voices.models import TrainingPoint
from voices.services.jobs.leases import JobLease


@transaction.atomic
def point_add(lease: JobLease, *, step: int, values: Mapping[str, float]) -> None:
    """Write down what was measured at a step. Points of an attempt before this one go, and so do later steps,
    which a job that goes on from what it had saved does once more.

    Raises:
        JobCancelled: the job is no longer ours.
    """
    job = lease.job
    lease.reached(step)  # and locks the row
    later = TrainingPoint.objects.filter(job=job)
    if job.last_step is not None:
        later = later.filter(step__gte=step)
    later.delete()
    finite = {name: value if math.isfinite(value) else None for name, value in values.items()}
    TrainingPoint.objects.create(job=job, step=step, values=finite)
    job.last_step = step
