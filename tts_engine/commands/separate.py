"""Separate a song into its voices and its accompaniment: DIR/vocals.flac, DIR/accompaniment.flac.

Both are FLAC, stereo, 44.1 kHz, and together the song to the sample. Songs of up to an hour, in every format
that the service reads; one channel stands for both.
"""

import argparse
import logging
import sys
from pathlib import Path

logger = logging.getLogger(__name__)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of `separate`."""
    parser.add_argument("song", type=Path)
    parser.add_argument("--output", type=Path, required=True, metavar="DIR")
    parser.add_argument(
        "--preview", type=float, metavar="SECOND", help="only 30 s, from this second of the song on"
    )
    parser.add_argument("--device", choices=("auto", "cpu", "cuda"), default="auto")


def run(arguments: argparse.Namespace) -> None:
    """Separate a song; prints what was written and how loud it is."""
    from tts_engine.separation.inference import separate_song

    made = separate_song(
        arguments.song,
        arguments.output,
        preview_from=arguments.preview,
        device=arguments.device,
        told=lambda done, total: logger.info("%.0f of %.0f s", done, total),
    )
    for path, level in (
        (made.vocals, made.vocals_db),
        (made.accompaniment, made.accompaniment_db),
    ):
        sys.stdout.write(f"{path}: {made.seconds:.1f} s, {level:.1f} dB\n")
