"""Speak a text into a file. What can be refused is refused before the models are loaded."""

import argparse
from dataclasses import replace
from pathlib import Path

from tts_engine.commands.inputs import add_text, given_lexicon, given_text, given_voice, recording
from tts_engine.speaking.cloning import VoiceCloner
from tts_engine.speaking.saving import SAVED_FORMATS, saved_format
from tts_engine.speech_settings import check_settings

DEVICES = ("auto", "cpu", "cuda")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_text(parser)
    who = parser.add_mutually_exclusive_group()
    who.add_argument(
        "--voice", default="anna", help="slug or name of a bank voice, or a mix: anna(2)+elena"
    )
    who.add_argument("--reference", type=Path, help="recording of the voice to clone")
    who.add_argument(
        "--voice-file", type=Path, help="of `train voice`, or printed by `embed --fit`"
    )
    parser.add_argument("--output", type=Path, required=True)
    parser.add_argument("--speed", type=float, default=1.0, help="0.25 to 4")
    parser.add_argument("--pitch", type=float, default=0.0, help="semitones, -12 to 12")
    parser.add_argument("--variation", type=float, default=1.0, help="liveliness, 0 to 1")
    parser.add_argument("--seed", type=int, default=0, help="the same seed, the same audio")
    parser.add_argument("--device", choices=DEVICES, default="auto")
    parser.add_argument("--format", choices=SAVED_FORMATS, help="default: by the output's suffix")


def run(arguments: argparse.Namespace) -> None:
    """Speak and write."""
    saved_format(arguments.output, arguments.format)
    text = given_text(arguments)
    reference = None if arguments.reference is None else recording(arguments.reference)

    settings = {
        "speed": arguments.speed,
        "pitch_semitones": arguments.pitch,
        "variation": arguments.variation,
        "seed": arguments.seed,
    }
    check_settings(**settings)

    from tts_engine.speaking.requests import bank_request
    from tts_engine.speaking.voice_mix import bank_name

    lexicon = given_lexicon(arguments)
    if arguments.voice_file is not None:
        voice, name = given_voice(arguments.voice_file), arguments.voice_file.stem
        request = bank_request(text, voice, lexicon=lexicon, **settings)
        cloner = VoiceCloner.load(device=arguments.device)
    elif reference is None:
        request = bank_request(text, arguments.voice, lexicon=lexicon, **settings)
        name = bank_name(arguments.voice)
        cloner = VoiceCloner.load(device=arguments.device)
    else:
        cloner = VoiceCloner.load(device=arguments.device)
        voice, name = cloner.profile(reference)[0], arguments.reference.stem
        request = bank_request(text, voice, lexicon=lexicon, **settings)
    result = replace(cloner.speak(request), voice_name=name)
    result.save(arguments.output, arguments.format)
