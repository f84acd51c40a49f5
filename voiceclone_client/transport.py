"""One HTTP call: authorised, retried where that is safe, its errors turned into exceptions."""

import time
from typing import Any
from uuid import uuid4

import httpx

from voiceclone_client.errors import ServiceError, UnreachableError, error_of

BUSY = (429, 502, 503, 504)
LONGEST_PAUSE_SECONDS = 30.0


class Transport:
    """Calls under one address with one key."""

    def __init__(
        self, address: str, api_key: str, *, language: str, seconds: float, retries: int
    ) -> None:
        headers = {"Authorization": f"Bearer {api_key}", "Accept-Language": language}
        self.http = httpx.Client(
            base_url=address.rstrip("/"),
            headers=headers,
            timeout=seconds,
            transport=httpx.HTTPTransport(retries=retries),  # of connecting only
        )
        self._retries = retries

    def call(self, method: str, path: str, *, repeatable: bool = True, **options: Any) -> Any:
        """The answer's JSON (None for an empty one).

        Args:
            repeatable: the call may be sent again when the service is busy: reading, deleting, or
                making something under an idempotency key.
        """
        response = self.send(method, path, repeatable=repeatable, **options)
        return response.json() if response.content else None

    def send(
        self, method: str, path: str, *, repeatable: bool = True, **options: Any
    ) -> httpx.Response:
        """A successful answer.

        Raises:
            ServiceError: any other, after the retries.
        """
        tries = self._retries if repeatable else 0
        for attempt in range(tries + 1):
            try:
                response = self.http.request(method, path, **options)
                if response.is_success:
                    return response
                error = refusal(response)
            except httpx.TransportError as lost:
                error = UnreachableError("unreachable", str(lost) or type(lost).__name__)
            if attempt == tries or (error.status and error.status not in BUSY):
                raise error
            time.sleep(min(error.retry_after_seconds or 0.5 * 2**attempt, LONGEST_PAUSE_SECONDS))
        raise AssertionError("unreachable")


def refusal(response: httpx.Response) -> ServiceError:
    """The error that an unsuccessful answer tells of."""
    try:
        body = response.json()
    except ValueError:
        body = None
    return error_of(response.status_code, body, response.headers.get("Retry-After"))


def once() -> dict[str, str]:
    """Headers under which a call makes one thing, however often it is sent."""
    return {"Idempotency-Key": str(uuid4())}
