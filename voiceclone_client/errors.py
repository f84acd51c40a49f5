"""What can go wrong, by kind; `code` is stable and meant for programs."""

from typing import Any

from voiceclone_client.types import Job


class ServiceError(Exception):
    """The service refused or failed.

    Attributes:
        code: stable snake_case name, for instance `unknown_voice`.
        message: for people, in the client's language.
        details: facts, for instance limits.
        status: HTTP status; 0 when there was no answer.
        retry_after_seconds: when the same call may succeed, if the service says so.
    """

    def __init__(
        self,
        code: str,
        message: str,
        details: dict[str, Any] | None = None,
        *,
        status: int = 0,
        retry_after_seconds: float | None = None,
    ) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
        self.details = details or {}
        self.status = status
        self.retry_after_seconds = retry_after_seconds


class InvalidRequestError(ServiceError):
    """400, 413, 415, 422: something in the request cannot be met."""


class PermissionDeniedError(ServiceError):
    """401, 403: no such key, or not within its scopes."""


class NotFoundError(ServiceError):
    """404: not there, or somebody else's."""


class ConflictError(ServiceError):
    """409: not in this state."""


class RateLimitError(ServiceError):
    """429: too often or too much."""


class ServerError(ServiceError):
    """5xx: the service's own fault, or it is busy."""


class UnreachableError(ServiceError):
    """No answer at all."""


class JobFailedError(ServiceError):
    """A job ended without its audio."""


_BY_STATUS = {
    401: PermissionDeniedError,
    403: PermissionDeniedError,
    404: NotFoundError,
    409: ConflictError,
    429: RateLimitError,
}


def error_of(status: int, body: Any, retry_after: str | None) -> ServiceError:
    """The exception for an answer that is not a success."""
    told = body.get("error") if isinstance(body, dict) else None
    told = told if isinstance(told, dict) else {}
    kind = _BY_STATUS.get(status, ServerError if status >= 500 else InvalidRequestError)
    return kind(
        str(told.get("code", "unknown")),
        str(told.get("message", f"HTTP {status}")),
        told.get("details") or {},
        status=status,
        retry_after_seconds=float(retry_after) if retry_after and retry_after.isdigit() else None,
    )


def succeeded(job: Job) -> Job:
    """The job, if it did; otherwise raises JobFailedError with the job's own code."""
    if job.status == "succeeded":
        return job
    error = job.raw["error"] or {"code": f"job_{job.status}", "message": job.status}
    raise JobFailedError(error["code"], error["message"], error.get("details"))
