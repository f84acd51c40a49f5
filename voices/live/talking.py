"""A talk: what comes waits for nothing, what is computed is the newest, and what is not said in time is left out."""

import asyncio
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial

from django.conf import settings

from voices import engine
from voices.errors import Gone
from voices.live.frames import (
    SAMPLE_BYTES,
    Left,
    Receive,
    Send,
    Tell,
    bad_frame,
    in_database,
    parsed,
    samples_checked,
)
from voices.models import LiveSession
from voices.services.conversion.live import BEAT_SECONDS, live_beat, live_end

REPORT_SECONDS = 2.0
KEPT_SECONDS = 2.0  # of samples that wait while something is computed; the oldest go


class Talk:
    """One session over one socket."""

    def __init__(self, session: LiveSession, rate_hz: int, threads: ThreadPoolExecutor) -> None:
        self._session, self._rate_hz, self._threads = session, rate_hz, threads
        self._most_bytes = round(KEPT_SECONDS * rate_hz) * SAMPLE_BYTES
        self._waiting = bytearray()
        self._came = asyncio.Event()
        self._started: float | None = None

    @property
    def seconds(self) -> float:
        """That it has lasted so far."""
        return 0.0 if self._started is None else time.monotonic() - self._started

    async def hold(self, receive: Receive, send: Send, tell: Tell) -> None:
        """Until the other side ends it.

        Raises:
            AppError: what came was wrong, the talk has lasted long enough, the voice is gone.
        """
        try:
            await tell("preparing")
            talk = await self._prepared()
            self._started = time.monotonic()
            await tell("ready", rate_hz=self._rate_hz, **talk.report())
            await self._go_on(talk, receive, send, tell)
            await tell("report", **talk.report())
        finally:
            await asyncio.shield(in_database(live_end)(session=self._session, seconds=self.seconds))

    async def _prepared(self) -> engine.LiveTalk:
        """What converts; models may take a minute to load, and the place is held meanwhile."""
        session = self._session
        prepare = partial(
            engine.live_talk, session.version.profile, session.settings, self._rate_hz
        )
        made = asyncio.get_running_loop().run_in_executor(self._threads, prepare)
        while not made.done():
            await asyncio.wait([made], timeout=BEAT_SECONDS)
            await in_database(live_beat)(session=session, seconds=0.0)
        return made.result()

    async def _go_on(self, talk: engine.LiveTalk, receive: Receive, send: Send, tell: Tell) -> None:
        """Listen, speak and tell at once; the first that ends or fails ends all."""
        tasks = [
            asyncio.create_task(work)
            for work in (
                self._listen(receive, tell),
                self._speak(talk, send),
                self._tell(talk, tell),
                self._beat(),
            )
        ]
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
        finally:
            for task in tasks:
                task.cancel()
            for task in tasks:
                with suppress(asyncio.CancelledError, Exception):
                    await task

    async def _listen(self, receive: Receive, tell: Tell) -> None:
        while True:
            message = await receive()
            if message["type"] == "websocket.disconnect":
                raise Left
            content = message.get("bytes")
            if content is not None:
                self._waiting += samples_checked(content, self._rate_hz)
                del self._waiting[: max(0, len(self._waiting) - self._most_bytes)]
                self._came.set()
                continue
            told = parsed(message.get("text"))
            if told.get("type") == "end":
                return
            if told.get("type") != "ping":
                raise bad_frame()
            await tell("pong", sent=told.get("sent"))

    async def _speak(self, talk: engine.LiveTalk, send: Send) -> None:
        loop = asyncio.get_running_loop()
        while True:
            await self._came.wait()
            self._came.clear()
            came, self._waiting = bytes(self._waiting), bytearray()
            said = await loop.run_in_executor(self._threads, talk.push, came)
            if said:
                await send({"type": "websocket.send", "bytes": said})

    async def _tell(self, talk: engine.LiveTalk, tell: Tell) -> None:
        while True:
            await asyncio.sleep(REPORT_SECONDS)
            await tell("report", **talk.report())

    async def _beat(self) -> None:
        while True:
            left = settings.LIVE_SECONDS - self.seconds
            if left <= 0:
                raise Gone(
                    "talk_over",
                    f"a talk lasts {settings.LIVE_SECONDS} seconds at most; begin another",
                    f"разговор длится не дольше {settings.LIVE_SECONDS} секунд; начните новый",
                    most_seconds=settings.LIVE_SECONDS,
                )
            await asyncio.sleep(min(BEAT_SECONDS, left))
            await in_database(live_beat)(session=self._session, seconds=self.seconds)
