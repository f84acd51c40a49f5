"""Print the IPA phonemes heard in a clip."""

import argparse
import sys

from tts_engine.commands.inputs import add_recording, recording


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_recording(parser)


def run(arguments: argparse.Namespace) -> None:
    """Print one line. What can be refused is refused before the network is loaded."""
    audio = recording(arguments.audio)

    from tts_engine.device import resolve_device
    from tts_engine.recognizer.inference import Recognizer
    from tts_engine.weights import weights_folder

    recognizer = Recognizer.load(weights_folder() / "recognizer", device=resolve_device("auto"))
    sys.stdout.write(" ".join(recognizer.transcribe(audio)) + "\n")
