"""Put another voice on a song or on speech: a song is separated, its voice converted and mixed back.

Bad input is refused before a model is loaded, as far as it can be. Whatever goes wrong, no file is left behind.
"""

from __future__ import annotations

import argparse
import logging
import shutil
import sys
import tempfile
from functools import cache
from pathlib import Path

from tts_engine.commands.inputs import given_voice, recording
from tts_engine.covers.settings import (
    PRESETS,
    RATES_HZ,
    Cover,
    CoverSettings,
    CoverSource,
    CoverVoice,
)
from tts_engine.errors import RequestError
from tts_engine.speaking.saving import SAVED_FORMATS, saved_format
from tts_engine.speaking.voice_mix import bank_name, bank_profile

DEVICES = ("auto", "cpu", "cuda")
AUTO = "auto"
STEM_ROLES = ("vocals", "accompaniment", "converted", "f0")

logger = logging.getLogger(__name__)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of `convert`."""
    parser.add_argument(
        "audio", type=Path, nargs="?", help="the song or the speech; not needed with own stems"
    )
    who = parser.add_mutually_exclusive_group()
    who.add_argument("--voice", default="anna", help="slug or name of a bank voice, or a mix")
    who.add_argument("--reference", type=Path, help="recording of the voice to be put on")
    who.add_argument("--voice-file", type=Path, help="of `train voice`, or of `embed --fit`")
    parser.add_argument("--output", type=Path, required=True)
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
    parser.add_argument("--format", choices=SAVED_FORMATS, help="default: by the output's suffix")
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


def run(arguments: argparse.Namespace) -> None:
    """Convert; prints what was written, on standard error what should be known of it."""
    audio_format = saved_format(arguments.output, arguments.format)
    settings = CoverSettings(
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
    source = CoverSource(
        song=arguments.audio, vocals=arguments.vocals, accompaniment=arguments.accompaniment
    )
    settings.check()
    source.check(settings)
    if arguments.report is not None and not arguments.report.parent.is_dir():
        raise _not_writable(arguments.report, "no such folder", "нет такой папки")

    from tts_engine.covers.making import make_cover
    from tts_engine.covers.models import CoverModels

    models = cache(lambda: CoverModels.load(device=arguments.device))
    voice = _voice(arguments)
    with tempfile.TemporaryDirectory(
        prefix=".convert-", dir=arguments.output.absolute().parent
    ) as folder:
        cover = make_cover(
            source,
            voice,
            settings,
            Path(folder),
            models=models,
            device=arguments.device,
            told=lambda stage, done, total: logger.info("%s: %d of %d", stage, done, total),
        )
        written = _keep(cover, arguments)
    for note in cover.notes:
        sys.stderr.write(f"{note.en} / {note.ru}\n")
    for path in written:
        sys.stdout.write(f"{path}\n")
    sys.stdout.write(
        f"{cover.seconds:.1f} s, of them {cover.sung_seconds:.1f} s in the voice {voice.name}, "
        f"moved by {cover.semitones:+g} semitones\n"
    )


def _voice(arguments: argparse.Namespace) -> CoverVoice:
    """The voice to be put on; one of a reference is measured when the song has been found good."""
    if arguments.voice_file is not None:
        return CoverVoice(name=arguments.voice_file.stem, profile=given_voice(arguments.voice_file))
    if arguments.reference is not None:
        heard = recording(arguments.reference)
        return CoverVoice(name=arguments.reference.stem, profile=None, recordings=(heard,))
    return CoverVoice(name=bank_name(arguments.voice), profile=bank_profile(arguments.voice))


def _keep(cover: Cover, arguments: argparse.Namespace) -> list[Path]:
    """Files where they are wanted, each whole or not at all."""
    wanted = {arguments.output: cover.files["mix"]}
    if arguments.report is not None:
        wanted[arguments.report] = cover.files["report"]
    if arguments.stems is not None:
        arguments.stems.mkdir(parents=True, exist_ok=True)
        for role in STEM_ROLES:
            if role in cover.files:
                wanted[arguments.stems / cover.files[role].name] = cover.files[role]
    for path, made in wanted.items():
        partial = path.with_name(path.name + ".partial")
        try:
            shutil.move(made, partial)
            partial.replace(path)
        except OSError as error:
            partial.unlink(missing_ok=True)
            raise _not_writable(path, str(error.strerror), str(error.strerror)) from error
    return list(wanted)


def _semitones(text: str) -> float | None:
    return None if text == AUTO else float(text)


def _not_writable(path: Path, en: str, ru: str) -> RequestError:
    return RequestError(
        "output_not_writable",
        f"{path} cannot be written: {en}",
        f"не удаётся записать {path}: {ru}",
    )
