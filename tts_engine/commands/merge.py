"""Make a voice between trained voices: what each of them adds to the weights and its profile, mixed by weight.

merge anna.voice boris.voice --weights 2 1 --output both.voice
"""

import argparse
import sys
from pathlib import Path

from tts_engine.errors import RequestError


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of `merge`."""
    parser.add_argument("voices", type=Path, nargs="+", metavar="VOICE", help="of `train voice`")
    parser.add_argument(
        "--weights", type=float, nargs="+", help="one for each voice, above 0; default: all alike"
    )
    parser.add_argument("--output", type=Path, required=True, help="the new voice, *.voice")
    parser.add_argument("--name", default="", help="of the voice, for people")


def run(arguments: argparse.Namespace) -> None:
    """Read, mix and write."""
    weights = arguments.weights or [1.0] * len(arguments.voices)
    if len(weights) != len(arguments.voices) or not all(0 < one < 1e6 for one in weights):
        raise RequestError(
            "wrong_weights",
            f"{len(arguments.voices)} voices need as many weights above 0, not {weights}",
            f"для {len(arguments.voices)} голосов нужно столько же весов больше 0, а не {weights}",
        )
    from tts_engine.studio.voice_file import merge_voices, read_voice, write_voice

    shares = [(read_voice(path), w) for path, w in zip(arguments.voices, weights, strict=True)]
    output: Path = arguments.output
    write_voice(output, merge_voices(shares, name=arguments.name or output.stem))
    sys.stdout.write(f"{output}\n")
