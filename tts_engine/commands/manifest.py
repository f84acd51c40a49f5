"""List the sha256 of every shipped file in `weights/manifest.json`; run it after changing weights.

python -m tts_engine train manifest
"""

import argparse
import logging
from pathlib import Path

from tts_engine.weights import weights_folder, write_manifest

logger = logging.getLogger(__name__)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of `train manifest`."""
    parser.add_argument("--weights", type=Path, default=weights_folder())


def run(arguments: argparse.Namespace) -> None:
    """Write the manifest."""
    digests = write_manifest(arguments.weights)
    logger.info("%d files listed", len(digests))
