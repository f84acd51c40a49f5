"""What perfect singing loses at the judge: `python -m benchmarks.sung_recordings`.

Held-out Russian recordings are sung by WORLD (Morise et al. 2016), without any model of ours: on made-up tunes of 0.3
to 1.2 s a note, laid out as `sing` does. Printed are the judge's phoneme errors and DNSMOS of the recording, of WORLD's
copy, of the words on notes alone, held alone, and sung; "paced" is what is sung as `benchmarks.songs` lets it be heard,
with every sound as long as in speech.
"""

import argparse
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyworld
import torch
from numpy.typing import NDArray
from rapidfuzz.distance import Levenshtein

from benchmarks.songs import as_read, dnsmos
from tts_engine.recognizer.inference import Recognizer
from tts_engine.singing.score import Note
from tts_engine.singing.syllables import Sung
from tts_engine.singing.timing import Line, Style, lay_out
from tts_engine.speaking.cloning import VoiceCloner
from tts_engine.synthesizer.pacing import with_edges
from tts_engine.text.symbols import VOWELS, is_phoneme
from tts_engine.training.aligned import AlignedRow, read_aligned
from tts_engine.training.corpus import HELD_OUT, SAMPLE_RATE_HZ, Corpus
from tts_engine.types import Audio
from tts_engine.weights import weights_folder

NOTE_SECONDS = (0.3, 0.33, 0.33, 0.4, 0.5, 0.67, 0.67, 0.83, 1.2)
SCALE = (0, 2, 4, 5, 7, 9)  # semitones above the lowest note, two below the speaker's median
LEAP = 2  # steps of the scale
FIRST_SECONDS, REST_SECONDS = 0.5, 0.5
PERIOD_MS, LOWEST_HZ, HIGHEST_HZ = 5.0, 55.0, 1100.0

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Course:
    """Places in a song and in its recording that belong together, mel frames; F0 of every frame; the lines sung."""

    sung: Array
    spoken: Array
    f0_hz: Array
    lines: list[Line]


@dataclass(frozen=True)
class World:
    """WORLD's analysis of a clip, every 5 ms."""

    f0_hz: Array
    envelope: Array
    aperiodicity: Array

    @classmethod
    def of(cls, waveform: NDArray[np.float32]) -> "World":
        samples, rate = waveform.astype(np.float64), SAMPLE_RATE_HZ
        f0, times = pyworld.harvest(samples, rate, LOWEST_HZ, HIGHEST_HZ, PERIOD_MS)
        f0 = pyworld.stonemask(samples, f0, times, rate)
        envelope = pyworld.cheaptrick(samples, f0, times, rate)
        return cls(f0, envelope, pyworld.d4c(samples, f0, times, rate))

    def again(self, places: Array, f0_hz: Array | None = None) -> NDArray[np.float32]:
        """The clip read at `places` (N,), measurements, at its own F0 or another (N,)."""
        left = np.floor(places).astype(int)
        right = np.minimum(left + 1, len(self.f0_hz) - 1)
        share = (places - left)[:, None]
        sounds = self.f0_hz > 0
        pitch = f0_hz
        if pitch is None:
            pitch = np.interp(places, np.flatnonzero(sounds), self.f0_hz[sounds])
        made = pyworld.synthesize(
            np.where(sounds[np.round(places).astype(int)], pitch, 0.0),
            np.exp(
                (1 - share) * np.log(self.envelope[left]) + share * np.log(self.envelope[right])
            ),
            (1 - share) * self.aperiodicity[left] + share * self.aperiodicity[right],
            SAMPLE_RATE_HZ,
            PERIOD_MS,
        )
        return np.asarray(made, dtype=np.float32)


def main() -> None:
    """Sing, measure, print a row for each way, by corpus."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--corpus", type=Path, default=Path("data/corpus"))
    parser.add_argument("--aligned", type=Path, default=Path("data/aligned"))
    parser.add_argument("--of-festvox", type=int, default=12)
    parser.add_argument("--of-each-rhvoice", type=int, default=5)
    parser.add_argument("--dnsmos", action="store_true", help="it takes most of the time")
    arguments = parser.parse_args()
    most = {"festvox": arguments.of_festvox, "rhvoice": arguments.of_each_rhvoice}
    corpus, rng = Corpus(arguments.corpus), np.random.default_rng(5)
    judge = Recognizer.load(weights_folder() / "judge", device=torch.device("cpu"))
    cloner = VoiceCloner.load(device="cpu")
    clips, taken = {clip.id: clip for clip in corpus.clips}, defaultdict(int)
    errors, sounds, scores = defaultdict(int), defaultdict(int), defaultdict(list)
    for row, _ in read_aligned(arguments.aligned):
        clip = clips[row.id]
        if clip.split != HELD_OUT or taken[clip.speaker] >= most.get(clip.corpus, 0):
            continue
        taken[clip.speaker] += 1
        wanted = [row.tokens[i] for line in lines(row) for i in line]
        for way, waveform, mel in ways(corpus.waveform(clip), row, rng, judge, cloner):
            key = (clip.corpus, way)
            errors[key] += Levenshtein.distance(wanted, judge.phonemes(mel))
            sounds[key] += len(wanted)
            if waveform is not None and arguments.dnsmos:
                scores[key].append(dnsmos(Audio(waveform, SAMPLE_RATE_HZ)))
    for key, count in errors.items():
        told = f"{100 * count / sounds[key]:.1f} %"
        print(*key, told, f"DNSMOS {np.mean(scores[key]):.2f}" if scores[key] else "")


def ways(
    recording: NDArray[np.float32],
    row: AlignedRow,
    rng: np.random.Generator,
    judge: Recognizer,
    cloner: VoiceCloner,
) -> Iterator[tuple[str, NDArray[np.float32] | None, NDArray[np.float32]]]:
    """(name, waveform, its mel); what is paced has a mel only."""
    config = judge.config.mel
    step = PERIOD_MS / 1000 * config.frames_per_second  # mel frames of a measurement
    song, world = course(row, rng, config.frames_per_second), World.of(recording)
    last = len(world.f0_hz) - 1
    by_speech = np.arange(last) * step
    by_song = np.arange(int(song.f0_hz.size / step)) * step
    in_speech = np.clip(np.interp(by_song, song.sung, song.spoken) / step, 0, last)
    in_song = np.interp(by_speech, song.spoken, song.sung)
    curve = np.arange(song.f0_hz.size) + 0.5
    sung = world.again(in_speech, np.interp(by_song, curve, song.f0_hz))
    made = {
        "recording": recording,
        "WORLD": world.again(np.arange(last, dtype=float)),
        "on notes": world.again(
            np.arange(last, dtype=float), np.interp(in_song, curve, song.f0_hz)
        ),
        "held": world.again(in_speech),
        "sung": sung,
    }
    for way, waveform in made.items():
        yield way, waveform, judge.mel(Audio(waveform, SAMPLE_RATE_HZ))
    mel = judge.mel(Audio(sung, SAMPLE_RATE_HZ))
    paced = [
        as_read(cloner, mel[:, line.first_frame :][:, : sum(line.frames)], line.tokens, line.frames)
        for line in song.lines
    ]
    yield "sung, paced", None, np.concatenate(paced, axis=1)


def lines(row: AlignedRow) -> list[list[int]]:
    """Indices of phonemes between pauses; stretches without a vowel are left out."""
    found: list[list[int]] = [[]]
    for index, token in enumerate(row.tokens):
        if is_phoneme(token):
            found[-1].append(index)
        elif found[-1]:
            found.append([])
    return [line for line in found if any(row.tokens[i] in VOWELS for i in line)]


def course(row: AlignedRow, rng: np.random.Generator, frames_per_second: float) -> Course:
    """A clip's words on a made-up tune."""
    spoken = lines(row)
    laid = lay_out(list(on_notes(row, spoken, rng)), frames_per_second, Style())
    begins = np.concatenate([[0], np.cumsum(row.durations)])
    frames = max(line.first_frame + sum(line.frames) for line in laid)
    f0_hz = np.zeros(frames)
    here, there = [0.0], [0.0]
    for line, tokens in zip(laid, spoken, strict=True):
        lengths = np.array(sung_frames(line))
        own = np.asarray(row.durations)[tokens]
        here += list(line.first_frame + line.frames[0] + with_start(with_edges(lengths)))
        there += list(begins[tokens[0]] + with_start(with_edges(own)))
        f0_hz[line.first_frame : line.first_frame + line.f0_hz.size] = line.f0_hz
    sounding = np.flatnonzero(f0_hz)
    whole = np.exp(np.interp(np.arange(frames), sounding, np.log(f0_hz[sounding])))
    return Course(np.array([*here, frames]), np.array([*there, begins[-1]]), whole, laid)


def with_start(lengths: NDArray[np.int64]) -> NDArray[np.int64]:
    return np.concatenate([[0], np.cumsum(lengths)])


def sung_frames(line: Line) -> list[int]:
    """Of the phonemes of a line."""
    return [n for token, n in zip(line.tokens, line.frames, strict=True) if is_phoneme(token)]


def on_notes(row: AlignedRow, spoken: list[list[int]], rng: np.random.Generator) -> Iterator[Sung]:
    """A note for every vowel; the tune walks about the scale."""
    lowest = round(69 + 12 * np.log2(row.f0_median_hz / 440) - 2)
    at = FIRST_SECONDS
    for line in spoken:
        sounds = [row.tokens[i] for i in line]
        vowels = [i for i, sound in enumerate(sounds) if sound in VOWELS]
        step, start = LEAP, 0
        for vowel in vowels:
            step = int(np.clip(step + rng.integers(-LEAP, LEAP + 1), 0, len(SCALE) - 1))
            seconds = float(rng.choice(NOTE_SECONDS))
            note = Note(start_seconds=at, seconds=seconds, midi=lowest + SCALE[step])
            last = vowel == vowels[-1]
            yield Sung(
                text=sounds[vowel],
                notes=[note],
                begins_word=True,
                onset=tuple(sounds[start:vowel]),
                nucleus=sounds[vowel],
                coda=tuple(sounds[vowel + 1 :]) if last else (),
                ends_line=last,
            )
            at, start = at + seconds, vowel + 1
        at += REST_SECONDS


if __name__ == "__main__":
    main()
