"""Put another voice on a song or on speech: a song is separated, its voice converted and mixed back.

convert SONG --output FILE              one recording
convert SONG… FOLDER… ZIP… --output DIR     many, all with one setting

Bad input is refused before a model is loaded, as far as it can be. Whatever goes wrong, no file is left behind. Of many
recordings those that fail do not stop the others: DIR/index.csv tells what became of each, with the code of its error,
and the status is 2 when any has failed.
"""

from __future__ import annotations

import argparse
import csv
import io
import logging
import shutil
import sys
import tempfile
import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from tts_engine.commands.inputs import given_voice, recording
from tts_engine.covers.settings import (
    PRESETS,
    RATES_HZ,
    Cover,
    CoverSettings,
    CoverSource,
    CoverVoice,
)
from tts_engine.errors import CheckpointError, EngineError, RequestError
from tts_engine.speaking.saving import SAVED_FORMATS, saved_format, write_whole
from tts_engine.speaking.voice_mix import bank_name, bank_profile

if TYPE_CHECKING:
    from tts_engine.covers.models import CoverModels

DEVICES = ("auto", "cpu", "cuda")
AUTO = "auto"
STEM_ROLES = ("vocals", "accompaniment", "converted", "f0")
INDEX_FILE = "index.csv"
INDEX_COLUMNS = ("position", "file", "status", "seconds", "source", "error", "message")
FORMAT_OF_MANY = "mp3"

logger = logging.getLogger(__name__)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of `convert`."""
    parser.add_argument(
        "audio",
        type=Path,
        nargs="*",
        help="songs or speech, folders, zips; not needed with own stems",
    )
    who = parser.add_mutually_exclusive_group()
    who.add_argument("--voice", default="anna", help="slug or name of a bank voice, or a mix")
    who.add_argument(
        "--reference",
        type=Path,
        action="append",
        help="recording of the voice to be put on; given again, more of it is known",
    )
    who.add_argument("--voice-file", type=Path, help="of `train voice`, or of `embed --fit`")
    parser.add_argument("--output", type=Path, required=True, help="of many recordings a folder")
    kind = parser.add_mutually_exclusive_group()
    kind.add_argument("--preset", choices=PRESETS, default="speech", help="default: speech")
    kind.add_argument(
        "--song",
        dest="preset",
        action="store_const",
        const="song",
        help="the same as --preset song",
    )
    _add_settings(parser)
    parser.add_argument("--stems", type=Path, metavar="DIR", help="keep the voices, music and F0")
    parser.add_argument("--report", type=Path, metavar="HTML", help="source and result compared")
    parser.add_argument("--vocals", type=Path, help="own acapella, not separated from the song")
    parser.add_argument("--accompaniment", type=Path, help="own instrumental")
    parser.add_argument(
        "--preview", type=float, metavar="SECOND", help="only 30 s, from this second on"
    )
    parser.add_argument(
        "--format", choices=SAVED_FORMATS, help="default: by the output's suffix, of many mp3"
    )
    parser.add_argument("--device", choices=DEVICES, default="auto")


def _add_settings(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--transpose",
        type=_semitones,
        default=None,
        metavar="auto|N",
        help="semitones, -24 to 24; auto: to the voice's pitch, by octaves in a song (default)",
    )
    of = CoverSettings()
    parser.add_argument("--f0", default=of.f0_method, metavar="METHOD", help="see `f0 --help`")
    parser.add_argument("--f0-file", type=Path, metavar="CSV", help="F0 of the source, edited")
    parser.add_argument(
        "--index-rate", type=float, default=of.index_rate, help="default %(default)g"
    )
    parser.add_argument("--protect", type=float, default=of.protect, help="default %(default)g")
    parser.add_argument("--rms-mix", type=float, help="default 0.25, in dubbing 0")
    parser.add_argument(
        "--filter-radius", type=int, default=of.filter_radius, help="default %(default)d"
    )
    parser.add_argument("--rate-hz", type=int, choices=RATES_HZ, default=0, help="0: 44100")
    parser.add_argument(
        "--key-shift", type=int, default=0, help="semitones of the whole song, -12 to 12"
    )


@dataclass(frozen=True, kw_only=True)
class _Wanted:
    """Where the files of one recording are to lie."""

    output: Path
    stems: Path | None
    report: Path | None


@dataclass(frozen=True, kw_only=True)
class _Work:
    """What all recordings have in common."""

    settings: CoverSettings
    voice: CoverVoice
    models: Callable[[], CoverModels]
    device: str

    def cover(self, source: CoverSource, wanted: _Wanted) -> tuple[Cover, list[Path]]:
        """Make one and put its files where they are wanted."""
        from tts_engine.covers.making import make_cover

        with tempfile.TemporaryDirectory(
            prefix=".convert-", dir=wanted.output.absolute().parent
        ) as folder:
            cover = make_cover(
                source,
                self.voice,
                self.settings,
                Path(folder),
                models=self.models,
                device=self.device,
                told=lambda stage, done, total: logger.info("%s: %d of %d", stage, done, total),
            )
            written = _keep(cover, wanted)
        for note in cover.notes:
            sys.stderr.write(f"{note.en} / {note.ru}\n")
        return cover, written


def run(arguments: argparse.Namespace) -> None:
    """Convert; prints what was written, on standard error what should be known of it."""
    (_many if _is_many(arguments) else _one)(arguments)


def _is_many(arguments: argparse.Namespace) -> bool:
    """Several recordings, or one that `*.mp3` happened to find: its output is a folder."""
    given, output = arguments.audio, arguments.output
    folder = output.is_dir() or not (output.suffix or arguments.format)
    return len(given) > 1 or any(_holds_many(path) for path in given) or (bool(given) and folder)


def _one(arguments: argparse.Namespace) -> None:
    settings = _settings(arguments, saved_format(arguments.output, arguments.format))
    source = CoverSource(
        song=next(iter(arguments.audio), None),
        vocals=arguments.vocals,
        accompaniment=arguments.accompaniment,
    )
    settings.check()
    source.check(settings)
    if arguments.report is not None and not arguments.report.parent.is_dir():
        raise _not_writable(arguments.report, "no such folder", "нет такой папки")
    work = _work(arguments, settings)
    cover, written = work.cover(
        source,
        _Wanted(output=arguments.output, stems=arguments.stems, report=arguments.report),
    )
    for path in written:
        sys.stdout.write(f"{path}\n")
    sys.stdout.write(
        f"{cover.seconds:.1f} s, of them {cover.sung_seconds:.1f} s in the voice {work.voice.name}, "
        f"moved by {cover.semitones:+g} semitones\n"
    )


def _many(arguments: argparse.Namespace) -> None:
    """Convert all that was given, each with the same settings.

    Raises:
        RequestError: `settings_of_one_recording`, `output_among_sources`, `output_not_writable`; as
            `given_recordings`; `recordings_failed` when all have been tried.
    """
    from tts_engine.dataset.intake import given_recordings

    output, audio_format = arguments.output, arguments.format or FORMAT_OF_MANY
    settings = _settings(arguments, audio_format)
    settings.check()
    if arguments.vocals or arguments.accompaniment or arguments.f0_file:
        raise RequestError(
            "settings_of_one_recording",
            "--vocals, --accompaniment and --f0-file belong to one recording, several were given",
            "--vocals, --accompaniment и --f0-file относятся к одной записи, а дано несколько",
        )
    _check_folder(output, arguments.audio)
    work = _work(arguments, settings)
    with tempfile.TemporaryDirectory(prefix="convert-") as unpacked:
        sources = [one.path for one in given_recordings(arguments.audio, Path(unpacked))]
        if work.voice.profile is None:  # a bad reference is told once, not of each recording
            voice = work.models().measured(work.voice)
            work = _Work(settings=settings, voice=voice, models=work.models, device=work.device)
        output.mkdir(parents=True, exist_ok=True)
        rows: list[Mapping[str, object]] = []
        for source, name in zip(sources, _names(sources), strict=True):
            wanted = _Wanted(
                output=output / f"{name}.{audio_format}",
                stems=None if arguments.stems is None else arguments.stems / name,
                report=None if arguments.report is None else arguments.report / f"{name}.html",
            )
            row = _row(work, source, wanted)
            rows.append({"position": len(rows) + 1, "source": source.name, **row})
            _write_index(output / INDEX_FILE, rows)
            shown = row.get("file") or f"{row['error']}: {row['message']}"
            sys.stdout.write(f"{len(rows)} of {len(sources)}, {source.name}: {shown}\n")
            sys.stdout.flush()
    failed = sum(row["status"] == "failed" for row in rows)
    if failed:
        raise RequestError(
            "recordings_failed",
            f"{failed} of {len(rows)} recordings failed; {output / INDEX_FILE} tells why",
            f"не получилось записей: {failed} из {len(rows)}; почему, написано в {output / INDEX_FILE}",
        )


def _row(work: _Work, source: Path, wanted: _Wanted) -> Mapping[str, object]:
    """What became of one of many recordings; missing weights would fail all of them, and are raised."""
    try:
        if wanted.report is not None:
            wanted.report.parent.mkdir(parents=True, exist_ok=True)
        cover, _ = work.cover(CoverSource(song=source), wanted)
    except CheckpointError:
        raise
    except EngineError as error:
        message = f"{error} / {error.message_ru}"
        return {"status": "failed", "error": error.code, "message": message}
    return {"file": wanted.output.name, "status": "succeeded", "seconds": f"{cover.seconds:.1f}"}


def _write_index(path: Path, rows: Sequence[Mapping[str, object]]) -> None:
    table = io.StringIO()
    writer = csv.DictWriter(table, INDEX_COLUMNS, restval="")
    writer.writeheader()
    writer.writerows(rows)
    write_whole(path, table.getvalue().encode("utf-8-sig"))  # so that spreadsheets see UTF-8


def _names(sources: Sequence[Path]) -> list[str]:
    """A name for the files of each, those of the same name numbered."""
    names: list[str] = []
    for source in sources:
        name, number = source.stem, 2
        while name.casefold() in {one.casefold() for one in names}:
            name, number = f"{source.stem}-{number}", number + 1
        names.append(name)
    return names


def _holds_many(path: Path) -> bool:
    return path.is_dir() or (path.suffix.casefold() == ".zip" and zipfile.is_zipfile(path))


def _check_folder(output: Path, given: Sequence[Path]) -> None:
    """That results have a folder of their own."""
    if (output.exists() and not output.is_dir()) or output.suffix.lstrip(".") in SAVED_FORMATS:
        raise _not_writable(
            output, "several recordings need a folder", "для нескольких записей нужна папка"
        )
    whole = output.resolve()
    for path in given:
        among = path.resolve() if path.is_dir() else path.resolve().parent
        if among == whole or (path.is_dir() and among in whole.parents):
            raise RequestError(
                "output_among_sources",
                f"results in {output} would lie among the recordings; name another folder",
                f"результаты в {output} смешались бы с записями; назовите другую папку",
            )


def _settings(arguments: argparse.Namespace, audio_format: str) -> CoverSettings:
    return CoverSettings(
        preset=arguments.preset,
        transpose=arguments.transpose,
        f0_method=arguments.f0,
        f0_file=arguments.f0_file,
        index_rate=arguments.index_rate,
        protect=arguments.protect,
        rms_mix=arguments.rms_mix,
        filter_radius=arguments.filter_radius,
        rate_hz=arguments.rate_hz,
        key_shift=arguments.key_shift,
        audio_format=audio_format,
        report=arguments.report is not None,
        preview_from=arguments.preview,
    )


def _work(arguments: argparse.Namespace, settings: CoverSettings) -> _Work:
    from tts_engine.covers.models import CoverModels

    return _Work(
        settings=settings,
        voice=_voice(arguments),
        models=cache(lambda: CoverModels.load(device=arguments.device)),
        device=arguments.device,
    )


def _voice(arguments: argparse.Namespace) -> CoverVoice:
    """The voice to be put on; one of a reference is measured when the song has been found good."""
    if arguments.voice_file is not None:
        return CoverVoice(
            name=arguments.voice_file.stem, profile=given_voice(arguments.voice_file, converts=True)
        )
    if arguments.reference is not None:
        heard = tuple(recording(path) for path in arguments.reference)
        return CoverVoice(name=arguments.reference[0].stem, profile=None, recordings=heard)
    return CoverVoice(name=bank_name(arguments.voice), profile=bank_profile(arguments.voice))


def _keep(cover: Cover, wanted: _Wanted) -> list[Path]:
    """Files where they are wanted, each whole or not at all."""
    moves = {wanted.output: cover.files["mix"]}
    if wanted.report is not None:
        moves[wanted.report] = cover.files["report"]
    if wanted.stems is not None:
        wanted.stems.mkdir(parents=True, exist_ok=True)
        for role in STEM_ROLES:
            if role in cover.files:
                moves[wanted.stems / cover.files[role].name] = cover.files[role]
    for path, made in moves.items():
        partial = path.with_name(path.name + ".partial")
        try:
            shutil.move(made, partial)
            partial.replace(path)
        except OSError as error:
            partial.unlink(missing_ok=True)
            raise _not_writable(path, str(error.strerror), str(error.strerror)) from error
    return list(moves)


def _semitones(text: str) -> float | None:
    return None if text == AUTO else float(text)


def _not_writable(path: Path, en: str, ru: str) -> RequestError:
    return RequestError(
        "output_not_writable",
        f"{path} cannot be written: {en}",
        f"не удаётся записать {path}: {ru}",
    )
