"""Print as JSON whether a recording carries this installation's watermark, and who speaks in it, judged by ear."""

import argparse
import json
import sys

from tts_engine.audio.tags import is_tagged_as_generated
from tts_engine.commands.inputs import add_recording, recording
from tts_engine.detection.inference import SpeakerJudge
from tts_engine.recording.origin import judged
from tts_engine.watermark.detection import detect_mark
from tts_engine.watermark.key import installation_key
from tts_engine.weights import weights_folder


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_recording(parser)


def run(arguments: argparse.Namespace) -> None:
    """Print one line of JSON."""
    audio = recording(arguments.audio)
    detection = detect_mark(audio, installation_key())
    heard = judged(audio, SpeakerJudge.load(weights_folder() / "detection"))
    row = {
        "made_here": detection.made_here,
        "score": round(detection.score, 2),
        "threshold": round(detection.threshold, 2),
        "seconds": round(detection.seconds, 2),
        "tagged_as_generated": is_tagged_as_generated(arguments.audio.read_bytes()),
        "judgement": {
            "speaker": heard.speaker,
            "reason": heard.reason,
            "share": _rounded(heard.share),
            "machine_from": heard.machine_from,
            "person_below": heard.person_below,
            "seconds_heard": round(heard.seconds_heard, 2),
            "curve": [_rounded(share) for share in heard.curve],
        },
    }
    sys.stdout.write(json.dumps(row) + "\n")


def _rounded(share: float | None) -> float | None:
    return None if share is None else round(share, 3)
