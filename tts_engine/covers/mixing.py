"""The new voice laid into the song: its place, its room, its level; then both files, block by block.

    mix = accompaniment + (1 - gate) * vocals + gate * new voice

Where nobody sings the gate is 0 and the mix is the song to the sample; the limiter touches only what is beyond full
scale, which no song is.
"""

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np
import soxr
from numpy.typing import NDArray

from tts_engine.audio.formats import format_named
from tts_engine.audio.io import samples_16bit, sound_file_opened
from tts_engine.audio.loudness import LOOK_AHEAD_SECONDS, gain_below
from tts_engine.audio.tags import AudioTags, tag_file
from tts_engine.audio.untrusted import SONG_RATE_HZ
from tts_engine.covers.effects import in_room
from tts_engine.covers.listening import at_samples, stereo_blocks
from tts_engine.covers.stems import Stems
from tts_engine.types import Waveform

BLOCK_SECONDS = 20.0
FULL_SCALE = 1 << 23  # of 24 bits
CEILING = 1.0 - 1 / FULL_SCALE
ROUNDING = 1e-5

Stereo = NDArray[np.float32]
Told = Callable[[int, int], None]


class VoiceTrack:
    """The new voice on a track as long as the song, mono, in a file: hours of it need no memory."""

    def __init__(self, path: Path, samples: int) -> None:
        self._file: BinaryIO = path.open("w+b")
        self._file.truncate(4 * samples)
        self.samples = samples

    def place(self, first: int, waveform: Waveform) -> None:
        """Put a sound at its sample; what reaches over the end is cut."""
        kept = waveform[: max(0, self.samples - first)]
        self._file.seek(4 * first)
        self._file.write(np.ascontiguousarray(kept, dtype="<f4").tobytes())

    def read(self, first: int, stop: int) -> Waveform:
        """Samples [first, stop), silence outside the track."""
        begin, end = max(first, 0), min(stop, self.samples)
        self._file.seek(4 * begin)
        found = np.frombuffer(self._file.read(4 * max(0, end - begin)), dtype="<f4")
        before = min(max(0, -first), stop - first)
        return np.pad(found, (before, stop - first - before - found.size)).astype(np.float32)

    def close(self) -> None:
        self._file.close()


@dataclass(frozen=True, kw_only=True, eq=False)
class Laid:
    """How the new voice is laid.

    Attributes:
        gate: by frame, (F,), see `listening.voice_gate`.
        balance: by frame, (F, 2), see `listening.balance`.
        level: factor of the voice.
        response: of its room, (T, 2); None: no room.
    """

    gate: NDArray[np.float64]
    balance: NDArray[np.float64]
    level: float
    response: Stereo | None


def laid_voice(track: VoiceTrack, laid: Laid, first: int, stop: int) -> Stereo:
    """The new voice as it is heard in the mix, samples [first, stop), (T, 2)."""
    around = 0 if laid.response is None else len(laid.response)
    dry = track.read(first - around, stop)
    placed = dry[around:, None] * at_samples(laid.balance, first, stop)
    if laid.response is not None:
        placed += in_room(dry, laid.response)[around:]
    return placed * (laid.level * at_samples(laid.gate, first, stop))[:, None]


def mixed(stems: Stems, laid: Laid, voice: Stereo, first: int) -> Stereo:
    """Samples of the mix from `first` on, (T, 2), not limited yet."""
    stop = first + len(voice)
    whole = voice.copy()
    if stems.accompaniment is not None:
        whole += stereo_blocks(stems.accompaniment, first, stop)
    if stems.refilled:
        closed = 1 - at_samples(laid.gate, first, stop)
        whole += closed[:, None] * stereo_blocks(stems.vocals, first, stop)
    return whole


def limited(samples: Stereo) -> Stereo:
    """Nothing beyond full scale, both sides turned down together, (T, 2); ends are worse by 10 ms."""
    peaks = np.abs(samples).max(axis=1)
    if peaks.max(initial=0.0) <= CEILING:
        return samples
    gain = gain_below(CEILING, peaks, SONG_RATE_HZ)
    gain[gain > 1 - ROUNDING] = 1.0  # what is not turned down stays as it is to the bit
    return samples * gain[:, None]


def samples_24bit(samples: Stereo) -> NDArray[np.int32]:
    """As soundfile takes them: the upper 24 of 32 bits."""
    whole = np.round(np.clip(samples, -1.0, CEILING) * np.float64(FULL_SCALE))
    return np.asarray(whole.astype(np.int32) << 8)


def in_full_scale(samples: Stereo) -> Stereo:
    """Floats that encoders take; libsndfile's mp3 takes two channels of 16 bits for something else."""
    return np.clip(samples, -1.0, CEILING)


ROUNDED: dict[str, Callable[[Stereo], NDArray[np.generic]]] = {
    "FLAC": samples_24bit,
    "WAV": samples_16bit,
    "ADTS": samples_16bit,
}


@dataclass(frozen=True, kw_only=True)
class Exit:
    """A file that is written: where, in which format, and with which tags."""

    path: Path
    audio_format: str
    tags: AudioTags


class ExitWriter:
    """One sound file at its rate, block by block, tagged at the end."""

    def __init__(self, exit_file: Exit, channels: int, rate_hz: int) -> None:
        described = format_named(exit_file.audio_format)
        self._exit, rate = exit_file, described.writable_rate_hz(rate_hz)
        self._stream = exit_file.path.open("w+b")
        options = described.written_with(rate)
        self._rounded = ROUNDED.get(options["format"], in_full_scale)
        if options["format"] == "FLAC":
            options["subtype"] = "PCM_24"
        self._file = sound_file_opened(self._stream, rate, options, channels)
        self._resampler = None
        if rate != SONG_RATE_HZ:
            self._resampler = soxr.ResampleStream(SONG_RATE_HZ, rate, channels, dtype="float32")

    def write(self, samples: Stereo, *, last: bool) -> None:
        """The next samples (T, channels) at 44.1 kHz."""
        if self._resampler is not None:
            samples = self._resampler.resample_chunk(np.ascontiguousarray(samples), last=last)
        self._file.write(self._rounded(samples))

    def __enter__(self) -> "ExitWriter":
        return self

    def __exit__(self, kind: type | None, *_: object) -> None:
        """Closed; whole, with its tags, when nothing was raised."""
        with self._stream:
            self._file.close()
            if kind is None:
                self._stream.seek(0)
                tag_file(self._stream, self._exit.audio_format, self._exit.tags)


def write_mix(
    stems: Stems,
    track: VoiceTrack,
    laid: Laid,
    exits: dict[str, Exit],
    rate_hz: int,
    told: Told,
) -> None:
    """Write the mix and the new voice alone.

    Args:
        stems: the song.
        track: the new voice, marked.
        laid: how it is laid.
        exits: `mix`, and `converted` where it is wanted.
        rate_hz: of both.
        told: is told how many seconds of how many are done.
    """
    around, size = int(4 * LOOK_AHEAD_SECONDS * SONG_RATE_HZ), round(BLOCK_SECONDS * SONG_RATE_HZ)
    with ExitStack() as opened:
        writers = {
            name: opened.enter_context(ExitWriter(one, 2, rate_hz)) for name, one in exits.items()
        }
        for first in range(0, stems.samples, size):
            stop = min(first + size, stems.samples)
            voice = laid_voice(track, laid, first - around, stop + around)
            whole = limited(mixed(stems, laid, voice, first - around))
            kept = slice(around, around + stop - first)
            for name, writer in writers.items():
                writer.write((whole if name == "mix" else voice)[kept], last=stop == stems.samples)
            told(int(stop / SONG_RATE_HZ), round(stems.seconds))
