"""Print the d-vector of a recording as JSON, with what was measured of it and advice."""

import argparse
import json
import sys

from tts_engine.commands.inputs import add_recording, recording


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_recording(parser)


def run(arguments: argparse.Namespace) -> None:
    """Print one line of JSON."""
    audio = recording(arguments.audio)

    from tts_engine.device import resolve_device
    from tts_engine.encoder.inference import SpeakerEncoder
    from tts_engine.recording.reference import analyze_reference
    from tts_engine.recording.voice_check import hear, require_voice
    from tts_engine.weights import weights_folder

    encoder = SpeakerEncoder.load(weights_folder() / "encoder", device=resolve_device("auto"))
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
