"""Make a dataset to learn a voice from: recordings cleaned, cut and transcribed, with a report of every decision.

dataset SOURCE… --output DIR      sound files, folders, zips (LJSpeech, Common Voice, M-AILABS, RUSLAN)
dataset DIR --rebuild             the clips anew after DIR/report.json was edited; DIR/edits.json is followed
"""

import argparse
import logging
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from tts_engine.dataset.slicing import SliceSettings
from tts_engine.errors import RequestError
from tts_engine.weights import weights_folder

if TYPE_CHECKING:
    from tts_engine.dataset.plan import Plan

logger = logging.getLogger(__name__)
DEFAULTS = SliceSettings()
LENGTHS = {
    "min_length_ms": "a clip is not ended before",
    "min_interval_ms": "shortest silence in which a cut may lie",
    "hop_ms": "length of a frame",
    "max_sil_kept_ms": "silence that stays on either side of a clip",
    "max_length_ms": "a clip is cut before it grows longer",
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of `dataset`."""
    parser.add_argument("sources", type=Path, nargs="+", metavar="SOURCE")
    parser.add_argument(
        "--output", type=Path, metavar="DIR", help="a folder that holds no dataset yet"
    )
    parser.add_argument(
        "--rebuild",
        action="store_true",
        help="follow edits.json and the edited report.json of SOURCE",
    )
    parser.add_argument("--transcript", type=Path, help=".txt or .srt of one recording")
    parser.add_argument(
        "--speaker",
        type=Path,
        metavar="FILE",
        help="a recording of the person; else who speaks most",
    )
    parser.add_argument(
        "--threshold-db",
        type=float,
        default=DEFAULTS.threshold_db,
        help="quieter is silence, when speech stands at -20 dB (default %(default)g)",
    )
    for name, said in LENGTHS.items():
        option = "--" + name.replace("_", "-")
        value = getattr(DEFAULTS, name)
        parser.add_argument(option, type=int, default=value, help=f"{said} (default {value})")
    parser.add_argument("--channel", choices=("auto", "mix", "left", "right"), default="auto")
    parser.add_argument("--no-denoise", action="store_true", help="noise is never removed")
    parser.add_argument("--device", choices=("auto", "cpu", "cuda"), default="auto")


def run(arguments: argparse.Namespace) -> None:
    """Prepare or rebuild a dataset; prints one line of what came out."""
    folder, plan = _rebuilt(arguments) if arguments.rebuild else _prepared(arguments)
    from tts_engine.dataset.page import PAGE_FILE

    total = sum(recording.seconds for recording in plan.recordings)
    sys.stdout.write(
        f"{folder / PAGE_FILE}: {plan.kept_seconds / 60:.1f} of {total / 60:.1f} min kept, {len(plan.kept)} clips\n"
    )


def _rebuilt(arguments: argparse.Namespace) -> "tuple[Path, Plan]":
    from tts_engine.dataset.building import rebuild, write_table
    from tts_engine.dataset.edits import EDITS_FILE, edit_dataset, read_edits
    from tts_engine.dataset.page import write_page
    from tts_engine.dataset.plan import read_plan, write_plan

    if len(arguments.sources) != 1 or arguments.output is not None:
        raise RequestError(
            "rebuild_takes_one",
            "--rebuild takes the folder of one dataset and no --output",
            "--rebuild принимает папку одного набора, без --output",
        )
    folder: Path = arguments.sources[0]
    orders = folder / EDITS_FILE
    edits = read_edits(orders) if orders.exists() else ()
    plan = rebuild(read_plan(folder), folder)
    write_plan(plan, folder)
    if edits:
        plan = edit_dataset(folder, edits)
        orders.unlink()  # they stand in the report now
    else:
        write_table(plan, folder)
        write_page(plan, folder)
    return folder, plan


def _prepared(arguments: argparse.Namespace) -> "tuple[Path, Plan]":
    output: Path | None = arguments.output
    if output is None:
        raise RequestError(
            "output_missing", "name a folder: --output DIR", "укажите папку: --output DIR"
        )
    settings = SliceSettings(
        threshold_db=arguments.threshold_db, **{name: getattr(arguments, name) for name in LENGTHS}
    )
    from tts_engine.commands.inputs import recording
    from tts_engine.dataset.building import write_table
    from tts_engine.dataset.intake import given_recordings
    from tts_engine.dataset.page import write_page
    from tts_engine.dataset.plan import PLAN_FILE, write_plan
    from tts_engine.dataset.preparing import Models, PrepareSettings, prepare
    from tts_engine.device import resolve_device
    from tts_engine.encoder.inference import SpeakerEncoder
    from tts_engine.recognizer.inference import Recognizer

    if (output / PLAN_FILE).exists():
        raise RequestError(
            "dataset_exists",
            f"{output} holds a dataset already; --rebuild it, or name another folder",
            f"в {output} уже есть набор; пересоберите его с --rebuild или укажите другую папку",
        )
    speaker = recording(arguments.speaker) if arguments.speaker is not None else None
    output.mkdir(parents=True, exist_ok=True)
    device = resolve_device(arguments.device)
    encoder = SpeakerEncoder.load(weights_folder() / "encoder", device=device)
    with tempfile.TemporaryDirectory(dir=output) as unpacked:
        given = given_recordings(arguments.sources, Path(unpacked))
        if arguments.transcript is not None and len(given) != 1:
            raise RequestError(
                "transcript_of_one",
                f"--transcript belongs to one recording, {len(given)} were given",
                f"--transcript относится к одной записи, а дано {len(given)}",
            )
        plan = prepare(
            given,
            output,
            PrepareSettings(
                slicing=settings, channel=arguments.channel, denoising=not arguments.no_denoise
            ),
            Models(
                encoder=encoder,
                recognizer=Recognizer.load(weights_folder() / "recognizer", device=device),
            ),
            transcript=arguments.transcript,
            speaker=None if speaker is None else encoder.embed(speaker),
            told=lambda stage, done, total: logger.info("%s: %d of %d", stage, done, total),
        )
    write_plan(plan, output)
    write_table(plan, output)
    write_page(plan, output)
    return output, plan
