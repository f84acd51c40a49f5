"""Measure the pitch of a voice: a curve of F0 as CSV `seconds,Hz`, and a picture of it over the spectrogram.

0 Hz is unvoiced. Octave jumps that soon return are mended.
"""

import argparse
import sys
from pathlib import Path

from tts_engine.commands.inputs import add_recording, recording
from tts_engine.errors import RequestError

LEAST_HZ, MOST_HZ = 50.0, 1100.0
DEFAULT = "swift"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of `f0`."""
    from tts_engine.f0.tracking import METHODS

    add_recording(parser)
    parser.add_argument("--method", choices=METHODS, default=DEFAULT, help=f"default {DEFAULT}")
    parser.add_argument("--output", type=Path, metavar="CSV", help="else to standard output")
    parser.add_argument("--plot", type=Path, metavar="PNG")
    parser.add_argument("--low-hz", type=float, default=LEAST_HZ, help="default %(default)g")
    parser.add_argument("--high-hz", type=float, default=MOST_HZ, help="default %(default)g")
    parser.add_argument(
        "--filter-radius",
        type=int,
        default=0,
        metavar="N",
        help="median over N measurements on either side (default 0: none)",
    )


def run(arguments: argparse.Namespace) -> None:
    """Write the curve; on standard error what it is like."""
    from tts_engine.f0 import F0Range, f0_curve, write_csv
    from tts_engine.f0.curve import jumps_of

    low, high = arguments.low_hz, arguments.high_hz
    if not LEAST_HZ <= low < high <= MOST_HZ or not 0 <= arguments.filter_radius <= 50:
        raise RequestError(
            "f0_out_of_range",
            f"needed: {LEAST_HZ:g} <= --low-hz < --high-hz <= {MOST_HZ:g}, --filter-radius from 0 to 50",
            f"нужно: {LEAST_HZ:g} <= --low-hz < --high-hz <= {MOST_HZ:g}, --filter-radius от 0 до 50",
        )
    audio = recording(arguments.audio)
    within, radius = F0Range(low, high), arguments.filter_radius
    track = f0_curve(audio, arguments.method, within, median_radius=radius)
    write_csv(track, arguments.output or Path("/dev/stdout"))
    if arguments.plot is not None:
        from tts_engine.f0.picture import f0_picture

        arguments.plot.write_bytes(f0_picture(audio, {arguments.method: track}))
    found = jumps_of(track)
    sys.stderr.write(f"{found.voiced_share:.0%} voiced, {found.octave} octave jumps\n")
