"""One's own dictionary: how words are said."""

from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from voices.api.auth import owner_of
from voices.api.serializers.base import Input, validated
from voices.models import DictionaryEntry
from voices.selectors.dictionary import dictionary_entry_get, dictionary_list
from voices.services.speech.dictionary import dictionary_entry_delete, dictionary_entry_save


class DictionaryInput(Input):
    word = serializers.CharField(
        max_length=64, help_text="Any form; each form is a word of its own."
    )
    said = serializers.CharField(
        max_length=200, help_text="звон+ит, other words, or sounds: /zvɐnʲˈit/."
    )


class DictionaryOutput(serializers.ModelSerializer):
    class Meta:
        model = DictionaryEntry
        fields = ("id", "word", "said", "created_at")


class DictionaryFilter(serializers.Serializer):
    search = serializers.CharField(required=False, max_length=64)


class DictionaryApi(GenericAPIView):
    """One's words by the alphabet; a new one, or a new reading of a known one."""

    serializer_class = DictionaryOutput
    queryset = DictionaryEntry.objects.none()

    @extend_schema(
        operation_id="dictionary_list",
        responses=DictionaryOutput(many=True),
        parameters=[DictionaryFilter],
    )
    def get(self, request: Request) -> Response:
        values = validated(DictionaryFilter, request.query_params)
        page = self.paginate_queryset(dictionary_list(owner=owner_of(request), **values))
        return self.get_paginated_response(DictionaryOutput(page, many=True).data)

    @extend_schema(
        operation_id="dictionary_save", request=DictionaryInput, responses={201: DictionaryOutput}
    )
    def post(self, request: Request) -> Response:
        values = validated(DictionaryInput, request.data)
        entry = dictionary_entry_save(owner=owner_of(request), **values)
        return Response(
            DictionaryOutput(entry).data,
            status=201,
            headers={"Location": f"/api/v1/dictionary/{entry.pk}/"},
        )


class DictionaryEntryApi(APIView):
    """One word of the dictionary."""

    @extend_schema(operation_id="dictionary_get", responses={200: DictionaryOutput})
    def get(self, request: Request, entry_id: UUID) -> Response:
        entry = dictionary_entry_get(owner=owner_of(request), entry_id=entry_id)
        return Response(DictionaryOutput(entry).data)

    @extend_schema(operation_id="dictionary_delete", responses={204: None})
    def delete(self, request: Request, entry_id: UUID) -> Response:
        dictionary_entry_delete(owner=owner_of(request), entry_id=entry_id)
        return Response(status=204)
