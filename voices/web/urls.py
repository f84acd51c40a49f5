"""Addresses of the pages. Names of the API's addresses are taken: pages are called page-…"""

from django.urls import include, path

from voices.web.detect import detect
from voices.web.speak import speak

urlpatterns = [
    path("", speak, name="home"),
    path("detect/", detect, name="page-detect"),
    path("account/", include("voices.web.account.urls")),
]
