"""The examples of /api/docs/ run as they stand, against the running product."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.servers import ROOT
from tests.end_to_end.services import site

pytestmark = pytest.mark.weights
EXAMPLES = re.findall(
    r"```(bash|python|javascript)\n(.*?)```",
    (ROOT / "voices" / "api" / "intro.md").read_text(encoding="utf-8"),
    flags=re.DOTALL,
)
# what an example leaves behind, or prints
PROOF = {
    "evening.mp3": b"ID3", "evening.ogg": b"OggS", "stream.mp3": b"ID3", "letter.mp3": b"ID3",
}  # fmt: skip


@pytest.fixture(scope="module")
def running(tmp_path_factory):
    with site(tmp_path_factory.mktemp("examples") / "var") as started:
        yield started


def command_of(language: str, code: str, folder: Path) -> list[str]:
    if language == "javascript":
        script = folder / "example.mjs"
        script.write_text(code, encoding="utf-8")
        return ["node", str(script)]
    return ["bash", "-euc", code] if language == "bash" else [sys.executable, "-c", code]


@pytest.mark.parametrize(
    ("language", "code"),
    EXAMPLES,
    ids=[f"{language}-{number}" for number, (language, _) in enumerate(EXAMPLES)],
)
def test_the_example_does_what_it_shows(running, tmp_path, language, code):
    if language == "javascript" and shutil.which("node") is None:
        pytest.skip("no node on this machine")
    done = subprocess.run(
        command_of(language, code, tmp_path),
        cwd=tmp_path, capture_output=True, text=True, timeout=240, check=False,
        env={**os.environ, "VOICECLONE_URL": running.address, "VOICECLONE_KEY": running.key},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    made = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    named = [name for name in PROOF if name in code]
    for name in named:
        assert made[name].startswith(PROOF[name])
        assert len(made[name]) > 1000
    if not named:
        assert any(mark in done.stdout for mark in ("-->", "2 sounds in", '"progress"'))


def test_there_is_an_example_in_every_language():
    assert {language for language, _ in EXAMPLES} == {"bash", "python", "javascript"}
