"""Studio voices of one person beside the instant clone and the recordings themselves, by networks that took no part.

    python -m benchmarks.studio DATASET TEST --work FOLDER --minutes 10 --variant layers=low_rank,base_share=0.4
    python -m benchmarks.studio DATASET TEST --work FOLDER --minutes 10 --corpus data/corpus

DATASET is what `python -m tts_engine dataset` has made of the person, TEST a folder of other recordings, each with its
text beside it (name.wav, name.txt) if that is Russian. Each variant is trained on the first minutes of the dataset, in
a folder of its own, and goes on there when it was stopped. Spoken are the texts of TEST and fixed sentences. With
--corpus other people's held-out recordings are converted instead: readers of Russian, and strangers who read English.

PER, JUDGE    phonemes heard otherwise by the recognizer, which takes part in the training, and by the judge, %
GE2E          cosine to the recordings of TEST by the encoder that takes part
SECOND        the same by the second encoder, which does not; OTHERS: its cosine to the voices of the bank, of what
              was converted to its source
MOS           DNSMOS
MEL           nats to the held-out clips of the dataset at their own durations and pitch
CPU           seconds of processor that the training took
"""

import argparse
import json
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import numpy as np
import soundfile

from tts_engine.audio.loudness import normalize_loudness
from tts_engine.conversion.converting import ConversionSettings, Target, VoiceConverter
from tts_engine.dataset.building import CLIPS
from tts_engine.dataset.plan import Plan, read_plan, write_plan
from tts_engine.device import resolve_device
from tts_engine.evaluation.conversion import Source
from tts_engine.evaluation.measures import naturalness, phoneme_errors
from tts_engine.evaluation.second_encoder import SecondEncoder
from tts_engine.evaluation.sentences import SENTENCE_SETS
from tts_engine.evaluation.subjects import clip_audio, halves
from tts_engine.recognizer.inference import Recognizer
from tts_engine.speaking.cloning import VoiceCloner
from tts_engine.speaking.requests import SpeechRequest
from tts_engine.speaking.voicebank import list_voices
from tts_engine.studio.records import checkpoint_voice
from tts_engine.studio.settings import StudioSettings
from tts_engine.studio.training import VoiceTraining
from tts_engine.studio.voice_file import read_voice
from tts_engine.text.frontend import get_frontend
from tts_engine.training.corpus import HELD_OUT, Corpus
from tts_engine.types import Audio, VoiceProfile
from tts_engine.weights import weights_folder

REFERENCE_SECONDS = 10.0
HEADER = f"{'':34}{'PER':>6}{'JUDGE':>7}{'GE2E':>7}{'SECOND':>8}{'OTHERS':>8}{'MOS':>6}{'MEL':>7}{'CPU':>6}"


@dataclass(frozen=True)
class Recorded:
    """A recording and its text, "" when nobody knows it or it is not Russian."""

    audio: Audio
    text: str


class Bench:
    """The judges, and the person they compare with."""

    def __init__(self, tests: Sequence[Recorded], texts: int) -> None:
        self.cloner = VoiceCloner.load(device="cpu")
        self.judge = Recognizer.load(weights_folder() / "judge", device=resolve_device("cpu"))
        self.second = SecondEncoder()
        self.tests = tests
        self.vectors = np.stack([self.cloner.encoder.embed(one.audio) for one in tests])
        self.vectors2 = np.stack([self.second.embed(one.audio) for one in tests])
        own = [one.text for one in tests if one.text][:texts]
        self.texts = [*own, *SENTENCE_SETS["everyday"][:3], *SENTENCE_SETS["literary"][:3]]

    def recorded(self, name: str, *, copied: bool = False) -> str:
        """The row of the recordings, or of the vocoder's copies of them: each against the mean of the others."""
        rows = [
            [
                *self._errors(audio, _tokens(one.text) if one.text else ()),
                float(self.cloner.encoder.embed(audio) @ _mean(np.delete(self.vectors, index, 0))),
                float(vector2 @ _mean(np.delete(self.vectors2, index, 0))),
                float((self.others @ vector2).mean()),
                naturalness(audio),
            ]
            for index, one in enumerate(self.tests)
            for audio in (self._copy(one.audio) if copied else one.audio,)
            for vector2 in (self.second.embed(audio),)
        ]
        return _line(name, _means(rows))

    def _copy(self, audio: Audio) -> Audio:
        (waveform,) = self.cloner.vocoder.vocode([self.cloner.recognizer.mel(audio)])
        return normalize_loudness(Audio(waveform, self.cloner.sample_rate_hz))

    def spoken(self, name: str, profile: VoiceProfile, *more: float) -> str:
        """The row of a voice."""
        rows = []
        for text in self.texts:
            said = self.cloner.speak(SpeechRequest(text=text, voice=profile))
            tokens = [token for sentence in said.sentences for token in sentence.tokens]
            vector2 = self.second.embed(said.audio)
            rows.append(
                [
                    *self._errors(said.audio, tokens),
                    float(self.cloner.encoder.embed(said.audio) @ _mean(self.vectors)),
                    float(vector2 @ _mean(self.vectors2)),
                    float((self.others @ vector2).mean()),
                    naturalness(said.audio),
                ]
            )
        return _line(name, [*_means(rows), *more])

    def converted(self, name: str, profile: VoiceProfile, sources: Sequence[Source]) -> str:
        """The row of others' recordings in a voice."""
        rows = []
        for source in sources:
            target = Target(profile=profile)
            audio = self.converter.convert(source.audio, target, ConversionSettings()).audio
            vector2 = self.second.embed(audio)
            rows.append(
                [
                    *self._errors(audio, source.tokens),
                    float(self.cloner.encoder.embed(audio) @ _mean(self.vectors)),
                    float(vector2 @ _mean(self.vectors2)),
                    float(vector2 @ self.second.embed(source.audio)),
                    naturalness(audio),
                ]
            )
        return _line(name, _means(rows))

    @cached_property
    def converter(self) -> VoiceConverter:
        """What converts."""
        return VoiceConverter.load(device="cpu")

    @cached_property
    def others(self) -> np.ndarray:
        """What the second encoder hears in the voices of the bank, (N, D)."""
        said = [self.cloner.say(self.texts[-1], voice.profile).audio for voice in list_voices()]
        return np.stack([self.second.embed(audio) for audio in said])

    def _errors(self, audio: Audio, tokens: Sequence[str]) -> Iterator[float]:
        for recognizer in (self.cloner.recognizer, self.judge):
            if not tokens:
                yield np.nan
                continue
            wrong, count = phoneme_errors(tokens, recognizer.transcribe(audio))
            yield 100 * wrong / count


def recordings(folder: Path) -> list[Recorded]:
    """Sound files of a folder with their texts."""
    found = []
    for path in sorted(folder.glob("*.wav")):
        samples, rate_hz = soundfile.read(path, dtype="float32")
        beside = path.with_suffix(".txt")
        text = beside.read_text(encoding="utf-8") if beside.is_file() else ""
        russian = any("а" <= letter <= "я" for letter in text.casefold())
        found.append(Recorded(Audio(samples, rate_hz), text if russian else ""))
    return found


def sources(corpus: Corpus, most: int) -> dict[str, list[Source]]:
    """Held-out recordings of other people than the one of festvox, so many of each kind."""
    clips = corpus.select(split=HELD_OUT)
    readers = [one for one in clips if one.corpus == "rhvoice" and one.tokens]
    people = list({one.speaker: one for one in clips if one.corpus == "librispeech"}.values())
    return {
        "readers": [
            Source(name=one.id, audio=clip_audio(corpus, one), tokens=one.tokens)
            for one in readers[:: max(1, len(readers) // most)][:most]
        ],
        "strangers": [
            Source(name=one.id, audio=halves(clip_audio(corpus, one))[1])
            for one in people[:: max(1, len(people) // most)][:most]
        ],
    }


def subset(dataset: Path, minutes: float, folder: Path) -> Path:
    """The first minutes of a dataset, as a dataset of its own."""
    if not (folder / CLIPS).exists():
        plan, seconds, pieces = read_plan(dataset), 0.0, []
        for piece in plan.pieces:
            fits = piece.kept and seconds + piece.seconds <= 60 * minutes
            seconds += piece.seconds if fits else 0.0
            pieces.append(replace(piece, kept=fits))
        folder.mkdir(parents=True, exist_ok=True)
        write_plan(
            Plan(settings=plan.settings, recordings=plan.recordings, pieces=tuple(pieces)), folder
        )
        (folder / CLIPS).symlink_to((dataset / CLIPS).resolve())
    return folder


def reference(dataset: Path) -> Audio:
    """The first seconds of a dataset, as a person would give them for an instant clone."""
    parts: list[np.ndarray] = []
    for piece in read_plan(dataset).kept:
        samples, rate_hz = soundfile.read(dataset / CLIPS / f"{piece.id}.flac", dtype="float32")
        parts.append(samples)
        if sum(part.size for part in parts) >= REFERENCE_SECONDS * rate_hz:
            break
    return Audio(np.concatenate(parts), rate_hz)


def trained(dataset: Path, folder: Path, settings: StudioSettings) -> float:
    """Train to the end; seconds of processor, also of an earlier run that had ended."""
    spent = folder / "cpu.json"
    training = VoiceTraining(dataset, folder, settings)
    before = json.loads(spent.read_text()) if spent.is_file() else 0.0
    started = time.process_time()
    if not training.records.finished:
        training.fit()
        spent.write_text(json.dumps(before + time.process_time() - started))
    return float(json.loads(spent.read_text()))


def variant(told: str) -> StudioSettings:
    """Settings of `name=value,…`."""
    pairs = dict(pair.split("=", 1) for pair in told.split(",") if pair)
    kinds = {name: type(value) for name, value in StudioSettings().to_dict().items()}
    return StudioSettings(**{"threads": 1, **{k: kinds[k](v) for k, v in pairs.items()}})


def _tokens(text: str) -> list[str]:
    return [token for one in get_frontend().sentences(text) for token in one.tokens]


def _means(rows: Sequence[Sequence[float]]) -> list[float]:
    """Of each column; NaN where nothing could be measured."""
    columns = np.asarray(rows).T
    return [float(np.nanmean(one)) if np.isfinite(one).any() else np.nan for one in columns]


def _mean(vectors: np.ndarray) -> np.ndarray:
    mean = vectors.mean(axis=0)
    return mean / np.linalg.norm(mean)


def _line(name: str, values: Sequence[float]) -> str:
    shapes = ("6.1f", "7.1f", "7.3f", "8.3f", "8.3f", "6.2f", "7.3f", "6.0f")
    return f"{name:<34}" + "".join(format(v, s) for v, s in zip(values, shapes, strict=False))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("dataset", type=Path)
    parser.add_argument("test", type=Path)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--minutes", type=float, nargs="+", default=[])
    parser.add_argument("--variant", nargs="+", default=[""])
    parser.add_argument("--voice", type=Path, nargs="*", default=[], help="voice files beside them")
    parser.add_argument("--tests", type=int, default=20, help="recordings of TEST that are used")
    parser.add_argument("--corpus", type=Path, help="whose held-out people are converted")
    parser.add_argument("--sources", type=int, default=8, help="of each kind")
    parser.add_argument("--texts", type=int, default=12, help="of TEST that are spoken")
    arguments = parser.parse_args()
    work: Path = arguments.work
    told = sys.stdout.write
    jobs = [(minutes, told_of) for minutes in arguments.minutes for told_of in arguments.variant]
    done = []
    for minutes, words in jobs:
        dataset = subset(arguments.dataset, minutes, work / f"{minutes:g}min")
        folder = work / f"{minutes:g}min-{words or 'default'}"
        done.append(
            (
                f"{minutes:g} min, {words or 'default'}",
                folder,
                trained(dataset, folder, variant(words)),
            )
        )
    bench = Bench(recordings(arguments.test)[: arguments.tests], arguments.texts)
    told(HEADER + "\n" + bench.recorded("recordings") + "\n")
    told(bench.recorded("copied by the vocoder", copied=True) + "\n")
    instant, _ = bench.cloner.profile(reference(arguments.dataset))
    if arguments.corpus is not None:
        profiles = {"reference of 10 s": instant}
        for name, folder, _ in done:
            profile = checkpoint_voice(folder).profile
            profiles |= {"all recordings measured": replace(profile, conversion_delta=None)}
            profiles |= {name: profile}
        for kind, chosen in sources(Corpus(arguments.corpus), arguments.sources).items():
            for name, profile in profiles.items():
                told(bench.converted(f"{kind}: {name}", profile, chosen) + "\n")
                sys.stdout.flush()
        return
    told(bench.spoken("instant clone of 10 s", instant) + "\n")
    voices = [(name, checkpoint_voice(folder), spent) for name, folder, spent in done]
    voices += [(path.stem, read_voice(path), np.nan) for path in arguments.voice]
    for index, (name, voice, seconds) in enumerate(voices):
        if index == 0:
            measured = replace(voice.profile, delta=None)
            told(bench.spoken("all recordings measured", measured) + "\n")
        mel = voice.training["figures"]["mel_distance"]
        told(bench.spoken(name, voice.profile, mel, seconds) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
