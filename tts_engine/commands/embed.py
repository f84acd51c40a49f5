"""Print the d-vector of a recording as JSON, with what was measured of it and advice.

With --fit also the voice fitted to it, which `say --voice-file` speaks as, and how it compares:

    python -m tts_engine embed me.wav --fit > me.json
"""

from __future__ import annotations

import argparse
import json
import sys
from typing import TYPE_CHECKING, Any

from tts_engine.commands.inputs import add_recording, recording

if TYPE_CHECKING:
    from tts_engine.recording.reference import ReferenceReport


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_recording(parser)
    parser.add_argument(
        "--fit", action="store_true", help="fit the voice to the recording, about a minute"
    )


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
    if arguments.fit:
        row |= _fitted(report)
    sys.stdout.write(json.dumps(row, ensure_ascii=False) + "\n")


def _fitted(report: ReferenceReport) -> dict[str, Any]:
    from tts_engine.speaking.cloning import VoiceCloner
    from tts_engine.speaking.voicebank import profile_to_dict

    cloner = VoiceCloner.load()
    found = cloner.fit(cloner.measure(report.audio, report.speech_seconds), [report.audio])
    return {"profile": profile_to_dict(found.profile), "fitting": found.figures()}
