"""A link to one result for those who have no account here."""

from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse
from rest_framework.views import APIView

from voices.api.auth import owner_of
from voices.api.serializers.base import Input, validated
from voices.services.speech.sharing import (
    LONGEST_SECONDS,
    SHORTEST_SECONDS,
    USUAL_SECONDS,
    share_create,
)


class ShareInput(Input):
    expires_in = serializers.IntegerField(
        min_value=SHORTEST_SECONDS,
        max_value=LONGEST_SECONDS,
        default=USUAL_SECONDS,
        help_text="Seconds until the link ends: a minute to 30 days.",
    )


class ShareOutput(serializers.Serializer):
    url = serializers.CharField()
    expires_at = serializers.DateTimeField()


class JobShareApi(APIView):
    """Make a link by which anybody may hear a finished job until it expires."""

    @extend_schema(operation_id="jobs_share", request=ShareInput, responses={201: ShareOutput})
    def post(self, request: Request, job_id: UUID) -> Response:
        values = validated(ShareInput, request.data)
        token, expires_at = share_create(
            owner=owner_of(request), job_id=job_id, seconds=values["expires_in"]
        )
        url = request.build_absolute_uri(reverse("page-share", args=[token]))
        return Response(ShareOutput({"url": url, "expires_at": expires_at}).data, status=201)
