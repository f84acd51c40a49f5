"""What all calls of this door have in common: the key in `xi-api-key`, errors in ElevenLabs' shape."""

from typing import Any

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.views import APIView

from voices.api.auth import ApiKeyAuthentication, Credentials, LoopbackAuthentication
from voices.problems import Problem

# our code: theirs
_THEIRS = {
    "unknown_voice": "voice_not_found",
    "invalid_key": "invalid_api_key",
    "not_authenticated": "needs_authorization",
    "text_too_long": "max_character_limit_exceeded",
}


class XiKeyAuthentication(ApiKeyAuthentication):
    """`xi-api-key: vc_…`"""

    def authenticate(self, request: Request) -> tuple[Any, Credentials] | None:
        secret = request.headers.get("xi-api-key")
        return self.of_secret(request, secret) if secret else super().authenticate(request)


class XiErrorDetail(serializers.Serializer):
    status = serializers.CharField()
    message = serializers.CharField()


class XiErrorOutput(serializers.Serializer):
    """ElevenLabs' shape of errors."""

    detail = XiErrorDetail()


class ElevenLabsView(APIView):
    """No browser's session opens this door."""

    authentication_classes = [XiKeyAuthentication, LoopbackAuthentication]
    error_output = XiErrorOutput


def elevenlabs_answer(problem: Problem) -> tuple[int, dict[str, Any]]:
    """Status and body."""
    status = _THEIRS.get(problem.code, problem.code)
    detail = {"status": status, "message": problem.message, **problem.details}
    return problem.status, {"detail": detail}
