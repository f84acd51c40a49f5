"""The OpenAPI document."""

from drf_spectacular.views import SpectacularAPIView
from rest_framework.negotiation import DefaultContentNegotiation


class SchemaApi(SpectacularAPIView):
    content_negotiation_class = DefaultContentNegotiation
    authentication_classes: list[type] = []
