"""Points of a training, as its owner sees them."""

from voices.models import Job, TrainingPoint

POINTS_AT_ONCE = 1000


def points_after(*, job: Job, step: int | None = None) -> list[TrainingPoint]:
    """Those of this attempt behind the step, the earliest first, one page of them."""
    if job.last_step is None:
        return []
    points = TrainingPoint.objects.filter(job=job, step__lte=job.last_step)
    if step is not None:
        points = points.filter(step__gt=step)
    return list(points.order_by("step")[:POINTS_AT_ONCE])


def points_last(*, job: Job, after: int | None, count: int) -> list[TrainingPoint]:
    """The latest of those that `points_after` gives, the earliest first."""
    points = TrainingPoint.objects.filter(job=job, step__lte=job.last_step or 0)
    if after is not None:
        points = points.filter(step__gt=after)
    return list(points.order_by("-step")[:count])[::-1]
