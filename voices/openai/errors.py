"""OpenAI's shape of errors: {"error": {"message", "type", "param", "code"}}."""

from typing import Any

from voices.problems import Problem

_TYPES = {401: "invalid_request_error", 403: "permission_error", 429: "rate_limit_error"}
# our code: (their code, the parameter it is about)
_THEIRS: dict[str, tuple[str, str | None]] = {
    "unknown_voice": ("voice_not_found", "voice"),
    "unknown_voice_consent": ("voice_consent_not_found", "consent"),
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


def openai_answer(problem: Problem) -> tuple[int, dict[str, Any]]:
    """Status and body."""
    code, usual = _THEIRS.get(problem.code, (problem.code, None))
    param = problem.details.get("param") or next(iter(problem.details.get("fields", ())), usual)
    status = 400 if problem.status == 413 else problem.status
    kind = "server_error" if status >= 500 else _TYPES.get(status, "invalid_request_error")
    body = {"message": problem.message, "type": kind, "param": param, "code": code}
    return status, {"error": body}
