"""Find the words of a song: their times as LRC, SRT, ASS karaoke, TextGrid or JSON, by the output's suffix."""

import argparse
import logging
from pathlib import Path

logger = logging.getLogger(__name__)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of `align`."""
    parser.add_argument("song", type=Path)
    parser.add_argument(
        "--lyrics", type=Path, required=True, help=".txt, .lrc, .srt, .vtt, line by line"
    )
    parser.add_argument("--output", type=Path, required=True, action="append", metavar="FILE")
    parser.add_argument("--voice-only", action="store_true", help="there is no music to take away")
    parser.add_argument("--device", choices=("auto", "cpu", "cuda"), default="auto")


def run(arguments: argparse.Namespace) -> None:
    """Align and write."""
    from tts_engine.alignment.formats import format_of, write_lyrics
    from tts_engine.alignment.lyrics import align_lyrics
    from tts_engine.alignment.reading import read_lyrics

    for path in arguments.output:
        format_of(path)
    aligned = align_lyrics(
        arguments.song,
        read_lyrics(arguments.lyrics),
        separate=not arguments.voice_only,
        device=arguments.device,
        told=lambda stage, done, total: logger.info("%s: %.0f of %.0f", stage, done, total),
    )
    for line in aligned.lines:
        if not line.words:
            logger.warning("not heard: %s", line.text)
    for path in arguments.output:
        write_lyrics(path, aligned)
