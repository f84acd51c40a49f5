"""Case, gender and number of Russian words through pymorphy3, for numbers and abbreviations to agree with."""

import re
from dataclasses import dataclass
from functools import lru_cache

import pymorphy3

from tts_engine.text.numerals import last_class

_PREPOSITION_CASE = {
    "gent": "от ото до из изо без безо у около после для кроме ради вместо против среди возле вокруг мимо из-за"
    " из-под свыше более менее накануне порядка течение возрасте размере количестве протяжении пределах",
    "datv": "к ко благодаря согласно вопреки подобно навстречу равно равен равна равны",
    "accs": "в во на за через по про спустя назад",
    "ablt": "над надо под перед передо между с со",
    "loct": "о об обо при",
}
_CASE_OF = {word: case for case, words in _PREPOSITION_CASE.items() for word in words.split()}
# Nouns of what is done to things: хищение пяти миллионов, строительство трёх станций.
_ACTIONS = frozenset(
    "хищение выплата получение покупка строительство продажа хранение сбыт поставка закупка выделение"  # noqa: SIM905
    " погашение потеря гибель кража производство добыча эвакуация освобождение уничтожение задержание"
    " приобретение перевозка изъятие взыскание вымогательство похищение растрата присвоение".split()
)
# Of what is not there: не хватает рубля, нет двух рублей, лишился пяти.
_LACKS = frozenset(["хватать", "хватить", "недоставать", "недостать", "лишиться", "нет", "ни"])
# The only prepositions that can take the locative, beside those above.
_LOCATIVE_TOO = frozenset({"в", "во", "на"})
_GENITIVE_TOO = frozenset({"с", "со"})

_LIKELY = (
    0.2  # a noun reading below this share does not count when the word is mostly something else
)
_PRODUCT_OF_UNITS = re.compile(r"([а-я]+-)(метр|час|секунда)")  # ньютон-метров, not ньютонов-
_BARE_PLURALS = ("вольт", "ватт", "ампер", "герц", "байт", "бит", "бел", "ом", "рентген")
_FORMS = {  # counted forms the dictionary does not give
    ("год", "gent"): "лет",
    ("человек", "gent"): "человек",
    ("человек", "datv"): "человекам",
    ("человек", "ablt"): "человеками",
    ("человек", "loct"): "человеках",
}
_NAMES = frozenset(("Name", "Surn", "Patr", "Geox", "Orgn"))


@dataclass(frozen=True)
class Noun:
    """One reading of a noun: pymorphy3 names, e.g. gent, femn, sing."""

    lemma: str
    case: str
    gender: str
    singular: bool
    animate: bool


@lru_cache(maxsize=1)
def analyzer() -> pymorphy3.MorphAnalyzer:
    """The dictionary of this process."""
    return pymorphy3.MorphAnalyzer()


@lru_cache(maxsize=8_192)
def all_tags(word: str) -> tuple[str, ...]:
    """Every analysis of a word or punctuation mark, `NOUN,inan,masc sing,gent`, the likeliest first."""
    return tuple(str(parse.tag) for parse in analyzer().parse(word))


@lru_cache(maxsize=8_192)
def parts_of_speech(word: str) -> frozenset[str]:
    """All parts of speech a word may be."""
    return frozenset(str(parse.tag.POS) for parse in analyzer().parse(word.lower()))


@lru_cache(maxsize=8_192)
def is_plain_word(word: str) -> bool:
    """Whether the dictionary has the word in this form, and not as an abbreviation."""
    if not analyzer().word_is_known(word.lower()):
        return False
    return not any("Abbr" in parse.tag for parse in analyzer().parse(word.lower()))


@lru_cache(maxsize=8_192)
def is_common_word(word: str) -> bool:
    """Whether the dictionary has the word as something else than a name: жуков, лист; not Пушкин."""
    if not analyzer().word_is_known(word.lower()):
        return False
    return any(
        _NAMES.isdisjoint(tag.replace(" ", ",").split(",")) for tag in all_tags(word.lower())
    )


@lru_cache(maxsize=8_192)
def is_given_name(word: str) -> bool:
    """Whether the word is written with a capital letter and is a first name or a patronymic."""
    likeliest = all_tags(word.lower())[0]
    return word.istitle() and ("Name" in likeliest or "Patr" in likeliest)


@lru_cache(maxsize=8_192)
def noun_readings(word: str) -> tuple[Noun, ...]:
    """Readings of a word as a noun, the likeliest first; empty when it is none."""
    parses = analyzer().parse(word.lower())
    readings = []
    for parse in parses:
        tag = parse.tag
        if (
            tag.POS != "NOUN"
            or not tag.case
            or (parse.score < _LIKELY and parses[0].tag.POS != "NOUN")
        ):
            continue
        case = {"gen2": "gent", "loc2": "loct", "acc2": "accs", "gen1": "gent"}.get(
            tag.case, tag.case
        )
        readings.append(
            Noun(
                parse.normal_form,
                case,
                "femn" if parse.normal_form == "глава" else tag.gender or "masc",
                tag.number == "sing",
                tag.animacy == "anim",
            )
        )
    return tuple(readings)


@lru_cache(maxsize=8_192)
def is_plural_predicate(word: str) -> bool:
    """Whether the likeliest reading is a plural verb or short adjective: знают, готовы."""
    tag = analyzer().parse(word)[0].tag if word.isalpha() else None
    return tag is not None and tag.POS in ("VERB", "ADJS", "PRTS") and tag.number == "plur"


@lru_cache(maxsize=8_192)
def is_adjective(word: str) -> bool:
    """Whether the likeliest reading is an adjective or participle."""
    parses = analyzer().parse(word.lower())
    return bool(parses) and parses[0].tag.POS in ("ADJF", "PRTF")


def governed_case(preposition: str) -> str | None:
    """The case a preposition, `более` or a comparative usually asks of a number, None if none."""
    word = preposition.lower()
    if word in _CASE_OF or not word:
        return _CASE_OF.get(word)
    if any(noun.lemma in _ACTIONS for noun in noun_readings(word)) or _lemma(word) in _LACKS:
        return "gent"
    return "gent" if "COMP" in parts_of_speech(word) or word.startswith("достиг") else None


def allows_case(preposition: str, case: str) -> bool:
    """Whether a noun in this case may follow the preposition."""
    word = preposition.lower()
    if word in _LOCATIVE_TOO:
        return case in ("accs", "loct")
    if word in _GENITIVE_TOO:
        return case in ("ablt", "gent", "accs")
    if word == "по":
        return case in ("datv", "accs", "loct")
    if word in ("за", "под"):
        return case in ("accs", "ablt")
    governed = governed_case(word)
    return governed is None or governed == case


@lru_cache(maxsize=8_192)
def _lemma(word: str) -> str:
    return str(analyzer().parse(word)[0].normal_form)


@lru_cache(maxsize=8_192)
def inflect(phrase: str, case: str, *, plural: bool = False) -> str:
    """Put a noun, or adjectives with their noun, into a case; words after the noun stay as they are.

    Args:
        phrase: in the nominative singular, e.g. `квадратный метр`, `километр в час`.
        case: one of numerals.CASES.
        plural: the plural form.
    """
    if plural and (phrase, case) in _FORMS:
        return _FORMS[phrase, case]
    if product := _PRODUCT_OF_UNITS.fullmatch(phrase):
        return product[1] + inflect(product[2], case, plural=plural)
    if plural and case == "gent" and phrase.endswith(_BARE_PLURALS):
        return phrase
    words = phrase.split(" ")
    if case == "accs" and (plural or gender_of(phrase) != "femn"):
        case = "nomn"  # things, not people, are counted with units
    grammemes = {case, "plur" if plural else "sing"}
    inflected = []
    for index, word in enumerate(words):
        parse = _noun_or_adjective(word, describes=index + 1 < len(words))
        form = parse.inflect(grammemes) if parse is not None else None
        inflected.append(form.word if form else word)
        if parse is None or parse.tag.POS == "NOUN":
            return " ".join(inflected + words[index + 1 :])
    return " ".join(inflected)


def _noun_or_adjective(word: str, *, describes: bool = False) -> pymorphy3.analyzer.Parse | None:
    """The nominative reading; of столовая (ложка) the adjective, when a word `describes` the next."""
    parses = [p for p in analyzer().parse(word) if p.tag.POS in ("NOUN", "ADJF")]
    adjectives = [p for p in parses if describes and p.tag.POS == "ADJF"]
    return next((p for p in adjectives + parses if "nomn" in p.tag), None)


def gender_of(lemma: str) -> str:
    """Gender of the noun in a phrase such as `квадратный метр`."""
    for word in lemma.split(" "):
        readings = noun_readings(word)
        if readings:
            return readings[0].gender
    return "masc"


def counted(lemma: str, number: int, case: str = "nomn") -> str:
    """The noun after a number: рубль, рубля, рублей, рублями.

    Args:
        lemma: nominative singular, adjectives may stand before the noun.
        number: what is counted.
        case: the case of the whole group.
    """
    kind = last_class(number)
    if kind == "one":
        return inflect(lemma, case)
    if case not in ("nomn", "accs"):
        return inflect(lemma, case, plural=True)
    if kind == "many":
        return inflect(lemma, "gent", plural=True)
    head, _, noun = lemma.rpartition(" ")
    if head and "ADJF" in parts_of_speech(lemma.split(" ")[0]):
        return f"{inflect(head, 'gent', plural=True)} {inflect(noun, 'gent')}"
    return inflect(lemma, "gent")


_LAST_WORD = re.compile(r"([А-Яа-яЁё+-]+)[\s(«\"]*$")
_FIRST_WORDS = re.compile(r"\s*([А-Яа-яЁё+-]+)(?:\s+([А-Яа-яЁё+-]+))?(?:\s+([А-Яа-яЁё+-]+))?")
_REACH = 60  # characters of context looked at on each side


def word_before(text: str, position: int) -> str:
    """The word that stands directly before a position, lower-case, or an empty string."""
    found = _LAST_WORD.search(text[max(0, position - _REACH) : position])
    return found.group(1).replace("+", "").lower() if found else ""


# Words between a preposition and its number that leave the number's case alone.
_TRANSPARENT = frozenset(
    "минус плюс плюс-минус примерно приблизительно почти лишь только всего целых ровно уже ещё даже"  # noqa: SIM905
    " именно где-то чуть".split()
)


_NOT_IN_A_PHRASE = re.compile(r"[^А-Яа-яЁё+\s(«\"-]")


def governing_word(text: str, position: int) -> str:
    """The word that decides the case of a number: of `до минус`, `с почти` до and с.

    Empty when only transparent words stand before the number.
    """
    phrase = _NOT_IN_A_PHRASE.split(text[max(0, position - _REACH) : position])[-1]
    words = [word.lower().replace("+", "") for word in re.split(r"[\s(«\"]+", phrase) if word]
    nearest = words[-1] if words else ""
    if nearest == "и" and _is_absent(words[:-1]):  # не прошло и трёх минут
        return _ABSENT
    while words and words[-1] in _TRANSPARENT:
        words.pop()
    if nearest not in _TRANSPARENT:
        return _verb_before_receiver(words) or (_ABSENT if _is_absent(words) else nearest)
    return words[-1] if words and words[-1] in _CASE_OF else ""


_ABSENT = "нет"


def _is_absent(words: list[str]) -> bool:
    """Не было, не прошло, не осталось, не будет: what is counted after it is in the genitive."""
    if len(words) < 2 or words[-2] != "не":
        return False
    tag = analyzer().parse(words[-1])[0].tag
    impersonal = tag.gender == "neut" or ({"3per", "sing"} in tag and "tran" not in tag)
    return tag.POS == "VERB" and impersonal


_TO_WHOM = frozenset("мне тебе ему ей нам вам им себе всем каждому".split())  # noqa: SIM905


def _verb_before_receiver(words: list[str]) -> str | None:
    """The verb of `выдал местным аграриям`, `заплатили ему`, when it takes an object."""
    words = list(words)
    if not words or (words[-1] not in _TO_WHOM and not _only_receiver(words[-1])):
        return None
    words.pop()
    while words and is_adjective(words[-1]) and "datv" in _cases(words[-1]):
        words.pop()
    takes = bool(words) and (takes_object(words[-1]) or _lemma(words[-1]) in _LACKS)
    return words[-1] if takes else None


def _only_receiver(word: str) -> bool:
    cases = {noun.case for noun in noun_readings(word)}
    return "datv" in cases and cases <= {"datv", "loct", "ablt"}


@lru_cache(maxsize=8_192)
def _cases(word: str) -> frozenset[str]:
    return frozenset(str(parse.tag.case) for parse in analyzer().parse(word))


@lru_cache(maxsize=8_192)
def may_be_verb(word: str) -> bool:
    """Whether some reading is a finite verb or a short participle."""
    return not parts_of_speech(word.lower()).isdisjoint(("VERB", "PRTS"))


@lru_cache(maxsize=8_192)
def lasts(word: str) -> bool:
    """Whether the likeliest reading is a verb of something that goes on: ждал, работает."""
    tag = analyzer().parse(word)[0].tag
    return tag.POS in ("VERB", "INFN") and "impf" in tag


@lru_cache(maxsize=8_192)
def only_plural_cases(word: str) -> tuple[str, ...]:
    """Cases of a thing whose noun has no singular (сутки, ножницами); empty for other words."""
    parses = analyzer().parse(word)
    if "Pltm" not in parses[0].tag or "anim" in parses[0].tag:
        return ()
    return tuple(str(parse.tag.case) for parse in parses if "Pltm" in parse.tag)


@lru_cache(maxsize=8_192)
def is_finite_verb(word: str) -> bool:
    """Whether the likeliest reading says something of its subject: пришёл, готовы, можно; not скажите."""
    tag = analyzer().parse(word)[0].tag if word.isalpha() else None
    return tag is not None and tag.POS in ("VERB", "PRED", "PRTS", "ADJS") and "impr" not in tag


@lru_cache(maxsize=8_192)
def takes_object(word: str) -> bool:
    """Whether the likeliest reading is a verb form with a direct object: превысил, собрать, получив."""
    if word in ("пошли", "прошло"):  # nearly always of пойти; of time
        return False
    tag = analyzer().parse(word)[0].tag if word.isalpha() else None
    return tag is not None and tag.POS in ("VERB", "INFN", "GRND", "PRTF") and "tran" in tag


def words_after(text: str, position: int) -> list[str]:
    """Up to three words that follow without punctuation, lower-case."""
    found = _FIRST_WORDS.match(text[position : position + _REACH])
    return [word.replace("+", "").lower() for word in found.groups() if word] if found else []
