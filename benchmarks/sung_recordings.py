"""What perfect singing loses at the judge: `python -m benchmarks.sung_recordings`.

Held-out Russian recordings are sung by WORLD (Morise et al. 2016), without any model of ours: on made-up tunes of 0.3
to 1.2 s a note, laid out as `sing` does. Printed are the judge's phoneme errors, the likeness (GE2E) to another
recording of that person and DNSMOS of the recording, of WORLD's copy, of the words on notes alone, held alone, and
sung; "paced" is what is sung as `benchmarks.songs` lets it be heard, with every sound as long as in speech.
"""

import argparse
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from rapidfuzz.distance import Levenshtein

from benchmarks.songs import as_read, dnsmos
from tts_engine.recognizer.inference import Recognizer
from tts_engine.singing.resung import PERIOD_MS, World, course, lines
from tts_engine.speaking.cloning import VoiceCloner
from tts_engine.training.aligned import AlignedRow, read_aligned
from tts_engine.training.corpus import HELD_OUT, SAMPLE_RATE_HZ, Corpus
from tts_engine.types import Audio
from tts_engine.weights import weights_folder


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
    others = {clip.speaker: clip for clip in corpus.clips if clip.split != HELD_OUT}
    errors, sounds = defaultdict(int), defaultdict(int)
    scores, likeness = defaultdict(list), defaultdict(list)
    for row, _ in read_aligned(arguments.aligned):
        clip = clips[row.id]
        if clip.split != HELD_OUT or taken[clip.speaker] >= most.get(clip.corpus, 0):
            continue
        taken[clip.speaker] += 1
        other = corpus.waveform(others[clip.speaker])
        person = cloner.encoder.embed(Audio(other, SAMPLE_RATE_HZ))
        wanted = [row.tokens[i] for line in lines(row) for i in line]
        for way, waveform, mel in ways(corpus.waveform(clip), row, rng, judge, cloner):
            key = (clip.corpus, way)
            errors[key] += Levenshtein.distance(wanted, judge.phonemes(mel))
            sounds[key] += len(wanted)
            if waveform is None:
                continue
            audio = Audio(waveform, SAMPLE_RATE_HZ)
            likeness[key].append(float(cloner.encoder.embed(audio) @ person))
            if arguments.dnsmos:
                scores[key].append(dnsmos(audio))
    for key, count in errors.items():
        told = [f"{100 * count / sounds[key]:.1f} %"]
        told += [f"likeness {np.mean(likeness[key]):.2f}"] if likeness[key] else []
        told += [f"DNSMOS {np.mean(scores[key]):.2f}"] if scores[key] else []
        print(*key, *told)


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


if __name__ == "__main__":
    main()
