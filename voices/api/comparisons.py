"""Versions of an own voice heard without knowing which is which."""

from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse
from rest_framework.views import APIView

from voices.api.auth import owner_of
from voices.api.rest import JsonParser
from voices.api.serializers.base import Input, validated
from voices.models import Comparison, Scope
from voices.selectors.comparisons import comparison_get, comparison_tallies
from voices.services.voices.comparisons import SIDES, comparison_choose, comparison_create


class ComparisonInput(Input):
    versions = serializers.ListField(
        child=serializers.IntegerField(min_value=1),
        required=False,
        min_length=2,
        max_length=2,
        help_text="Numbers of two versions; left out: two of the newest of each kind.",
    )
    text = serializers.CharField(
        required=False, max_length=300, help_text="A sentence; left out: some everyday one."
    )


class ChoiceInput(Input):
    choice = serializers.ChoiceField(
        choices=Comparison.Choice.choices, help_text="a, b, or same: neither is better."
    )


class ComparedOutput(serializers.Serializer):
    """One of the two sounds."""

    url = serializers.CharField()
    seconds = serializers.FloatField(allow_null=True)
    version = serializers.IntegerField(
        allow_null=True, help_text="Which one it is; null until the choice is made."
    )


class ComparisonOutput(serializers.ModelSerializer):
    voice = serializers.UUIDField(source="voice_id", read_only=True)
    a = serializers.SerializerMethodField()
    b = serializers.SerializerMethodField()

    class Meta:
        model = Comparison
        fields = ("id", "voice", "text", "a", "b", "choice", "created_at")

    @extend_schema_field(ComparedOutput(allow_null=True))
    def get_a(self, comparison: Comparison) -> dict[str, Any] | None:
        return _side(comparison, SIDES[0], comparison.first)

    @extend_schema_field(ComparedOutput(allow_null=True))
    def get_b(self, comparison: Comparison) -> dict[str, Any] | None:
        return _side(comparison, SIDES[1], comparison.second)


def _side(comparison: Comparison, role: str, number: int) -> dict[str, Any] | None:
    """None when its sound has expired."""
    sound = comparison.job and comparison.job.files.filter(role=role).first()
    if not sound:
        return None
    url = reverse("job-file", args=[comparison.job_id, role])
    return {
        "url": url,
        "seconds": sound.seconds,
        "version": number if comparison.choice else None,
    }


class TallyOutput(serializers.Serializer):
    """What the comparisons of two versions have come to."""

    versions = serializers.ListField(
        child=serializers.IntegerField(), help_text="Their numbers, the older one first."
    )
    chosen = serializers.ListField(
        child=serializers.IntegerField(), help_text="How often each of them was chosen."
    )
    same = serializers.IntegerField(help_text="How often neither sounded better.")


class ComparisonsApi(APIView):
    """Compare versions of an own voice blind, and see what that has come to."""

    parser_classes = [JsonParser]
    write_scope = Scope.VOICES

    @extend_schema(operation_id="comparisons_tally", responses={200: TallyOutput(many=True)})
    def get(self, request: Request, voice_id: UUID) -> Response:
        """By pairs of versions, how often each was chosen."""
        tallies = comparison_tallies(owner=owner_of(request), voice_id=voice_id)
        return Response(TallyOutput(tallies, many=True).data)

    @extend_schema(
        operation_id="comparisons_create",
        request=ComparisonInput,
        responses={201: ComparisonOutput},
    )
    def post(self, request: Request, voice_id: UUID) -> Response:
        """One sentence by two versions, in an order drawn by lot; answered when both can be heard."""
        values = validated(ComparisonInput, request.data)
        numbers = values.get("versions")
        comparison = comparison_create(
            owner=owner_of(request),
            voice_id=voice_id,
            versions=(numbers[0], numbers[1]) if numbers else None,
            text=values.get("text", ""),
        )
        return Response(ComparisonOutput(comparison).data, status=201)


class ComparisonApi(APIView):
    """One comparison; which version is which once it is answered."""

    @extend_schema(operation_id="comparisons_get", responses={200: ComparisonOutput})
    def get(self, request: Request, comparison_id: UUID) -> Response:
        found = comparison_get(owner=owner_of(request), comparison_id=comparison_id)
        return Response(ComparisonOutput(found).data)


class ComparisonChooseApi(APIView):
    """Say which of the two sounds better; it is written down once, and then the versions are told."""

    parser_classes = [JsonParser]
    write_scope = Scope.VOICES

    @extend_schema(
        operation_id="comparisons_choose", request=ChoiceInput, responses={200: ComparisonOutput}
    )
    def post(self, request: Request, comparison_id: UUID) -> Response:
        choice = validated(ChoiceInput, request.data)["choice"]
        answered = comparison_choose(
            owner=owner_of(request), comparison_id=comparison_id, choice=choice
        )
        return Response(ComparisonOutput(answered).data)
