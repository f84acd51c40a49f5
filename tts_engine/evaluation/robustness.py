"""Faults in many varied sentences: words skipped, sounds repeated, speech that does not end.

A word is skipped, or sounds are repeated, when both recognizers hear it so; one alone errs too often.

    skip        a word of at least 3 phonemes of which at least 3 in 4 are not heard at all
                (deletions of the edit path from expected to heard phonemes)
    repeat      at least 4 phonemes in a row that nobody asked for (insertions of the edit path), by
                both recognizers within 8 phonemes of each other; babble counts as this too
    runaway     longer than 1.6 times the predicted length and 0.6 s more; the prediction is the
                phonemes at the voice's own rate and 0.3 s for each pause
    cut short   shorter than half of the predicted phonemes' time
    long pause  over 0.6 s inside an utterance; long edge: silence over 0.3 s before or after it
    garbled     a phoneme error rate of at least 60 % by both recognizers, in 10 phonemes or more
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from rapidfuzz.distance import Levenshtein

from tts_engine.evaluation.listening import Listener
from tts_engine.evaluation.measures import silences
from tts_engine.evaluation.subjects import Subject
from tts_engine.evaluation.varied import varied_sentences
from tts_engine.speaking.requests import SpeechRequest
from tts_engine.text.frontend import Sentence
from tts_engine.text.symbols import is_phoneme, phonemes_only
from tts_engine.types import VoiceProfile

FAULTS = ("skip", "repeat", "runaway", "cut short", "long pause", "long edge", "garbled")

WORD_PHONEMES = 3
SKIPPED_SHARE = 0.75
REPEATED_PHONEMES = 4
SAME_PLACE_PHONEMES = 8
RUNAWAY_FACTOR, RUNAWAY_SECONDS = 1.6, 0.6
SHORT_FACTOR = 0.5
PAUSE_LIMIT_SECONDS = 0.6
EDGE_LIMIT_SECONDS = 0.3
PREDICTED_PAUSE_SECONDS = 0.3
GARBLED_SHARE, GARBLED_PHONEMES = 0.6, 10
PHONEMES_PER_SECOND = 13.0  # where the voice's own rate is unknown

Span = tuple[int, int]  # first and stop


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One fault in one sentence; `detail` says what was skipped, or how long it was."""

    fault: str
    voice: str
    text: str
    detail: str


@dataclass(frozen=True, kw_only=True)
class Robustness:
    """How many sentences were spoken, and every fault in them."""

    sentences: int
    seconds: float
    findings: tuple[Finding, ...]

    def counts(self) -> dict[str, int]:
        """Number of each fault in the order of FAULTS."""
        found = Counter(finding.fault for finding in self.findings)
        return {fault: found[fault] for fault in FAULTS}


def robustness(listener: Listener, subjects: Sequence[Subject], count: int) -> Robustness:
    """Speak `count` varied sentences, the voices taking turns, and look for faults."""
    findings: list[Finding] = []
    seconds = 0.0
    for index, text in enumerate(varied_sentences(count)):
        subject = subjects[index % len(subjects)]
        spoken = listener.cloner.speak(SpeechRequest(text=text, voice=subject.profile))
        seconds += spoken.audio.seconds
        heard = [
            recognizer.transcribe(spoken.audio)
            for recognizer in (listener.recognizer, listener.judge)
        ]
        quiet = silences(spoken.audio)
        faults = [
            *misheard(spoken.sentences, heard),
            *mistimed(spoken.sentences, spoken.audio.seconds, subject.profile),
        ]
        if quiet.longest_pause > PAUSE_LIMIT_SECONDS:
            faults.append(("long pause", f"{quiet.longest_pause:.2f} s"))
        if quiet.longest_edge > EDGE_LIMIT_SECONDS:
            faults.append(("long edge", f"{quiet.longest_edge:.2f} s"))
        findings += [
            Finding(fault=fault, voice=subject.name, text=text, detail=detail)
            for fault, detail in faults
        ]
    return Robustness(sentences=count, seconds=seconds, findings=tuple(findings))


def misheard(
    sentences: Sequence[Sentence], heard: Sequence[Sequence[str]]
) -> Iterator[tuple[str, str]]:
    """Skips, repeats and garbling that all recognizers heard, as (fault, detail)."""
    expected = phonemes_only(token for sentence in sentences for token in sentence.tokens)
    deletions = [deleted(expected, phonemes) for phonemes in heard]
    for word, (first, stop) in word_spans(sentences):
        size = stop - first
        gone = [len(missing.intersection(range(first, stop))) for missing in deletions]
        if size >= WORD_PHONEMES and min(gone) >= SKIPPED_SHARE * size:
            yield "skip", word
    places = [set(inserted_runs(expected, phonemes)) for phonemes in heard]
    for place in places[0]:
        near = [
            any(abs(place - other) <= SAME_PLACE_PHONEMES for other in others) for others in places
        ]
        if all(near):
            yield "repeat", f"after {place} of {len(expected)} phonemes"
    errors = min(Levenshtein.distance(expected, list(phonemes)) for phonemes in heard)
    if len(expected) >= GARBLED_PHONEMES and errors >= GARBLED_SHARE * len(expected):
        yield "garbled", f"{100 * errors / len(expected):.0f} % wrong"


def mistimed(
    sentences: Sequence[Sentence], seconds: float, voice: VoiceProfile
) -> Iterator[tuple[str, str]]:
    """Runaways and cuts, as (fault, detail)."""
    tokens = [token for sentence in sentences for token in sentence.tokens]
    spoken = len(phonemes_only(tokens)) / (voice.phonemes_per_second or PHONEMES_PER_SECOND)
    pauses = sum(not is_phoneme(token) for token in tokens) - len(sentences)  # START is none
    predicted = spoken + PREDICTED_PAUSE_SECONDS * pauses
    detail = f"{seconds:.2f} s for predicted {predicted:.2f} s"
    if seconds > RUNAWAY_FACTOR * predicted + RUNAWAY_SECONDS:
        yield "runaway", detail
    if seconds < SHORT_FACTOR * spoken:
        yield "cut short", detail


def deleted(expected: Sequence[str], heard: Sequence[str]) -> set[int]:
    """Indices of expected phonemes that were not heard, not even as others."""
    edits = Levenshtein.editops(list(expected), list(heard))
    return {edit.src_pos for edit in edits if edit.tag == "delete"}


def inserted_runs(expected: Sequence[str], heard: Sequence[str]) -> Iterator[int]:
    """Places in `expected` before which REPEATED_PHONEMES or more were inserted."""
    edits = Levenshtein.editops(list(expected), list(heard))
    counts = Counter(edit.src_pos for edit in edits if edit.tag == "insert")
    return (place for place, count in sorted(counts.items()) if count >= REPEATED_PHONEMES)


def word_spans(sentences: Iterable[Sentence]) -> Iterator[tuple[str, Span]]:
    """Words with the span of their phonemes among the phonemes of all sentences."""
    before = 0
    for sentence in sentences:
        for word in sentence.words:
            first = before + len(phonemes_only(sentence.tokens[: word.start]))
            yield word.text, (first, first + len(word.phonemes))
        before += len(phonemes_only(sentence.tokens))
