"""What the web process loads: nothing of torch, but for a call that reads a text; never a model that speaks."""

import json
import os
import subprocess
import sys

import pytest

SCRIPT = """
import contextlib, io, json, sys, wave

import voiceclone.wsgi
from voices import engine
from voices.errors import AppError


def heavy():
    return sorted({"torch", "librosa", "numba"} & sys.modules.keys())


told = {"started": heavy()}

voice = {"embedding": [1.0] + [0.0] * 255}
engine.characters_check("Привет")
engine.voices_called("anna:: Привет, [pause 1s] мир.")
engine.dictionary_check({"мир": "ми́р"})
engine.similarities(voice, [voice])
engine.voice_places([voice] * 3)
engine.same_speaker(voice, voice["embedding"])
engine.mean_profile([(voice, 3.0), (voice, 2.0)])
engine.bank_voices()
engine.weights_missing()
sound = io.BytesIO()
with wave.open(sound, "wb") as file:
    file.setparams((1, 2, 16_000, 0, "NONE", ""))
    file.writeframes(bytes(range(256)) * 500)
engine.provenance(sound.getvalue())
engine.examined(sound.getvalue())
with contextlib.suppress(AppError):  # nobody speaks in it
    engine.provenance_of_speech(sound.getvalue())
engine.read_untrusted(
    "voices.batch_files:reading_task",
    "Раз.".encode(),
    {"file_name": "a.txt", "split": "line", "items": 9, "characters": 99},
)
told["asked for all but reading"] = heavy()

engine.phonemes("Замок на замке.")
told["read a text"] = heavy()
told["can speak"] = engine.is_loaded()
print(json.dumps(told))
"""


@pytest.mark.weights
def test_only_reading_a_text_brings_torch_and_nothing_brings_the_models_that_speak(tmp_path):
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "voiceclone.settings",
        "VOICECLONE_VAR": str(tmp_path),
    }
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT], env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == {
        "started": [],
        "asked for all but reading": [],
        "read a text": ["torch"],
        "can speak": False,
    }
