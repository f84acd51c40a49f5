"""Which words are said where: a text of hours laid over its recording, and what is said otherwise found.

All of a recording is heard first, half a minute at a time. The text's phonemes then take the best path through what was
heard (`recognizer.align.ctc_path`, exact and in bounded memory). Each sentence is compared with what is heard in
its place: where they differ too much, the text is not what is said.
"""

import copy
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import soundfile
from numpy.typing import NDArray
from rapidfuzz.distance import Levenshtein

from tts_engine.errors import AudioError, TextError
from tts_engine.recognizer.align import ctc_path, lost_by
from tts_engine.recognizer.frames import blend_vowels
from tts_engine.recognizer.inference import Recognizer
from tts_engine.recognizer.model import BLANK, STRIDE, phonemes_to_classes
from tts_engine.text.frontend import Sentence, get_frontend
from tts_engine.text.symbols import PHONEMES, VOWELS
from tts_engine.types import Audio

Posteriors = NDArray[np.float32]
Stretch = tuple[float, float]

BLOCK_STEPS, AROUND_STEPS = 1300, 90  # of the recognizer: 30 s, and 2 s on either side
PASSED_OVER = 3.0  # nats: how much dearer a step is that is none of the text
NOT_THERE = -30.0  # nats: how likely a sound is where nobody speaks
DIFFERS = 0.6  # share of phonemes heard otherwise
LONGEST_GAP_SECONDS = 0.3  # between the sounds of a word
BESIDE_PEAK_SECONDS = 0.05  # from where a sound is surest to where it begins or ends
LEAST_STEPS = 2, 3  # of a consonant and a vowel, 46 and 70 ms, for an ear that hears their length
ASTRAY = 0.3  # of the sentences not heard where they should be: the times are wrong
LEAST_PHONEMES = 6  # of a sentence of which that can be said


@dataclass(frozen=True, kw_only=True)
class WordAt:
    """A word and where it is heard, seconds: the word `place` of the sentence with that index.

    `edges` are where its sounds begin, and where the last one ends: one more than `phonemes`. `lost` is by how much
    less likely than what is heard best they are, each on average over its steps, nats.
    """

    phonemes: tuple[str, ...]
    start: float
    end: float
    sentence: int
    place: int
    edges: tuple[float, ...] = ()
    lost: float = 0.0


@dataclass(frozen=True, kw_only=True)
class Laid:
    """A text laid over a recording.

    Attributes:
        words: of the sentences that are said, in order.
        sentences: all of them.
        differing: where something else is said than the text, (start, end) in seconds.
        sounds: phonemes of all sentences.
    """

    words: tuple[WordAt, ...]
    sentences: tuple[Sentence, ...]
    differing: tuple[Stretch, ...]
    sounds: int

    @property
    def lost(self) -> float:
        """By how much less likely all words are than what is heard best in their places, nats."""
        return sum(word.lost for word in self.words)

    @property
    def unsaid(self) -> int:
        """How many sentences are not said."""
        return len(self.sentences) - len({word.sentence for word in self.words})

    def inside(self, start: float, end: float) -> list[WordAt]:
        """The words whose middles lie there."""
        return [word for word in self.words if start <= (word.start + word.end) / 2 < end]

    def between(self, start: float, end: float) -> tuple[str, tuple[str, ...]]:
        """The text and phonemes of the words whose middles lie there."""
        inside = self.inside(start, end)
        parts = [
            _written(
                self.sentences[index], [word.place for word in inside if word.sentence == index]
            )
            for index in dict.fromkeys(word.sentence for word in inside)
        ]
        return " ".join(parts), tuple(sound for word in inside for sound in word.phonemes)


@dataclass(frozen=True, kw_only=True)
class Heard:
    """Phonemes by the recognizer, and when each is heard, seconds."""

    phonemes: tuple[str, ...]
    times: tuple[float, ...]

    def between(self, start: float, end: float) -> tuple[str, ...]:
        """Those heard there."""
        return self.phonemes[bisect_left(self.times, start) : bisect_left(self.times, end)]


class Listener:
    """What the recognizer hears in a working copy."""

    def __init__(
        self,
        recognizer: Recognizer,
        working_copy: Path,
        edges: Sequence[float] = (),
        longest_gap_seconds: float = LONGEST_GAP_SECONDS,
        differs: float = DIFFERS,
    ) -> None:
        """Hear all of it.

        Args:
            recognizer: that hears.
            working_copy: see `opening`.
            edges: seconds; where music or overdriven sound begins and ends.
            longest_gap_seconds: between the sounds of a word; in songs they are held.
            differs: share of a sentence's phonemes that are heard otherwise when it is not said.
        """
        self.longest_gap_seconds, self.differs = longest_gap_seconds, differs
        self.by_frames = recognizer.config.by_frames
        config = recognizer.config.mel
        self.step_seconds = STRIDE * config.hop_samples / config.sample_rate_hz
        self._posteriors = _heard(recognizer, working_copy, STRIDE * config.hop_samples, edges)
        best = self._posteriors.argmax(axis=1)
        steps = np.flatnonzero((best != BLANK) & (np.diff(best, prepend=BLANK) != 0))
        self.heard = Heard(
            phonemes=tuple(PHONEMES[index - 1] for index in best[steps]),
            times=tuple((steps * self.step_seconds).tolist()),
        )

    @property
    def seconds(self) -> float:
        """Length of the recording."""
        return len(self._posteriors) * self.step_seconds

    def lay_timed(self, cues: Sequence[tuple[float, float, str]]) -> Laid:
        """As `lay`; where the times lead astray, as those of another recording do, the order of the texts alone counts.

        Raises:
            As `lay`.
        """
        whole = [(0.0, self.seconds, "\n".join(text for _, _, text in cues))]
        try:
            laid = self.lay(cues)
        except AudioError:  # more words than the time of their subtitle can hold
            return self.lay(whole)
        if laid.unsaid <= ASTRAY * len(laid.sentences):
            return laid
        return min(laid, self.lay(whole), key=lambda one: one.unsaid / len(one.sentences))

    def certainty(self, word: WordAt) -> float:
        """How surely its sounds are heard in its place, each at its surest: mean probability, 0 to 1.

        By an ear that hears their whole length: each between its own edges, on average.
        """
        if self.by_frames:
            return float(np.mean(self.certainties(word)))
        part = self._posteriors[self._step(word.start) : self._step(word.end) + 1]
        classes = phonemes_to_classes(list(word.phonemes))
        return float(np.exp(part[:, classes].max(axis=0)).mean())

    def certainties(self, word: WordAt) -> tuple[float, ...]:
        """How surely each of its sounds is heard between its own edges, 0 to 1."""
        classes = phonemes_to_classes(list(word.phonemes))
        steps = [self._step(edge) for edge in word.edges]
        if self.by_frames:
            return tuple(
                float(np.exp(self._posteriors[first : max(stop, first + 1), label]).mean())
                for (first, stop), label in zip(pairwise(steps), classes, strict=True)
            )
        return tuple(
            float(np.exp(self._posteriors[first : max(stop, first) + 1, label].max()))
            for (first, stop), label in zip(pairwise(steps), classes, strict=True)
        )

    def backwards(self) -> "Listener":
        """The same recording heard from its end: what lies over it as well is not what is said."""
        turned = copy.copy(self)
        turned._posteriors = self._posteriors[::-1]
        return turned

    def silent_outside(self, stretches: Sequence[Stretch]) -> "Listener":
        """The same recording with hardly anything to be laid outside these stretches, seconds: nobody speaks there."""
        quiet = copy.copy(self)
        outside = np.ones(len(self._posteriors), dtype=bool)
        for start, end in stretches:
            outside[self._step(start) : self._step(end) + 1] = False
        quiet._posteriors = self._posteriors.copy()
        quiet._posteriors[outside] = NOT_THERE
        quiet._posteriors[outside, BLANK] = 0.0
        return quiet

    def _step(self, seconds: float) -> int:
        return min(max(0, round(seconds / self.step_seconds)), len(self._posteriors) - 1)

    def lay(self, cues: Sequence[tuple[float, float, str]]) -> Laid:
        """Lay texts over the stretches in which they are said, (start, end, text) in seconds.

        Raises:
            AudioError: `text_too_long_for_audio`.
            TextError: `nothing_to_say`, no text has words.
        """
        sentences: list[Sentence] = []
        words: list[WordAt] = []
        differing: list[Stretch] = []
        for start, end, text in cues:
            first = len(sentences)
            sentences += get_frontend().spoken(text)
            told = [(i, s) for i, s in enumerate(sentences) if i >= first]
            placed = self._words(told, start, end)
            strange = {i for i, s in told if self._differs(placed, i)}
            if strange:  # others are placed anew, where those had crowded them
                passed = [self._span(placed, i) for i in strange]
                others = [(i, s) for i, s in told if i not in strange]
                placed = self._words(others, start, end, passed)
                differing += self._gaps(placed, strange, start, end)
            words += placed
        sounds = sum(len(word.phonemes) for sentence in sentences for word in sentence.words)
        if not sounds:
            raise TextError(
                "nothing_to_say",
                "the transcript has nothing that can be spoken",
                "в расшифровке нет ничего, что можно произнести",
            )
        return Laid(
            words=tuple(words),
            sentences=tuple(sentences),
            differing=tuple(differing),
            sounds=sounds,
        )

    def _words(
        self,
        spoken: Sequence[tuple[int, Sentence]],
        start: float,
        end: float,
        passed: Sequence[Stretch] = (),
    ) -> list[WordAt]:
        """Words of numbered sentences where they are heard best within a stretch; what is passed over costs nothing."""
        told = [(i, j, word) for i, sentence in spoken for j, word in enumerate(sentence.words)]
        phonemes = [sound for _, _, word in told for sound in word.phonemes]
        if not phonemes:
            return []
        part = self._posteriors[self._step(start) : self._step(end) + 1].copy()
        # what is said beside the text is passed over, rather than taken for some word of it
        dearer = PASSED_OVER * np.exp(part.max(axis=1))  # what is heard clearly, the most
        for low, high in passed:
            dearer[
                max(0, self._step(low) - self._step(start)) : self._step(high) - self._step(start)
            ] = 0
        if self.by_frames:
            blend_vowels(part)
        part[:, BLANK] = np.maximum(part[:, BLANK], part.max(axis=1) - dearer)
        classes = phonemes_to_classes(phonemes)
        least = [LEAST_STEPS[sound in VOWELS] for sound in phonemes] if self.by_frames else ()
        path, _ = ctc_path(part, classes, least)
        lost = lost_by(part, path, classes)
        labels = np.arange(len(phonemes))
        offset = self._step(start) * self.step_seconds
        firsts = offset + self.step_seconds * np.searchsorted(path, 2 * labels + 1)
        stops = offset + self.step_seconds * np.searchsorted(path, 2 * labels + 2)
        words, done = [], 0
        for index, place, word in told:
            own = slice(done, done + len(word.phonemes))
            low, high = _together(firsts[own], stops[own], self.longest_gap_seconds)
            words.append(
                WordAt(
                    phonemes=word.phonemes,
                    start=low,
                    end=high,
                    sentence=index,
                    place=place,
                    edges=tuple(np.clip([*firsts[own], high], low, high).tolist()),
                    lost=float(lost[own].sum()),
                )
            )
            done = own.stop
        return words if self.by_frames else _widened(words)

    @staticmethod
    def _span(placed: Sequence[WordAt], index: int) -> Stretch:
        """From the first to the last word of a sentence that has some."""
        own = [word for word in placed if word.sentence == index]
        return own[0].start, own[-1].end

    def _differs(self, placed: Sequence[WordAt], index: int) -> bool:
        wanted = [s for word in placed if word.sentence == index for s in word.phonemes]
        if len(wanted) < LEAST_PHONEMES:
            return False
        start, end = self._span(placed, index)
        heard = self.heard.between(start, end + self.step_seconds / 2)
        return Levenshtein.distance(wanted, heard) > self.differs * len(wanted)

    def _gaps(
        self, placed: Sequence[WordAt], strange: Iterable[int], start: float, end: float
    ) -> list[Stretch]:
        """Where something is heard between the sentences around each that is not said."""
        found = []
        for index in strange:
            low = max((word.end for word in placed if word.sentence < index), default=start)
            high = min((word.start for word in placed if word.sentence > index), default=end)
            times = self.heard.times[
                bisect_left(self.heard.times, low) : bisect_left(self.heard.times, high)
            ]
            if len(times) >= LEAST_PHONEMES and (times[0], times[-1]) not in found:
                found.append((times[0], times[-1]))
        return found


def _together(
    firsts: NDArray[np.floating], stops: NDArray[np.floating], longest_gap: float
) -> Stretch:
    """Where most sounds of a word are, in seconds: beside speech that is passed over its first or last ones may be
    taken for sounds in there, and the word would seem to reach that far."""
    edges = np.flatnonzero(firsts[1:] - stops[:-1] > longest_gap) + 1
    groups = list(pairwise((0, *edges.tolist(), len(firsts))))
    first, stop = max(groups, key=lambda group: group[1] - group[0])
    return float(firsts[first]), float(stops[stop - 1])


def _widened(words: list[WordAt]) -> list[WordAt]:
    """From where sounds are surest to where words begin and end: so far, or half of the way to the next word."""
    rooms = [
        max(0.0, min(BESIDE_PEAK_SECONDS, (after.start - before.end) / 2))
        for before, after in pairwise(words)
    ]
    sides = zip(words, [BESIDE_PEAK_SECONDS, *rooms], [*rooms, BESIDE_PEAK_SECONDS], strict=True)
    return [
        replace(
            word,
            start=(start := max(0.0, word.start - before)),
            end=word.end + after,
            edges=(start, *word.edges[1:-1], word.end + after),
        )
        for word, before, after in sides
    ]


def _written(sentence: Sentence, places: Sequence[int]) -> str:
    """Neighbouring words of a sentence as they were written, with the signs that follow them; as they are said,
    where they were written otherwise (numbers)."""
    if len(places) == len(sentence.words):
        return sentence.source.strip()
    for text in (sentence.source, sentence.normalized):
        edges, position = [], 0
        for word in sentence.words:
            at = text.casefold().find(word.text.casefold(), position)
            if at < 0:
                break
            edges.append(at)
            position = at + len(word.text)
        else:
            after = places[-1] + 1
            stop = edges[after] if after < len(edges) else len(text)
            return text[edges[places[0]] : stop].strip()
    return " ".join(sentence.words[place].text for place in places)


def _heard(
    recognizer: Recognizer, working_copy: Path, step_samples: int, edges: Sequence[float]
) -> Posteriors:
    """Log-probabilities of all of a working copy, (steps, classes), block by block.

    The recognizer holds features against their mean in what it hears at once: no block reaches over an edge.
    """
    parts = []
    with soundfile.SoundFile(working_copy) as file:
        steps = -(-file.frames // step_samples)
        cuts = {min(steps, max(0, round(edge * file.samplerate / step_samples))) for edge in edges}
        for begin, end in pairwise(sorted({0, steps, *cuts})):
            for first in range(begin, end, BLOCK_STEPS):
                stop = min(first + BLOCK_STEPS, end)
                low, high = max(begin, first - AROUND_STEPS), min(end, stop + AROUND_STEPS)
                file.seek(low * step_samples)
                block = file.read((high - low) * step_samples, dtype="float32")
                heard = recognizer.log_posteriors(recognizer.mel(Audio(block, file.samplerate)))
                part = heard[first - low : stop - low]
                parts.append(np.pad(part, ((0, stop - first - len(part)), (0, 0)), mode="edge"))
    return np.concatenate(parts)
