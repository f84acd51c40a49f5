"""POST /v1/speech-to-speech/{voice_id} and …/stream, POST /v1/audio-isolation and …/stream."""

import io
import wave
from collections.abc import Callable
from typing import Any

from django.core.files.base import ContentFile
from django.http import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request

from voices.api.auth import owner_of
from voices.api.consent import rights_of
from voices.api.idempotency import call_of
from voices.api.rest import FormParser
from voices.api.serializers.base import Input, validated
from voices.api.serializers.fields import FileField
from voices.api.speech import speech_response
from voices.audio_formats import SONG_FORMATS
from voices.elevenlabs.formats import MODEL, OUTPUT_FORMATS, USUAL_FORMAT, format_of, model_check
from voices.elevenlabs.speech import FORMAT_PARAMETER, NO_EFFECT, SOUND, XiVoiceSettings
from voices.elevenlabs.views import ElevenLabsView
from voices.errors import BadInput
from voices.models import Job
from voices.models.stored_file import SOURCE
from voices.services.conversion.converting import ConversionWish, conversion_job_prepare
from voices.services.conversion.separating import SeparationWish, separation_job_prepare
from voices.services.jobs.idempotency import made_once
from voices.services.jobs.jobs import job_answer
from voices.services.jobs.waiting import waiting_place
from voices.services.sounds.sources import Given

BARE, BARE_RATE_HZ = "pcm_s16le_16", 16_000


class VoiceSettingsField(serializers.JSONField):
    """Their voice settings as JSON in a field of a form; none has an effect here."""

    def __init__(self) -> None:
        super().__init__(binary=True, default=None, allow_null=True, help_text=NO_EFFECT)

    def to_internal_value(self, data: Any) -> Any:
        form = XiVoiceSettings(data=super().to_internal_value(data) or {})
        form.is_valid(raise_exception=True)
        return form.validated_data


class XiRecordingInput(Input):
    audio = FileField()
    file_format = serializers.ChoiceField(
        choices=("other", BARE),
        default="other",
        help_text="pcm_s16le_16: bare samples, 16 bit little endian, mono, 16 kHz.",
    )


class XiIsolationInput(XiRecordingInput):
    preview_b64 = serializers.CharField(
        default="", allow_blank=True, allow_null=True, help_text=NO_EFFECT
    )


class XiConversionInput(XiRecordingInput):
    model_id = serializers.CharField(default=MODEL, max_length=100)
    voice_settings = VoiceSettingsField()
    seed = serializers.IntegerField(
        default=None, allow_null=True, min_value=0, max_value=2**32 - 1, help_text=NO_EFFECT
    )
    remove_background_noise = serializers.BooleanField(
        default=False, help_text="Not done here: send the voice that audio-isolation gives."
    )
    rights = serializers.BooleanField(
        default=False,
        help_text="Ours: you confirm the text at /api/v1/conversions/rights/, without which nothing is converted.",
    )
    rights_version = serializers.CharField(default="", allow_blank=True, max_length=16)


class SpeechToSpeechApi(ElevenLabsView):
    """A recording in another voice, whole."""

    parser_classes = [FormParser]

    @extend_schema(
        operation_id="xi_speech_to_speech",
        parameters=[FORMAT_PARAMETER],
        request=XiConversionInput,
        responses=SOUND,
    )
    def post(self, request: Request, voice_id: str) -> HttpResponseBase:
        values = validated(XiConversionInput, request.data)
        model_check(values["model_id"])
        if values["remove_background_noise"]:
            raise BadInput(
                "noise_removal_unsupported",
                "remove_background_noise is not done here: send the voice that audio-isolation gives",
                "remove_background_noise здесь не делается: пришлите голос, который даёт audio-isolation",
                param="remove_background_noise",
            )
        rights = rights_of(request, values)
        owner = owner_of(request)
        wish = ConversionWish(
            given=_given(values),
            voice=voice_id,
            rights=rights,
            settings={"preset": "speech"},
            format=_song_format(request.query_params.get("output_format", USUAL_FORMAT)),
        )
        return _answered(request, lambda: conversion_job_prepare(owner=owner, wish=wish))


class SpeechToSpeechStreamApi(SpeechToSpeechApi):
    """The same; it is sent when all of it is made."""

    @extend_schema(
        operation_id="xi_speech_to_speech_stream",
        parameters=[FORMAT_PARAMETER],
        request=XiConversionInput,
        responses=SOUND,
    )
    def post(self, request: Request, voice_id: str) -> HttpResponseBase:
        return super().post(request, voice_id)


class AudioIsolationApi(ElevenLabsView):
    """The voice in a recording, without what is around it, as mp3."""

    parser_classes = [FormParser]

    @extend_schema(
        operation_id="xi_audio_isolation",
        request=XiIsolationInput,
        responses={(200, "audio/mpeg"): OpenApiTypes.BINARY},
    )
    def post(self, request: Request) -> HttpResponseBase:
        values = validated(XiIsolationInput, request.data)
        owner, wish = owner_of(request), SeparationWish(given=_given(values))
        return _answered(request, lambda: separation_job_prepare(owner=owner, wish=wish))


class AudioIsolationStreamApi(AudioIsolationApi):
    """The same; it is sent when all of it is made."""

    @extend_schema(
        operation_id="xi_audio_isolation_stream",
        request=XiIsolationInput,
        responses={(200, "audio/mpeg"): OpenApiTypes.BINARY},
    )
    def post(self, request: Request) -> HttpResponseBase:
        return super().post(request)


def _answered(request: Request, prepare: Callable[[], Callable[[], Job]]) -> HttpResponseBase:
    """Make the job, wait for it, and answer with its sound."""
    owner = owner_of(request)
    with waiting_place():
        call = call_of(request)
        job, _ = made_once(owner=owner, call=call, prepare=prepare)
        return speech_response(request, job_answer(owner=owner, job_id=job.pk, kept=bool(call.key)))


def _given(values: dict[str, Any]) -> Given:
    """The recording; bare samples get the head of a wav."""
    file = values["audio"]
    if file is None:
        return Given()
    if values["file_format"] == BARE and file.size:
        stream = io.BytesIO()
        with wave.open(stream, "wb") as wav:
            wav.setnchannels(1)
            wav.setsampwidth(2)
            wav.setframerate(BARE_RATE_HZ)
            wav.writeframes(file.read())
        file = ContentFile(stream.getvalue(), name="recording.wav")
    return Given(files={SOURCE: file})


def _song_format(output_format: str) -> str:
    """Our format. Raises BadInput: `unsupported_output_format`."""
    audio_format, _ = format_of(output_format)
    if audio_format not in SONG_FORMATS:
        listed = ", ".join(
            name for name, (ours, _) in OUTPUT_FORMATS.items() if ours in SONG_FORMATS
        )
        raise BadInput(
            "unsupported_output_format",
            f"output_format {output_format[:40]!r} is not made of recordings; expected one of {listed}",
            f"формат {output_format[:40]!r} из записей не делается; ожидается один из: {listed}",
            param="output_format",
        )
    return audio_format
