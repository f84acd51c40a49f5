"""Who one is, what one may use and has used, and one's API keys."""

from dataclasses import asdict
from datetime import timedelta
from typing import Any

from django.http import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from voices.api.auth import owner_of, scopes_of, user_of
from voices.api.serializers.base import Input, validated
from voices.audio_response import zip_response
from voices.models import ApiKey, Scope, UsageDay
from voices.selectors.api_keys import api_key_list
from voices.selectors.quotas import holdings_of, limits_of, today, usage_days, used_since
from voices.services.accounts.api_keys import api_key_issue, api_key_revoke
from voices.services.accounts.export import export_stream

MOST_DAYS = 366


class LimitsOutput(serializers.Serializer):
    """null is "no limit"."""

    characters_per_day = serializers.IntegerField(allow_null=True)
    jobs_waiting = serializers.IntegerField(allow_null=True)
    voices = serializers.IntegerField(allow_null=True)
    storage_bytes = serializers.IntegerField(allow_null=True)
    calls_per_minute = serializers.IntegerField(allow_null=True)
    work_seconds_per_day = serializers.IntegerField(allow_null=True)
    dataset_seconds = serializers.IntegerField(allow_null=True)


class HoldingsOutput(serializers.Serializer):
    jobs_waiting = serializers.IntegerField()
    voices = serializers.IntegerField()
    storage_bytes = serializers.IntegerField()
    dataset_seconds = serializers.FloatField()


class UsedOutput(serializers.Serializer):
    characters = serializers.IntegerField(help_text="Counted when a job is queued.")
    jobs = serializers.IntegerField()
    audio_seconds = serializers.FloatField(help_text="Counted when the audio is made.")
    worked_seconds = serializers.FloatField(
        help_text="Of workers, for work of hours; counted when it ends or pauses."
    )


class UsageDayOutput(serializers.ModelSerializer):
    class Meta:
        model = UsageDay
        fields = ("day", "characters", "jobs", "audio_seconds", "worked_seconds")


class AccountOutput(serializers.Serializer):
    kind = serializers.ChoiceField(choices=["account", "visitor"])
    email = serializers.CharField(allow_null=True)
    email_confirmed = serializers.BooleanField()
    created_at = serializers.DateTimeField(allow_null=True)
    scopes = serializers.ListField(child=serializers.ChoiceField(choices=Scope.choices))
    limits = LimitsOutput()


class UsageOutput(serializers.Serializer):
    today = UsedOutput()
    month = UsedOutput(help_text="Since the first of the month, UTC.")
    now = HoldingsOutput()
    limits = LimitsOutput()
    days = UsageDayOutput(many=True)


class UsageFilter(serializers.Serializer):
    days = serializers.IntegerField(default=31, min_value=1, max_value=MOST_DAYS)


class KeyOutput(serializers.ModelSerializer):
    class Meta:
        model = ApiKey
        fields = ("prefix", "name", "scopes", "created_at", "last_used_at")


class NewKeyOutput(serializers.ModelSerializer):
    secret = serializers.CharField(help_text="Shown in this answer only.")

    class Meta:
        model = ApiKey
        fields = ("prefix", "name", "scopes", "created_at", "last_used_at", "secret")


class KeyInput(Input):
    name = serializers.CharField(max_length=100, help_text="What the key is for.")
    scopes = serializers.ListField(
        child=serializers.ChoiceField(choices=Scope.choices),
        min_length=1,
        max_length=20,
        help_text="A key gives at most the scopes that its maker has.",
    )


class AccountApi(APIView):
    """The caller."""

    @extend_schema(operation_id="account_get", responses={200: AccountOutput})
    def get(self, request: Request) -> Response:
        owner = owner_of(request)
        return Response(
            {
                **_person(request.user if owner.user_id else None),
                "scopes": sorted(scopes_of(request)),
                "limits": asdict(limits_of(owner)),
            }
        )


class AccountUsageApi(APIView):
    """What the caller has used, and has."""

    @extend_schema(
        operation_id="account_usage", parameters=[UsageFilter], responses={200: UsageOutput}
    )
    def get(self, request: Request) -> Response:
        values = validated(UsageFilter, request.query_params)
        owner, day = owner_of(request), today()
        since = day - timedelta(days=values["days"] - 1)
        return Response(
            {
                "today": asdict(used_since(owner=owner, day=day)),
                "month": asdict(used_since(owner=owner, day=day.replace(day=1))),
                "now": asdict(holdings_of(owner)),
                "limits": asdict(limits_of(owner)),
                "days": UsageDayOutput(usage_days(owner=owner, since=since), many=True).data,
            }
        )


class AccountExportApi(APIView):
    """All that is the caller's as a zip: JSON lines for each table, recordings, sounds.

    Keys are in it without their secrets. Needs the scopes read and account.
    """

    also_scope = Scope.ACCOUNT

    @extend_schema(
        operation_id="account_export", responses={(200, "application/zip"): OpenApiTypes.BINARY}
    )
    def get(self, request: Request) -> HttpResponseBase:
        return zip_response(
            export_stream(owner_of(request)), title=f"voiceclone-{today().isoformat()}"
        )


class KeysApi(GenericAPIView):
    """The account's living API keys; a new one, whose secret is told once."""

    serializer_class = KeyOutput
    queryset = ApiKey.objects.none()
    read_scope = write_scope = Scope.ACCOUNT

    @extend_schema(operation_id="keys_list", responses=KeyOutput(many=True))
    def get(self, request: Request) -> Response:
        page = self.paginate_queryset(api_key_list(owner=owner_of(request)))
        return self.get_paginated_response(KeyOutput(page, many=True).data)

    @extend_schema(operation_id="keys_create", request=KeyInput, responses={201: NewKeyOutput})
    def post(self, request: Request) -> Response:
        user = user_of(request)
        values = validated(KeyInput, request.data)
        key = api_key_issue(user=user, granted=scopes_of(request), **values)
        body = {**KeyOutput(key.row).data, "secret": key.secret}
        return Response(body, status=201, headers={"Cache-Control": "no-store"})


class KeyApi(APIView):
    """One key, by its prefix."""

    read_scope = write_scope = Scope.ACCOUNT

    @extend_schema(operation_id="keys_revoke", responses={204: None})
    def delete(self, request: Request, prefix: str) -> Response:
        api_key_revoke(user=user_of(request), prefix=prefix)
        return Response(status=204)


def _person(user: Any) -> dict[str, Any]:
    if user is None:
        return {"kind": "visitor", "email": None, "email_confirmed": False, "created_at": None}
    account = getattr(user, "account", None)
    return {
        "kind": "account",
        "email": user.email or None,
        "email_confirmed": bool(account and account.email_confirmed_at),
        "created_at": user.date_joined,
    }
