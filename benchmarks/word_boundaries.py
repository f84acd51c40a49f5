"""Where words of a long recording begin and end, against labels made by hand.

    python -m benchmarks.word_boundaries FESTVOX [--minutes 30] [--srt LATE]

FESTVOX holds `wav/`, `lab/` and `etc/txt.done.data` of festvox-ru. Its sentences are joined into one recording and
the text of all is laid over it, as `dataset --transcript` does; with `--srt` as subtitles so many seconds late.
The labels have another phone set: both sequences are brought to coarse classes and matched by edit distance,
and a word counts where its first and second, or last two sounds are matched.
"""

import argparse
import re
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import soundfile
import torch
from rapidfuzz.distance import Levenshtein

from tts_engine.alignment.lyrics import load_song_ear, song_listener
from tts_engine.audio.resample import resample
from tts_engine.dataset.texts import read_transcript
from tts_engine.dataset.transcripts import Listener, WordAt
from tts_engine.evaluation.alignment import FESTVOX_CLASSES, FESTVOX_VOWELS, OUR_CLASSES
from tts_engine.recognizer.inference import Recognizer
from tts_engine.text.symbols import VOWELS
from tts_engine.training.corpus import SAMPLE_RATE_HZ
from tts_engine.weights import weights_folder

PAUSE_SECONDS = 0.4


@dataclass
class Joined:
    """A recording of many sentences with its labels: (class, start, end) in seconds."""

    labels: list[tuple[str, float, float]] = field(default_factory=list)
    cues: list[tuple[float, float, str]] = field(default_factory=list)


def join(festvox: Path, minutes: float, recording: Path) -> Joined:
    """Write the recording; what is in it."""
    joined, seconds = Joined(), 0.0
    told = (festvox / "etc" / "txt.done.data").read_text(encoding="utf-8")
    with soundfile.SoundFile(recording, "w", SAMPLE_RATE_HZ, 1) as file:
        for name, text in re.findall(r'\(\s*(\S+)\s+"(.*?)"\s*\)', told):
            if seconds > 60 * minutes:
                break
            samples, rate = soundfile.read(festvox / "wav" / f"{name}.wav", dtype="float32")
            waveform = resample(samples, rate, SAMPLE_RATE_HZ)
            before = 0.0
            for phone, end in _phones(festvox / "lab" / f"{name}.lab"):
                if phone != "pau":
                    joined.labels.append((_coarse(phone), seconds + before, seconds + end))
                before = end
            joined.cues.append((seconds, seconds + waveform.size / SAMPLE_RATE_HZ, text))
            file.write(waveform)
            file.write(np.zeros(round(PAUSE_SECONDS * SAMPLE_RATE_HZ), np.float32))
            seconds = file.tell() / SAMPLE_RATE_HZ
    return joined


def _phones(path: Path) -> list[tuple[str, float]]:
    rows = (line.split() for line in path.read_text(encoding="utf-8").splitlines())
    return [(row[2], float(row[0])) for row in rows if len(row) == 3]


def _coarse(phone: str) -> str:
    return "V" if phone in FESTVOX_VOWELS else FESTVOX_CLASSES.get(phone, phone)


def errors(words: tuple[WordAt, ...], labels: list[tuple[str, float, float]]) -> np.ndarray:
    """Signed differences at the starts and ends of words, seconds, (N,)."""
    sounds = [
        "V" if sound in VOWELS else OUR_CLASSES.get(sound, sound.rstrip("ʲ"))
        for word in words
        for sound in word.phonemes
    ]
    matched: dict[int, int] = {}
    for block in Levenshtein.opcodes(sounds, [name for name, _, _ in labels]):
        if block.tag == "equal":
            for offset in range(block.src_end - block.src_start):
                matched[block.src_start + offset] = block.dest_start + offset
    found, first = [], 0
    for word in words:
        last = first + len(word.phonemes) - 1
        if first in matched and matched.get(first + 1) == matched[first] + 1:
            found.append(word.start - labels[matched[first]][1])
        if last in matched and matched.get(last - 1) == matched[last] - 1:
            found.append(word.end - labels[matched[last]][2])
        first = last + 1
    return np.array(found)


def write_srt(cues: list[tuple[float, float, str]], late: float, path: Path) -> None:
    def stamp(seconds: float) -> str:
        whole = round(1000 * seconds)
        return f"{whole // 3600000:02}:{whole // 60000 % 60:02}:{whole // 1000 % 60:02},{whole % 1000:03}"

    path.write_text(
        "\n".join(
            f"{number + 1}\n{stamp(start + late)} --> {stamp(end + late)}\n{text}\n"
            for number, (start, end, text) in enumerate(cues)
        ),
        encoding="utf-8",
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("festvox", type=Path)
    parser.add_argument("--minutes", type=float, default=30.0)
    parser.add_argument("--srt", type=float, metavar="LATE")
    parser.add_argument("--as-song", action="store_true", help="by the ear that `align` has")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        recording, transcript = (
            Path(temporary, name)
            for name in ("all.wav", "all.txt" if arguments.srt is None else "all.srt")
        )
        joined = join(arguments.festvox, arguments.minutes, recording)
        seconds = soundfile.info(recording).duration
        if arguments.srt is not None:
            write_srt(joined.cues, arguments.srt, transcript)
        else:
            transcript.write_text("\n".join(text for _, _, text in joined.cues), encoding="utf-8")
        if arguments.as_song:
            ear = load_song_ear("cpu")
        else:
            ear = Recognizer.load(weights_folder() / "recognizer", device=torch.device("cpu"))
        started = time.perf_counter()
        listener = song_listener(ear, recording) if arguments.as_song else Listener(ear, recording)
        heard = time.perf_counter()
        laid = listener.lay_timed(read_transcript(transcript, seconds))
        done = time.perf_counter()
    peak = re.search(r"VmHWM:\s*(\d+)", Path("/proc/self/status").read_text(encoding="utf-8"))
    found = 1000 * errors(laid.words, joined.labels)
    size = np.abs(found)
    print(f"{seconds / 60:.1f} min, {len(laid.words)} words, {size.size} boundaries")
    print(f"heard in {heard - started:.0f} s, laid in {done - heard:.0f} s", end=", ")
    print(f"peak {int(peak[1]) / 1e6:.2f} GB" if peak else "")
    print(f"median {np.median(size):.1f} ms, mean {size.mean():.1f}, 90 % within", end=" ")
    print(
        f"{np.quantile(size, 0.9):.0f}, over 0.2 s {np.mean(size > 200):.2%}, bias {found.mean():.1f}"
    )
    print(f"sentences taken to be said otherwise: {laid.unsaid} of {len(laid.sentences)}")


if __name__ == "__main__":
    main()
