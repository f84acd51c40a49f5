"""Print as JSON whether a recording carries this installation's watermark."""

import argparse
import json
import sys

from tts_engine.audio.tags import is_tagged_as_generated
from tts_engine.commands.inputs import add_recording, recording
from tts_engine.watermark.detection import detect_mark
from tts_engine.watermark.key import installation_key


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_recording(parser)


def run(arguments: argparse.Namespace) -> None:
    """Print one line of JSON."""
    detection = detect_mark(recording(arguments.audio), installation_key())
    row = {
        "made_here": detection.made_here,
        "score": round(detection.score, 2),
        "threshold": round(detection.threshold, 2),
        "seconds": round(detection.seconds, 2),
        "tagged_as_generated": is_tagged_as_generated(arguments.audio.read_bytes()),
    }
    sys.stdout.write(json.dumps(row) + "\n")
