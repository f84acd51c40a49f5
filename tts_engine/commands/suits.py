"""Which voices of the bank suit a score, the best first: a number, a shift, what lies outside their range."""

import argparse
import sys
from pathlib import Path

from tts_engine.commands.inputs import given_voice
from tts_engine.errors import RequestError


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of `suits`."""
    parser.add_argument("score", type=Path, help=".musicxml, .mxl, .mid or .kar")
    parser.add_argument("--part", type=int, help="from 1 on; default: the first with lyrics")
    parser.add_argument(
        "--voice-file", type=Path, action="append", default=[], help="a voice beside the bank's"
    )
    parser.add_argument(
        "--listen", action="store_true", help="sing the first 15 s in each voice and measure it"
    )
    parser.add_argument("--device", choices=("auto", "cpu", "cuda"), default="auto")


def run(arguments: argparse.Namespace) -> None:
    """Print a line a voice: name, number, semitones, shares of the time out of its tessitura and range."""
    from tts_engine.singing.score import read_score
    from tts_engine.singing.suits import heard, ranked
    from tts_engine.speaking.voicebank import list_voices

    part = read_score(arguments.score).sung(arguments.part)
    voices = {voice.slug: voice.profile for voice in list_voices()}
    voices |= {path.stem: given_voice(path) for path in arguments.voice_file}
    cloner = None
    if arguments.listen:
        from tts_engine.speaking.cloning import VoiceCloner

        cloner = VoiceCloner.load(device=arguments.device)
    sys.stdout.write("voice\tnumber\tsemitones\tstrained\tbeyond\tlikeness\n")
    for name, suit in ranked(part, voices.items()):
        if isinstance(suit, RequestError):
            sys.stdout.write(f"{name}\t{suit} / {suit.message_ru}\n")
            continue
        row = f"{name}\t{suit.number}\t{suit.semitones:+d}\t{suit.strained:.0%}\t{suit.beyond:.0%}"
        likeness = "" if cloner is None else f"{heard(cloner, part, voices[name]).likeness:.2f}"
        sys.stdout.write(f"{row}\t{likeness}\n")
        sys.stdout.flush()
