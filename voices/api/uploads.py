"""Large files in parts: start, parts in any order, finish."""

from typing import Any
from uuid import UUID

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from voices.api.auth import owner_of
from voices.api.rest import StreamParser
from voices.api.serializers.base import Input, validated
from voices.models import Scope, Upload
from voices.services.jobs.uploads import (
    PART_BYTES,
    parts_count,
    parts_missing,
    upload_delete,
    upload_finish,
    upload_get,
    upload_part,
    upload_start,
    upload_whole,
)


class UploadInput(Input):
    name = serializers.CharField(max_length=200, help_text="Of the file, with its suffix.")
    size_bytes = serializers.IntegerField(min_value=1, max_value=2**40, help_text="Of all of it.")


class UploadOutput(serializers.ModelSerializer):
    name = serializers.CharField(source="original_name", read_only=True)
    part_bytes = serializers.SerializerMethodField()
    parts = serializers.SerializerMethodField()
    missing = serializers.SerializerMethodField()
    sha256 = serializers.SerializerMethodField()

    class Meta:
        model = Upload
        fields = (
            "id", "name", "size_bytes", "part_bytes", "parts", "missing", "sha256", "created_at",
        )  # fmt: skip

    def get_part_bytes(self, _upload: Upload) -> int:
        return PART_BYTES

    def get_parts(self, upload: Upload) -> int:
        return parts_count(upload)

    def get_missing(self, upload: Upload) -> list[int]:
        return parts_missing(upload)

    @extend_schema_field(serializers.CharField(allow_null=True))
    def get_sha256(self, upload: Upload) -> str | None:
        whole = upload_whole(upload)
        return whole.sha256 if whole else None


class UploadsApi(APIView):
    """Begin to send a large file, in `parts` of `part_bytes` each, the last one as long as what is left."""

    write_scope = Scope.VOICES

    @extend_schema(
        operation_id="uploads_create", request=UploadInput, responses={201: UploadOutput}
    )
    def post(self, request: Request) -> Response:
        upload = upload_start(owner=owner_of(request), **validated(UploadInput, request.data))
        return Response(UploadOutput(upload).data, status=201)


class UploadApi(APIView):
    """A large file on its way: which parts are `missing`; `sha256` once it is whole."""

    write_scope = Scope.VOICES

    @extend_schema(operation_id="uploads_get", responses={200: UploadOutput})
    def get(self, request: Request, upload_id: UUID) -> Response:
        return Response(UploadOutput(upload_get(owner=owner_of(request), upload_id=upload_id)).data)

    @extend_schema(operation_id="uploads_delete", responses={204: None})
    def delete(self, request: Request, upload_id: UUID) -> Response:
        upload_delete(owner=owner_of(request), upload_id=upload_id)
        return Response(status=204)


class UploadPartApi(APIView):
    """One part, numbered from 1, as it stands in the file. One that has come already is not taken again."""

    parser_classes = [StreamParser]
    write_scope = Scope.VOICES

    @extend_schema(
        operation_id="uploads_part",
        request={"application/octet-stream": OpenApiTypes.BINARY},
        responses={204: None},
    )
    def put(self, request: Request, upload_id: UUID, number: int) -> Response:
        stream: Any = request.data
        content = stream.read() if stream else b""  # BodyMiddleware lets no more than a part in
        upload_part(owner=owner_of(request), upload_id=upload_id, number=number, content=content)
        return Response(status=204)


class UploadFinishApi(APIView):
    """Put the parts together. The file is kept for a day until something is made of it."""

    write_scope = Scope.VOICES

    @extend_schema(operation_id="uploads_finish", request=None, responses={200: UploadOutput})
    def post(self, request: Request, upload_id: UUID) -> Response:
        upload = upload_finish(owner=owner_of(request), upload_id=upload_id)
        return Response(UploadOutput(upload).data)
