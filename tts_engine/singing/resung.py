"""Recordings sung: WORLD (Morise et al. 2016) puts what is said on made-up tunes, with the times of every sound.

    python -m tts_engine train resing --corpus data/corpus --aligned data/aligned --output data/sung

No model of ours sings. The output is a corpus and its alignment in one folder, of clips "sung/<id>"; splits are
those of the recordings.
"""

import argparse
import dataclasses
import logging
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np
import pyworld
from numpy.typing import NDArray
from tqdm import tqdm

from tts_engine.singing.score import Note
from tts_engine.singing.syllables import Sung
from tts_engine.singing.timing import Line, Style, lay_out
from tts_engine.synthesizer.pacing import with_edges
from tts_engine.text.symbols import COMMA, PERIOD, START, VOWELS, is_phoneme
from tts_engine.training.aligned import AlignedRow, Embedding, read_aligned, write_aligned
from tts_engine.training.corpus import (
    AUDIO_FILE,
    CLIPS_FILE,
    HELD_OUT,
    SAMPLE_RATE_HZ,
    SUNG,
    TRAIN,
    Clip,
    Corpus,
    write_clips,
)

NOTE_SECONDS = (0.3, 0.33, 0.33, 0.4, 0.5, 0.67, 0.67, 0.83, 1.2)
SCALE = (0, 2, 4, 5, 7, 9)  # semitones above the lowest note, two below the speaker's median
LEAP = 2  # steps of the scale
FIRST_SECONDS = 0.5
PERIOD_MS, LOWEST_HZ, HIGHEST_HZ = 5.0, 55.0, 1100.0
SLOWEST, QUICKEST = 3.5, 0.7  # how much longer than NOTE_SECONDS notes are
MOST_SECONDS = 30.0  # sung
SHARES = {"festvox": 0.3, "rhvoice": 0.4, "relatives": 0.3}  # of the clips that are sung

logger = logging.getLogger(__name__)

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
    def of(cls, waveform: NDArray[np.float32], *, quickly: bool = False) -> "World":
        """Of samples (T,); `quickly` by DIO, which is less thorough."""
        samples, rate = waveform.astype(np.float64), SAMPLE_RATE_HZ
        track = pyworld.dio if quickly else pyworld.harvest
        f0, times = track(samples, rate, LOWEST_HZ, HIGHEST_HZ, frame_period=PERIOD_MS)
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


def lines(row: AlignedRow) -> list[list[int]]:
    """Indices of phonemes between pauses; stretches without a vowel are left out."""
    found: list[list[int]] = [[]]
    for index, token in enumerate(row.tokens):
        if is_phoneme(token):
            found[-1].append(index)
        elif found[-1]:
            found.append([])
    return [line for line in found if any(row.tokens[i] in VOWELS for i in line)]


@dataclass(frozen=True, kw_only=True)
class Tune:
    """How a made-up tune goes: how much longer notes last than NOTE_SECONDS, rests of lines, vibrato as in `Style`."""

    slower: float = 1.0
    rest_seconds: float = 0.5
    vibrato: float = 0.5


def course(
    row: AlignedRow, rng: np.random.Generator, frames_per_second: float, tune: Tune = Tune()
) -> Course:
    """A clip's words on a made-up tune."""
    spoken = lines(row)
    syllables = list(on_notes(row, spoken, rng, tune))
    laid = lay_out(syllables, frames_per_second, Style(vibrato=tune.vibrato))
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


def on_notes(
    row: AlignedRow, spoken: list[list[int]], rng: np.random.Generator, tune: Tune
) -> Iterator[Sung]:
    """A note for every vowel; the tune walks about the scale."""
    lowest = round(69 + 12 * np.log2(row.f0_median_hz / 440) - 2)
    at = FIRST_SECONDS
    for line in spoken:
        sounds = [row.tokens[i] for i in line]
        vowels = [i for i, sound in enumerate(sounds) if sound in VOWELS]
        step, start = LEAP, 0
        for vowel in vowels:
            step = int(np.clip(step + rng.integers(-LEAP, LEAP + 1), 0, len(SCALE) - 1))
            seconds = tune.slower * float(rng.choice(NOTE_SECONDS))
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
        at += tune.rest_seconds


def sung_clip(
    recording: NDArray[np.float32], row: AlignedRow, rng: np.random.Generator, fps: float
) -> tuple[NDArray[np.float32], tuple[str, ...], tuple[int, ...]]:
    """A recording sung: samples (T,), its tokens and the mel frames of each.

    Tempo, rests and vibrato are drawn; the slower the fewer syllables there are.
    """
    vowels = sum(token in VOWELS for token in row.tokens)
    most = MOST_SECONDS / (vowels * float(np.mean(NOTE_SECONDS)))
    slower = np.exp(rng.uniform(np.log(QUICKEST), np.log(min(SLOWEST, max(most, 1.0)))))
    tune = Tune(
        slower=float(slower),
        rest_seconds=float(rng.uniform(0.2, 2.0)),
        vibrato=float(rng.uniform(0.0, 1.0)),
    )
    song, world = course(row, rng, fps, tune), World.of(recording, quickly=True)
    step = PERIOD_MS / 1000 * fps  # mel frames of a measurement
    by_song = np.arange(int(song.f0_hz.size / step)) * step
    places = np.interp(by_song, song.sung, song.spoken) / step
    curve = np.arange(song.f0_hz.size) + 0.5
    last = len(world.f0_hz) - 1
    made = world.again(np.clip(places, 0, last), np.interp(by_song, curve, song.f0_hz))
    tokens, frames, free = [START], [song.lines[0].first_frame], song.lines[0].first_frame
    for line in song.lines:
        frames[-1] += line.first_frame - free
        for token, length in zip(line.tokens, line.frames, strict=True):
            if is_phoneme(token):
                tokens.append(token)
                frames.append(length)
            elif token == START:
                frames[-1] += length
            else:
                tokens.append(COMMA)
                frames.append(length)
        free = line.first_frame + sum(line.frames)
    tokens[-1] = PERIOD
    frames[-1] += song.f0_hz.size - free
    return made, tuple(tokens), tuple(frames)


def chosen(
    corpus: Corpus, aligned: Path, rng: np.random.Generator, count: int
) -> list[tuple[Clip, AlignedRow, Embedding]]:
    """So many Russian clips by SHARES, among them a twentieth of held-out ones."""
    clips = {clip.id: clip for clip in corpus.clips}
    rows = [(clips[row.id], row, vector) for row, vector in read_aligned(aligned)]
    rows = [one for one in rows if one[0].language == "ru" and lines(one[1])]
    found = []
    for split, part in ((TRAIN, 0.95), (HELD_OUT, 0.05)):
        for name, share in SHARES.items():
            own = [one for one in rows if one[0].split == split and one[0].corpus == name]
            take = min(len(own), round(count * part * share))
            found += [own[i] for i in rng.permutation(len(own))[:take]]
    return [found[i] for i in rng.permutation(len(found))]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--corpus", type=Path, default=Path("data/corpus"))
    parser.add_argument("--aligned", type=Path, default=Path("data/aligned"))
    parser.add_argument("--output", type=Path, default=Path("data/sung"))
    parser.add_argument("--clips", type=int, default=1200)
    parser.add_argument("--seed", type=int, default=0)


def run(arguments: argparse.Namespace) -> None:
    """Sing clips of a corpus; what is there already is made anew."""
    from tts_engine.audio.mel import MelConfig

    rng, fps = np.random.default_rng(arguments.seed), MelConfig().frames_per_second
    corpus = Corpus(arguments.corpus)
    songs: list[Clip] = []

    def sung(audio: BinaryIO) -> Iterator[tuple[AlignedRow, Embedding]]:
        start = 0
        for clip, row, vector in tqdm(chosen(corpus, arguments.aligned, rng, arguments.clips)):
            made, tokens, frames = sung_clip(corpus.waveform(clip), row, rng, fps)
            samples = np.clip(made * 32768, -32768, 32767).astype(np.int16)
            samples.tofile(audio)
            name = f"{SUNG}/{clip.id}"
            songs.append(
                dataclasses.replace(
                    clip, id=name, corpus=SUNG, tokens=tokens, start=start, samples=samples.size
                )
            )
            start += samples.size
            yield (
                dataclasses.replace(
                    row, id=name, tokens=tokens, durations=frames, f0_hz=(0.0,) * len(tokens)
                ),
                vector,
            )

    arguments.output.mkdir(parents=True, exist_ok=True)
    with (arguments.output / AUDIO_FILE).open("wb") as audio:
        count = write_aligned(arguments.output, sung(audio))
    write_clips(arguments.output / CLIPS_FILE, songs)
    logger.info("%d clips sung in %s", count, arguments.output)
