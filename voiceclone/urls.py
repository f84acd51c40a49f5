"""What answers where."""

from django.urls import include, path

from voices.api.schema import DocsPage, SchemaApi
from voices.web.probes import healthz, metrics, readyz

urlpatterns = [
    path("", include("voices.web.urls")),
    path("api/v1/", include("voices.api.urls")),
    path("v1/", include("voices.openai.urls")),
    path("api/schema/", SchemaApi.as_view(), name="schema"),
    path("api/docs/", DocsPage.as_view(url_name="schema"), name="docs"),
    path("healthz", healthz),
    path("readyz", readyz),
    path("metrics", metrics),
]

handler404 = "voices.web.pages.not_found"
handler500 = "voices.web.pages.server_error"
