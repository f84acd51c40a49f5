"""List the voices of the bank: slug, name, what each is like."""

import argparse
import sys

from tts_engine.speaking.voicebank import list_voices


def add_arguments(_parser: argparse.ArgumentParser) -> None:
    """None: the bank is listed whole."""


def run(_arguments: argparse.Namespace) -> None:
    """Print one line a voice."""
    for voice in list_voices():
        sys.stdout.write(f"{voice.slug}\t{voice.name} / {voice.name_ru}\t{voice.description}\n")
