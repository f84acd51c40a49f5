"""`python -m tts_engine evaluate --conversion`: how well recordings are said again in other voices.

Three tables: speech, singing (`evaluation.singing`), and songs taken apart (`evaluation.separation`). Of speech,
who is converted has never been heard in training: the held-out strangers; beside them held-out clips of the
readers, whose words are known. Targets are voices of the bank and strangers from a reference. The columns

    SIM    converted to another recording of the target; FLOOR the source to it, CEIL the target's own recordings
    SRC    converted to the source: it should sound like the target, not like that
    …2     the same by the second encoder, which took no part in any training; GE2E stood in the loss
    PER    phonemes that the judge, who taught nothing, hears otherwise than they are, or than it heard them in the
           source where the words are unknown; PER0 the same of the source
    F0 r   correlation of log F0 with the source's, transposed; V/UV share of frames voiced in only one of them
"""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tts_engine.conversion.converting import ConversionSettings, Converted, Target, VoiceConverter
from tts_engine.evaluation.columns import column, header, line, mean_of, say
from tts_engine.evaluation.listening import Listener
from tts_engine.evaluation.measures import cosine, naturalness, phoneme_errors
from tts_engine.evaluation.subjects import (
    Subject,
    bank_speakers,
    bank_subjects,
    clip_audio,
    corpus_subjects,
    halves,
)
from tts_engine.f0 import SINGING, SWIFT, track_f0
from tts_engine.training.corpus import HELD_OUT, Corpus
from tts_engine.types import Audio

Vector = NDArray[np.float32]


@dataclass(frozen=True, kw_only=True, eq=False)
class Source:
    """A recording to be converted; `tokens` are its phonemes where they are known."""

    name: str
    audio: Audio
    tokens: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Measured:
    """One conversion, or the mean of several."""

    sim: float = column("SIM", 2)
    floor: float = column("FLOOR", 2)
    ceiling: float = column("CEIL", 2)
    source: float = column("SRC", 2)
    sim2: float = column("SIM2", 2)
    floor2: float = column("FLOOR2", 2)
    ceiling2: float = column("CEIL2", 2)
    source2: float = column("SRC2", 2)
    per: float = column("PER", 1, scale=100)
    per_source: float = column("PER0", 1, scale=100)
    f0_correlation: float = column("F0 r", 3)
    voicing_errors: float = column("V/UV", 1, scale=100)
    dnsmos: float = column("MOS", 2)
    distillmos: float = column("DMOS", 2)
    real_time_factor: float = column("RTF", 3)


def print_conversions(listener: Listener, corpus: Corpus, most: int | None) -> None:
    """Print the table of speech; `most` limits each group."""
    converter = VoiceConverter.load()
    say(header(Measured, "speech"))
    for name, pairs in groups(listener, corpus, most):
        rows = [
            measured(listener, converter, source, target, listener_target)
            for source, target, listener_target in pairs
        ]
        say(line(name, len(rows), mean_of(rows)))


def groups(
    listener: Listener, corpus: Corpus, most: int | None
) -> Iterator[tuple[str, list[tuple[Source, Target, Subject]]]]:
    """Who is converted to whom, group by group."""
    cloner, second = listener.cloner, listener.second_encoder
    bank = bank_subjects(cloner, second, corpus, None)
    people = corpus_subjects(cloner, second, corpus, most)
    clips = {clip.speaker: clip for clip in corpus.select(split=HELD_OUT, corpora=["librispeech"])}
    strangers = [
        Source(name=one.name, audio=halves(clip_audio(corpus, clips[one.name]))[1])
        for one in people
    ]
    known = [one for one in bank if one.person.recording is not None]
    readers = [
        (clip.speaker, Source(name=clip.id, audio=clip_audio(corpus, clip), tokens=clip.tokens))
        for clip in corpus.select(split=HELD_OUT)
        if clip.tokens and clip.language == "ru"
    ]
    readers = readers[:: max(1, len(readers) // (most or 20))]
    speakers = bank_speakers()
    yield "stranger to bank", [_pair(s, known[i % len(known)]) for i, s in enumerate(strangers)]
    yield (
        "stranger to stranger",
        [_pair(s, people[(i + 1) % len(people)]) for i, s in enumerate(strangers)],
    )
    yield (
        "reader to bank",
        [
            _pair(source, [one for one in known if speakers.get(one.name) != speaker][i % 2])
            for i, (speaker, source) in enumerate(readers)
        ],
    )
    yield (
        "reader to stranger",
        [_pair(source, people[i % len(people)]) for i, (_, source) in enumerate(readers)],
    )


def _pair(source: Source, subject: Subject) -> tuple[Source, Target, Subject]:
    return source, Target(profile=subject.profile), subject


def measured(
    listener: Listener, converter: VoiceConverter, source: Source, target: Target, subject: Subject
) -> Measured:
    """Convert and measure."""
    started = time.perf_counter()
    made = converter.convert(source.audio, target, ConversionSettings())
    spent = time.perf_counter() - started
    heard = listener.judge.transcribe(source.audio)
    expected = source.tokens or tuple(heard)
    errors, count = phoneme_errors(expected, listener.judge.transcribe(made.audio))
    before, _ = phoneme_errors(expected, heard)
    correlation, voicing = pitch_kept(made)
    embed, embed2 = listener.cloner.encoder.embed, listener.second_encoder.embed
    return Measured(
        **_likenesses(embed, source.audio, made.audio, subject, ""),
        **_likenesses(embed2, source.audio, made.audio, subject, "2"),
        per=errors / max(1, count),
        per_source=before / max(1, count),
        f0_correlation=correlation,
        voicing_errors=voicing,
        dnsmos=naturalness(made.audio),
        distillmos=listener.distillmos.score(made.audio),
        real_time_factor=spent / source.audio.seconds,
    )


def _likenesses(
    embed: Callable[[Audio], Vector], source: Audio, made: Audio, subject: Subject, digit: str
) -> dict[str, float]:
    person = subject.person2 if digit else subject.person
    before, after = embed(source), embed(made)
    found = {"source": cosine(after, before)}
    if person.recording is not None:
        found |= {"sim": cosine(after, person.recording), "floor": cosine(before, person.recording)}
    if person.recording is not None and person.reference is not None:
        found["ceiling"] = cosine(person.reference, person.recording)
    return {
        f"{name}{digit}": found.get(name, np.nan) for name in ("sim", "floor", "ceiling", "source")
    }


def pitch_kept(made: Converted) -> tuple[float, float]:
    """Correlation of log F0 with what was asked for, and the share of frames voiced in only one."""
    heard = track_f0(made.audio, made.f0_hz.size, SINGING, SWIFT)
    both = (heard > 0) & (made.f0_hz > 0)
    apart = float(np.mean((heard > 0) != (made.f0_hz > 0)))
    if both.sum() < 3:
        return float("nan"), apart
    return float(np.corrcoef(np.log(heard[both]), np.log(made.f0_hz[both]))[0, 1]), apart
