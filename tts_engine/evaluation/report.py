"""`python -m tts_engine evaluate`: what the shipped weights do, in figures, pictures and sounds.

Prints a table (columns: `tts_engine.evaluation.table`) and with `--output` writes `report.html`, one
file with everything in it, and `report.json`, its figures. Voices are the bank's and strangers cloned
from a recording: those of `--references` and, with `--corpus`, the held-out LibriSpeech speakers. With
`--corpus` come the same measures of real speech, speaker verification, and the distance to natural
recordings.
"""

import argparse
import dataclasses
import json
import resource
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from tts_engine.errors import RequestError
from tts_engine.evaluation.conversion import print_conversions
from tts_engine.evaluation.detection import print_detection
from tts_engine.evaluation.listening import Listener, Utterance
from tts_engine.evaluation.measures import cosine
from tts_engine.evaluation.natural import NaturalPair, NaturalRow, natural_rows, track_of
from tts_engine.evaluation.page import render
from tts_engine.evaluation.results import Results, VoiceResult
from tts_engine.evaluation.robustness import robustness
from tts_engine.evaluation.sentences import SENTENCE_SETS
from tts_engine.evaluation.separation import print_separation
from tts_engine.evaluation.singing import print_singing
from tts_engine.evaluation.subjects import (
    Subject,
    bank_subjects,
    clip_audio,
    corpus_subjects,
    file_subjects,
)
from tts_engine.evaluation.table import (
    ALL_SETS,
    HEADER,
    OF_TRAINING,
    RECORDED,
    Row,
    make_row,
    mean_row,
    rows_by_set,
)
from tts_engine.evaluation.verification import Identity, Verification, verify
from tts_engine.speaking.cloning import VoiceCloner
from tts_engine.speaking.requests import SpeechRequest
from tts_engine.speaking.voicebank import get_voice, list_voices
from tts_engine.training.corpus import HELD_OUT, Clip, Corpus
from tts_engine.weights import weights_folder

BANK, STRANGERS = "bank", "strangers"
QUICK_VOICES = ("anna", "aleksandr", "nikolay")
LEAST_PEOPLE = 3  # for error rates of verification


@dataclass(frozen=True, kw_only=True)
class Plan:
    """How much is spoken.

    Attributes:
        sentences: of each set, for each voice.
        voices: slugs of bank voices, None for all.
        most_strangers: of the corpus, None for all.
        real_clips: held-out recordings per speaker, None for all.
        recorded_words: held-out recordings per speaker whose words every voice speaks.
        natural_clips: held-out utterances per voice that are spoken again.
        robustness: number of varied sentences.
    """

    sentences: int
    voices: list[str] | None
    most_strangers: int | None
    real_clips: int | None
    recorded_words: int
    natural_clips: int
    robustness: int


def plan_from(arguments: argparse.Namespace) -> Plan:
    """The plan of parsed options; what was asked for in words wins over `--quick`."""
    quick = arguments.quick
    return Plan(
        sentences=arguments.sentences or (1 if quick else 2),
        voices=arguments.voices or (list(QUICK_VOICES) if quick else None),
        most_strangers=4 if quick else None,
        real_clips=3 if quick else None,
        recorded_words=1 if quick else 2,
        natural_clips=2 if quick else 6,
        robustness=arguments.robustness,
    )


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--corpus", type=Path, help="prepared corpus: adds real speech, strangers")
    parser.add_argument(
        "--conversion",
        action="store_true",
        help="how speech and singing are put in other voices and songs come apart, and nothing else; needs --corpus",
    )
    parser.add_argument(
        "--singing",
        type=Path,
        metavar="DIR",
        help="recordings of people who sing alone, for --conversion",
    )
    parser.add_argument(
        "--detection",
        type=Path,
        metavar="DIR",
        help="how machines are told from people, on what `train detector-material` made; nothing else",
    )
    parser.add_argument("--output", type=Path, help="folder for report.html and report.json")
    parser.add_argument("--quick", action="store_true", help="few voices, a sentence of each set")
    parser.add_argument("--sentences", type=int, help="of each set, 1 to 8; default: 2")
    parser.add_argument("--voices", nargs="*", help="bank voices; default: all")
    parser.add_argument("--references", nargs="*", type=Path, help="recordings of strangers")
    parser.add_argument(
        "--robustness", type=int, default=0, metavar="N", help="faults in N varied sentences"
    )


def run(arguments: argparse.Namespace) -> None:
    """Measure, print the table, and with `--output` write the report."""
    if arguments.detection is not None:
        print_detection(arguments.detection, weights_folder(), arguments.quick)
        return
    listener = Listener(VoiceCloner.load(device="auto"))
    corpus = Corpus(arguments.corpus) if arguments.corpus else None
    if arguments.conversion:
        if corpus is None:
            raise RequestError(
                "corpus_missing",
                "--conversion converts recordings of a prepared corpus; name it by --corpus",
                "--conversion переводит записи подготовленного корпуса; назовите его через --corpus",
            )
        print_conversions(listener, corpus, 4 if arguments.quick else None)
        print_singing(listener.cloner, arguments.singing, arguments.quick)
        print_separation(listener.cloner, corpus, arguments.singing, arguments.quick)
        return
    results = measure(listener, corpus, arguments.references or [], plan_from(arguments))
    for line in closing_lines(results):
        sys.stdout.write(line + "\n")
    if arguments.output:
        arguments.output.mkdir(parents=True, exist_ok=True)
        figures = json.dumps(results.figures(), ensure_ascii=False, indent=1, allow_nan=False)
        (arguments.output / "report.json").write_text(figures + "\n", encoding="utf-8")
        (arguments.output / "report.html").write_text(render(results), encoding="utf-8")


def measure(
    listener: Listener, corpus: Corpus | None, references: list[Path], plan: Plan
) -> Results:
    """Speak and measure everything; rows are printed as they are ready."""
    cloner = listener.cloner
    warm_up = SpeechRequest(text="Раз.", voice=list_voices()[0].profile)
    cloner.speak(warm_up)  # dictionaries load now, not while the first voice is timed
    second = listener.second_encoder
    people = file_subjects(cloner, second, references)
    if corpus is not None:
        people += corpus_subjects(cloner, second, corpus, plan.most_strangers)
    groups = {BANK: bank_subjects(cloner, second, corpus, plan.voices), STRANGERS: people}
    sys.stdout.write(HEADER + "\n")
    summary: list[Row] = []
    voices: list[VoiceResult] = []
    recorded: list[Clip] = []
    if corpus is not None:
        summary += [_print(row) for row in real_rows(listener, corpus, plan.real_clips)]
        recorded = transcribed(corpus, plan.recorded_words)
        summary += [_print(row) for row in same_words_row(listener, corpus, recorded)]
    if people:
        summary += [_print(row) for row in real_strangers_rows(listener, people)]
    for group, subjects in groups.items():
        spoken = [
            voice_result(listener, subject, group, plan.sentences, recorded) for subject in subjects
        ]
        voices += spoken
        if spoken:
            summary += [_print(row) for row in group_rows(spoken)]
    natural: tuple[list[NaturalRow], list[NaturalPair]] = ([], [])
    if corpus is not None:
        bank = [get_voice(subject.name) for subject in groups[BANK]]
        natural = natural_rows(cloner, corpus, bank, plan.natural_clips)
    return Results(
        sentences_per_set=plan.sentences,
        summary=tuple(summary),
        voices=tuple(voices),
        verifications=verifications(voices),
        natural=tuple(natural[0]),
        pairs=tuple(natural[1]),
        robustness=robustness(listener, [*groups[BANK], *people], plan.robustness)
        if plan.robustness
        else None,
        peak_memory_mb=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    )


def voice_result(
    listener: Listener, subject: Subject, group: str, sentences: int, recorded: Sequence[Clip] = ()
) -> VoiceResult:
    """Speak the first `sentences` of every set as the subject, whose first sound is kept, and the
    words of the recordings."""
    utterances: list[Utterance] = []
    track = None
    for name, texts in SENTENCE_SETS.items():
        for index, text in enumerate(texts[:sentences]):
            utterance = listener.speak(subject, text, name)
            if track is None and utterance.audio is not None:
                track = track_of(listener.recognizer, utterance.audio, utterance.tokens)
            if index > 0:
                utterance = dataclasses.replace(utterance, audio=None)
            utterances.append(utterance)
    for clip in recorded:
        utterance = listener.speak_tokens(subject, clip.tokens, RECORDED, clip.text)
        utterances.append(dataclasses.replace(utterance, audio=None))
    rows = rows_by_set(subject, utterances)
    _print(rows[-1])
    return VoiceResult(
        group=group, subject=subject, utterances=tuple(utterances), rows=tuple(rows), track=track
    )


def group_rows(voices: Sequence[VoiceResult]) -> Iterator[Row]:
    """Means over the voices of a group: a row for each set, then one for all."""
    for name in (*SENTENCE_SETS, RECORDED, ALL_SETS):
        rows = [row for voice in voices for row in voice.rows if row.sentence_set == name]
        if rows:
            yield mean_row(f"mean of {voices[0].group}", rows, name)


def real_rows(listener: Listener, corpus: Corpus, most: int | None) -> Iterator[Row]:
    """Held-out recordings with known words measured in the same way, and the vocoder's copies of them:
    two rows for each speaker, of its first `most` clips. SIM compares neighbouring clips."""
    clips: dict[str, list[Clip]] = {}
    for clip in corpus.select(split=HELD_OUT):
        own = clips.setdefault(clip.speaker, []) if clip.tokens else None
        if own is not None and (most is None or len(own) < most):
            own.append(clip)
    heard = {
        name: [listener.hear(clip_audio(corpus, clip), clip.tokens) for clip in own]
        for name, own in clips.items()
    }
    for name, utterances in sorted(heard.items()):
        others = [u for other, own in heard.items() if other != name for u in own]
        yield dataclasses.replace(
            make_row(f"real {name}", utterances), **_likenesses(utterances, others)
        )
        copies = [listener.copy(clip_audio(corpus, clip), clip.tokens) for clip in clips[name]]
        yield make_row(f"copied {name}", copies)


def transcribed(corpus: Corpus, count: int) -> list[Clip]:
    """`count` held-out Russian clips with known words of every speaker, spread over what there is."""
    clips: dict[str, list[Clip]] = {}
    for clip in corpus.select(split=HELD_OUT):
        if clip.tokens and clip.language == "ru":
            clips.setdefault(clip.speaker, []).append(clip)
    return [
        clip
        for _, own in sorted(clips.items())
        for clip in own[:: max(1, len(own) // count)][:count]
    ]


def same_words_row(listener: Listener, corpus: Corpus, clips: Sequence[Clip]) -> Iterator[Row]:
    """The recordings whose words every voice speaks, heard in the same way; nothing without any."""
    if clips:
        heard = [listener.hear(clip_audio(corpus, clip), clip.tokens) for clip in clips]
        yield make_row("real, same words", heard, sentence_set=RECORDED)


def real_strangers_rows(listener: Listener, people: Sequence[Subject]) -> Iterator[Row]:
    """The strangers' references, and the vocoder's copies of them; each compared with the person."""
    known = [person for person in people if person.reference is not None]
    for name, listen in (("real", listener.hear), ("copied", listener.copy)):
        rows = [
            make_row(person.name, [listen(person.reference, ())], person)
            for person in known
            if person.reference is not None
        ]
        yield mean_row(f"{name} strangers", rows)


def verifications(voices: Sequence[VoiceResult]) -> dict[str, Verification]:
    """Error rates of every group with enough people who have another recording."""
    found: dict[str, Verification] = {}
    for group in dict.fromkeys(voice.group for voice in voices):
        people = [
            Identity(
                reference=voice.subject.profile.embedding,
                recording=voice.subject.person.recording,
                clones=voice.vectors,
            )
            for voice in voices
            if voice.group == group
            and voice.subject.person.recording is not None
            and len(voice.vectors) >= 2
        ]
        if len(people) >= LEAST_PEOPLE:
            found[group] = verify(people)
    return found


def closing_lines(results: Results) -> Iterator[str]:
    """What is printed after the table."""
    for name, result in results.verifications.items():
        yield (
            f"equal error rate, {name} ({result.speakers} people): real {100 * result.real:.1f} %, "
            f"cloned {100 * result.cloned:.1f} %, real or cloned {100 * result.real_or_cloned:.1f} %"
        )
    for row in results.natural:
        figures = ", ".join(
            f"{column.name} {getattr(row, column.name):.2f}"
            for column in dataclasses.fields(row)[2:]
            if not np.isnan(getattr(row, column.name))
        )
        yield f"natural, {row.voice}: {figures}"
    if results.robustness is not None:
        counts = ", ".join(f"{fault} {n}" for fault, n in results.robustness.counts().items())
        yield f"robustness, {results.robustness.sentences} sentences: {counts}"
    yield f"columns by networks that took part in training: {', '.join(OF_TRAINING)}; no other did"
    yield f"peak memory {results.peak_memory_mb:.0f} MB"


def _likenesses(own: Sequence[Utterance], others: Sequence[Utterance]) -> dict[str, Any]:
    """Cosines of a speaker's neighbouring clips, and to the clips of others, by both encoders."""
    found = {}
    for digit, name in (("", "embedding"), ("2", "embedding2")):
        vectors, strange = (
            [vector for u in group if (vector := getattr(u, name)) is not None]
            for group in (own, others)
        )
        found[f"similarity{digit}"] = _mean([cosine(a, b) for a, b in pairwise(vectors)])
        found[f"other_similarity{digit}"] = _mean([cosine(a, b) for a in vectors for b in strange])
    return found


def _mean(values: Sequence[float]) -> float:
    return float(np.mean(values)) if values else float("nan")


def _print(row: Row) -> Row:
    sys.stdout.write(row.line() + "\n")
    sys.stdout.flush()
    return row
