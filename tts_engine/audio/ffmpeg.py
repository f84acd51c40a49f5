"""The ffmpeg of the imageio-ffmpeg wheel: where it is, and the one encoder that libsndfile lacks."""

import shutil
import subprocess
import tempfile
from functools import lru_cache
from typing import Any, BinaryIO

import imageio_ffmpeg
import numpy as np
from numpy.typing import NDArray

from tts_engine.errors import ResourceError

AAC_CHANNEL_KBPS = 64


@lru_cache(maxsize=1)
def ffmpeg_path() -> str:
    """Raises ResourceError: `ffmpeg_missing`."""
    try:
        return imageio_ffmpeg.get_ffmpeg_exe()
    except RuntimeError as error:
        raise ResourceError(
            "ffmpeg_missing",
            "no ffmpeg for this machine: mp3, m4a, mp4, aac, amr and webm cannot be read; wav, flac and ogg can",
            "для этой машины нет ffmpeg: mp3, m4a, mp4, aac, amr и webm не прочесть; wav, flac и ogg читаются",
        ) from error


class AacFile:
    """An ADTS stream under way, with the methods of a soundfile.SoundFile that is written to."""

    def __init__(self, stream: BinaryIO, rate_hz: int, channels: int = 1) -> None:
        sound = ["-f", "s16le", "-ar", str(rate_hz), "-ac", str(channels), "-i", "pipe:0"]
        bitrate = f"{channels * AAC_CHANNEL_KBPS}k"
        # bitexact: the same samples always give the same bytes
        aac = ["-c:a", "aac", "-b:a", bitrate, "-flags", "+bitexact", "-f", "adts", "pipe:1"]
        quiet = ["-hide_banner", "-loglevel", "error"]
        # the program comes from our own wheel and every argument is ours: no shell, no user text
        self._stream = stream
        self._written = tempfile.TemporaryFile()  # noqa: SIM115  ffmpeg writes to it until close()
        self._process: subprocess.Popen[bytes] = subprocess.Popen(  # noqa: S603
            [ffmpeg_path(), *quiet, *sound, *aac],
            stdin=subprocess.PIPE,
            stdout=self._written,
            stderr=subprocess.DEVNULL,
        )

    def write(self, samples: NDArray[np.int16]) -> None:
        """Raises ResourceError: `encoder_died`."""
        self._told(self._pipe.write, samples.astype("<i2").tobytes())

    def close(self) -> None:
        """Raises ResourceError: `encoder_died`."""
        with self._written:
            self._told(self._pipe.close)
            if self._process.wait() != 0:
                raise _encoder_died()
            self._written.seek(0)
            shutil.copyfileobj(self._written, self._stream)

    @property
    def _pipe(self) -> Any:
        return self._process.stdin

    def _told(self, act: Any, *values: bytes) -> None:
        try:
            act(*values)
        except OSError as error:  # nobody reads the pipe any more
            self._process.kill()
            self._process.wait()
            raise _encoder_died() from error


def _encoder_died() -> ResourceError:
    return ResourceError(
        "encoder_died",
        "the program that writes aac ended early; ask again or for another format",
        "программа, которая пишет aac, прервалась; повторите запрос или выберите другой формат",
    )
