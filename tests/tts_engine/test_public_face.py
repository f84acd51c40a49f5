"""What `from tts_engine import …` gives, and the example of the README."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

import tts_engine
from tts_engine.audio.io import decode_audio
from tts_engine.audio.tags import is_tagged_as_generated
from tts_engine.speaking.cloning import VoiceCloner

ROOT = Path(__file__).resolve().parent.parent.parent


def example(readme):
    text = (ROOT / readme).read_text(encoding="utf-8")
    (code,) = re.findall(r"```python\n(from tts_engine import .*?)```", text, re.DOTALL)
    return code


@pytest.mark.weights
def test_the_three_lines_of_the_readme_speak_into_a_file(tmp_path, monkeypatch):
    code = example("README.md")
    assert code == example("README.ru.md")
    assert len(code.split("\n\n")[-1].splitlines()) == 2  # and the import
    monkeypatch.chdir(tmp_path)
    exec(compile(code, "README.md", "exec"), {})
    (made,) = tmp_path.iterdir()
    assert is_tagged_as_generated(made.read_bytes())
    assert 0.5 < decode_audio(made).seconds < 3


@pytest.mark.parametrize(
    ("code", "heavy"),
    [
        ("from tts_engine import VoiceCloner", "torch numpy"),
        ("import tts_engine.speaking.requests, tts_engine.speaking.timing", "torch"),
        ("import tts_engine.speech_settings, tts_engine.speaking.text_check", "torch numpy"),
        ("from tts_engine import list_voices; list_voices()", "torch"),
    ],
)
def test_importing_costs_little(code, heavy):
    found = f"import sys; print(*(set('{heavy}'.split()) & set(sys.modules)))"
    done = subprocess.run(
        [sys.executable, "-c", f"{code}\n{found}"], capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == []


def test_the_public_names_are_those_of_the_engine():
    assert tts_engine.VoiceCloner is VoiceCloner
    assert all(getattr(tts_engine, name) for name in tts_engine.__all__)
    with pytest.raises(AttributeError, match="no attribute 'Singer'"):
        _ = tts_engine.Singer
