"""Values of rows as the operator's pages show them: words in place of codes, moments that fit a column."""

from collections.abc import Callable
from typing import Any

from django.contrib import admin
from django.db.models import Model
from django.utils.formats import date_format
from django.utils.timezone import localtime

from voices.admin_words import FIELDS, words

_WORDS = {
    # states
    "queued": ("ждёт", "queued"),
    "running": ("в работе", "running"),
    "succeeded": ("готово", "succeeded"),
    "partly_succeeded": ("готово не всё", "partly"),
    "failed": ("не удалось", "failed"),
    "cancelled": ("отменено", "cancelled"),
    "enrolling": ("создаётся", "enrolling"),
    "ready": ("готов", "ready"),
    "collecting": ("собирается", "collecting"),
    "preparing": ("готовится", "preparing"),
    "prepared": ("подготовлен", "prepared"),
    # kinds
    "take": ("запись для обучения", "recording to train from"),
    "dataset": ("подготовка набора записей", "preparing of a dataset"),
    "speech": ("речь", "speech"),
    "enrolment": ("создание голоса", "enrolment"),
    "fitting": ("подгонка голоса к записям", "fitting of a voice"),
    "comparison": ("сравнение версий", "comparison of versions"),
    "training": ("обучение голоса", "training of a voice"),
    "track": ("дорожка субтитров", "track"),
    "preview": ("образец голоса", "preview"),
    "consent": ("устное согласие", "spoken consent"),
    "chunk": ("часть текста", "chunk"),
    "statement": ("заявление", "statement"),
    "spoken": ("прочитанная фраза", "phrase read aloud"),
    # versions of voices
    "instant": ("измерен по записям", "instant"),
    "fitted": ("подогнан к записям", "fitted"),
    "studio": ("студийный", "studio"),
    "merged": ("слит из других", "merged"),
    # the rest
    "female": ("женский", "female"),
    "male": ("мужской", "male"),
    "texts": ("тексты", "texts"),
}


def in_words(value: str) -> Any:
    """What has no words, such as a format, is shown as it is."""
    return words(*_WORDS[value]) if value in _WORDS else value or "-"


def _title(model: type[Model], name: str) -> Any:
    """As the field's own, which is renamed later than this is read."""
    field: Any = model._meta.get_field(name)
    return words(FIELDS[name], str(field.verbose_name))


def coded(model: type[Model], name: str) -> Callable[[Any], Any]:
    """A column of such values."""

    @admin.display(description=_title(model, name), ordering=name)
    def shown(row: Any) -> Any:
        return in_words(getattr(row, name))

    return shown


def moment(model: type[Model], name: str) -> Callable[[Any], str]:
    """A column of moments, to the minute."""

    @admin.display(description=_title(model, name), ordering=name, empty_value="-")
    def shown(row: Any) -> Any:
        at = getattr(row, name)
        return at and date_format(localtime(at), "d.m.Y H:i")

    return shown


class Coded(admin.AllValuesFieldListFilter):
    """A filter by such values: those that there are."""

    def choices(self, changelist: Any) -> Any:
        for choice in super().choices(changelist):
            yield {**choice, "display": in_words(str(choice["display"]))}
