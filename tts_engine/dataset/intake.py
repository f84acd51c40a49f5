"""What was given: recordings, folders and zips in the layouts that people keep speech in, each file with its text.

LJSpeech      metadata.csv      id|text|normalised text           wavs/id.wav
M-AILABS      metadata.csv      id.wav|text|normalised text       in by_book/<sex>/<reader>/<book>/
RUSLAN        metadata_….csv    id|text                           id.wav, anywhere below
Common Voice  validated.tsv     columns path, sentence, client_id clips/
none of them  a .txt of the same name beside a recording is its text, an .srt or .vtt its text with times
songs         lyrics of the same name beside each: .lrc, .txt (plain or UltraStar), .srt, .vtt
"""

import csv
import io
import shutil
import stat
import zipfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from tts_engine.audio.refusals import READABLE
from tts_engine.dataset.texts import read_text
from tts_engine.errors import RequestError

SOUND_SUFFIXES = {f".{name}" for name in (*READABLE, "oga", "mpga", "wave", "mka")}
LYRICS_SUFFIXES = (".lrc", ".txt", ".srt", ".vtt")  # in this order, where there are several
TABLES = ("metadata", "validated", "train", "test", "dev", "transcript")
MOST_FILES = 50_000
MOST_ZIP_BYTES = 20_000_000_000  # unpacked


@dataclass(frozen=True, kw_only=True)
class Given:
    """A recording that was given, its text ("" when there is none) and whose voice it is ("" when unknown).

    `transcript` is a file that is read in place of the text: .srt and .vtt tell times.
    """

    path: Path
    text: str = ""
    person: str = ""
    transcript: Path | None = None


def given_recordings(sources: Iterable[Path], unpacked: Path) -> list[Given]:
    """All recordings of the sources, in order of their names.

    Args:
        sources: files, folders, zips.
        unpacked: an own folder into which zips are unpacked.

    Raises:
        RequestError: `file_missing`, `zip_refused`, `no_recordings`, `too_many_recordings`.
    """
    return _gathered(sources, unpacked, _of_folder, _alone)


def given_songs(sources: Iterable[Path], unpacked: Path) -> list[Given]:
    """All songs of the sources, each with the file of its lyrics, if there is one, as `transcript`; raises the same.

    Whose voice it is is told by a name such as "Artist - Title.mp3"; else every song is a singer's of its own.
    """
    return _gathered(
        sources, unpacked, lambda folder: [_song(path) for path in _sounds(_files(folder))], _song
    )


def _gathered(
    sources: Iterable[Path],
    unpacked: Path,
    of_folder: Callable[[Path], list[Given]],
    alone: Callable[[Path], Given],
) -> list[Given]:
    found: list[Given] = []
    for number, source in enumerate(sources):
        if not source.exists():
            raise RequestError("file_missing", f"no file {source}", f"нет файла {source}")
        if source.is_dir():
            found += of_folder(source)
        elif zipfile.is_zipfile(source) and source.suffix.casefold() == ".zip":
            found += of_folder(_unpack(source, unpacked / str(number)))
        else:
            found.append(alone(source))
        if len(found) > MOST_FILES:
            raise RequestError(
                "too_many_recordings",
                f"more than {MOST_FILES} recordings; give fewer at a time",
                f"больше {MOST_FILES} записей; дайте меньше за раз",
            )
    if not found:
        raise RequestError(
            "no_recordings",
            f"there are no recordings in what was given; readable are {', '.join(READABLE)}",
            f"в том, что дано, нет записей; читаются {', '.join(READABLE)}",
        )
    return found


def _of_folder(folder: Path) -> list[Given]:
    paths = _files(folder)
    sounds = _sounds(paths)
    tables = [
        path
        for path in paths
        if path.suffix.casefold() in (".csv", ".tsv") and path.stem.casefold().startswith(TABLES)
    ]
    listed: dict[Path, Given] = {}
    for table in sorted(tables, key=_trust):
        for given in _listed(table, sounds):
            listed.setdefault(given.path, given)
    if listed:  # a corpus is what its table lists
        return [listed[path] for path in sounds if path in listed]
    return [_alone(path) for path in sounds]


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file() and path.name[0] != ".")


def _sounds(paths: Iterable[Path]) -> list[Path]:
    return [path for path in paths if path.suffix.casefold() in SOUND_SUFFIXES]


def _trust(table: Path) -> tuple[bool, str]:
    """Of Common Voice's tables the one that people have validated comes first."""
    return table.stem != "validated", table.as_posix()


def _listed(table: Path, sounds: list[Path]) -> Iterator[Given]:
    """Recordings at or below a table that it names, with their texts."""
    below = [path for path in sounds if table.parent in path.parents]
    by_name = {path.name: path for path in below} | {path.stem: path for path in below}
    text = read_text(table)
    if table.suffix.casefold() == ".tsv":
        for row in csv.DictReader(io.StringIO(text), delimiter="\t", quoting=csv.QUOTE_NONE):
            path = by_name.get(PurePosixPath(row.get("path") or "").name)
            if path is not None:
                yield Given(
                    path=path, text=row.get("sentence") or "", person=row.get("client_id") or ""
                )
        return
    for cells in csv.reader(io.StringIO(text), delimiter="|", quoting=csv.QUOTE_NONE):
        if len(cells) < 2:
            continue
        name = PurePosixPath(cells[0].strip().replace("\\", "/")).name
        path = by_name.get(name) or by_name.get(PurePosixPath(name).stem)
        if path is not None:
            yield Given(path=path, text=cells[1].strip())


def _alone(path: Path) -> Given:
    for suffix in (".srt", ".vtt"):
        if path.with_suffix(suffix).is_file():
            return Given(path=path, transcript=path.with_suffix(suffix))
    beside = path.with_suffix(".txt")
    return Given(path=path, text=read_text(beside).strip() if beside.is_file() else "")


def _song(path: Path) -> Given:
    beside = (path.with_suffix(suffix) for suffix in LYRICS_SUFFIXES)
    lyrics = next((one for one in beside if one.is_file()), None)
    artist, dash, _ = path.stem.partition(" - ")
    named = dash and not artist.strip(" .").isdigit()  # "01 - Title" has the number of a track
    return Given(path=path, transcript=lyrics, person=artist.strip() if named else path.stem)


def _unpack(archive: Path, folder: Path) -> Path:
    """Recordings and tables of a zip, each under its own path."""
    # names that do not say that they are UTF-8 are as Russian Windows writes them
    with zipfile.ZipFile(archive, metadata_encoding="cp866") as opened:
        members = [info for info in opened.infolist() if _wanted(info)]
        if len(members) > MOST_FILES:
            raise _zip_refused(archive, f"{len(members)} files", f"{len(members)} файлов")
        if sum(info.file_size for info in members) > MOST_ZIP_BYTES:
            raise _zip_refused(archive, "it unpacks to over 20 GB", "распакованный больше 20 ГБ")
        for info in members:
            target = folder / info.filename.lstrip("/")
            target.parent.mkdir(parents=True, exist_ok=True)
            try:
                with opened.open(info) as source, target.open("wb") as file:
                    shutil.copyfileobj(source, file, 1 << 20)
            except (RuntimeError, zipfile.BadZipFile, NotImplementedError) as error:
                raise _zip_refused(archive, str(error), str(error)) from error
    return folder


def _wanted(info: zipfile.ZipInfo) -> bool:
    suffix = PurePosixPath(info.filename).suffix.casefold()
    link = stat.S_ISLNK(info.external_attr >> 16)
    # `..` begins with a dot too: nothing leads out of the folder
    hidden = any(part.startswith((".", "__MACOSX")) for part in PurePosixPath(info.filename).parts)
    kind = suffix in SOUND_SUFFIXES or suffix in (".csv", ".tsv", *LYRICS_SUFFIXES)
    return kind and not (link or hidden or info.is_dir())


def _zip_refused(archive: Path, en: str, ru: str) -> RequestError:
    return RequestError(
        "zip_refused",
        f"{archive.name} is not unpacked: {en}",
        f"{archive.name} не распакован: {ru}",
    )
