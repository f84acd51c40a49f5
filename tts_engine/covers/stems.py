"""The voice and its accompaniment as two files: separated, or given apart."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import soundfile

from tts_engine.audio.untrusted import SONG_RATE_HZ, Song, song_opened
from tts_engine.covers.remarks import note
from tts_engine.covers.settings import CoverNote, CoverSettings, CoverSource
from tts_engine.f0 import read_csv
from tts_engine.separation.inference import (
    check_sound,
    checked_stretch,
    separate_opened,
    stretch_of,
)
from tts_engine.separation.limits import LEAST_RATE_HZ, LONGEST_SECONDS

BLOCK_SECONDS = 30.0
OTHER_LENGTH_SECONDS = 0.5
VOCALS_FILE, ACCOMPANIMENT_FILE = "own_vocals.flac", "own_accompaniment.flac"

Told = Callable[[int, int], None]


@dataclass(frozen=True, kw_only=True)
class Stems:
    """Two FLAC files of one length, stereo, 44.1 kHz.

    Attributes:
        vocals: the voice.
        accompaniment: all else; None where there is nothing else.
        refilled: whether the vocals go back to where nobody sings: both files are one song.
        start_seconds: where in the source they begin.
        samples: of each.
        notes: what is to be known of them.
    """

    vocals: Path
    accompaniment: Path | None
    refilled: bool
    start_seconds: float
    samples: int
    notes: tuple[CoverNote, ...] = ()

    @property
    def seconds(self) -> float:
        return self.samples / SONG_RATE_HZ


@dataclass(frozen=True, kw_only=True, eq=False)
class Opened:
    """The files of a source that are needed, decoded and found good; None: it has no such file."""

    source: CoverSource
    song: Song | None
    vocals: Song | None
    accompaniment: Song | None

    @property
    def length_of(self) -> Song:
        """The one that tells how long the cover is."""
        told = self.song or self.vocals
        assert told is not None  # noqa: S101  CoverSource.check
        return told


@contextmanager
def sources_opened(source: CoverSource, settings: CoverSettings) -> Iterator[Opened]:
    """Decode all files and see whether they can serve, before anything is done with one of them.

    Args:
        source: checked.
        settings: checked.

    Raises:
        AudioError: as `separate_song`; `song_too_short` and `song_silent` of what is given apart too.
        RequestError: `preview_outside_song`; `f0_file_invalid`, `f0_file_of_another_length`.
    """
    if settings.f0_file is not None:
        read_csv(settings.f0_file)
    parted = source.song is None or (source.vocals and source.accompaniment)
    whole = settings.preview_from is None
    with ExitStack() as opened:

        def one(path: Path | None) -> Song | None:
            if path is None:
                return None
            song = opened.enter_context(song_opened(path, max_seconds=LONGEST_SECONDS))
            check_sound(song)
            return song

        found = Opened(
            source=source,
            song=None if parted else one(source.song),
            vocals=one(source.vocals),
            accompaniment=one(source.accompaniment),
        )
        check = checked_stretch if found.song and settings.kind.mixed else stretch_of
        check(found.length_of, settings.preview_from)
        if settings.f0_file is not None and whole:
            read_csv(settings.f0_file, seconds=found.length_of.seconds)
        yield found


def take_apart(
    opened: Opened, settings: CoverSettings, folder: Path, device: str, told: Told
) -> Stems:
    """Write both sides into a folder.

    Args:
        opened: what is open and good.
        settings: checked.
        folder: of the work.
        device: of `device.resolve_device`.
        told: is told how many seconds of how many are done.

    Raises:
        CheckpointError, ResourceError: weights or a device are not there.
    """
    if opened.song is None or not settings.kind.mixed:
        return _given(opened, settings, folder)
    made = separate_opened(
        opened.song,
        folder,
        preview_from=settings.preview_from,
        device=device,
        told=lambda done, total: told(int(done), round(total)),
    )
    stems = Stems(
        vocals=made.vocals,
        accompaniment=made.accompaniment,
        refilled=opened.accompaniment is None,
        start_seconds=made.start_seconds,
        samples=round(made.seconds * SONG_RATE_HZ),
    )
    if opened.vocals is not None:
        path = folder / VOCALS_FILE
        notes = _copied(opened.vocals, opened.source.vocals, path, stems, settings)
        return replace(stems, vocals=path, notes=notes)
    return _accompanied(opened, stems, settings, folder)


def _given(opened: Opened, settings: CoverSettings, folder: Path) -> Stems:
    """Both sides as they were given, or the voice alone; the vocals tell the length."""
    voice = opened.length_of
    first, stop = stretch_of(voice, settings.preview_from)
    _write(voice, folder / VOCALS_FILE, first, stop)
    stems = Stems(
        vocals=folder / VOCALS_FILE,
        accompaniment=None,
        refilled=True,
        start_seconds=first / SONG_RATE_HZ,
        samples=stop - first,
        notes=(note("narrow_band"),) if voice.source_rate_hz < LEAST_RATE_HZ else (),
    )
    return _accompanied(opened, stems, settings, folder)


def _accompanied(opened: Opened, stems: Stems, settings: CoverSettings, folder: Path) -> Stems:
    """With the music that was given, if any."""
    if opened.accompaniment is None:
        return stems
    path = folder / ACCOMPANIMENT_FILE
    notes = _copied(opened.accompaniment, opened.source.accompaniment, path, stems, settings)
    return replace(stems, accompaniment=path, notes=(*stems.notes, *notes))


def _copied(
    song: Song, path: Path | None, target: Path, stems: Stems, settings: CoverSettings
) -> tuple[CoverNote, ...]:
    """One side as somebody has it, as long as the other; what is to be known of that."""
    first = round(stems.start_seconds * SONG_RATE_HZ)
    _write(song, target, first, first + stems.samples)
    apart = song.seconds - stems.start_seconds - stems.seconds
    whole = settings.preview_from is None  # of a preview what follows is cut
    if apart < -OTHER_LENGTH_SECONDS or (whole and apart > OTHER_LENGTH_SECONDS):
        return (_other_length(path.name if path else target.name, apart),)
    return ()


def _other_length(name: str, apart: float) -> CoverNote:
    longer = apart > 0
    decimal = f"{abs(apart):.1f}".replace(".", ",")
    return CoverNote(
        code="stem_of_another_length",
        en=f"{name} is {abs(apart):.1f} s {'longer' if longer else 'shorter'} than the rest; "
        f"{'what is over was cut' if longer else 'silence was added'}",
        ru=f"{name} на {decimal} с {'длиннее' if longer else 'короче'} остального; "
        f"{'лишнее отрезано' if longer else 'добавлена тишина'}",
    )


def _write(song: Song, path: Path, first: int, stop: int) -> None:
    """Samples of a file as FLAC of 24 bits; silence where it has none."""
    size = round(BLOCK_SECONDS * SONG_RATE_HZ)
    with soundfile.SoundFile(path, "w", SONG_RATE_HZ, 2, format="FLAC", subtype="PCM_24") as file:
        for block in song.blocks(first, stop, size):
            file.write(np.clip(block, -1.0, 1.0))
