"""How fast the chain is here: `python -m benchmarks.speed`. Prints, asserts nothing."""

import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch

from tts_engine.audio.io import encode_audio
from tts_engine.speaking.cloning import VoiceCloner
from tts_engine.speaking.requests import SpeechRequest
from tts_engine.speaking.voicebank import get_voice
from tts_engine.text.frontend import get_frontend

SENTENCE = "Сегодня будет очень тёплая погода."
LONG = (
    "Старый мастер долго рассматривал сломанные часы, потом улыбнулся и достал инструменты. "
    "За окном шёл дождь, на площади зажигались фонари. "
) * 8
NEWS = "В 2024 году учёные описали новый вид птиц, обитающий на севере страны. " * 14


def seconds_of(work: Callable[[], Any]) -> tuple[float, Any]:
    """Wall time of a call, and what it returned."""
    started = time.perf_counter()
    result = work()
    return time.perf_counter() - started, result


def main() -> None:
    """Measure on this machine."""
    voice = get_voice("anna").profile
    loaded, cloner = seconds_of(lambda: VoiceCloner.load(device="auto"))
    first, _ = seconds_of(lambda: cloner.speak(SpeechRequest(text=SENTENCE, voice=voice)))

    def answer() -> bytes:
        return encode_audio(cloner.speak(SpeechRequest(text=SENTENCE, voice=voice)).audio, "mp3")

    warm, _ = seconds_of(answer)
    text = LONG[:1000]
    read, _ = seconds_of(lambda: get_frontend().sentences(NEWS))
    spent, result = seconds_of(lambda: cloner.speak(SpeechRequest(text=text, voice=voice)))
    with tempfile.TemporaryDirectory() as folder:
        command = [
            sys.executable,
            "-m",
            "tts_engine",
            "say",
            SENTENCE,
            "--output",
            f"{folder}/a.mp3",
        ]
        cold, _ = seconds_of(lambda: subprocess.run(command, check=True, cwd=Path.cwd()))
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    for name, value, unit in (
        ("threads", torch.get_num_threads(), ""),
        ("load the models", loaded, "s"),
        ("first sentence after loading", first, "s"),
        ("warm sentence of five words as mp3", warm, "s"),
        (f"a page of {len(NEWS)} characters read", read, "s"),
        (f"{len(text)} characters: {result.audio.seconds:.1f} s of speech in", spent, "s"),
        ("real-time factor of it", spent / result.audio.seconds, ""),
        ("`say` from a cold shell", cold, "s"),
        ("peak memory", memory, "MB"),
    ):
        print(f"{name:<46}{value:10.3f} {unit}")


if __name__ == "__main__":
    main()
