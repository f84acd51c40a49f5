"""Addresses of the pages. Names of the API's addresses are taken: pages are called page-…"""

from django.urls import include, path

from voices.web.share import shared, shared_audio
from voices.web.views import (
    bank,
    batch,
    conversion,
    detect,
    history,
    live_voice,
    lyrics,
    my_voices,
    singing,
    speak,
    studio,
    training,
)

urlpatterns = [
    path("", speak, name="home"),
    path("voices/", bank, name="page-bank"),
    path("my-voices/", my_voices, name="page-my-voices"),
    path("studio/", studio, name="page-studio"),
    path("training/", training, name="page-training"),
    path("history/", history, name="page-history"),
    path("conversion/", conversion, name="page-conversion"),
    path("singing/", singing, name="page-singing"),
    path("lyrics/", lyrics, name="page-lyrics"),
    path("live-voice/", live_voice, name="page-live-voice"),
    path("batch/", batch, name="page-batch"),
    path("s/<str:token>/", shared, name="page-share"),
    path("s/<str:token>/audio/", shared_audio, name="page-share-audio"),
    path("detect/", detect, name="page-detect"),
    path("account/", include("voices.web.account.urls")),
]
