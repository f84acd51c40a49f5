"""What the OpenAPI document must be told: who may call, how a call is refused."""

from functools import lru_cache
from http import HTTPStatus
from typing import Any

from django.utils.translation import get_language
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.openapi import AutoSchema

from voices.api.serializers.base import ErrorOutput

READING = (400, 401, 403, 404, 429, 503)
MAKING = (*READING, 409, 413, 415, 422, 504)


class SharedGenerator(SchemaGenerator):
    """The document is the same for everybody and takes a second of a processor: it is made once in a language."""

    def get_schema(self, request: Any = None, public: bool = False) -> Any:
        return _schema(self.api_version, get_language())


@lru_cache(maxsize=4)
def _schema(version: str | None, language: str | None) -> Any:
    return SchemaGenerator(api_version=version).get_schema(public=True)


class ApiSchema(AutoSchema):
    """Every operation may be refused, in the shape of its door."""

    def _get_response_bodies(self, direction: Any = "response") -> dict[str, Any]:
        bodies: dict[str, Any] = super()._get_response_bodies(direction)
        shape = getattr(self.view, "error_output", ErrorOutput)
        for status in READING if self.method == "GET" else MAKING:
            refusal = self._get_response_for_code(shape, str(status), direction=direction)
            refusal["description"] = HTTPStatus(status).phrase
            bodies.setdefault(str(status), refusal)
        return bodies


class ApiKeyScheme(OpenApiAuthenticationExtension):
    target_class = "voices.api.auth.ApiKeyAuthentication"
    name = "apiKey"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer"}


class BrowserScheme(OpenApiAuthenticationExtension):
    target_class = "voices.api.auth.BrowserAuthentication"
    name = "browser"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "apiKey", "in": "cookie", "name": "sessionid"}


class XiKeyScheme(OpenApiAuthenticationExtension):
    target_class = "voices.elevenlabs.views.XiKeyAuthentication"
    name = "xiApiKey"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "apiKey", "in": "header", "name": "xi-api-key"}
