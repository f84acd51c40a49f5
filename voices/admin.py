"""The operator's view. Work is seen and steered, never typed: rows are made by services."""

from typing import Any, ClassVar

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.models import User
from django.db.models import QuerySet
from django.http import HttpRequest

from voices import admin_studio  # noqa: F401  # registers itself
from voices.admin_lists import Own, Seen, owner, short_id
from voices.admin_values import Coded, coded, in_words, moment
from voices.admin_words import words
from voices.models import (
    Account,
    ApiKey,
    Batch,
    ConsentRecord,
    Job,
    LiveSession,
    Quota,
    UsageDay,
    Voice,
    VoiceConsent,
    Worker,
)
from voices.owner import Owner
from voices.services.accounts.closing import account_close
from voices.services.upkeep.operator import jobs_cancel, jobs_retry
from voices.services.voices.voices import voice_delete

admin.site.site_header = admin.site.site_title = words("Голос", "Golos")
admin.site.enable_nav_sidebar = False  # lists have no column to spare for it
admin.site.index_template = "voices/admin_index.html"


AGAIN = words("снова в очереди", "queued again")
CANCELLED = words("отменено", "cancelled")


VOICE_STATUS, VOICE_GENDER = coded(Voice, "status"), coded(Voice, "gender")
JOB_STATUS, JOB_KIND = coded(Job, "status"), coded(Job, "kind")
BATCH_STATUS, BATCH_SOURCE = coded(Batch, "status"), coded(Batch, "source")
CONSENT_KIND, GIVEN_AT = coded(ConsentRecord, "kind"), moment(ConsentRecord, "given_at")


@admin.register(Voice)
class VoiceAdmin(admin.ModelAdmin):
    """Words of a voice may be mended; whose it is and what was consented to may not."""

    list_display = (
        "name", owner, VOICE_STATUS, VOICE_GENDER, moment(Voice, "spoken_consent_at"),
        moment(Voice, "created_at"),
    )  # fmt: skip
    list_filter = (
        Own,
        ("status", Coded),
        ("gender", Coded),
        "is_bank",
        ("spoken_consent_at", admin.EmptyFieldListFilter),
    )
    search_fields = ("name", "name_ru", "slug", "=id", "=visitor", "user__username")
    list_select_related = ("user",)
    fields: ClassVar[Any] = (
        "id", "is_bank", "slug", VOICE_STATUS, "name", "name_ru", "description", "description_ru",
        "gender", "language", "licence", "attribution", "user", "visitor", "versions", "consent",
        "spoken_consent_at", "created_at",
    )  # fmt: skip
    readonly_fields: ClassVar[Any] = (
        "id", "is_bank", "slug", VOICE_STATUS, "user", "visitor", "versions", "consent",
        "spoken_consent_at", "created_at",
    )  # fmt: skip

    @admin.display(description=words("версии", "versions"))
    def versions(self, voice: Voice) -> str:
        """One a line, with what was measured of a fitted one; the one that speaks is marked."""
        lines = []
        for one in voice.versions.defer("profile"):
            likeness = [one.figures.get(name) for name in ("likeness_before", "likeness")]
            told = "" if None in likeness else f", {likeness[0]} → {likeness[1]}"
            mark = " ●" if one.pk == voice.active_version_id else ""
            lines.append(f"{one.number}: {in_words(one.kind)}{told}{mark}")
        return "\n".join(lines) or "-"

    @admin.display(description=words("согласия", "consent"))
    def consent(self, voice: Voice) -> str:
        """The confirmations of this voice, one a line."""
        records = ConsentRecord.objects.filter(voice=voice.pk)
        return "\n".join(f"{CONSENT_KIND(one)}, {GIVEN_AT(one)}" for one in records) or "-"

    def formfield_for_choice_field(self, db_field: Any, request: Any, **kwargs: Any) -> Any:
        kwargs["choices"] = [(value, in_words(value)) for value, _english in db_field.flatchoices]
        return super().formfield_for_choice_field(db_field, request, **kwargs)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Voice | None = None) -> bool:
        allowed = super().has_delete_permission(request, obj)
        return allowed and not (obj and obj.is_bank)

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """Talks go with their voice, and by themselves never."""
        found, counts, needed, protected = super().get_deleted_objects(objs, request)
        return found, counts, needed - {LiveSession._meta.verbose_name}, protected

    def delete_model(self, request: HttpRequest, obj: Voice) -> None:
        voice_delete(owner=Owner(user_id=obj.user_id, visitor=obj.visitor), voice_id=obj.pk)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Voice]) -> None:
        for voice in queryset.filter(is_bank=False):
            self.delete_model(request, voice)


@admin.register(Job)
class JobAdmin(Seen):
    """Every job, with what its owner was told."""

    list_display = (
        short_id,
        JOB_KIND,
        "queue",
        JOB_STATUS,
        owner,
        "voice_name",
        "error_code",
        moment(Job, "created_at"),
    )
    list_filter = (("status", Coded), ("kind", Coded), "queue", Own, "error_code", "created_at")
    shown_as: ClassVar[dict[str, Any]] = {"status": JOB_STATUS, "kind": JOB_KIND}
    search_fields = ("=id", "=visitor", "=voice__id", "=batch__id", "user__username", "error_code")
    search_help_text = words(
        "номер задания, голоса, пакета или посетителя; пользователь; код ошибки",
        "id of a job, voice, batch or visitor; user; code of an error",
    )
    list_select_related = ("user",)
    date_hierarchy = "created_at"
    show_full_result_count = False
    # people's words are nobody's business; the rest are the workers' own notes
    exclude = ("text", "parent", "claim", "turn", "traceparent")
    actions = ("retry", "cancel")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Job]:
        """Without chunks: those are the workers' own."""
        return super().get_queryset(request).filter(parent=None)

    @admin.action(
        description=words("Поставить в очередь ещё раз", "Queue failed and cancelled jobs again")
    )
    def retry(self, request: HttpRequest, queryset: QuerySet[Job]) -> None:
        self.message_user(request, f"{AGAIN}: {jobs_retry(jobs=queryset)}")

    @admin.action(description=words("Отменить ждущие и идущие", "Cancel waiting and running jobs"))
    def cancel(self, request: HttpRequest, queryset: QuerySet[Job]) -> None:
        self.message_user(request, f"{CANCELLED}: {jobs_cancel(jobs=queryset)}")


@admin.register(LiveSession)
class LiveSessionAdmin(Seen):
    """Who spoke in which voice, when and how long; what was said is nowhere."""

    list_display = (
        short_id, owner, "voice", "seconds", moment(LiveSession, "started_at"), moment(LiveSession, "ended_at"),
    )  # fmt: skip
    list_filter = (Own, ("ended_at", admin.EmptyFieldListFilter), "started_at")
    search_fields = ("=id", "=voice__id", "voice__name", "=visitor", "user__username")
    list_select_related = ("user", "voice")
    date_hierarchy = "started_at"
    exclude = ("digest",)


@admin.register(ConsentRecord)
class ConsentRecordAdmin(Seen):
    """Who confirmed what, when and from where; also of voices that are no more."""

    list_display = (
        "voice_name", CONSENT_KIND, "user_name", "visitor", "text_version", GIVEN_AT,
    )  # fmt: skip
    shown_as: ClassVar[dict[str, Any]] = {"kind": CONSENT_KIND}
    list_filter = (("kind", Coded), "language", "text_version", "given_at")
    search_fields = ("=voice", "voice_name", "user_name", "=visitor", "address")
    date_hierarchy = "given_at"


@admin.register(VoiceConsent)
class VoiceConsentAdmin(Seen):
    """Consents that OpenAI's clients recorded; those that a voice was made with are records too."""

    list_display = ("name", owner, "language", "text_version", moment(VoiceConsent, "created_at"))
    list_filter = ("language", "text_version", "created_at")
    search_fields = ("=id", "name", "user__username", "address")
    list_select_related = ("user",)


@admin.register(Batch)
class BatchAdmin(Seen):
    list_display = (
        short_id, BATCH_SOURCE, BATCH_STATUS, owner, moment(Batch, "created_at"),
        moment(Batch, "finished_at"),
    )  # fmt: skip
    shown_as: ClassVar[dict[str, Any]] = {"status": BATCH_STATUS, "source": BATCH_SOURCE}
    list_filter = (("status", Coded), ("source", Coded), Own)
    search_fields = ("=id", "=visitor", "user__username")
    list_select_related = ("user",)
    exclude = ("name", "skipped")


@admin.register(ApiKey)
class ApiKeyAdmin(Seen):
    """Without what proves a key."""

    list_display = ("name", "prefix", "user", "scopes", "created_at", "last_used_at", "revoked_at")
    list_filter = (("revoked_at", admin.EmptyFieldListFilter), "created_at", "last_used_at")
    search_fields = ("=prefix", "name", "user__username")
    list_select_related = ("user",)
    exclude = ("digest",)


@admin.register(UsageDay)
class UsageDayAdmin(Seen):
    list_display = ("day", owner, "characters", "jobs", "audio_seconds", "worked_seconds")
    list_filter = ("day", Own)
    search_fields = ("user__username", "=visitor")
    list_select_related = ("user",)
    date_hierarchy = "day"


@admin.register(Worker)
class WorkerAdmin(Seen):
    list_display = ("name", "queues", "engine_ready", "started_at", "seen_at")


class QuotaInline(admin.StackedInline):
    model = Quota
    extra = 0
    verbose_name_plural = words(
        "квота: пусто — как у всех аккаунтов, 0 — без предела",
        "quota: empty is the default of accounts, 0 is no limit",
    )


class AccountInline(admin.StackedInline):
    model = Account
    extra = 0
    readonly_fields = ("email_confirmed_at", "closing_since")
    can_delete = False

    def has_add_permission(self, request: HttpRequest, *_given: Any) -> bool:
        return False


admin.site.unregister(User)


@admin.register(User)
class AccountHolderAdmin(UserAdmin):
    """Django's own, with quotas. People close their accounts themselves: rows go with their files."""

    inlines = (QuotaInline, AccountInline)
    list_display = ("username", "email", "is_active", "is_staff", "date_joined", "last_login")
    list_filter = ("is_active", "is_staff", "date_joined")

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        return False

    actions = ("close",)

    @admin.action(
        description=words(
            "Закрыть аккаунты и удалить всё их", "Close accounts and delete all that is theirs"
        ),
        permissions=["change"],
    )
    def close(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        for user in queryset.filter(is_superuser=False):
            account_close(user=user)
