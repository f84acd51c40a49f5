"""What may come over the socket of a talk."""

import json
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from asgiref.sync import sync_to_async
from django.db import close_old_connections

from voices.errors import BadInput, TooLarge

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Tell = Callable[..., Awaitable[None]]  # a type, and facts by name

MOST_TEXT = 4096  # characters
LEAST_HZ, MOST_HZ = 16_000, 48_000
SAMPLE_BYTES = 2


class Left(Exception):
    """The other side has closed."""


def parsed(text: str | None) -> dict[str, Any]:
    """A message of text. Raises BadInput: `bad_frame`. TooLarge: `frame_too_large`."""
    if text is None:
        raise bad_frame()
    if len(text) > MOST_TEXT:
        raise TooLarge("frame_too_large", "the message is too long", "сообщение слишком длинное")
    try:
        message = json.loads(text)
    except ValueError as error:
        raise bad_frame() from error
    if not isinstance(message, dict):
        raise bad_frame()
    return message


def samples_checked(content: bytes, rate_hz: int) -> bytes:
    """Samples of 16 bits. Raises BadInput: `bad_frame`. TooLarge: `frame_too_large`, over a second of them."""
    if len(content) > rate_hz * SAMPLE_BYTES:
        raise TooLarge(
            "frame_too_large",
            "a message holds a second of samples at most",
            "в одном сообщении не больше секунды звука",
        )
    if len(content) % SAMPLE_BYTES:
        raise bad_frame()
    return content


def rate_checked(rate_hz: object) -> int:
    """Raises BadInput: `bad_rate`."""
    if not isinstance(rate_hz, int) or not LEAST_HZ <= rate_hz <= MOST_HZ:
        raise BadInput(
            "bad_rate",
            f"rate_hz is {rate_hz!r}; expected {LEAST_HZ} to {MOST_HZ}",
            f"rate_hz равно {rate_hz!r}; ожидается от {LEAST_HZ} до {MOST_HZ}",
        )
    return rate_hz


def bad_frame() -> BadInput:
    """What came is none of what may come."""
    return BadInput(
        "bad_frame",
        'expected {"type": "begin", "ticket": …, "rate_hz": …}, then samples of 16 bits, ping or end',
        'ожидается {"type": "begin", "ticket": …, "rate_hz": …}, потом отсчёты по 16 бит, ping или end',
    )


def in_database(work: Callable[..., Any]) -> Callable[..., Awaitable[Any]]:
    """The same, awaited, with a connection that lives."""

    def fresh(**named: Any) -> Any:
        close_old_connections()
        return work(**named)

    return sync_to_async(fresh, thread_sensitive=True)
