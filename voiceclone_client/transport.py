"""Calls sent: authorised, retried where that is safe, their errors turned into exceptions."""

import asyncio
import time
from itertools import count
from typing import Any, TypeVar

import httpx

from voiceclone_client.calls import Call
from voiceclone_client.errors import ServiceError, UnreachableError, error_of

BUSY = (429, 502, 503, 504)
LONGEST_PAUSE_SECONDS = 30.0
T = TypeVar("T")


class Transport:
    """Calls under one address with one key."""

    def __init__(
        self, address: str, api_key: str, *, language: str, seconds: float, retries: int
    ) -> None:
        self.http = httpx.Client(
            **_common(address, api_key, language, seconds),
            transport=httpx.HTTPTransport(retries=retries),  # of connecting only
        )
        self._retries = retries

    def send(self, call: Call[T]) -> T:
        """What a successful answer says.

        Raises:
            ServiceError: any other, after the retries.
        """
        for attempt in count():
            try:
                response = self.http.request(call.method, call.path, **call.options)
                if response.is_success:
                    return call.read(response)
                error = refusal(response)
            except httpx.TransportError as lost:
                error = unreachable(lost)
            time.sleep(_pause_seconds(call, error, attempt=attempt, retries=self._retries))
        raise AssertionError("unreachable")


class AsyncTransport:
    """The same for asyncio."""

    def __init__(
        self, address: str, api_key: str, *, language: str, seconds: float, retries: int
    ) -> None:
        self.http = httpx.AsyncClient(
            **_common(address, api_key, language, seconds),
            transport=httpx.AsyncHTTPTransport(retries=retries),
        )
        self._retries = retries

    async def send(self, call: Call[T]) -> T:
        """See Transport.send."""
        for attempt in count():
            try:
                response = await self.http.request(call.method, call.path, **call.options)
                if response.is_success:
                    return call.read(response)
                error = refusal(response)
            except httpx.TransportError as lost:
                error = unreachable(lost)
            pause = _pause_seconds(call, error, attempt=attempt, retries=self._retries)
            await asyncio.sleep(pause)
        raise AssertionError("unreachable")


def refusal(response: httpx.Response) -> ServiceError:
    """The error that an unsuccessful answer tells of."""
    try:
        body = response.json()
    except ValueError:
        body = None
    return error_of(response.status_code, body, response.headers.get("Retry-After"))


def unreachable(lost: httpx.TransportError) -> ServiceError:
    """The error for no answer."""
    return UnreachableError("unreachable", str(lost) or type(lost).__name__)


def _common(address: str, api_key: str, language: str, seconds: float) -> dict[str, Any]:
    headers = {"Authorization": f"Bearer {api_key}", "Accept-Language": language}
    return {
        "base_url": address.rstrip("/"),
        "headers": headers,
        "timeout": seconds,
        "follow_redirects": True,  # sound may lie in a bucket; the key is not sent there
    }


def _pause_seconds(call: Call[Any], error: ServiceError, *, attempt: int, retries: int) -> float:
    """How long to wait before the next attempt; raises the error when there is to be none."""
    tries = retries if call.repeatable else 0
    if attempt >= tries or (error.status and error.status not in BUSY):
        raise error
    return min(error.retry_after_seconds or 0.5 * 2**attempt, LONGEST_PAUSE_SECONDS)
