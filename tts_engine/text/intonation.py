"""Which word a question turns on, and how: ИК-2 for question words, ИК-3 for yes or no.

Source: Bryzgunova, "Звуки и интонация русской речи" (1977). The word is a guess from form alone: the
one before `ли`, the question word, the first half of a choice, a tag after a comma, else the verb,
else the last word.
"""

import itertools
import re
from dataclasses import dataclass
from enum import Enum

from tts_engine.text.frontend import Sentence, Word
from tts_engine.text.morphology import is_finite_verb
from tts_engine.text.symbols import COMMA, DASH, ELLIPSIS, QUESTION, STRESSED_VOWELS

_ASKING = re.compile(
    r"(?:кто|кого|кому|кем|ком|где|куда|откуда|зачем|почему|отчего|сколько|скольк(?:их|им|ими)"
    r"|ч(?:ей|ья|ьё|ьи|ьего|ьему|ьим|ьей|ьих)|како(?:й|го|му|м|е|ю)|как(?:ая|ую|ие|их|им|ими))"
)
# These also join clauses, so they ask only near the beginning of one.
_ASKING_AT_START = re.compile(
    r"(?:что|чего|чему|чем|чём|как|когда|котор(?:ый|ая|ое|ые|ого|ой|ую|ом|ым|ых))"
)
_START = 3  # words
_JOINING = frozenset(
    "если когда хотя пока чтобы что как будто раз поскольку который которая которые".split()  # noqa: SIM905
)
_TAGS = frozenset("да нет правда верно так хорошо ладно а ага можно согласны".split())  # noqa: SIM905


class Question(Enum):
    """Kinds that sound unlike each other."""

    WORD = "word"  # a question word: high on it, then down to the end
    YES_NO = "yes_no"  # a steep rise on the stressed vowel, low after it
    CHOICE = "choice"  # чай или кофе: a rise on the first, the second falls as a statement


@dataclass(frozen=True)
class Focus:
    """What a question turns on.

    Attributes:
        kind: how it sounds.
        token: index in `Sentence.tokens` of the stressed vowel that carries it.
        reach: index after the last token it governs.
    """

    kind: Question
    token: int
    reach: int


def question_focus(sentence: Sentence) -> Focus | None:
    """The focus of a question; None when the sentence is none, or has no stressed vowel to carry it."""
    if sentence.tokens[-1] != QUESTION:
        return None
    clauses = _clauses(sentence)
    found = _word_of_question(clauses)
    kind = Question.WORD
    reach = len(sentence.tokens)
    if found is None:
        kind, found = Question.YES_NO, _before_particle(clauses)
    if found is None:
        found = _before_choice(clauses)
        if found is not None:
            kind, reach = Question.CHOICE, found.start + len(found.phonemes)
    found = found or _tag(clauses) or _verb_or_last(clauses)
    token = _stressed(sentence, found)
    return None if token is None else Focus(kind, token, reach)


def _clauses(sentence: Sentence) -> list[list[Word]]:
    """Words between pauses."""
    clauses: list[list[Word]] = [[]]
    end = 0
    for word in sentence.words:
        if any(token in (COMMA, DASH, ELLIPSIS) for token in sentence.tokens[end : word.start]):
            clauses.append([])
        clauses[-1].append(word)
        end = word.start + len(word.phonemes)
    return [clause for clause in clauses if clause]


def _word_of_question(clauses: list[list[Word]]) -> Word | None:
    """The question word of the main clause: not of `вы знаете, где он?`."""
    for index, clause in enumerate(clauses):
        asking = _asking(clause)
        if asking is not None and not (_joins(clause) and _finite(clauses[index + 1 :])):
            return asking
        if not _joins(clause) and any(is_finite_verb(_key(word)) for word in clause):
            return None
    return None


def _asking(clause: list[Word]) -> Word | None:
    for index, word in enumerate(clause):
        if _ASKING.fullmatch(_key(word)):
            return word
        if index < _START and _ASKING_AT_START.fullmatch(_key(word)):
            return word
    return None


def _joins(clause: list[Word]) -> bool:
    return any(_key(word) in _JOINING for word in clause[:2])


def _finite(clauses: list[list[Word]]) -> bool:
    return any(is_finite_verb(_key(word)) for clause in clauses for word in clause)


def _before_particle(clauses: list[list[Word]]) -> Word | None:
    """Знаете ли вы: the word before ли."""
    for clause in clauses:
        for before, word in itertools.pairwise(clause):
            if _key(word) == "ли":
                return before
    return None


def _before_choice(clauses: list[list[Word]]) -> Word | None:
    words = [word for clause in clauses for word in clause]
    for before, word in itertools.pairwise(words):
        if _key(word) == "или":
            return before
    return None


def _tag(clauses: list[list[Word]]) -> Word | None:
    """Ты придёшь, да?"""
    last = clauses[-1]
    return last[0] if len(clauses) > 1 and len(last) == 1 and _key(last[0]) in _TAGS else None


def _verb_or_last(clauses: list[list[Word]]) -> Word:
    for clause in clauses:
        if not _joins(clause):
            for word in clause:
                if is_finite_verb(_key(word)):
                    return word
    return clauses[-1][-1]


def _key(word: Word) -> str:
    return word.stressed.replace("+", "").lower()


def _stressed(sentence: Sentence, word: Word) -> int | None:
    """Its stressed vowel, else the last one before the word's end."""
    own = range(word.start, word.start + len(word.phonemes))
    stressed = [index for index in own if sentence.tokens[index] in STRESSED_VOWELS]
    if stressed:
        return stressed[-1]
    earlier = [i for i in range(own.stop) if sentence.tokens[i] in STRESSED_VOWELS]
    return earlier[-1] if earlier else None
