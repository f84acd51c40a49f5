"""A ticket to speak in another voice, and the talks that there were.

The WebSocket itself is for a library of the caller's, see docs/live.md.
"""

from dataclasses import dataclass
from typing import Any

from voiceclone_client.calls import API, Call, Page, paged
from voiceclone_client.types import Talk


@dataclass(frozen=True, kw_only=True)
class LiveTicket:
    """Where to speak, and with what: the ticket counts once, and for so many seconds."""

    id: str
    ticket: str
    ticket_seconds: int
    address: str
    most_seconds: int

    @classmethod
    def of(cls, body: dict[str, Any]) -> "LiveTicket":
        return cls(**{name: body[name] for name in cls.__dataclass_fields__})

    def begin(self, rate_hz: int, language: str = "en") -> dict[str, Any]:
        """The first message, to be sent as JSON; samples of 16 bits at that rate follow."""
        return {"type": "begin", "ticket": self.ticket, "rate_hz": rate_hz, "language": language}


def talks(number: int | None) -> Call[Page[Talk]]:
    return paged("live/", {}, number, Talk.of)


def talk_delete(talk_id: str) -> Call[None]:
    return Call(method="DELETE", path=f"{API}/live/{talk_id}/", read=lambda _response: None)


def live_ticket(voice: str, fields: dict[str, Any]) -> Call[LiveTicket]:
    return Call(
        method="POST",
        path=f"{API}/live/",
        read=lambda response: LiveTicket.of(response.json()),
        options={"json": {"voice": voice, **fields}},
    )
