"""What the shipped weights do, in figures, pictures and sounds; see `tts_engine.evaluation.report`."""

import argparse
from pathlib import Path


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of `evaluate`."""
    parser.add_argument("--corpus", type=Path, help="prepared corpus: adds real speech, strangers")
    parser.add_argument("--output", type=Path, help="folder for report.html and report.json")
    parser.add_argument("--quick", action="store_true", help="few voices, a sentence of each set")
    parser.add_argument("--sentences", type=int, help="of each set, 1 to 8; default: 2")
    parser.add_argument("--voices", nargs="*", help="bank voices; default: all")
    parser.add_argument("--references", nargs="*", type=Path, help="recordings of strangers")
    parser.add_argument(
        "--robustness", type=int, default=0, metavar="N", help="faults in N varied sentences"
    )


def run(arguments: argparse.Namespace) -> None:
    """Measure, print the table, and with `--output` write the report."""
    from tts_engine.evaluation.report import evaluate

    evaluate(arguments)
