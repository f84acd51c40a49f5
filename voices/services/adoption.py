"""What a visitor has made becomes the user's who signs in."""

from uuid import UUID

from django.apps import apps
from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import F

from voices.models import DictionaryEntry, Job, OwnedModel, UsageDay, Voice


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

    Where both have a word in their dictionary, the user's reading stays. Usage is added up.
    """
    words = DictionaryEntry.objects.filter(user=user).values("word")
    DictionaryEntry.objects.filter(visitor=visitor, word__in=words).delete()
    for model in owned_models():
        if model is UsageDay:
            _usage_merge(visitor, user)
        else:
            model._default_manager.filter(visitor=visitor).update(user=user, visitor=None)


def _usage_merge(visitor: UUID, user: User) -> None:
    for day in UsageDay.objects.filter(visitor=visitor):
        row, _ = UsageDay.objects.get_or_create(user=user, visitor=None, day=day.day)
        UsageDay.objects.filter(pk=row.pk).update(
            characters=F("characters") + day.characters,
            jobs=F("jobs") + day.jobs,
            audio_seconds=F("audio_seconds") + day.audio_seconds,
        )
        day.delete()
