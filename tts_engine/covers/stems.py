"""The voice and its accompaniment as two files: separated, or given apart."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import soundfile

from tts_engine.audio.untrusted import SONG_RATE_HZ, Song, song_opened
from tts_engine.covers.remarks import note
from tts_engine.covers.settings import CoverNote, CoverSettings, CoverSource
from tts_engine.separation.inference import (
    LEAST_RATE_HZ,
    LONGEST_SECONDS,
    check_sound,
    separate_song,
    stretch_of,
)

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


def take_apart(
    source: CoverSource, settings: CoverSettings, folder: Path, device: str, told: Told
) -> Stems:
    """Write both sides into a folder.

    Args:
        source: checked.
        settings: checked.
        folder: of the work.
        device: of `device.resolve_device`.
        told: is told how many seconds of how many are done.

    Raises:
        As `separate_song`; AudioError `song_too_short` and `song_silent` of what is given apart too.
    """
    if not settings.kind.mixed and source.song is not None:
        return _given(replace(source, song=None, vocals=source.song), settings, folder)
    if source.song is None or (source.vocals and source.accompaniment):
        return _given(replace(source, song=None), settings, folder)
    made = separate_song(
        source.song,
        folder,
        preview_from=settings.preview_from,
        device=device,
        told=lambda done, total: told(int(done), round(total)),
    )
    stems = Stems(
        vocals=made.vocals,
        accompaniment=made.accompaniment,
        refilled=source.accompaniment is None,
        start_seconds=made.start_seconds,
        samples=round(made.seconds * SONG_RATE_HZ),
    )
    if source.vocals is not None:
        vocals, notes = _copied(source.vocals, folder / VOCALS_FILE, stems, settings)
        return replace(stems, vocals=vocals, notes=notes)
    if source.accompaniment is not None:
        music, notes = _copied(source.accompaniment, folder / ACCOMPANIMENT_FILE, stems, settings)
        return replace(stems, accompaniment=music, notes=notes)
    return stems


def _given(source: CoverSource, settings: CoverSettings, folder: Path) -> Stems:
    """Both sides as they were given, or the voice alone; the vocals tell the length."""
    vocals = source.vocals
    assert vocals is not None  # noqa: S101  CoverSource.check
    with song_opened(vocals, max_seconds=LONGEST_SECONDS) as song:
        check_sound(song)
        first, stop = stretch_of(song, settings.preview_from)
        _write(song, folder / VOCALS_FILE, first, stop)
        remarks = (note("narrow_band"),) if song.source_rate_hz < LEAST_RATE_HZ else ()
    stems = Stems(
        vocals=folder / VOCALS_FILE,
        accompaniment=None,
        refilled=True,
        start_seconds=first / SONG_RATE_HZ,
        samples=stop - first,
        notes=remarks,
    )
    if source.accompaniment is None:
        return stems
    path, notes = _copied(source.accompaniment, folder / ACCOMPANIMENT_FILE, stems, settings)
    return replace(stems, accompaniment=path, notes=(*remarks, *notes))


def _copied(
    path: Path, target: Path, stems: Stems, settings: CoverSettings
) -> tuple[Path, tuple[CoverNote, ...]]:
    """A file of somebody's as one side, as long as the other."""
    with song_opened(path, max_seconds=LONGEST_SECONDS) as song:
        check_sound(song)
        first = round(stems.start_seconds * SONG_RATE_HZ)
        _write(song, target, first, first + stems.samples)
        apart = song.seconds - stems.start_seconds - stems.seconds
    whole = settings.preview_from is None  # of a preview what follows is cut
    if apart < -OTHER_LENGTH_SECONDS or (whole and apart > OTHER_LENGTH_SECONDS):
        return target, (_other_length(path.name, apart),)
    return target, ()


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
