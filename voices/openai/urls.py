"""Addresses under /v1/; OpenAI's have no slash at the end."""

from django.urls import path

from voices.openai.models import AudioModelsApi, ModelApi, ModelsApi, OpenAiVoicesApi
from voices.openai.speech import OpenAiSpeechApi

urlpatterns = [
    path("audio/speech", OpenAiSpeechApi.as_view(), name="openai-speech"),
    path("audio/voices", OpenAiVoicesApi.as_view(), name="openai-voices"),
    path("audio/models", AudioModelsApi.as_view(), name="openai-audio-models"),
    path("models", ModelsApi.as_view(), name="openai-models"),
    path("models/<str:name>", ModelApi.as_view(), name="openai-model"),
]
