"""POST /live/: a ticket to speak in another voice over a WebSocket."""

from django.conf import settings
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from voices.api.auth import owner_of
from voices.api.consent import rights_of
from voices.api.serializers.base import validated
from voices.api.serializers.conversions import RightsInput
from voices.live.address import live_address
from voices.services.conversion.live import TICKET_SECONDS, LiveWish, live_session_create


class LiveInput(RightsInput):
    """In which voice, and in which steps."""

    voice = serializers.CharField(
        max_length=200, help_text="Slug or name of a bank voice, id or name of an own one."
    )
    block_seconds = serializers.FloatField(
        required=False, help_text="Heard and said at once; the shorter, the sooner. 0.06 to 0.5."
    )
    crossfade_seconds = serializers.FloatField(
        required=False, help_text="Over which a block passes into the next, 0.005 to 0.05."
    )
    context_seconds = serializers.FloatField(
        required=False, help_text="Heard before each block, 0.5 to 4."
    )
    ahead_seconds = serializers.FloatField(
        required=False, help_text="Waited for after each block, 0.02 to 0.3."
    )
    transpose = serializers.FloatField(
        required=False,
        allow_null=True,
        help_text="Semitones, -24 to 24; null: to the pitch of the voice, by the first seconds.",
    )
    formant = serializers.FloatField(
        required=False, help_text="Semitones that the resonances are moved by, -6 to 6."
    )
    index_rate = serializers.FloatField(
        required=False, help_text="How far it is drawn toward the voice's own sounds, 0 to 1."
    )
    threshold_db = serializers.FloatField(
        required=False, help_text="What is fainter is silence; dB of full scale, -90 to -20."
    )
    rights = serializers.BooleanField(
        default=False, help_text="You confirm the text at /api/v1/conversions/rights/."
    )


class LiveOutput(serializers.Serializer):
    id = serializers.UUIDField()
    ticket = serializers.CharField(help_text="Counts once, and for `ticket_seconds`.")
    ticket_seconds = serializers.IntegerField()
    address = serializers.CharField(help_text="Of the WebSocket.")
    most_seconds = serializers.IntegerField(help_text="A talk lasts so long at most.")


class LiveApi(APIView):
    """A ticket to speak in another voice: send it over the WebSocket at `address`, then 16-bit samples."""

    @extend_schema(operation_id="live_create", request=LiveInput, responses={201: LiveOutput})
    def post(self, request: Request) -> Response:
        values = validated(LiveInput, request.data)
        rights = rights_of(request, values)
        wish = LiveWish(voice=values.pop("voice"), rights=rights, settings=values)
        session, ticket = live_session_create(owner=owner_of(request), wish=wish)
        body = {
            "id": session.pk,
            "ticket": ticket,
            "ticket_seconds": TICKET_SECONDS,
            "address": live_address(request._request),
            "most_seconds": settings.LIVE_SECONDS,
        }
        return Response(LiveOutput(body).data, status=201)
