"""Make a dataset to learn singing from: songs with lyrics become clips of their lines, with a report of every decision.

songs SOURCE… --output DIR        songs, folders, zips; the lyrics of song.mp3 are song.lrc, .txt, .srt or .vtt

A run that was interrupted goes on when it is begun again. `dataset DIR --rebuild` follows an edited report.
"""

import argparse
import logging
import sys
import tempfile
from pathlib import Path

from tts_engine.errors import RequestError
from tts_engine.weights import weights_folder

logger = logging.getLogger(__name__)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of `songs`."""
    parser.add_argument("sources", type=Path, nargs="+", metavar="SOURCE")
    parser.add_argument(
        "--output",
        type=Path,
        required=True,
        metavar="DIR",
        help="a folder that holds no dataset yet",
    )
    parser.add_argument("--voice-only", action="store_true", help="there is no music to take away")
    parser.add_argument("--device", choices=("auto", "cpu", "cuda"), default="auto")


def run(arguments: argparse.Namespace) -> None:
    """Prepare the dataset; prints one line of what came out."""
    from tts_engine.alignment.lyrics import load_song_ear
    from tts_engine.alignment.songs import (
        UNFINISHED,
        SongModels,
        forget_unfinished,
        prepare_songs,
    )
    from tts_engine.dataset.building import write_table
    from tts_engine.dataset.intake import given_songs
    from tts_engine.dataset.page import PAGE_FILE, write_page
    from tts_engine.dataset.plan import PLAN_FILE, write_plan
    from tts_engine.device import resolve_device
    from tts_engine.encoder.inference import SpeakerEncoder
    from tts_engine.recognizer.inference import Recognizer

    output: Path = arguments.output
    if (output / PLAN_FILE).exists():
        raise RequestError(
            "dataset_exists",
            f"{output} holds a dataset already; name another folder",
            f"в {output} уже есть набор; укажите другую папку",
        )
    if output.exists() and any(output.iterdir()) and not (output / UNFINISHED).is_dir():
        raise RequestError(
            "output_in_use",
            f"{output} holds other files; name a folder that is empty or new",
            f"в {output} лежат другие файлы; укажите пустую или новую папку",
        )
    (output / UNFINISHED).mkdir(parents=True, exist_ok=True)
    device = resolve_device(arguments.device)
    with tempfile.TemporaryDirectory(dir=output / UNFINISHED) as unpacked:
        plan = prepare_songs(
            given_songs(arguments.sources, Path(unpacked)),
            output,
            SongModels(
                encoder=SpeakerEncoder.load(weights_folder() / "encoder", device=device),
                recognizer=Recognizer.load(weights_folder() / "recognizer", device=device),
                ear=load_song_ear(arguments.device),
            ),
            separate=not arguments.voice_only,
            device=arguments.device,
            told=lambda song, done, total: logger.info("%s: %d of %d done", song, done, total),
        )
    write_table(plan, output)
    write_page(plan, output)
    write_plan(plan, output)
    forget_unfinished(output)
    refused = sum(bool(recording.refused) for recording in plan.recordings)
    sys.stdout.write(
        f"{output / PAGE_FILE}: {plan.kept_seconds / 60:.1f} min kept, {len(plan.kept)} clips; "
        f"{refused} of {len(plan.recordings)} songs refused\n"
    )
