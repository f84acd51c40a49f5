"""Sounds put at their times on one track, written as they come: hours of it need no memory."""

from typing import BinaryIO

import numpy as np

from tts_engine.audio.formats import format_named
from tts_engine.audio.io import samples_16bit, sound_file_opened
from tts_engine.audio.resample import resample
from tts_engine.types import Audio

TRACK_RATE_HZ = 22_050
SILENCE_SECONDS = 10.0  # written at once
FADE_SECONDS = 0.06


class TrackWriter:
    """A sound file under way; sounds come in the order of their times."""

    def __init__(self, stream: BinaryIO, audio_format: str) -> None:
        described = format_named(audio_format)
        self.rate_hz = described.writable_rate_hz(TRACK_RATE_HZ)
        self._position = 0
        self._file = sound_file_opened(stream, self.rate_hz, described.written_with(self.rate_hz))

    @property
    def seconds(self) -> float:
        """Length so far."""
        return self._position / self.rate_hz

    def place(self, audio: Audio, *, start_seconds: float, room_seconds: float | None) -> float:
        """Put a sound at its time.

        Args:
            audio: any rate.
            start_seconds: not before the end of what was placed before it.
            room_seconds: until the next one; what is longer is faded out there. None: as long as it is.

        Returns:
            Seconds that were cut off.
        """
        start = round(start_seconds * self.rate_hz)
        if start < self._position:
            raise ValueError(f"{start_seconds} s is before the end of the track, {self.seconds} s")
        self._silence(start - self._position)
        waveform = resample(audio.waveform, audio.sample_rate_hz, self.rate_hz)
        room = waveform.size
        if room_seconds is not None:
            room = min(room, round((start_seconds + room_seconds) * self.rate_hz) - start)
        kept = waveform[:room]
        if room < waveform.size:
            fade = min(room, round(FADE_SECONDS * self.rate_hz))
            kept = kept.copy()
            kept[room - fade :] *= np.linspace(1.0, 0.0, fade, dtype=np.float32)
        self._file.write(samples_16bit(kept))
        self._position += room
        return (waveform.size - room) / self.rate_hz

    def close(self) -> None:
        """Write what the format keeps for the end."""
        self._file.close()

    def _silence(self, count: int) -> None:
        block = round(SILENCE_SECONDS * self.rate_hz)
        for first in range(0, count, block):
            self._file.write(np.zeros(min(block, count - first), dtype=np.int16))
        self._position += count
