"""Addresses under /v1/; OpenAI's have no slash at the end."""

from django.urls import path

from voices.openai.models import AudioModelsApi, ModelApi, ModelsApi
from voices.openai.speech import OpenAiSpeechApi
from voices.openai.voice_consents import VoiceConsentApi, VoiceConsentsApi
from voices.openai.voices import OpenAiVoiceApi, OpenAiVoicesApi

urlpatterns = [
    path("audio/speech", OpenAiSpeechApi.as_view(), name="openai-speech"),
    path("audio/voices", OpenAiVoicesApi.as_view(), name="openai-voices"),
    path("audio/voices/<str:voice_id>", OpenAiVoiceApi.as_view(), name="openai-voice"),
    path("audio/voice_consents", VoiceConsentsApi.as_view(), name="openai-consents"),
    path(
        "audio/voice_consents/<uuid:consent_id>", VoiceConsentApi.as_view(), name="openai-consent"
    ),
    path("audio/models", AudioModelsApi.as_view(), name="openai-audio-models"),
    path("models", ModelsApi.as_view(), name="openai-models"),
    path("models/<str:name>", ModelApi.as_view(), name="openai-model"),
]
