"""Sing a score (MusicXML or MIDI with lyrics) in a voice."""

from __future__ import annotations

import argparse
import logging
from pathlib import Path
from typing import TYPE_CHECKING

from tts_engine.commands.inputs import file_check, given_voice, recording
from tts_engine.errors import RequestError
from tts_engine.speaking.saving import SAVED_FORMATS, save_audio, saved_format

if TYPE_CHECKING:
    from tts_engine.speaking.cloning import VoiceCloner
    from tts_engine.types import VoiceProfile

RENDER = "render"

logger = logging.getLogger(__name__)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of `sing`."""
    parser.add_argument("score", type=Path, help=".musicxml, .mxl, .mid or .kar")
    who = parser.add_mutually_exclusive_group()
    who.add_argument("--voice", default="anna", help="slug or name of a bank voice, or a mix")
    who.add_argument("--reference", type=Path, help="recording of the voice to sing in")
    who.add_argument(
        "--voice-file", type=Path, help="of `train voice`, or printed by `embed --fit`"
    )
    parser.add_argument("--output", type=Path, required=True)
    parser.add_argument("--part", type=int, help="from 1 on; default: the first with lyrics")
    parser.add_argument(
        "--transpose", default="auto", help="semitones, or auto: into the range of the voice"
    )
    parser.add_argument("--tempo", type=float, default=1.0, help="1.2 is a fifth faster, 0.25 to 4")
    parser.add_argument(
        "--accompaniment",
        metavar="TRACK|render",
        help="mixed in: a sound file that begins with the score, or its other parts by a soundfont",
    )
    parser.add_argument("--soundfont", type=Path, help=".sf2 for render; default: an installed one")
    parser.add_argument("--vibrato", type=float, default=0.5, help="0 none, 0.5 usual, 1 deep")
    parser.add_argument("--device", choices=("auto", "cpu", "cuda"), default="auto")
    parser.add_argument("--format", choices=SAVED_FORMATS, help="default: by the output's suffix")


def run(arguments: argparse.Namespace) -> None:
    """Read, sing, mark, mix and write."""
    audio_format = saved_format(arguments.output, arguments.format)
    from tts_engine.singing.score import read_score, score_at_tempo
    from tts_engine.singing.timing import Style

    style = Style(vibrato=arguments.vibrato)
    transpose = None if arguments.transpose == "auto" else _semitones(arguments.transpose)
    score = score_at_tempo(read_score(arguments.score), arguments.tempo)
    part = score.sung(arguments.part)
    if arguments.accompaniment is not None:
        _accompaniment_check(arguments)
    cloner, voice, name = _voice(arguments)

    from tts_engine.audio.loudness import normalize_loudness
    from tts_engine.audio.tags import AudioTags
    from tts_engine.singing.singing import sing

    song = sing(cloner, part, voice, style=style, transpose=transpose)
    logger.info("%d lines, moved by %+d semitones", len(song.sentences), song.semitones)
    marked = cloner.joiner.marker.mark(song.audio)
    tags = AudioTags(title=score.title, voice=name)
    if arguments.accompaniment is None:
        save_audio(arguments.output, normalize_loudness(marked), tags, audio_format)
        return

    from tts_engine.singing.accompaniment import mixed, opened_track, rendered, save_mix

    if arguments.accompaniment == RENDER:
        backing = rendered(
            score,
            score.number_of(part),
            semitones=song.semitones,
            soundfont=arguments.soundfont,
        )
    else:
        backing = opened_track(Path(arguments.accompaniment), semitones=song.semitones)
    save_mix(arguments.output, mixed(marked, backing), tags, audio_format)


def _voice(arguments: argparse.Namespace) -> tuple[VoiceCloner, VoiceProfile, str]:
    """The models, the voice and its name; what can be refused is refused before they are loaded."""
    reference = None if arguments.reference is None else recording(arguments.reference)

    from tts_engine.speaking.cloning import VoiceCloner
    from tts_engine.speaking.voice_mix import bank_name, bank_profile

    if arguments.voice_file is not None:
        voice, name = given_voice(arguments.voice_file), arguments.voice_file.stem
        return VoiceCloner.load(device=arguments.device), voice, name
    if reference is not None:
        cloner = VoiceCloner.load(device=arguments.device)
        return cloner, cloner.profile(reference)[0], arguments.reference.stem
    voice, name = bank_profile(arguments.voice), bank_name(arguments.voice)
    return VoiceCloner.load(device=arguments.device), voice, name


def _accompaniment_check(arguments: argparse.Namespace) -> None:
    """What there is to accompany with is looked for before anything is sung."""
    from tts_engine.singing.accompaniment import installed_soundfont, renderer

    if arguments.accompaniment != RENDER:
        file_check(Path(arguments.accompaniment))
        return
    renderer()
    file_check(arguments.soundfont or installed_soundfont())


def _semitones(text: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise RequestError(
            "bad_transposition",
            f"transpose is {text!r}; expected a whole number of semitones or auto",
            f"транспозиция «{text}»; ожидается целое число полутонов или auto",
        ) from None
