"""A microphone and loudspeakers of this machine, through the optional package `sounddevice` (PortAudio)."""

import time
from collections.abc import Callable
from threading import Condition
from typing import Any

import numpy as np

from tts_engine.errors import RequestError, ResourceError
from tts_engine.live.stream import LiveStream
from tts_engine.types import Waveform

PIECE_SECONDS = 0.01
WAITS_SECONDS = 0.5  # for a microphone that gives nothing

Heard = Callable[[Waveform, Waveform], None]  # what came in and what went out


class Exchange:
    """Samples between a device's clock and the thread that computes."""

    def __init__(self, most_out: int) -> None:
        self._most_out = most_out
        self._came: list[Waveform] = []
        self._goes = np.zeros(0, np.float32)
        self._change = Condition()

    def swap(self, heard: Waveform) -> Waveform:
        """For the device: what it heard, for as many samples to play, silence where there are none yet."""
        with self._change:
            self._came.append(heard.copy())
            said, self._goes = self._goes[: heard.size], self._goes[heard.size :]
            self._change.notify()
        return np.pad(said, (0, heard.size - said.size))

    def take(self, seconds: float) -> Waveform:
        """All that was heard and not taken yet; waits for some."""
        with self._change:
            self._change.wait_for(lambda: bool(self._came), seconds)
            came, self._came = self._came, []
        return np.concatenate(came) if came else np.zeros(0, np.float32)

    def give(self, said: Waveform) -> None:
        """What is to be played; of what cannot be played in time the oldest is left out."""
        with self._change:
            self._goes = np.concatenate([self._goes, said])[-self._most_out :]


def open_device(name: str | None) -> Any:
    """The package, with that device chosen, by number or a part of its name.

    Raises:
        ResourceError: `sounddevice_missing`. RequestError: `unknown_device`.
    """
    try:
        import sounddevice
    except (ImportError, OSError) as error:  # OSError: PortAudio itself is not there
        raise ResourceError(
            "sounddevice_missing",
            f"the package sounddevice with PortAudio is needed for a microphone: {error}; "
            "pip install sounddevice, or use --input and --output",
            f"для микрофона нужен пакет sounddevice с PortAudio: {error}; "
            "pip install sounddevice или --input и --output",
        ) from error
    if name is not None:
        chosen: str | int = int(name) if name.isdecimal() else name
        try:
            sounddevice.query_devices(chosen)
        except ValueError as error:
            raise RequestError(
                "unknown_device",
                f"no sound device {name!r}: {error}; list them by python -m sounddevice",
                f"нет звукового устройства {name!r}: {error}; список: python -m sounddevice",
            ) from error
        sounddevice.default.device = chosen
    return sounddevice


def converse(sounddevice: Any, stream: LiveStream, seconds: float | None, heard: Heard) -> float:
    """Until the seconds are over, or Ctrl-C.

    Returns:
        Delay of the devices themselves, there and back, in seconds.
    """
    most = round(2 * stream.conversion.block_samples * stream.rate_hz / stream.conversion.rate_hz)
    exchange = Exchange(most)

    def swap(came: Any, goes: Any, _frames: int, _time: object, _status: object) -> None:
        goes[:, 0] = exchange.swap(came[:, 0])

    until = None if seconds is None else time.monotonic() + seconds
    with sounddevice.Stream(
        samplerate=stream.rate_hz,
        blocksize=round(PIECE_SECONDS * stream.rate_hz),
        channels=1,
        dtype="float32",
        latency="low",
        callback=swap,
    ) as opened:
        try:
            while until is None or time.monotonic() < until:
                came = exchange.take(WAITS_SECONDS)
                said = stream.push(came)
                exchange.give(said)
                heard(came, said)
        except KeyboardInterrupt:
            pass  # that is how a talk ends
        return float(sum(opened.latency))
