"""Several people speak at once through the live door of a running site.

    python -m benchmarks.talks http://127.0.0.1:8000 KEY speech.wav [--people 4] [--seconds 60] [--voice anna]

Each asks for a talk and, if the site does not say
that it is busy, sends the recording at its own pace from another place on. A line a person: refused or served, how much
of the sound came back, when, and how many blocks were dropped. Nobody may be served badly: the last column says who is.
"""

import argparse
import asyncio
import json
import time
from dataclasses import dataclass
from pathlib import Path

import httpx
import numpy as np
from websockets.asyncio.client import ClientConnection, connect

from tts_engine.audio.io import decode_audio, samples_16bit
from tts_engine.audio.resample import resample

RATE_HZ = 24_000
PIECE_SECONDS = 0.02
MOST_DELAY_SECONDS = 0.3


@dataclass
class Heard:
    """What came back to one person; `report` is the door's last one."""

    code: str = ""
    seconds: float = 0.0
    worst_gap_seconds: float = 0.0
    report: dict[str, float] | None = None

    def line(self) -> str:
        """For the table."""
        if self.report is None:
            return f"refused: {self.code}"
        delay, dropped = self.report["delay_seconds"], int(self.report["dropped"])
        well = not self.code and not dropped and delay <= MOST_DELAY_SECONDS
        p95 = 1000 * self.report["computing_p95_seconds"]
        return (
            f"served, {self.seconds:.0f} s came, delay {1000 * delay:.0f} ms, computing p95 {p95:.0f} ms, "
            f"longest wait {1000 * self.worst_gap_seconds:.0f} ms, {dropped} dropped {self.code} "
            f"{'well' if well else 'BADLY'}"
        )


async def speak(socket: ClientConnection, samples: np.ndarray) -> None:
    """No faster than it is spoken."""
    size, started = round(PIECE_SECONDS * RATE_HZ), time.perf_counter()
    for first in range(0, samples.size, size):
        await asyncio.sleep(max(0.0, started + first / RATE_HZ - time.perf_counter()))
        await socket.send(samples[first : first + size].tobytes())
    await socket.send(json.dumps({"type": "end"}))


async def listen(socket: ClientConnection, heard: Heard) -> None:
    """Until the door closes."""
    before = 0.0
    async for message in socket:
        if isinstance(message, bytes):
            now = time.perf_counter()
            heard.seconds += len(message) / 2 / RATE_HZ
            heard.worst_gap_seconds = max(heard.worst_gap_seconds, now - before if before else 0.0)
            before = now
            continue
        told = json.loads(message)
        if told["type"] == "report":
            heard.report = told
        elif told["type"] == "error":
            heard.code = told["error"]["code"]


async def talk(site: httpx.AsyncClient, voice: str, samples: np.ndarray) -> Heard:
    """One person, from the ticket to the end."""
    heard = Heard()
    answer = await site.post("/api/v1/live/", json={"voice": voice, "rights": True})
    if answer.status_code != httpx.codes.CREATED:
        heard.code = answer.json()["error"]["code"]
        return heard
    given = answer.json()
    async with connect(given["address"], max_size=None) as socket:
        begin = {"type": "begin", "ticket": given["ticket"], "rate_hz": RATE_HZ}
        await socket.send(json.dumps(begin))
        async for message in socket:
            told = json.loads(message)
            if told["type"] == "error":
                heard.code = told["error"]["code"]
                return heard
            if told["type"] == "ready":
                break
        await asyncio.gather(speak(socket, samples), listen(socket, heard))
    return heard


async def all_at_once(arguments: argparse.Namespace) -> list[Heard]:
    """Everybody's talk."""
    audio = decode_audio(arguments.recording)
    sound = resample(audio.waveform, audio.sample_rate_hz, RATE_HZ)
    samples = samples_16bit(sound)
    size = round(arguments.seconds * RATE_HZ)
    own = [
        np.resize(np.roll(samples, -number * samples.size // arguments.people), size)
        for number in range(arguments.people)
    ]
    headers = {"Authorization": f"Bearer {arguments.key}"}
    async with httpx.AsyncClient(base_url=arguments.site, headers=headers, timeout=60) as site:
        return await asyncio.gather(*(talk(site, arguments.voice, one) for one in own))


def main() -> None:
    """Print a line for each person."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("site")
    parser.add_argument("key")
    parser.add_argument("recording", type=Path)
    parser.add_argument("--people", type=int, default=4)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--voice", default="anna")
    for number, heard in enumerate(asyncio.run(all_at_once(parser.parse_args()))):
        print(f"{number + 1}: {heard.line()}", flush=True)


if __name__ == "__main__":
    main()
