"""What a visitor has made becomes the user's who signs in."""

from uuid import UUID

from django.apps import apps
from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import F, UniqueConstraint

from voices.models import Job, OwnedModel, UsageDay, Voice


def owned_models() -> list[type[OwnedModel]]:
    """Every table whose rows have an owner; voices and jobs first, the days of usage last.

    Work that ends locks its job before its day, so whoever locks many rows keeps to that order.
    """
    others = [
        model
        for model in apps.get_app_config("voices").get_models()
        if issubclass(model, OwnedModel) and model not in (Voice, Job, UsageDay)
    ]
    return [Voice, Job, *others, UsageDay]


@transaction.atomic
def visitor_adopt(*, visitor: UUID, user: User) -> None:
    """All rows of the visitor's, running jobs included, pass to the user; files stay where they are.

    Of what one can have only once (a word of the dictionary) the user's own stays. Usage is added up.
    """
    for model in owned_models():
        rows = model._default_manager.filter(visitor=visitor)
        if model is UsageDay:
            _usage_merge(visitor, user)
            continue
        for single in _only_once(model):
            own = model._default_manager.filter(user=user).values(single)
            rows.filter(**{f"{single}__in": own}).delete()
        rows.update(user=user, visitor=None)


def _only_once(model: type[OwnedModel]) -> list[str]:
    """Columns that are unique among the rows of a visitor."""
    fields = [
        constraint.fields
        for constraint in model._meta.constraints
        if isinstance(constraint, UniqueConstraint) and "visitor" in constraint.fields
    ]
    return [name for names in fields for name in names if name != "visitor"]


def _usage_merge(visitor: UUID, user: User) -> None:
    for day in UsageDay.objects.filter(visitor=visitor):
        row, _ = UsageDay.objects.get_or_create(user=user, visitor=None, day=day.day)
        UsageDay.objects.filter(pk=row.pk).update(
            characters=F("characters") + day.characters,
            jobs=F("jobs") + day.jobs,
            audio_seconds=F("audio_seconds") + day.audio_seconds,
            worked_seconds=F("worked_seconds") + day.worked_seconds,
        )
        day.delete()
