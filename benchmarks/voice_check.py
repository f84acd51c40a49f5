"""Which recordings are let in as voices: both error rates, over folders of your own.

    python -m benchmarks.voice_check --voices FOLDER … --music FOLDER … [--files 150] [--seconds 20]

Of every file the middle is judged as a reference would be. Prints the files that were judged wrongly.
"""

import argparse
import random
import sys
from pathlib import Path

from tts_engine.audio.io import decode_audio
from tts_engine.audio.speech_detector import speech_seconds
from tts_engine.errors import AudioError
from tts_engine.recording.voice_check import hear, require_voice
from tts_engine.types import Audio

SUFFIXES = {".wav", ".flac", ".mp3", ".ogg", ".opus", ".m4a"}


def verdict(path: Path, seconds: float) -> str:
    """`voice`, or the code of the refusal."""
    audio = decode_audio(path, max_seconds=3600)
    size = int(seconds * audio.sample_rate_hz)
    start = max(0, (audio.waveform.size - size) // 2)
    part = Audio(audio.waveform[start : start + size], audio.sample_rate_hz)
    try:
        require_voice(hear(part), speech_seconds(part))
    except AudioError as error:
        return error.code
    return "voice"


def judged(name: str, folders: list[Path], arguments: argparse.Namespace) -> None:
    files = [path for folder in folders for path in sorted(folder.rglob("*"))]
    files = [path for path in files if path.suffix.lower() in SUFFIXES]
    random.Random(1).shuffle(files)
    files = files[: arguments.files]
    verdicts = {path: verdict(path, arguments.seconds) for path in files}
    wrong = [path for path, said in verdicts.items() if (said == "voice") != (name == "voices")]
    share = len(wrong) / max(1, len(files))
    print(f"{name}: {len(files)} files, {len(wrong)} judged wrongly ({share:.1%})")
    for path in wrong:
        print(f"    {path}: {verdicts[path]}")


def main(given: list[str]) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--voices", type=Path, nargs="*", default=[])
    parser.add_argument("--music", type=Path, nargs="*", default=[])
    parser.add_argument("--files", type=int, default=150, help="of each kind, drawn by chance")
    parser.add_argument("--seconds", type=float, default=20.0)
    arguments = parser.parse_args(given)
    judged("voices", arguments.voices, arguments)
    judged("music", arguments.music, arguments)


if __name__ == "__main__":
    main(sys.argv[1:])
