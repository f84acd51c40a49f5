"""How well recordings are judged: faults are put into real clips and looked for.

    python -m benchmarks.references data/corpus [--clips 100] [--sounds FOLDER]

Prints one table for each measure. `--sounds` holds music and noise of your own, `music-*` and `noise-*`;
without it chords, white and pink noise and babble of other clips are used.
"""

import argparse
import random
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import torch
from scipy.signal import fftconvolve

from tts_engine.audio.io import decode_audio
from tts_engine.audio.resample import resample_audio
from tts_engine.audio.speech_detector import speech_mask
from tts_engine.encoder.inference import SpeakerEncoder
from tts_engine.recording.denoise import denoised_if_better
from tts_engine.recording.music import music_share
from tts_engine.recording.noise import snr_db
from tts_engine.recording.notes import MUSIC_SHARE, RINGING_SECONDS
from tts_engine.recording.reverb import decay_seconds
from tts_engine.recording.speakers import find_speakers
from tts_engine.training.corpus import SAMPLE_RATE_HZ, Clip, Corpus
from tts_engine.types import Audio, Waveform
from tts_engine.weights import weights_folder

LEVEL = 0.06
SHARES = (0.15, 0.25, 0.35, 0.5)
ROOMS = ((0.3, 0.0), (0.6, 3.0), (0.6, -3.0), (1.0, 3.0), (1.0, -3.0))
SNRS_DB = (20.0, 10.0, 5.0, 0.0)

Sound = Callable[[int], Waveform]


class Bench:
    """Clips of many people, and faults to put into them."""

    def __init__(self, corpus: Corpus, sounds: Path | None) -> None:
        self.corpus = corpus
        self.rng = random.Random(2)
        self.chance = np.random.default_rng(2)
        device = torch.device("cpu")
        self.encoder = SpeakerEncoder.load(weights_folder() / "encoder", device=device)
        self.clips: dict[str, list[Clip]] = {}
        for clip in corpus.clips:
            if clip.corpus == "librispeech" and clip.seconds > 8:
                self.clips.setdefault(clip.speaker, []).append(clip)
        self.people = sorted(self.clips)
        self.rng.shuffle(self.people)
        files = {p.stem: self._load(p) for p in sorted(sounds.iterdir())} if sounds else {}
        self.files = {name: value for name, value in files.items() if value.size}

    def speech(self, person: str) -> Waveform:
        waveform = self.corpus.waveform(self.rng.choice(self.clips[person]))
        return waveform * np.float32(LEVEL / np.sqrt(np.mean(waveform**2)))

    def two(self, share: float) -> Waveform:
        """8-15 s of one person with a stretch of another, of that share, within or at the end."""
        first, second = (self.speech(person) for person in self.rng.sample(self.people, 2))
        total = int(self.rng.uniform(8, 15) * SAMPLE_RATE_HZ)
        other = min(int(share * total), second.size)
        start = self.rng.randrange(second.size - other + 1)
        own = first[: total - other]
        cut = own.size if self.rng.random() < 0.5 else own.size // 2
        return np.concatenate([own[:cut], second[start : start + other], own[cut:]])

    def noises(self) -> dict[str, Sound]:
        return self._recorded("noise-") or self.made_noises()

    def made_noises(self) -> dict[str, Sound]:
        return {"white": self._white, "pink": self._pink, "babble": self._babble}

    def music(self) -> dict[str, Sound]:
        return self._recorded("music-") or {"chords": self._chords}

    def _recorded(self, prefix: str) -> dict[str, Sound]:
        def part(waveform: Waveform) -> Sound:
            def cut(size: int) -> Waveform:
                whole = np.resize(waveform, max(size, waveform.size))
                start = self.rng.randrange(whole.size - size + 1)
                return whole[start : start + size]

            return cut

        return {n: part(w) for n, w in self.files.items() if n.startswith(prefix)}

    def _white(self, size: int) -> Waveform:
        return self.chance.normal(size=size).astype(np.float32)

    def _pink(self, size: int) -> Waveform:
        spectrum = np.fft.rfft(self.chance.normal(size=size))
        return np.fft.irfft(spectrum / np.sqrt(np.maximum(np.arange(spectrum.size), 1)), size)

    def _babble(self, size: int) -> Waveform:
        people = self.rng.sample(self.people, 6)
        return np.sum([np.resize(self.speech(person), size) for person in people], axis=0)

    def _chords(self, size: int) -> Waveform:
        time = np.arange(size) / SAMPLE_RATE_HZ
        beat, phase = np.divmod(time, 0.6)
        root = 196 * 2 ** (self.chance.integers(0, 12, int(beat[-1]) + 1)[beat.astype(int)] / 12)
        notes = sum(np.sin(2 * np.pi * root * k * time) / k for k in (1, 1.26, 1.5, 2, 2.52, 3))
        return np.asarray(notes * np.exp(-1.5 * phase))

    @staticmethod
    def _load(path: Path) -> Waveform:
        return resample_audio(decode_audio(path), SAMPLE_RATE_HZ).waveform

    def room(self, waveform: Waveform, seconds: float, direct_db: float) -> Waveform:
        """Through an exponentially decaying room; direct_db: direct sound over the rest."""
        time = np.arange(int(1.2 * seconds * SAMPLE_RATE_HZ)) / SAMPLE_RATE_HZ
        tail = self.chance.normal(size=time.size) * 10 ** (-3 * time / seconds)
        tail *= np.sqrt(10 ** (-direct_db / 10) / np.sum(tail**2))
        tail[0] = 1.0
        return fftconvolve(waveform, tail)[: waveform.size].astype(np.float32)


def mixed(speech: Waveform, sound: Waveform, wanted_db: float) -> Waveform:
    """Speech with a sound so far below it."""
    spoken = speech[speech_mask(audio_of(speech))]
    gain = np.sqrt(np.mean(spoken**2) / np.mean(sound**2) * 10 ** (-wanted_db / 10))
    return (speech + gain * sound).astype(np.float32)


def audio_of(waveform: Waveform) -> Audio:
    return Audio(waveform.astype(np.float32), SAMPLE_RATE_HZ)


def speakers(bench: Bench, count: int) -> Iterator[str]:
    found = [find_speakers(audio_of(bench.speech(p)), bench.encoder) for p in bench.people[:count]]
    alarms = sum(one.several for one in found)
    yield f"second speaker, {len(found)} clips of one: false alarms {alarms}"
    for share in SHARES:
        clips = [audio_of(bench.two(share)) for _ in range(count // len(SHARES))]
        two = [find_speakers(clip, bench.encoder) for clip in clips]
        missed = sum(not one.several for one in two)
        yield f"  {len(two)} clips of two, {share:.0%} of the second: missed {missed}"
    talk = bench.rng.sample(bench.people, min(count // 4, 30))
    both = [
        mixed(s, np.resize(bench.speech(bench.people[0]), s.size), 6)
        for s in map(bench.speech, talk)
    ]
    missed = sum(not find_speakers(audio_of(one), bench.encoder).several for one in both)
    yield f"  {len(both)} clips of two at the same time, 6 dB apart: missed {missed}"


def rooms(bench: Bench, count: int) -> Iterator[str]:
    clips = [bench.speech(person) for person in bench.people[:count]]
    dry = [decay_seconds(audio_of(clip)) for clip in clips]
    yield f"reverberation, dry: {_middle(dry)}, over {RINGING_SECONDS} s: {_over(dry, RINGING_SECONDS)}"
    for seconds, direct_db in ROOMS:
        heard = [decay_seconds(audio_of(bench.room(c, seconds, direct_db))) for c in clips]
        over = _over(heard, RINGING_SECONDS)
        yield f"  {seconds} s, direct {direct_db:+.0f} dB: {_middle(heard)}, over: {over}"


def music(bench: Bench, count: int) -> Iterator[str]:
    clips = [bench.speech(person) for person in bench.people[:count]]
    plain = [music_share(audio_of(clip)) for clip in clips]
    yield f"music, speech alone: {_middle(plain)}, over {MUSIC_SHARE}: {_over(plain, MUSIC_SHARE)}"
    for kind, sounds, levels in (
        ("noise", bench.noises(), (10.0,)),
        ("music", bench.music(), SNRS_DB),
    ):
        for wanted_db in levels:
            shares = []
            for clip in clips:
                sound = bench.rng.choice(list(sounds.values()))(clip.size)
                shares.append(music_share(audio_of(mixed(clip, sound, wanted_db))))
            yield f"  {kind} {wanted_db:.0f} dB below: {_middle(shares)}, over: {_over(shares, MUSIC_SHARE)}"


def noise(bench: Bench, count: int) -> Iterator[str]:
    """Found and true noise; cosine to the clean clip's d-vector as recorded, denoised, and chosen."""
    yield "noise: true dB, found dB, cosine to the clean clip noisy, chosen; denoised copies taken"
    clips = [bench.speech(person) for person in bench.people[:count]]
    for wanted_db in (99.0, *SNRS_DB):
        found, noisy, chosen, used = [], [], [], 0
        for clip in clips:
            sound = bench.rng.choice(list(bench.noises().values()))(clip.size)
            audio = audio_of(mixed(clip, sound, wanted_db))
            truth = bench.encoder.embed(audio_of(clip))
            heard_db = snr_db(audio)
            better, outcome = denoised_if_better(audio, heard_db, bench.encoder)
            found.append(heard_db)
            noisy.append(float(bench.encoder.embed(audio) @ truth))
            chosen.append(float(bench.encoder.embed(better) @ truth))
            used += outcome is not None and outcome.used
        yield (
            f"  {wanted_db:4.0f} {np.median(found):6.1f} {np.mean(noisy):7.3f} {np.mean(chosen):7.3f}"
            f"   {used} of {len(clips)}"
        )


def _middle(values: list[float]) -> str:
    low, middle, high = np.quantile(values, [0.1, 0.5, 0.9])
    return f"{middle:.2f} ({low:.2f}-{high:.2f})"


def _over(values: list[float], limit: float) -> str:
    return f"{sum(value > limit for value in values)} of {len(values)}"


MEASURES = {"speakers": speakers, "rooms": rooms, "music": music, "noise": noise}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--clips", type=int, default=100)
    parser.add_argument("--sounds", type=Path)
    parser.add_argument("--only", choices=MEASURES, nargs="*", default=list(MEASURES))
    arguments = parser.parse_args()
    bench = Bench(Corpus(arguments.corpus), arguments.sounds)
    for name in arguments.only:
        for line in MEASURES[name](bench, arguments.clips):
            print(line, flush=True)


if __name__ == "__main__":
    main()
