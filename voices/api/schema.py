"""OpenAPI document and its page, with the vendored Swagger UI."""

from typing import Any

from django.http import HttpResponseBase
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from rest_framework.negotiation import DefaultContentNegotiation

# Swagger UI writes its styles and icons into the page; its scripts are files of ours.
DOCS_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data:; connect-src 'self'; font-src 'self'; media-src 'self' blob:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


class SchemaApi(SpectacularAPIView):
    content_negotiation_class = DefaultContentNegotiation
    authentication_classes: list[type] = []


class DocsPage(SpectacularSwaggerSplitView):
    content_negotiation_class = DefaultContentNegotiation
    authentication_classes: list[type] = []
    http_method_names = ["get", "head"]  # a page; what OPTIONS would describe it has not

    def dispatch(self, *args: Any, **kwargs: Any) -> HttpResponseBase:
        response = super().dispatch(*args, **kwargs)
        response.headers["Content-Security-Policy"] = DOCS_POLICY
        return response
