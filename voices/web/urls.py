"""Addresses of the pages. Names of the API's addresses are taken: pages are called page-…"""

from django.urls import include, path

from voices.web.bank import bank
from voices.web.detect import detect
from voices.web.my_voices import my_voices
from voices.web.speak import speak

urlpatterns = [
    path("", speak, name="home"),
    path("voices/", bank, name="page-bank"),
    path("my-voices/", my_voices, name="page-my-voices"),
    path("detect/", detect, name="page-detect"),
    path("account/", include("voices.web.account.urls")),
]
