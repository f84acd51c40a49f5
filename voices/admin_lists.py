"""What lists of the operator's pages have in common: rows to look at, whose they are, and filters by that."""

from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from voices.admin_words import words

VISITOR, BANK = words("посетитель", "visitor"), words("банк", "bank")


class Seen(admin.ModelAdmin):
    """Rows to look at: nothing is added or changed by hand."""

    shown_as: ClassVar[dict[str, Any]] = {}  # columns in place of fields, also on a row's own page

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        names: Any = super().get_fields(request, obj)  # with those only read at the end
        given = [name for name in names if not callable(name)]
        return [self.shown_as.get(name, name) for name in given]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        return [*super().get_readonly_fields(request, obj), *self.shown_as.values()]

    def has_add_permission(self, request: HttpRequest, *_given: Any) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, *_given: Any) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, *_given: Any) -> bool:
        return False


@admin.display(description=words("владелец", "owner"))
def owner(row: Any) -> str:
    """The user, or the visitor's beginning."""
    if row.user_id:
        return str(row.user)
    return f"{VISITOR} {str(row.visitor)[:8]}" if row.visitor else str(BANK)


@admin.display(description=words("номер", "id"), ordering="created_at")
def short_id(row: Any) -> str:
    """The beginning of an id: all of it fills a line."""
    return str(row.pk)[:8]


class Own(admin.SimpleListFilter):
    """By kind of owner."""

    title = words("владелец", "owner")
    parameter_name = "owner"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("user", words("пользователь", "user")), ("visitor", VISITOR), ("bank", BANK)]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        if self.value() == "user":
            return queryset.filter(user__isnull=False)
        if self.value() == "visitor":
            return queryset.filter(visitor__isnull=False)
        if self.value() == "bank":
            return queryset.filter(user=None, visitor=None)
        return queryset
