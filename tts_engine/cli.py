"""Command line: `python -m tts_engine COMMAND`, the commands being those of COMMANDS below, and `train`.

Bad input ends with status 2 and one line on standard error, in English and in Russian.
A command's module is imported when the command is chosen: `phonemes` loads no network, `--help` nothing.
"""

import argparse
import importlib
import logging
import sys
from collections.abc import Mapping, Sequence
from typing import Any, NoReturn

from tts_engine.errors import EngineError

# name: the module that has `add_arguments` and `run`, and one line for --help
COMMANDS = {
    "say": ("tts_engine.commands.say", "speak a text into an audio file"),
    "voices": ("tts_engine.commands.voices", "list the voices of the bank"),
    "phonemes": ("tts_engine.commands.phonemes", "show stress and phonemes of a text"),
    "embed": ("tts_engine.commands.embed", "print the d-vector of a recording as JSON"),
    "recognize": ("tts_engine.commands.recognize", "print the phonemes heard in a clip"),
    "detect": (
        "tts_engine.commands.detect",
        "tell whether a recording was made here, and who speaks",
    ),
    "dataset": ("tts_engine.commands.dataset", "recordings to clips to learn a voice from"),
    "songs": ("tts_engine.commands.songs", "songs with lyrics to clips to learn singing from"),
    "separate": ("tts_engine.commands.separate", "a song into voice and accompaniment"),
    "merge": ("tts_engine.commands.merge", "a voice between trained voices"),
    "f0": ("tts_engine.commands.f0", "the pitch of a voice as a curve"),
    "align": ("tts_engine.commands.align", "when each word of a song is sung"),
    "sing": ("tts_engine.commands.sing", "sing a score in a voice"),
    "suits": ("tts_engine.commands.suits", "which voices suit a score"),
    "convert": ("tts_engine.commands.convert", "another voice on a song or on speech"),
    "live": ("tts_engine.commands.live", "speak in another voice"),
    "evaluate": ("tts_engine.evaluation.report", "measure the quality of the voices"),
}
TRAINABLE = {
    "voice": ("tts_engine.commands.train_voice", "a person's own voice on a dataset of theirs"),
    "encoder": ("tts_engine.encoder.train", "the speaker encoder"),
    "recognizer": ("tts_engine.recognizer.train", "the phoneme recognizer"),
    "song-recognizer": ("tts_engine.recognizer.song_train", "the ear for songs"),
    "aligner": ("tts_engine.aligner.train", "lyrics to times by attention"),
    "synthesizer": ("tts_engine.synthesizer.train", "phonemes and a voice to mel"),
    "vocoder": ("tts_engine.vocoder.train", "mel to sound"),
    "conversion": ("tts_engine.conversion.train", "what is said to another voice"),
    "prepare": ("tts_engine.dataset.corpora", "make one corpus of several"),
    "align": ("tts_engine.dataset.aligning", "durations, pitch and d-vectors of a corpus"),
    "resing": ("tts_engine.singing.resung", "let recordings be sung, with exact times"),
    "detector-material": ("tts_engine.dataset.machine_speech", "speech of people and machines"),
    "detector": ("tts_engine.detection.train", "telling machines from people"),
    "manifest": ("tts_engine.weights", "list the checksums of the weights"),
    "check-alignment": ("tts_engine.evaluation.alignment", "against labels made by hand"),
    "check-recognizer": ("tts_engine.evaluation.hearing", "phoneme errors on held-out clips"),
    "check-voices": ("tts_engine.evaluation.strangers", "how encoders tell people apart"),
    "bank": ("tts_engine.dataset.bank", "make the voice bank"),
}


def main(arguments: Sequence[str]) -> int:
    """Run one command; returns the exit status."""
    logging.basicConfig(format="%(asctime)s %(message)s", stream=sys.stderr)
    logging.getLogger("tts_engine").setLevel(logging.INFO)  # the packages below us: warnings only
    parser = OneLineParser(prog="python -m tts_engine", description=__doc__)
    commands = parser.add_commands("command", COMMANDS)
    train = commands.add_parser("train", help="train one stage or prepare its data")
    train.add_commands("stage", TRAINABLE)
    try:
        parsed = parser.parse_args(arguments)
        parsed.run(parsed)
    except EngineError as error:
        sys.stderr.write(f"{error} / {error.message_ru}\n")
        return 2
    except BrokenPipeError:
        return 141  # the reader of our output went away, as `head` does
    except KeyboardInterrupt:
        return 130  # Ctrl-C
    return 0


class OneLineParser(argparse.ArgumentParser):
    """A parser whose complaints are one line, like all our errors, and whose commands are modules."""

    module = ""  # of the command, not imported yet

    def add_commands(
        self, metavar: str, table: Mapping[str, tuple[str, str]]
    ) -> "argparse._SubParsersAction[OneLineParser]":
        """Let the commands of a table be chosen from."""
        commands = self.add_subparsers(required=True, metavar=metavar)
        for name, (module, summary) in table.items():
            commands.add_parser(name, help=summary).module = module
        return commands

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> Any:
        """As argparse's; a chosen command gets its options first."""
        if self.module:
            command = importlib.import_module(self.module)
            self.module, self.description = "", command.__doc__
            command.add_arguments(self)
            self.set_defaults(run=command.run)
        return super().parse_known_args(args, namespace)

    def error(self, message: str) -> NoReturn:
        """Exit with status 2."""
        self.exit(2, f"{self.prog}: {message} (try --help) / ошибка в параметрах: {message}\n")
