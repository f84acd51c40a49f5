"""How well recordings are prepared: faults are planted into clean speech and looked for.

    python -m benchmarks.dataset data/corpus --sounds FOLDER [--minutes 10] [--seed 1] [--keep DIR]

One person reads, and between and over the sentences stand music, other people, overdriven and ringing sentences,
clicks, hum, noise, long silences, and a transcript with wrong sentences. `--sounds` holds `music-*` and `noise-*`. A
fault is found when at least half of it is dropped, or mended, each click by itself; of the clean speech is lost what no
clip holds.
"""

import argparse
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile

from benchmarks.references import Bench, audio_of, mixed
from tts_engine.audio.resample import resample
from tts_engine.audio.speech_detector import speech_mask
from tts_engine.dataset.plan import Plan, read_plan
from tts_engine.training.corpus import SAMPLE_RATE_HZ, Corpus
from tts_engine.types import Waveform

FILE_RATE_HZ = 44_100
FLOOR_DB = -62.0
KINDS = (
    *("music", "music_under", "other_voice", "clipped", "clicks", "silence", "text_differs"),
    *("hum", "ringing", "noisy"),
)
SECTION = {"hum": 2, "ringing": 3, "noisy": 2}  # sentences that such a fault lasts
MENDED = {"hum": {"hum"}, "noisy": {"denoised"}}
CLICK_SECONDS = 0.02
# `ru_maxrss` of a child counts what its parent held when it was started; the kernel's own mark does not
RUN = """
import re, sys
from tts_engine.cli import main
status = main(sys.argv[1:])
print(re.search("VmHWM:(.*)", open("/proc/self/status").read())[1])
sys.exit(status)
"""


@dataclass(frozen=True, kw_only=True)
class Planted:
    """A stretch of the recording: what is wrong with it ("" nothing), and whether somebody speaks there."""

    kind: str
    start: float
    end: float
    spoken: bool


class Planter:
    """A recording that grows, sentence by sentence."""

    def __init__(self, bench: Bench, speaker: str, seed: int) -> None:
        self.bench, self.rng = bench, random.Random(seed)
        self.chance = np.random.default_rng(seed)
        self.clips = [clip for clip in bench.corpus.clips if clip.speaker == speaker and clip.text]
        self.rng.shuffle(self.clips)
        self.others = [c for c in bench.corpus.clips if c.speaker != speaker and 4 < c.seconds < 9]
        self.parts: list[Waveform] = []
        self.truth: list[Planted] = []
        self.text: list[str] = []
        self.seconds = 0.0

    def build(self, minutes: float) -> Waveform:
        """Clean sentences with a fault after every third; (T,) at 22 050 Hz."""
        self._pause(1.0)
        kinds: list[str] = []
        while self.seconds < 60 * minutes:
            for _ in range(3):
                self._sentence("")
            if not kinds:
                kinds = list(KINDS)
                self.rng.shuffle(kinds)
            self._fault(kinds.pop())
        self._pause(1.0)
        whole = np.concatenate(self.parts)
        floor = self.chance.normal(size=whole.size) * 10 ** (FLOOR_DB / 20)
        return np.clip(whole + floor, -1, 1).astype(np.float32)

    def _fault(self, kind: str) -> None:
        if kind == "music":
            self._add(0.08 * self._sound("music-", 6.0), kind, spoken=False)
        elif kind == "silence":
            self._add(np.zeros(12 * SAMPLE_RATE_HZ, np.float32), kind, spoken=False)
        elif kind == "other_voice":
            clip = self.rng.choice(self.others)
            self._add(_level(self.bench.corpus.waveform(clip)), kind, spoken=False)
        else:
            for _ in range(SECTION.get(kind, 1)):
                self._sentence(kind)
            return
        self._pause(self.rng.uniform(0.3, 0.9))

    def _sentence(self, kind: str) -> None:
        clip = self.clips.pop()
        waveform = _level(self.bench.corpus.waveform(clip))
        text = clip.text
        if kind == "text_differs":
            text = self.clips.pop().text
        elif kind == "music_under":
            waveform = mixed(waveform, self._sound("music-", clip.seconds, waveform.size), 5.0)
        elif kind == "noisy":
            waveform = mixed(waveform, self._sound("noise-", clip.seconds, waveform.size), 3.0)
        elif kind == "clipped":
            waveform = np.clip(waveform * 12, -0.9, 0.9) * np.float32(self.rng.choice((1, 0.5)))
        elif kind == "clicks":
            waveform, kind = self._clicked(waveform), ""
        elif kind == "hum":
            waveform = waveform + self._hum(waveform.size)
        elif kind == "ringing":
            waveform = self.bench.room(waveform, 1.0, -3.0)
        self.text.append(text)
        self._add(waveform, kind, spoken=True)
        self._pause(self.rng.uniform(0.3, 0.9), kind)

    def _hum(self, size: int) -> Waveform:
        at = (self.seconds + np.arange(size) / SAMPLE_RATE_HZ) * 2 * np.pi * 50
        return np.asarray(0.012 * sum(np.sin(k * at) / k for k in (1, 2, 3, 4, 6)))

    def _clicked(self, waveform: Waveform) -> Waveform:
        clicked = waveform.copy()
        for _ in range(3):
            at = self.rng.randrange(2000, waveform.size - 2000)
            middle = self.seconds + at / SAMPLE_RATE_HZ
            self.truth.append(
                Planted(
                    kind="clicks",
                    start=middle - CLICK_SECONDS,
                    end=middle + CLICK_SECONDS,
                    spoken=True,
                )
            )
            length = self.rng.choice((1, 1, 20))
            burst = self.chance.normal(size=length) if length > 1 else np.ones(1)
            clicked[at : at + length] += (0.35 * burst * self.rng.choice((1, -1))).astype(
                np.float32
            )
        return clicked

    def _sound(self, prefix: str, seconds: float, size: int = 0) -> Waveform:
        files = [value for name, value in self.bench.files.items() if name.startswith(prefix)]
        wanted = size or round(seconds * SAMPLE_RATE_HZ)
        whole = np.resize(self.rng.choice(files), max(wanted, 0))
        chosen = self.rng.choice([value for value in files if value.size > wanted] or [whole])
        start = self.rng.randrange(chosen.size - wanted + 1)
        part = chosen[start : start + wanted]
        return part / np.float32(np.sqrt(np.mean(part**2)) + 1e-6)

    def _pause(self, seconds: float, kind: str = "") -> None:
        size = round(seconds * SAMPLE_RATE_HZ)
        self._add(self._hum(size) if kind == "hum" else np.zeros(size), "pause", spoken=False)

    def _add(self, waveform: Waveform, kind: str, *, spoken: bool) -> None:
        end = self.seconds + waveform.size / SAMPLE_RATE_HZ
        self.truth.append(Planted(kind=kind, start=self.seconds, end=end, spoken=spoken))
        self.parts.append(waveform.astype(np.float32))
        self.seconds = end


def _level(waveform: Waveform) -> Waveform:
    return waveform * np.float32(0.07 / np.sqrt(np.mean(waveform**2)))


def score(plan: Plan, truth: list[Planted], speech: np.ndarray) -> None:
    """Print what was found of each kind, and what of the clean speech was lost and why."""
    step = 100  # frames a second
    size = speech.size
    kept, why, mended = (
        np.zeros(size, bool),
        np.full(size, "silence", object),
        defaultdict(lambda: np.zeros(size, bool)),
    )
    for piece in plan.pieces:
        span = slice(round(piece.start_seconds * step), round(piece.end_seconds * step))
        kept[span] = piece.kept
        why[span] = "" if piece.kept else "+".join(piece.reasons)
        for name in piece.mended:
            mended[name][span] = True
    found: dict[str, list[bool]] = defaultdict(list)
    lost: dict[str, int] = defaultdict(int)
    clean = 0
    for one in truth:
        span = slice(round(one.start * step), round(one.end * step))
        if one.kind == "":
            spoken = speech[span]
            clean += int(spoken.sum())
            gone = why[span][spoken & ~kept[span]]
            for reason in gone:
                lost[reason] += 1
            if gone.size > step / 2:
                print(
                    f"   lost of {one.start:.1f}-{one.end:.1f}: {gone.size / step:.1f} s, {set(gone)}"
                )
        elif one.kind != "pause":
            clicks = (at for recording in plan.recordings for at in recording.clicks)
            good = (
                (~kept[span]).mean() >= 0.5
                or any(mended[name][span].mean() > 0.5 for name in MENDED.get(one.kind, ()))
                or (one.kind == "clicks" and any(one.start <= at <= one.end for at in clicks))
            )
            found[one.kind].append(bool(good))
            if not good:
                print(f"   missed {one.kind} {one.start:.1f}-{one.end:.1f}")
    for kind, results in sorted(found.items()):
        print(f"{kind:14} {sum(results)} of {len(results)}")
    whole = [result for results in found.values() for result in results]
    print(f"found {sum(whole)} of {len(whole)}: {np.mean(whole):.1%}")
    print(
        f"clean speech lost {sum(lost.values()) / clean:.2%} of {clean / step:.0f} s:", dict(lost)
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--sounds", type=Path, required=True)
    parser.add_argument("--speaker", default="festvox-nsh")
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--no-text", action="store_true")
    parser.add_argument("--keep", type=Path)
    arguments = parser.parse_args()
    bench = Bench(Corpus(arguments.corpus), arguments.sounds)
    planter = Planter(bench, arguments.speaker, arguments.seed)
    waveform = planter.build(arguments.minutes)
    speech = speech_mask(audio_of(waveform))[:: SAMPLE_RATE_HZ // 100]
    with tempfile.TemporaryDirectory() as temporary:
        folder = arguments.keep or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        source, transcript, output = (folder / n for n in ("recording.wav", "text.txt", "dataset"))
        soundfile.write(source, resample(waveform, SAMPLE_RATE_HZ, FILE_RATE_HZ), FILE_RATE_HZ)
        transcript.write_text("\n".join(planter.text), encoding="utf-8")
        command = [sys.executable, "-c", RUN, "dataset", source, "--output", output]
        command += [] if arguments.no_text else ["--transcript", transcript]
        started = time.perf_counter()
        told = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
        seconds = time.perf_counter() - started
        plan = read_plan(output)
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    print(
        f"{planter.seconds / 60:.1f} min in {seconds:.0f} s, {used.ru_utime + used.ru_stime:.0f} s of processor, "
        f"peak {int(told.split()[-2]) / 1e6:.2f} GB"
    )
    score(plan, planter.truth, speech)


if __name__ == "__main__":
    main()
