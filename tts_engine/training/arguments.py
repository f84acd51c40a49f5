"""Command-line options that every training command has."""

import argparse
from pathlib import Path

from tts_engine.training.listeners import ProgressBar, TensorBoardLog
from tts_engine.training.loop import RunConfig


def add_run_arguments(parser: argparse.ArgumentParser, *, folder: str, steps: int) -> None:
    """Add the options of a RunConfig."""
    parser.add_argument("--folder", type=Path, default=Path(folder), help="checkpoints and logs")
    parser.add_argument("--steps", type=int, default=steps, help="total optimiser steps")
    parser.add_argument(
        "--minutes", type=float, default=0.0, help="stop after so many; 0: no limit"
    )
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--save-every", type=int, default=200, help="steps between checkpoints")
    parser.add_argument("--device", choices=("auto", "cpu", "cuda"), default="auto")
    parser.add_argument("--precision", default="auto", help="auto, bf16-mixed or 32-true")


def run_config(arguments: argparse.Namespace) -> RunConfig:
    """The RunConfig of parsed options, with what a person at a terminal watches."""
    return RunConfig(
        folder=arguments.folder,
        steps=arguments.steps,
        minutes=arguments.minutes,
        seed=arguments.seed,
        save_every=arguments.save_every,
        device=arguments.device,
        precision=arguments.precision,
        listeners=(TensorBoardLog(arguments.folder), ProgressBar()),
    )
