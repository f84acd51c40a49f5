"""What answers where."""

from django.conf import settings
from django.contrib import admin
from django.urls import include, path
from django.views.generic import RedirectView
from drf_spectacular.views import SpectacularAPIView
from rest_framework.negotiation import DefaultContentNegotiation

from voices.web.docs import docs
from voices.web.views import healthz, metrics, readyz

schema = SpectacularAPIView.as_view(
    authentication_classes=[], content_negotiation_class=DefaultContentNegotiation
)
urlpatterns = [
    path("", include("voices.web.urls")),
    path("api/v1/", include("voices.api.urls")),
    path("v1/", include("voices.openai.urls")),
    path("elevenlabs/", include("voices.elevenlabs.urls")),
    path("api/schema/", schema, name="schema"),
    path("api/docs/", docs, name="docs"),
    # one door for everybody: there the tries are counted
    path("admin/login/", RedirectView.as_view(pattern_name="page-sign-in", query_string=True)),
    path("admin/", admin.site.urls),
    # asked for by browsers on pages that name no icon: the operator's, answers of the API
    path("favicon.ico", RedirectView.as_view(url=f"{settings.STATIC_URL}voices/icon.svg")),
    path("healthz", healthz),
    path("health", healthz),  # as speech servers of this kind are asked
    path("readyz", readyz),
    path("metrics", metrics),
]

handler400 = "voices.web.refusals.bad_request"
handler404 = "voices.web.pages.not_found"
handler500 = "voices.web.pages.server_error"
