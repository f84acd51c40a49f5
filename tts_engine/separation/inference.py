"""A song of up to an hour into vocals and accompaniment, block by block.

Every 12 s of the song are heard with 3 s of what was heard before; over those the shares of the vocals go over from one
hearing to the next, so that no seam is heard. Files are written as the song goes by: an hour takes no more memory than
a minute. The accompaniment is what the vocals leave: both files together are the song, to the sample.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
import soundfile
import torch
from numpy.typing import NDArray
from torch import Tensor

from tts_engine.audio.untrusted import SONG_RATE_HZ, Song, song_opened
from tts_engine.checkpoints import load_checkpoint, load_into
from tts_engine.device import resolve_device
from tts_engine.errors import AudioError, RequestError
from tts_engine.separation.limits import (
    LEAST_RATE_HZ,
    LONGEST_SECONDS,
    PREVIEW_SECONDS,
    SHORTEST_SECONDS,
)
from tts_engine.separation.network import SeparationConfig, Separator
from tts_engine.types import Waveform
from tts_engine.weights import weights_folder

SILENT_PEAK = 1e-3
OVERLAP_FRAMES = 128
UPPER_FROM_BIN = 512  # 5.5 kHz: who has the power from there to 11 kHz has what lies above
FULL_SCALE = 1 << 23  # of 24 bits
VOCALS_FILE, ACCOMPANIMENT_FILE = "vocals.flac", "accompaniment.flac"

Told = Callable[[float, float], None]
Samples = NDArray[np.int32]


@dataclass(frozen=True, kw_only=True)
class Separated:
    """What became of a song: FLAC, stereo, 44.1 kHz, 24 bits.

    Attributes:
        vocals: file of the voices.
        accompaniment: file of all else.
        start_seconds: where in the song the files begin.
        seconds: their length.
        vocals_db: RMS level, dB of full scale.
        accompaniment_db: the same; -inf of what is silent.
    """

    vocals: Path
    accompaniment: Path
    start_seconds: float
    seconds: float
    vocals_db: float
    accompaniment_db: float


def separate_song(
    source: Path,
    output: Path,
    *,
    preview_from: float | None = None,
    device: str = "auto",
    told: Told = lambda done, total: None,
) -> Separated:
    """Write `vocals.flac` and `accompaniment.flac` of a song into a folder.

    Args:
        source: the song, in any format that the service reads.
        output: the folder; it is made.
        preview_from: only 30 s of the song from this second on.
        device: of `device.resolve_device`.
        told: is told how many seconds of how many are done; what it raises ends the work.

    Raises:
        AudioError: as `song_opened`; `song_silent`, `song_too_short`, `song_band_too_narrow`.
        RequestError: `preview_outside_song`.
        CheckpointError: the weights are missing or damaged.

    Whatever is raised, no file is left behind, and files of before are as they were.
    """
    with song_opened(source, max_seconds=LONGEST_SECONDS) as song:
        return separate_opened(song, output, preview_from=preview_from, device=device, told=told)


def separate_opened(
    song: Song,
    output: Path,
    *,
    preview_from: float | None = None,
    device: str = "auto",
    told: Told = lambda done, total: None,
) -> Separated:
    """The same of a song that is open; raises all but what opening does."""
    first, stop = checked_stretch(song, preview_from)
    output.mkdir(parents=True, exist_ok=True)
    separation = get_separation(device)
    files = [output / name for name in (VOCALS_FILE, ACCOMPANIMENT_FILE)]
    partials = [path.with_suffix(".partial") for path in files]
    try:
        levels = _write(separation.vocals(song, first, stop), partials, stop - first, told)
        for partial, path in zip(partials, files, strict=True):
            partial.replace(path)
    finally:
        for partial in partials:
            partial.unlink(missing_ok=True)
    return Separated(
        vocals=files[0],
        accompaniment=files[1],
        start_seconds=first / SONG_RATE_HZ,
        seconds=(stop - first) / SONG_RATE_HZ,
        vocals_db=levels[0],
        accompaniment_db=levels[1],
    )


class Separation:
    """The network with its weights."""

    def __init__(self, network: Separator, device: torch.device) -> None:
        self._network = network.eval().to(device)
        self._device = device
        self._config = config = network.config
        self._window = torch.hann_window(config.window)
        self._gain = float(self._window.square().sum()) / config.hop  # all windows over a sample

    @classmethod
    def load(cls, folder: Path, *, device: torch.device) -> "Separation":
        """Raises CheckpointError: the folder holds no such weights."""
        config, weights = load_checkpoint(folder, SeparationConfig)
        network = Separator(config)
        load_into(network, weights, folder)
        return cls(network, device)

    def vocals(self, song: Song, first: int, stop: int) -> Iterator[tuple[Waveform, Waveform]]:
        """Samples [first, stop) of a song in blocks: the song (T, 2), and its vocals (T, 2)."""
        config = self._config
        carried = torch.zeros(2, config.window - config.hop)  # of the vocals, not yet whole
        position = first - carried.shape[1]  # of the song, of the first carried sample
        held: Tensor | None = None
        while position < stop:
            spectrum = self._spectrum(song, position)
            share, held = self._blended(self._share(spectrum), held)
            waves = torch.fft.irfft(spectrum[:, : share.shape[1]] * share, n=config.window)
            added = _overlapped(waves * self._window / self._gain, config.hop)
            added[:, : carried.shape[1]] += carried
            done = share.shape[1] * config.hop
            ready, carried = added[:, :done], added[:, done:]
            start, end = max(position, first), min(position + done, stop)
            if end > start:
                (block,) = song.blocks(start, end, end - start)
                yield block, ready[:, start - position : end - position].T.numpy()
            position += done

    def _spectrum(self, song: Song, position: int) -> Tensor:
        """Of all frames that are heard at once, from a sample on: (2, frames, window / 2 + 1)."""
        config = self._config
        size = (config.frames - 1) * config.hop + config.window
        (samples,) = song.blocks(position, position + size, size)
        frames = torch.from_numpy(samples.T.copy()).unfold(1, config.window, config.hop)
        return torch.fft.rfft(frames * self._window)

    @torch.inference_mode()
    def _share(self, spectrum: Tensor) -> Tensor:
        """Of the vocals in each bin, (2, frames, window / 2 + 1)."""
        low = spectrum[:, :, : self._config.bins].abs()
        share = self._network(low[None].to(self._device))[0].cpu()
        power = low[:, :, UPPER_FROM_BIN:].square()
        favoured = (share[:, :, UPPER_FROM_BIN:] * power).sum(2) / (power.sum(2) + 1e-10)
        above = spectrum.shape[2] - share.shape[2]
        return torch.cat([share, favoured[:, :, None].expand(-1, -1, above)], dim=2)

    @staticmethod
    def _blended(share: Tensor, held: Tensor | None) -> tuple[Tensor, Tensor]:
        """Shares that are final, and those that the next hearing takes part in."""
        final, rest = share[:, :-OVERLAP_FRAMES].clone(), share[:, -OVERLAP_FRAMES:]
        if held is not None:
            ramp = (torch.arange(OVERLAP_FRAMES)[None, :, None] + 0.5) / OVERLAP_FRAMES
            final[:, :OVERLAP_FRAMES] = held + ramp * (final[:, :OVERLAP_FRAMES] - held)
        return final, rest


def _overlapped(frames: Tensor, hop: int) -> Tensor:
    """(2, N, window) laid over each other every hop: (2, (N - 1) * hop + window)."""
    channels, count, window = frames.shape
    parts = frames.reshape(channels, count, window // hop, hop)
    whole = torch.zeros(channels, count + window // hop - 1, hop)
    for index in range(window // hop):
        whole[:, index : index + count] += parts[:, :, index]
    return whole.reshape(channels, -1)


def checked_stretch(song: Song, preview_from: float | None) -> tuple[int, int]:
    """Samples [first, stop) that are separated; raises what the song is not good for."""
    if song.source_rate_hz < LEAST_RATE_HZ:
        raise AudioError(
            "song_band_too_narrow",
            f"the song has a rate of {song.source_rate_hz} Hz, as telephones do; "
            f"at least {LEAST_RATE_HZ} Hz are needed to tell voice from music",
            f"частота песни {song.source_rate_hz} Гц, как в телефоне; чтобы отделить голос от музыки, "
            f"нужно не меньше {LEAST_RATE_HZ} Гц",
            sample_rate_hz=song.source_rate_hz,
        )
    check_sound(song)
    return stretch_of(song, preview_from)


def check_sound(song: Song) -> None:
    """Raises AudioError: `song_too_short`, `song_silent`."""
    if song.seconds < SHORTEST_SECONDS:
        raise AudioError(
            "song_too_short",
            f"the recording lasts {song.seconds:.2f} s; at least {SHORTEST_SECONDS:g} s are needed",
            f"запись длится {song.seconds:.2f} с; нужно не меньше {SHORTEST_SECONDS:g} с",
        )
    if song.peak < SILENT_PEAK:
        raise AudioError(
            "song_silent",
            "the recording is silent: nothing in it is louder than -60 dB",
            "запись молчит: в ней нет ничего громче -60 дБ",
        )


def stretch_of(song: Song, preview_from: float | None) -> tuple[int, int]:
    """Samples [first, stop) of a preview, or all of them; RequestError `preview_outside_song`."""
    if preview_from is None:
        return 0, song.samples
    first = round(preview_from * SONG_RATE_HZ)
    if not 0 <= first < song.samples:
        raise RequestError(
            "preview_outside_song",
            f"the preview begins at {preview_from:g} s, the recording lasts {song.seconds:.1f} s",
            f"отрывок начинается с {preview_from:g} с, а запись длится {song.seconds:.1f} с",
        )
    return first, min(song.samples, first + round(PREVIEW_SECONDS * SONG_RATE_HZ))


def _write(
    blocks: Iterator[tuple[Waveform, Waveform]], paths: list[Path], samples: int, told: Told
) -> list[float]:
    """Both sides into files; their levels, dB of full scale."""
    squares, done = np.zeros(2), 0
    kind = {"format": "FLAC", "subtype": "PCM_24"}
    with (
        soundfile.SoundFile(paths[0], "w", SONG_RATE_HZ, 2, **kind) as vocals,
        soundfile.SoundFile(paths[1], "w", SONG_RATE_HZ, 2, **kind) as accompaniment,
    ):
        for song, sung in blocks:
            sides = split_exactly(song, sung)
            for index, (file, side) in enumerate(zip((vocals, accompaniment), sides, strict=True)):
                file.write(side << 8)  # soundfile keeps the upper 24 of 32 bits
                squares[index] += np.square(side / FULL_SCALE).sum()
            done += len(song)
            told(done / SONG_RATE_HZ, samples / SONG_RATE_HZ)
    with np.errstate(divide="ignore"):
        return [float(level) for level in 10 * np.log10(squares / (2 * samples))]


def split_exactly(song: Waveform, vocals: Waveform) -> tuple[Samples, Samples]:
    """Both sides of a song in 24 bits, of which each fits and whose sum is the song in 24 bits. (T, 2) each."""
    low, high = -FULL_SCALE, FULL_SCALE - 1
    whole = np.clip(np.round(song * np.float64(FULL_SCALE)), low, high).astype(np.int32)
    sung = np.round(vocals * np.float64(FULL_SCALE))
    sung = np.clip(sung, np.maximum(low, whole - high), np.minimum(high, whole - low))
    voice = sung.astype(np.int32)
    return voice, whole - voice


@lru_cache(maxsize=1)
def get_separation(device: str = "auto") -> Separation:
    """That of this process."""
    return Separation.load(weights_folder() / "separation", device=resolve_device(device))
