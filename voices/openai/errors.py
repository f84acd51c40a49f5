"""OpenAI's shape of errors: {"error": {"message", "type", "param", "code"}}."""

from typing import Any

from rest_framework.response import Response

from voices.api.exception_handler import problem_of

_TYPES = {401: "invalid_request_error", 403: "permission_error", 429: "rate_limit_error"}
# our code: (their code, the parameter it is about)
_THEIRS = {
    "unknown_voice": ("voice_not_found", "voice"),
    "unknown_format": ("unsupported_value", "response_format"),
    "format_not_streamable": ("unsupported_value", "response_format"),
    "speed_out_of_range": ("invalid_value", "speed"),
    "empty_text": ("empty_string", "input"),
    "text_too_long": ("string_above_max_length", "input"),
    "speech_too_long": ("string_above_max_length", "input"),
    "nothing_to_say": ("invalid_value", "input"),
    "control_characters": ("invalid_value", "input"),
    "invalid_key": ("invalid_api_key", None),
}


def openai_exception_handler(error: Exception, context: dict[str, Any]) -> Response | None:
    """As the API's own handler, in the other shape."""
    problem = problem_of(error)
    if problem is None:
        return None
    code, param = _THEIRS.get(problem.code, (problem.code, problem.details.get("param")))
    if param is None and isinstance(problem.details.get("fields"), dict):
        param = next(iter(problem.details["fields"]))
    status = 400 if problem.status == 413 else problem.status
    kind = "server_error" if status >= 500 else _TYPES.get(status, "invalid_request_error")
    body = {"message": problem.message, "type": kind, "param": param, "code": code}
    return Response({"error": body}, status=status, headers=problem.headers)
