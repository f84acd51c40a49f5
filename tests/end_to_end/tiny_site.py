"""A site whose synthesizer is tiny and says nothing that could be understood, so that trainings take seconds."""

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.servers import ROOT
from tests.end_to_end.services import Site, site
from tests.tts_engine.studio.tiny_studio import tiny_weights
from tts_engine.weights import weights_folder, write_manifest

NOT_NEEDED = {"separation", "crepe", "fcpe", "judge"}


@contextmanager
def tiny_site(folder: Path, **environment: str) -> Iterator[Site]:
    """It runs until the block ends."""
    weights = folder / "weights"
    weights.mkdir()
    tiny_weights(weights)
    for one in weights_folder().iterdir():
        if one.is_dir() and one.name not in NOT_NEEDED and not (weights / one.name).exists():
            shutil.copytree(one, weights / one.name)
    write_manifest(weights)
    with site(folder / "var", VOICECLONE_WEIGHTS=str(weights), **environment) as started:
        yield started


def reader_of(running: Site, owner: str, source: Path) -> dict[str, str]:
    """A consented voice with a prepared dataset, or of a recording alone; ids of what was made. See `studio_rows`."""
    made = subprocess.run(
        [sys.executable, "-m", "tests.end_to_end.studio_rows", owner, str(source)],
        cwd=ROOT,
        env={**running.environment, "DJANGO_SETTINGS_MODULE": "voiceclone.settings"},
        capture_output=True,
        check=True,
    )
    return dict(json.loads(made.stdout))
