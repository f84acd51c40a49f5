"""Datasets on the operator's pages: how much there is of whose, and no word of what is said in them."""

from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from voices.admin_lists import Own, Seen, owner, short_id
from voices.admin_values import Coded, coded, moment
from voices.admin_words import words
from voices.models import Dataset
from voices.owner import Owner
from voices.services.studio.datasets import dataset_delete

STATE = coded(Dataset, "state")


@admin.register(Dataset)
class DatasetAdmin(Seen):
    """They can be deleted with all that belongs to them, as their owners can."""

    list_display = (
        short_id, owner, "voice", STATE, "minutes", moment(Dataset, "created_at"), moment(Dataset, "prepared_at"),
    )  # fmt: skip
    shown_as: ClassVar[dict[str, Any]] = {"state": STATE}
    list_filter = (("state", Coded), Own, "created_at")
    search_fields = ("=id", "=voice__id", "=visitor", "user__username")
    list_select_related = ("user", "voice")
    exclude = ("title", "edits", "figures")

    @admin.display(description=words("минут взято", "minutes kept"))
    def minutes(self, dataset: Dataset) -> str:
        seconds = dataset.figures.get("seconds_kept")
        return "-" if seconds is None else f"{seconds / 60:.1f}"

    def has_delete_permission(self, request: HttpRequest, *_given: Any) -> bool:
        return bool(request.user.has_perm("voices.delete_dataset"))

    def delete_model(self, request: HttpRequest, obj: Dataset) -> None:
        whose = Owner(user_id=obj.user_id, visitor=obj.visitor)
        dataset_delete(owner=whose, dataset_id=obj.pk)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Dataset]) -> None:
        for dataset in queryset:
            self.delete_model(request, dataset)
