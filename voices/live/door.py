"""An ASGI application for one thing: samples in, samples of another voice out, over a WebSocket.

    client  {"type": "begin", "ticket": …, "rate_hz": 48000, "language": "ru"}       the first message, within 10 s
    server  {"type": "preparing"}, then {"type": "ready", block_seconds, …}
    client  samples, 16 bits, little endian, mono, at most a second of them          server: samples likewise
    client  {"type": "ping", "sent": any number}                                      server: {"type": "pong", "sent"}
    server  {"type": "report", block_seconds, computing_seconds, dropped, …}          every two seconds
    client  {"type": "end"}                                                           server: the last report, closed

What goes wrong is told as {"type": "error", "error": {"code", "message", "details"}}, and the socket is closed by 4000
and a status of HTTP. A ticket comes from POST /api/v1/live/; no cookie opens anything here.
"""

import asyncio
import json
import logging
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.http.request import validate_host

from voices.errors import AppError, Broken, TimedOut
from voices.live.frames import (
    Left,
    Message,
    Receive,
    Send,
    Tell,
    bad_frame,
    in_database,
    parsed,
    rate_checked,
)
from voices.live.talking import Talk
from voices.services.conversion.live import live_begin

PATH = "/live/"
BEGIN_SECONDS = 10.0
CLOSED_BY = 4000  # and a status of HTTP
NORMAL, FORBIDDEN_ORIGIN = 1000, 4403

logger = logging.getLogger(__name__)


class LiveDoor:
    """The application; talks compute in threads of their own, as many as there are places."""

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(settings.LIVE_SESSIONS, thread_name_prefix="talk")

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """ASGI."""
        if scope["type"] == "lifespan":
            await _live_and_die(receive, send)
        elif scope["type"] == "http":
            await _tell_http(scope, send)
        elif scope["path"] != PATH or not origin_allowed(scope):
            await receive()
            await send({"type": "websocket.close", "code": FORBIDDEN_ORIGIN})
        else:
            await receive()  # websocket.connect
            await send({"type": "websocket.accept"})
            await self._answer(receive, send)

    async def _answer(self, receive: Receive, send: Send) -> None:
        language = "en"

        async def tell(kind: str, **facts: Any) -> None:
            text = json.dumps({"type": kind, **facts}, ensure_ascii=False)
            await send({"type": "websocket.send", "text": text})

        try:
            begun = await _begin(receive)
            language = str(begun.get("language", language))
            rate_hz = rate_checked(begun.get("rate_hz"))
            session = await in_database(live_begin)(ticket=str(begun.get("ticket", "")))
            await Talk(session, rate_hz, self._threads).hold(receive, send, tell)
            await send({"type": "websocket.close", "code": NORMAL})
        except Left:
            return
        except AppError as error:
            await _refuse(error, language, tell, send)
        except Exception:
            logger.exception("a talk broke off")
            broken = Broken(
                "internal_error", "something broke on our side", "у нас что-то сломалось"
            )
            await _refuse(broken, language, tell, send)


def origin_allowed(scope: Message) -> bool:
    """Whether the page that opens the socket is of this site, or of one that may call the API; programs name none."""
    headers = {name.lower(): value.decode("latin-1") for name, value in scope["headers"]}
    origin = headers.get(b"origin", "")
    if not origin or origin in settings.CORS_ALLOWED_ORIGINS:
        return True
    host = urlsplit(origin).hostname or ""
    shown = f"[{host}]" if ":" in host else host
    return validate_host(shown, settings.ALLOWED_HOSTS)


async def _begin(receive: Receive) -> dict[str, Any]:
    try:
        message = await asyncio.wait_for(receive(), BEGIN_SECONDS)
    except asyncio.TimeoutError as error:
        raise TimedOut("no_ticket", "no ticket came", "билет не пришёл") from error
    if message["type"] == "websocket.disconnect":
        raise Left
    begun = parsed(message.get("text"))
    if begun.get("type") != "begin":
        raise bad_frame()
    return begun


async def _refuse(error: AppError, language: str, tell: Tell, send: Send) -> None:
    told = {"code": error.code, "message": error.message(language), "details": error.details}
    try:
        await tell("error", error=told)
        await send({"type": "websocket.close", "code": CLOSED_BY + int(error.status)})
    except (OSError, RuntimeError):  # closed from there meanwhile
        return


async def _tell_http(scope: Message, send: Send) -> None:
    """`/healthz` is answered; all else is not here."""
    alive = scope["path"] == "/healthz"
    body = b"ok" if alive else b"a WebSocket is expected at /live/"
    headers = [(b"content-type", b"text/plain; charset=utf-8")]
    await send({"type": "http.response.start", "status": 200 if alive else 404, "headers": headers})
    await send({"type": "http.response.body", "body": body})


async def _live_and_die(receive: Receive, send: Send) -> None:
    while True:
        message = await receive()
        await send({"type": f"{message['type']}.complete"})
        if message["type"] == "lifespan.shutdown":
            return
