"""`python -m tts_engine evaluate`: one table of what the shipped weights do.

Rows are voices: first real speech (with `--corpus`), then the bank's voices, then strangers cloned
from recordings (`--references`, and the held-out LibriSpeech speakers with `--corpus`).

    PER     phoneme error rate of the recognizer on the finished audio, percent
    SIM     GE2E cosine to another recording of the same person
    OTHER   mean GE2E cosine to the other people of its group
    MOS     DNSMOS overall
    PAUSE   longest pause inside a sentence, seconds
    RTF     computing time over audio time
"""

import argparse
import dataclasses
import json
import resource
import sys
import time
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tts_engine.audio.io import decode_audio
from tts_engine.cloning import SpeechRequest, VoiceCloner
from tts_engine.errors import AudioError
from tts_engine.evaluation.measures import cosine, naturalness, pauses, phoneme_errors
from tts_engine.evaluation.sentences import SENTENCES
from tts_engine.training.corpus import HELD_OUT, Clip, Corpus
from tts_engine.types import Audio, VoiceProfile
from tts_engine.voicebank import list_voices

HEADER = (
    f"{'voice':<26}{'clips':>6}{'PER':>7}{'SIM':>7}{'OTHER':>7}{'MOS':>7}{'PAUSE':>7}{'RTF':>7}"
)
STRANGER_SECONDS = 10.0


@dataclass(frozen=True, kw_only=True)
class Row:
    """One line of the table; NaN is printed as a dash."""

    voice: str
    clips: int
    phoneme_error_percent: float
    similarity: float
    other_similarity: float
    mos: float
    longest_pause_seconds: float
    real_time_factor: float

    def line(self) -> str:
        """The row as text under HEADER."""
        numbers = (
            f"{self.phoneme_error_percent:7.1f}",
            f"{self.similarity:7.2f}",
            f"{self.other_similarity:7.2f}",
            f"{self.mos:7.2f}",
            f"{self.longest_pause_seconds:7.2f}",
            f"{self.real_time_factor:7.3f}",
        )
        cells = "".join(n if "nan" not in n else f"{'-':>7}" for n in numbers)
        return f"{self.voice:<26}{self.clips:>6}{cells}"


@dataclass(frozen=True)
class Subject:
    """Somebody to be spoken as: the voice, and d-vectors of the same and of other people."""

    name: str
    profile: VoiceProfile
    same: NDArray[np.float32]
    others: list[NDArray[np.float32]]


def evaluate(arguments: argparse.Namespace) -> None:
    """Measure, print the table, and with `--output` keep report.json and the audio's facts."""
    cloner = VoiceCloner.load(device="auto")
    corpus = Corpus(arguments.corpus) if arguments.corpus else None
    rows: list[Row] = []
    sys.stdout.write(HEADER + "\n")
    groups = [bank_subjects(cloner, corpus, arguments.voices)]
    strangers = file_subjects(cloner, arguments.references or [])
    if corpus is not None:
        rows += [_print(row) for row in real_rows(cloner, corpus)]
        strangers += corpus_strangers(cloner, corpus)
    groups.append(strangers)
    for label, subjects in zip(("bank", "strangers"), groups, strict=True):
        group = [_print(subject_row(cloner, s, arguments.sentences)) for s in subjects]
        rows += group
        if group:
            rows.append(_print(mean_row(f"mean of {label}", group)))
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    sys.stdout.write(f"peak memory {memory:.0f} MB\n")
    if arguments.output:
        arguments.output.mkdir(parents=True, exist_ok=True)
        report = {"rows": [dataclasses.asdict(row) for row in rows], "peak_memory_mb": memory}
        (arguments.output / "report.json").write_text(json.dumps(report, indent=1) + "\n")


def subject_row(cloner: VoiceCloner, subject: Subject, count: int) -> Row:
    """Speak `count` fixed sentences as the subject and measure the finished audio."""
    errors = phonemes = 0
    scores: list[tuple[float, float, float]] = []
    spent = heard_seconds = longest = 0.0
    for text in SENTENCES[:count]:
        started = time.perf_counter()
        result = cloner.speak(SpeechRequest(text=text, voice=subject.profile))
        spent += time.perf_counter() - started
        heard_seconds += result.audio.seconds
        expected = [token for sentence in result.sentences for token in sentence.tokens]
        wrong, total = phoneme_errors(expected, cloner.recognizer.transcribe(result.audio))
        errors, phonemes = errors + wrong, phonemes + total
        longest = max(longest, pauses(result.audio)[0])
        if result.audio.seconds >= 1.0:  # d-vectors and DNSMOS need a second of sound
            embedding = cloner.encoder.embed(result.audio)
            others = [cosine(embedding, other) for other in subject.others]
            similar = cosine(embedding, subject.same)
            scores.append((similar, _mean(others), naturalness(result.audio)))
    columns = [_mean(list(column)) for column in zip(*scores, strict=True)]
    return Row(
        voice=subject.name,
        clips=count,
        phoneme_error_percent=100 * errors / phonemes,
        similarity=columns[0],
        other_similarity=columns[1],
        mos=columns[2],
        longest_pause_seconds=longest,
        real_time_factor=spent / heard_seconds,
    )


def bank_subjects(
    cloner: VoiceCloner, corpus: Corpus | None, wanted: list[str] | None
) -> list[Subject]:
    """Bank voices; compared with held-out clips of the person where the corpus has them."""
    voices = [v for v in list_voices() if not wanted or v.slug in wanted]
    held_out = _held_out_embeddings(cloner, corpus) if corpus else {}
    vectors = [held_out.get(v.slug, v.profile.embedding) for v in voices]
    return [
        Subject(v.slug, v.profile, vectors[i], vectors[:i] + vectors[i + 1 :])
        for i, v in enumerate(voices)
    ]


def file_subjects(cloner: VoiceCloner, paths: list[Path]) -> list[Subject]:
    """Strangers from files: the first half is the reference, the second half is compared."""
    return _strangers(cloner, [(path.stem, decode_audio(path)) for path in paths])


def corpus_strangers(cloner: VoiceCloner, corpus: Corpus) -> list[Subject]:
    """Held-out LibriSpeech speakers, whom no training has heard."""
    clips = corpus.select(split=HELD_OUT, corpora=["librispeech"])
    return _strangers(cloner, [(clip.speaker, _audio(corpus, clip)) for clip in clips])


def real_rows(cloner: VoiceCloner, corpus: Corpus) -> list[Row]:
    """The same measures on held-out real speech."""
    rows = []
    clips = corpus.select(split=HELD_OUT)
    for name in sorted({clip.speaker for clip in clips if clip.tokens}):
        rows.append(real_row(cloner, corpus, [c for c in clips if c.speaker == name]))
    strangers = corpus_strangers(cloner, corpus)
    if strangers:
        same = [cosine(s.profile.embedding, s.same) for s in strangers]
        other = [cosine(s.profile.embedding, o) for s in strangers for o in s.others]
        rows.append(
            dataclasses.replace(
                _empty_row("real librispeech", len(strangers)),
                similarity=_mean(same),
                other_similarity=_mean(other),
            )
        )
    return rows


def real_row(cloner: VoiceCloner, corpus: Corpus, clips: list[Clip]) -> Row:
    """Recordings of one speaker with known text."""
    errors = phonemes = 0
    moses, vectors = [], []
    for clip in clips:
        audio = _audio(corpus, clip)
        wrong, total = phoneme_errors(clip.tokens, cloner.recognizer.transcribe(audio))
        errors, phonemes = errors + wrong, phonemes + total
        moses.append(naturalness(audio))
        vectors.append(cloner.encoder.embed(audio))
    same = [cosine(a, b) for a, b in pairwise(vectors)]
    return dataclasses.replace(
        _empty_row(f"real {clips[0].speaker}", len(clips)),
        phoneme_error_percent=100 * errors / phonemes,
        similarity=_mean(same),
        mos=_mean(moses),
    )


def mean_row(name: str, rows: list[Row]) -> Row:
    """Mean of every column; the longest pause is the longest of all."""
    fields = [field.name for field in dataclasses.fields(Row)][2:]
    means = {field: _mean([getattr(row, field) for row in rows]) for field in fields}
    means["longest_pause_seconds"] = max(row.longest_pause_seconds for row in rows)
    return Row(voice=name, clips=sum(row.clips for row in rows), **means)


def _strangers(cloner: VoiceCloner, recordings: list[tuple[str, Audio]]) -> list[Subject]:
    found: list[tuple[str, VoiceProfile, NDArray[np.float32]]] = []
    for name, audio in recordings:
        reference, other = _halves(audio)
        try:
            found.append((name, cloner.profile(reference)[0], cloner.encoder.embed(other)))
        except AudioError as error:
            sys.stdout.write(f"{name} left out: {error}\n")
    vectors = [same for _, _, same in found]
    return [
        Subject(name, profile, same, vectors[:index] + vectors[index + 1 :])
        for index, (name, profile, same) in enumerate(found)
    ]


def _halves(audio: Audio) -> tuple[Audio, Audio]:
    middle = min(audio.waveform.size // 2, int(STRANGER_SECONDS * audio.sample_rate_hz))
    rate = audio.sample_rate_hz
    return Audio(audio.waveform[:middle], rate), Audio(audio.waveform[middle:], rate)


def _held_out_embeddings(cloner: VoiceCloner, corpus: Corpus) -> dict[str, NDArray[np.float32]]:
    by_slug: dict[str, list[NDArray[np.float32]]] = {}
    for clip in corpus.select(split=HELD_OUT, corpora=["rhvoice", "festvox"]):
        slug = clip.speaker.split("-", 1)[1]
        by_slug.setdefault(slug, []).append(cloner.encoder.embed(_audio(corpus, clip)))
    return {slug: np.mean(vectors, axis=0) for slug, vectors in by_slug.items()}


def _audio(corpus: Corpus, clip: Clip) -> Audio:
    return Audio(corpus.waveform(clip), 22_050)


def _empty_row(name: str, clips: int) -> Row:
    fields = [field.name for field in dataclasses.fields(Row)][2:]
    return Row(voice=name, clips=clips, **dict.fromkeys(fields, float("nan")))


def _mean(values: list[float]) -> float:
    return float(np.mean(values)) if values else float("nan")


def _print(row: Row) -> Row:
    sys.stdout.write(row.line() + "\n")
    sys.stdout.flush()
    return row
