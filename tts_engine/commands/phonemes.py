"""Print what will be said: normalised text with stress, then phonemes."""

import argparse
import sys

from tts_engine.commands.inputs import add_text, given_lexicon, given_text
from tts_engine.markup import reading
from tts_engine.text.symbols import phonemes_to_ipa


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_text(parser)


def run(arguments: argparse.Namespace) -> None:
    """Print two lines a sentence."""
    for utterance in reading.read_script(given_text(arguments), given_lexicon(arguments)):
        words = utterance.sentence.words
        stressed = " ".join(word.stressed for word in words)
        ipa = " ".join(phonemes_to_ipa(word.phonemes) for word in words)
        sys.stdout.write(f"{stressed}\n{ipa}\n")
