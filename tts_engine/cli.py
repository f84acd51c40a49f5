"""Command line: `python -m tts_engine {say,voices,phonemes,embed,recognize,detect,evaluate,train}`.

Bad input ends with status 2 and one line on standard error, in English and in Russian.
Stages are imported by the command that needs them: `phonemes` loads no network.
"""

import argparse
import contextlib
import importlib
import json
import logging
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from tts_engine.errors import EngineError, RequestError
from tts_engine.speaking.text_check import check_characters
from tts_engine.types import Audio

if TYPE_CHECKING:
    from tts_engine.markup.lexicon import Lexicon

TRAINABLE = {
    "encoder": "tts_engine.encoder.train",
    "recognizer": "tts_engine.recognizer.train",
    "synthesizer": "tts_engine.synthesizer.train",
    "vocoder": "tts_engine.vocoder.train",
    "prepare": "tts_engine.dataset.corpora",
    "align": "tts_engine.dataset.aligning",
    "manifest": "tts_engine.training.manifest",
    "check-alignment": "tts_engine.evaluation.alignment",
    "check-recognizer": "tts_engine.evaluation.hearing",
    "bank": "tts_engine.dataset.bank",
}
FORMATS = ("mp3", "wav", "ogg", "flac", "aac")
DEVICES = ("auto", "cpu", "cuda")


def main(arguments: Sequence[str]) -> int:
    """Run one command; returns the exit status."""
    logging.basicConfig(format="%(asctime)s %(message)s", stream=sys.stderr)
    logging.getLogger("tts_engine").setLevel(logging.INFO)  # the packages below us: warnings only
    command = arguments[1] if len(arguments) > 1 and arguments[0] == "train" else None
    parsed = _parser(command).parse_args(arguments)
    try:
        parsed.run(parsed)
    except EngineError as error:
        sys.stderr.write(f"{error} / {error.message_ru}\n")
        return 2
    except BrokenPipeError:
        return 141  # the reader of our output went away, as `head` does
    except KeyboardInterrupt:
        return 130  # Ctrl-C
    return 0


def say(arguments: argparse.Namespace) -> None:
    """Speak a text into a file. What can be refused is refused before the models are loaded."""
    audio_format = _output_format(arguments)
    text = arguments.text if arguments.text is not None else _read_text(arguments.text_file)
    check_characters(text)
    reference = None if arguments.reference is None else _decode(arguments.reference)

    from tts_engine.audio.io import encode_audio
    from tts_engine.audio.tags import AudioTags
    from tts_engine.markup.mixes import parse_mix
    from tts_engine.markup.parsing import parse_script
    from tts_engine.speaking.cloning import VoiceCloner
    from tts_engine.speaking.requests import SpeechRequest
    from tts_engine.speaking.settings import check_settings
    from tts_engine.speaking.voice_mix import bank_profile
    from tts_engine.speaking.voicebank import get_voice

    settings = {
        "speed": arguments.speed,
        "pitch_semitones": arguments.pitch,
        "variation": arguments.variation,
        "seed": arguments.seed,
    }
    check_settings(**settings)
    lexicon = _lexicon(arguments.dictionary)
    others = {name: bank_profile(name) for name in parse_script(text).voices}
    if reference is None:
        profile = bank_profile(arguments.voice)
        name = "+".join(get_voice(one).name for one in parse_mix(arguments.voice))
        cloner = VoiceCloner.load(device=arguments.device)
    else:
        cloner = VoiceCloner.load(device=arguments.device)
        profile, name = cloner.profile(reference)[0], arguments.reference.stem
    result = cloner.speak(
        SpeechRequest(text=text, voice=profile, voices=others, lexicon=lexicon, **settings)
    )
    title = result.sentences[0].source[:80]
    write_whole(
        arguments.output,
        encode_audio(result.audio, audio_format, tags=AudioTags(title=title, voice=name)),
    )


def voices(arguments: argparse.Namespace) -> None:
    """List the bank: slug, name, what it is like."""
    from tts_engine.speaking.voicebank import list_voices

    for voice in list_voices():
        sys.stdout.write(f"{voice.slug}\t{voice.name} / {voice.name_ru}\t{voice.description}\n")


def phonemes(arguments: argparse.Namespace) -> None:
    """Print what will be said: normalised text with stress, then phonemes."""
    from tts_engine.markup.reading import read_script
    from tts_engine.text.symbols import phonemes_to_ipa

    text = arguments.text if arguments.text is not None else _read_text(arguments.text_file)
    check_characters(text)
    for utterance in read_script(text, _lexicon(arguments.dictionary)):
        words = utterance.sentence.words
        stressed = " ".join(word.stressed for word in words)
        ipa = " ".join(phonemes_to_ipa(word.phonemes) for word in words)
        sys.stdout.write(f"{stressed}\n{ipa}\n")


def embed(arguments: argparse.Namespace) -> None:
    """Print the d-vector of a recording as JSON, with what was measured of it and advice."""
    from tts_engine.device import resolve_device
    from tts_engine.encoder.inference import SpeakerEncoder
    from tts_engine.recording.reference import analyze_reference
    from tts_engine.recording.voice_check import hear, require_voice
    from tts_engine.weights import weights_folder

    audio = _decode(arguments.audio)
    device = resolve_device("auto")
    encoder = SpeakerEncoder.load(weights_folder() / "encoder", device=device)
    report = analyze_reference(audio, encoder)
    require_voice(hear(report.audio), report.speech_seconds)
    row = {
        "embedding": [round(float(value), 6) for value in encoder.embed(report.audio)],
        "speech_seconds": round(report.speech_seconds, 2),
        **report.figures(),
        "notes": [note.en for note in report.notes],
        "notes_ru": [note.ru for note in report.notes],
    }
    sys.stdout.write(json.dumps(row, ensure_ascii=False) + "\n")


def recognize(arguments: argparse.Namespace) -> None:
    """Print the IPA phonemes heard in a clip."""
    from tts_engine.device import resolve_device
    from tts_engine.recognizer.inference import Recognizer
    from tts_engine.weights import weights_folder

    audio = _decode(arguments.audio)
    recognizer = Recognizer.load(weights_folder() / "recognizer", device=resolve_device("auto"))
    sys.stdout.write(" ".join(recognizer.transcribe(audio)) + "\n")


def detect(arguments: argparse.Namespace) -> None:
    """Print as JSON whether a recording carries this installation's watermark."""
    from tts_engine.audio.tags import is_tagged_as_generated
    from tts_engine.watermark import detect_mark, installation_key

    detection = detect_mark(_decode(arguments.audio), installation_key())
    row = {
        "made_here": detection.made_here,
        "score": round(detection.score, 2),
        "threshold": round(detection.threshold, 2),
        "seconds": round(detection.seconds, 2),
        "tagged_as_generated": is_tagged_as_generated(arguments.audio.read_bytes()),
    }
    sys.stdout.write(json.dumps(row) + "\n")


class OneLineParser(argparse.ArgumentParser):
    """A parser whose complaints are one line, like all our errors."""

    def error(self, message: str) -> NoReturn:
        """Exit with status 2."""
        self.exit(2, f"{self.prog}: {message} (try --help) / ошибка в параметрах: {message}\n")


def _parser(stage: str | None) -> argparse.ArgumentParser:
    parser = OneLineParser(prog="python -m tts_engine", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="command")
    _add_say(commands)
    _add(commands, "voices", voices, "list the voices of the bank")
    command = _add(commands, "phonemes", phonemes, "show stress and phonemes of a text")
    _add_text(command)
    command = _add(commands, "embed", embed, "print the d-vector of a recording as JSON")
    command.add_argument("audio", type=Path)
    command = _add(commands, "recognize", recognize, "print the phonemes heard in a clip")
    command.add_argument("audio", type=Path)
    command = _add(commands, "detect", detect, "tell whether a recording was made here")
    command.add_argument("audio", type=Path)
    _add_evaluate(commands)
    train = commands.add_parser("train", help="train one stage or prepare its data")
    stages = train.add_subparsers(required=True, metavar="stage")
    for name, module_name in TRAINABLE.items():
        sub = stages.add_parser(name)
        if name == stage:
            module = importlib.import_module(module_name)
            sub.description = module.__doc__
            module.add_arguments(sub)
            sub.set_defaults(run=module.run)
    return parser


def _add_say(commands: "argparse._SubParsersAction[OneLineParser]") -> None:
    command = _add(commands, "say", say, "speak a text into an audio file")
    _add_text(command)
    who = command.add_mutually_exclusive_group()
    who.add_argument(
        "--voice", default="anna", help="slug or name of a bank voice, or a mix: anna(2)+elena"
    )
    who.add_argument("--reference", type=Path, help="recording of the voice to clone")
    command.add_argument("--output", type=Path, required=True)
    command.add_argument("--speed", type=float, default=1.0, help="0.25 to 4")
    command.add_argument("--pitch", type=float, default=0.0, help="semitones, -12 to 12")
    command.add_argument("--variation", type=float, default=1.0, help="liveliness, 0 to 1")
    command.add_argument("--seed", type=int, default=0, help="the same seed, the same audio")
    command.add_argument("--device", choices=DEVICES, default="auto")
    command.add_argument("--format", choices=FORMATS, help="default: by the output's suffix")


def _add_text(command: argparse.ArgumentParser) -> None:
    what = command.add_mutually_exclusive_group(required=True)
    what.add_argument("text", nargs="?", help="plain, with marks such as ((пауза)), or SSML")
    what.add_argument("--text-file", type=Path, help="UTF-8 file with the text")
    command.add_argument(
        "--dictionary", type=Path, help="UTF-8 file, `word = reading` a line: звонит = звон+ит"
    )


def _add_evaluate(commands: "argparse._SubParsersAction[OneLineParser]") -> None:
    command = _add(commands, "evaluate", _run_evaluate, "measure the quality of the voices")
    command.add_argument("--corpus", type=Path, help="prepared corpus: adds real speech, strangers")
    command.add_argument("--output", type=Path, help="folder for report.html and report.json")
    command.add_argument("--quick", action="store_true", help="few voices, a sentence of each set")
    command.add_argument("--sentences", type=int, help="of each set, 1 to 8; default: 2")
    command.add_argument("--voices", nargs="*", help="bank voices; default: all")
    command.add_argument("--references", nargs="*", type=Path, help="recordings of strangers")
    command.add_argument(
        "--robustness", type=int, default=0, metavar="N", help="faults in N varied sentences"
    )


def _add(
    commands: "argparse._SubParsersAction[OneLineParser]",
    name: str,
    run: Callable[[argparse.Namespace], None],
    summary: str,
) -> argparse.ArgumentParser:
    command = commands.add_parser(name, help=summary)
    command.set_defaults(run=run)
    return command


def _run_evaluate(arguments: argparse.Namespace) -> None:
    from tts_engine.evaluation.report import evaluate

    evaluate(arguments)


def _lexicon(path: Path | None) -> "Lexicon | None":
    from tts_engine.markup.lexicon import Lexicon

    return Lexicon.read(path) if path is not None else None


def _output_format(arguments: argparse.Namespace) -> str:
    output: Path = arguments.output
    audio_format = arguments.format or output.suffix.lstrip(".").lower()
    if audio_format not in FORMATS:
        raise RequestError(
            "unknown_format",
            f"unknown format {audio_format!r}; expected one of {', '.join(FORMATS)}",
            f"неизвестный формат {audio_format!r}; ожидается один из {', '.join(FORMATS)}",
        )
    if not output.parent.is_dir():
        raise RequestError(
            "output_not_writable",
            f"{output} cannot be written: there is no folder {output.parent}",
            f"не удаётся записать {output}: нет папки {output.parent}",
        )
    return str(audio_format)


def _decode(path: Path) -> Audio:
    from tts_engine.audio.io import decode_audio

    if not path.is_file():
        raise RequestError("file_missing", f"no file {path}", f"нет файла {path}")
    try:
        return decode_audio(path)
    except PermissionError as error:
        raise RequestError(
            "file_unreadable", f"{path} may not be read", f"{path} нельзя прочесть: нет прав"
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


def write_whole(path: Path, content: bytes) -> None:
    """Write a file that is whole or not there; RequestError when it cannot be."""
    partial = path.with_name(path.name + ".partial")
    try:
        partial.write_bytes(content)
        partial.replace(path)
    except OSError as error:
        with contextlib.suppress(OSError):
            partial.unlink()
        raise RequestError(
            "output_not_writable",
            f"{path} cannot be written: {error.strerror}",
            f"не удаётся записать {path}: {error.strerror}",
        ) from error
