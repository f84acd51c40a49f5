"""What several commands are given: a text, a dictionary, a recording."""

import argparse
import json
from pathlib import Path

from tts_engine.audio.io import decode_audio
from tts_engine.errors import RequestError
from tts_engine.markup.lexicon import Lexicon
from tts_engine.speaking.text_check import check_characters
from tts_engine.types import Audio, VoiceProfile


def add_text(parser: argparse.ArgumentParser) -> None:
    """Options of a text and its dictionary."""
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("text", nargs="?", help="plain, with marks such as ((пауза)), or SSML")
    what.add_argument("--text-file", type=Path, help="UTF-8 file with the text")
    parser.add_argument(
        "--dictionary", type=Path, help="UTF-8 file, `word = reading` a line: звонит = звон+ит"
    )


def add_recording(parser: argparse.ArgumentParser) -> None:
    """The recording that a command is about."""
    parser.add_argument("audio", type=Path)


def given_text(arguments: argparse.Namespace) -> str:
    """The text, its characters checked."""
    text = arguments.text if arguments.text is not None else _read_text(arguments.text_file)
    check_characters(text)
    return str(text)


def given_lexicon(arguments: argparse.Namespace) -> Lexicon | None:
    """The dictionary, if any."""
    return None if arguments.dictionary is None else Lexicon.read(arguments.dictionary)


def recording(path: Path) -> Audio:
    """A sound file; RequestError when there is none, or it may not be read."""
    file_check(path)
    try:
        return decode_audio(path)
    except PermissionError as error:
        raise RequestError(
            "file_unreadable", f"{path} may not be read", f"{path} нельзя прочесть: нет прав"
        ) from error


def file_check(path: Path) -> None:
    """Raises RequestError `file_missing`."""
    if not path.is_file():
        raise RequestError("file_missing", f"no file {path}", f"нет файла {path}")


def given_voice(path: Path, *, converts: bool = False) -> VoiceProfile:
    """A voice in a file, as `train voice` writes it or `embed --fit` prints it.

    Args:
        path: of the file.
        converts: whether others' speech is to be said in it, so that what it adds to those weights has to fit too.

    Raises:
        RequestError: `voice_file_unreadable`, it holds no voice.
        VoiceError: as `studio.voice_file.parse_voice`; `delta_of_another_base` when it fits other weights.
    """
    from tts_engine.speaking.voicebank import profile_from_dict
    from tts_engine.studio.voice_file import SUFFIX, Bases, read_voice
    from tts_engine.weights import weights_folder

    if path.suffix == SUFFIX:
        bases = Bases.of(weights_folder())
        return read_voice(path, bases=bases if converts else Bases(bases.synthesizer)).profile
    try:
        return profile_from_dict(json.loads(path.read_text(encoding="utf-8"))["profile"])
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise RequestError(
            "voice_file_unreadable",
            f"{path} does not hold a voice as `embed --fit` prints it: {error}",
            f"{path} не содержит голоса, каким его выводит `embed --fit`: {error}",
        ) from error


def _read_text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise RequestError(
            "text_file_unreadable",
            f"{path} cannot be read as UTF-8 text: {error}",
            f"{path} не читается как текст UTF-8: {error}",
        ) from error
