"""From a text with markup to what is synthesised, one utterance for each sentence or part of one.

A long text takes seconds to be read, so its markup and its cuts are read at once and every sentence only when
it is its turn: the first is heard at once, and what is wrong with the markup is told before anything is heard.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from tts_engine.errors import TextError
from tts_engine.markup.lexicon import Lexicon
from tts_engine.markup.script import Delivery, Pause, Run, Stop
from tts_engine.markup.ssml import parse_script
from tts_engine.text.frontend import Sentence, get_frontend
from tts_engine.text.sentences import TextPiece, split_sentences
from tts_engine.text.symbols import Spoken

WITHIN_SENTENCE_SECONDS = 0.03  # where the delivery changes in the middle of a sentence
_ENDS = tuple('.!?…»")\n;:—')
_SOUNDING = re.compile(r"[А-ЩЫЭЮЯа-щыэюяЁёA-Za-z\d]")


@dataclass(frozen=True)
class Utterance:
    """One synthesis unit.

    Attributes:
        sentence: what is said.
        delivery: how.
        lead_seconds: a pause before it.
        gap_seconds: the pause after it; None for the usual one.
        is_last: whether it ends the text.
    """

    sentence: Sentence
    delivery: Delivery
    lead_seconds: float = 0.0
    gap_seconds: float | None = None
    is_last: bool = False


@dataclass(frozen=True)
class _Cut:
    """A run cut into sentences that are not read yet."""

    run: Run
    pieces: list[TextPiece]
    given: dict[str, Spoken]


class Reading:
    """A text, or a span of its sentences, on its way to utterances: iterate once.

    Attributes:
        count: how many utterances it has; a cut that has letters and yet nothing to say (a smiley) is taken
            off when its turn comes.
        speakers: names of the voices that the whole text is read in; None is the request's own.
        more: whether cuts follow the span.
        span: of the cuts that are read here, the first and the one after the last, counted over the text.
    """

    def __init__(
        self, text: str, lexicon: Lexicon | None = None, span: tuple[int, int] | None = None
    ) -> None:
        """Read the markup and cut the text.

        The utterances of spans that follow each other are those of the whole.

        Raises:
            TextError: `empty_text`, and what is wrong with the markup.
        """
        if not text.strip():
            raise TextError("empty_text", "The text is empty.", "Текст пуст.")
        script = parse_script(text)
        self._items = [
            _cut_run(item, script.given, lexicon or Lexicon()) if isinstance(item, Run) else item
            for item in script.items
        ]
        cuts = [item for item in self._items if isinstance(item, _Cut) and item.pieces]
        cut_count = sum(len(cut.pieces) for cut in cuts)
        first, stop = span or (0, cut_count)
        self.span = range(first, min(stop, cut_count))
        self.more = stop < cut_count
        self.count = len(self.span)
        self.speakers = frozenset(cut.run.delivery.voice for cut in cuts)

    def __iter__(self) -> Iterator[Utterance]:
        """Utterances in order, each read when the one before it is taken.

        Raises:
            TextError: `nothing_to_say` in the whole text.
        """
        for number, said in self._around():
            if number in self.span:
                yield said

    def _around(self) -> Iterator[tuple[int, Utterance]]:
        """Those of the span with their numbers, and one before and one after it, to know the silences."""
        last: tuple[int, Utterance] | None = None
        lead, number = 0.0, 0
        for index, item in enumerate(self._items):
            if isinstance(item, Pause):
                if last is None:
                    lead += item.seconds
                else:
                    more = isinstance(self._items[index - 1], Pause)
                    gap = (last[1].gap_seconds or 0.0) if more else 0.0
                    last = (last[0], replace(last[1], gap_seconds=gap + item.seconds))
            elif isinstance(item, _Cut):
                before = last
                for at, said in self._say(item, number, met=last is not None):
                    if last is not None:
                        yield last
                    if at >= self.span.stop:
                        return
                    last = (at, said if last is not None else replace(said, lead_seconds=lead))
                number += len(item.pieces)
                if last is not None and last is not before:
                    ended = _end_run(last[1], item.run, self._items[index + 1 : index + 2])
                    last = (last[0], ended)
        if last is None:
            raise TextError(
                "nothing_to_say",
                "The text has nothing that can be spoken.",
                "В тексте нет ничего, что можно произнести.",
            )
        yield last[0], replace(last[1], is_last=True)

    def _say(self, cut: _Cut, number: int, *, met: bool) -> Iterator[tuple[int, Utterance]]:
        """Cuts from `number` on, read; of those before the span none once an utterance is met."""
        for at, piece in enumerate(cut.pieces, start=number):
            if met and at < self.span.start:
                continue
            sentence = get_frontend().sentence(piece, cut.given)
            if sentence is not None:
                met = True
                yield at, Utterance(sentence, cut.run.delivery)
            elif at in self.span:
                self.count -= 1


def read_script(text: str, lexicon: Lexicon | None = None) -> list[Utterance]:
    """All that will be said, in order.

    Raises:
        TextError: `empty_text`, `nothing_to_say`, and what is wrong with the markup.
    """
    return list(Reading(text, lexicon))


def _cut_run(run: Run, given: dict[str, Spoken], lexicon: Lexicon) -> _Cut:
    """Cuts of signs alone are read at once: most of them (***) have nothing to say."""
    text, own = lexicon.apply(run.text)
    given = {**given, **own}
    pieces = [
        piece
        for piece in split_sentences(text)
        if _SOUNDING.search(piece.text) or get_frontend().sentence(piece, given)
    ]
    return _Cut(run, pieces, given)


def _end_run(last: Utterance, run: Run, following: Sequence[_Cut | Pause | Stop]) -> Utterance:
    """Fit the gap after the last sentence of a run to what follows it."""
    if not following:
        return last
    after = following[0]
    if isinstance(after, Stop):
        return replace(last, sentence=replace(last.sentence, ends_paragraph=after.paragraph))
    if "\n" in run.text[len(run.text.rstrip()) :]:
        return last
    ends = run.text.rstrip(" ").endswith(_ENDS) or isinstance(after, Pause)
    return replace(
        last,
        sentence=replace(last.sentence, ends_paragraph=False),
        gap_seconds=None if ends else WITHIN_SENTENCE_SECONDS,
    )
