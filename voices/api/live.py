"""/live/: a ticket to speak in another voice over a WebSocket, and the talks that there were."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from voices.api.auth import owner_of
from voices.api.consent import rights_of
from voices.api.serializers.base import validated
from voices.api.serializers.conversions import RightsInput
from voices.api.serializers.jobs import JobVoiceOutput
from voices.live.address import live_address
from voices.models import LiveSession
from voices.selectors.live import live_session_get, live_session_list, talk_expires_at
from voices.selectors.voices import voice_shown_name
from voices.services.conversion.live import (
    TICKET_SECONDS,
    LiveWish,
    live_session_create,
    live_session_delete,
)


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


class TalkOutput(serializers.ModelSerializer):
    """A talk: in which voice, when and how long. What was said in it is not kept."""

    voice = serializers.SerializerMethodField()
    settings = serializers.JSONField(
        help_text="As they were asked for; what is left out was as usual."
    )
    seconds = serializers.FloatField(help_text="That it has lasted.")
    ended_at = serializers.DateTimeField(
        source="over_at", allow_null=True, help_text="null as long as it goes on."
    )
    expires_at = serializers.SerializerMethodField(
        help_text="When it is forgotten; null while it goes on, or never."
    )

    class Meta:
        model = LiveSession
        fields = ("id", "voice", "settings", "seconds", "started_at", "ended_at", "expires_at")

    @extend_schema_field(JobVoiceOutput)
    def get_voice(self, session: LiveSession) -> dict[str, Any]:
        voice = session.voice
        return {"id": voice.pk, "slug": voice.slug, "name": voice_shown_name(voice)}

    def get_expires_at(self, session: LiveSession) -> datetime | None:
        return talk_expires_at(session)


class LiveApi(GenericAPIView):
    """A ticket to speak in another voice: send it over the WebSocket at `address`, then 16-bit samples.

    Talks that there were, newest first.
    """

    serializer_class = TalkOutput
    queryset = LiveSession.objects.none()

    @extend_schema(operation_id="live_list", responses=TalkOutput(many=True))
    def get(self, request: Request) -> Response:
        page = self.paginate_queryset(live_session_list(owner=owner_of(request)))
        return self.get_paginated_response(TalkOutput(page, many=True).data)

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


class TalkApi(APIView):
    """One talk."""

    @extend_schema(operation_id="live_get", responses={200: TalkOutput})
    def get(self, request: Request, session_id: UUID) -> Response:
        session = live_session_get(owner=owner_of(request), session_id=session_id)
        return Response(TalkOutput(session).data)

    @extend_schema(operation_id="live_delete", responses={204: None})
    def delete(self, request: Request, session_id: UUID) -> Response:
        live_session_delete(owner=owner_of(request), session_id=session_id)
        return Response(status=204)
