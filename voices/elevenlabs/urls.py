"""Addresses under /elevenlabs/; ElevenLabs' have no slash at the end."""

from django.urls import path

from voices.elevenlabs.account import XiModelsApi, XiSubscriptionApi, XiUserApi
from voices.elevenlabs.conversion import (
    AudioIsolationApi,
    AudioIsolationStreamApi,
    SpeechToSpeechApi,
    SpeechToSpeechStreamApi,
)
from voices.elevenlabs.speech import (
    TextToSpeechApi,
    TextToSpeechStreamApi,
    TextToSpeechTimedApi,
    TextToSpeechTimedStreamApi,
)
from voices.elevenlabs.voices import XiVoiceAddApi, XiVoiceApi, XiVoicesApi, XiVoicesPageApi

SPEECH = "v1/text-to-speech/<str:voice_id>"
CONVERSION = "v1/speech-to-speech/<str:voice_id>"
urlpatterns = [
    path(SPEECH, TextToSpeechApi.as_view(), name="xi-speech"),
    path(f"{SPEECH}/stream", TextToSpeechStreamApi.as_view(), name="xi-stream"),
    path(f"{SPEECH}/with-timestamps", TextToSpeechTimedApi.as_view(), name="xi-timed"),
    path(
        f"{SPEECH}/stream/with-timestamps",
        TextToSpeechTimedStreamApi.as_view(),
        name="xi-timed-stream",
    ),
    path(CONVERSION, SpeechToSpeechApi.as_view(), name="xi-conversion"),
    path(f"{CONVERSION}/stream", SpeechToSpeechStreamApi.as_view(), name="xi-conversion-stream"),
    # as their Python client calls it
    path("v1/voice-changer/<str:voice_id>", SpeechToSpeechApi.as_view(schema=None)),
    path("v1/voice-changer/<str:voice_id>/stream", SpeechToSpeechStreamApi.as_view(schema=None)),
    path("v1/audio-isolation", AudioIsolationApi.as_view(), name="xi-isolation"),
    path(
        "v1/audio-isolation/stream", AudioIsolationStreamApi.as_view(), name="xi-isolation-stream"
    ),
    path("v1/voices", XiVoicesApi.as_view(), name="xi-voices"),
    path("v2/voices", XiVoicesPageApi.as_view(), name="xi-voices-page"),
    path("v1/voices/add", XiVoiceAddApi.as_view(), name="xi-voice-add"),
    path("v1/voices/<str:voice_id>", XiVoiceApi.as_view(), name="xi-voice"),
    path("v1/models", XiModelsApi.as_view(), name="xi-models"),
    path("v1/user", XiUserApi.as_view(), name="xi-user"),
    path("v1/user/subscription", XiSubscriptionApi.as_view(), name="xi-subscription"),
]
