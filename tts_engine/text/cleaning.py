"""Unicode housekeeping: NFC, invisible characters, quotes, dashes and foreign letters.

Never NFKD: it would take й and ё apart.
"""

import re
import unicodedata
from functools import lru_cache

from tts_engine.text.marks import SHIELD

# Private-use characters stand for words whose sounds are given (markup/script.py).
GIVEN_FIRST, GIVEN_LAST = "\ue000", "\uf8ff"
_GRAVE = str.maketrans(
    {"ѐ": "е", "ѝ": "и", "Ѐ": "Е", "Ѝ": "И", "ѓ": "г", "ќ": "к", "Ѓ": "Г", "Ќ": "К"}
)
_KEPT_POWERS = "²³"
_READ_CATEGORIES = ("Pd", "Pe", "Ps", "Sc", "Sm", "Po")

# Letters of neighbouring alphabets to what a Russian reader says.
_NEIGHBOURS = {
    "і": "и", "ї": "йи", "є": "е", "ґ": "г", "ў": "у", "ј": "й", "љ": "ль", "њ": "нь", "ћ": "ч", "ђ": "дж",
    "џ": "дж", "ѕ": "дз", "ә": "э", "ғ": "г", "қ": "к", "ң": "н", "ө": "о", "ұ": "у", "ү": "ю", "һ": "х",
    "ѣ": "е", "ѳ": "ф", "ѵ": "и", "ҳ": "х", "ҷ": "дж", "ӣ": "и", "ӯ": "у", "ҡ": "к", "ҙ": "з", "ҫ": "с",
}  # fmt: skip
_GREEK = {
    "α": "альфа", "β": "бета", "γ": "гамма", "δ": "дельта", "ε": "эпсилон", "ζ": "дзета", "η": "эта",
    "θ": "тета", "ι": "йота", "κ": "каппа", "λ": "лямбда", "μ": "мю", "ν": "ню", "ξ": "кси", "ο": "омикрон",
    "π": "пи", "ρ": "ро", "σ": "сигма", "ς": "сигма", "τ": "тау", "υ": "ипсилон", "φ": "фи", "χ": "хи",
    "ψ": "пси", "ω": "омега", "µ": "мю",
}  # fmt: skip
_LATIN = {
    "ß": "ss",
    "æ": "ae",
    "œ": "oe",
    "ø": "o",
    "ł": "l",
    "đ": "d",
    "ð": "d",
    "þ": "th",
    "ı": "i",
}
_LOOKALIKES = dict(zip("aceopxykmthbACEOPXYKMTHB", "асеорхукмтнвАСЕОРХУКМТНВ", strict=True))
_LATIN_TWINS = {russian: latin for latin, russian in _LOOKALIKES.items()}
_LOOKALIKES |= {"i": "и", "I": "И"}  # of neighbouring and old alphabets: Мiръ
_RUSSIAN_ENDING = re.compile(r"^[A-Za-z]{2,}[а-яё]+$")
_WORD = re.compile(r"[A-Za-zА-Яа-яЁё]+")
_CYRILLIC = re.compile(r"[А-Яа-яЁё]")
_LATIN_LETTER = re.compile(r"[A-Za-z]")
_LONE_TWIN = re.compile(r"(?<![\w'-])[acokyABCOKY](?=\s[\"а-яёА-ЯЁ])")
_APOSTROPHE = re.compile(r"(?<=[А-Яа-яЁё])'(?=[А-Яа-яЁё])")
_SIGN_AFTER = re.compile(r"(?<=[бвгджзклмнпрстфх])'(?=[еёюя])", re.IGNORECASE)
_SMILEY = re.compile(r"(?<!\w)[:;=]-?[)(DPР|]+(?!\w)")
_DIAMETER = re.compile(r"(?P<noun>[А-Яа-яЁё],?\s)?\s*[Øø⌀∅](?=\s?\d)")

_REPLACED = {
    **dict.fromkeys("«»„“”‟\"‹›〝〞＂", '"'),
    **dict.fromkeys("’‘ʼ‛′`´", "'"),
    **dict.fromkeys("‐‑⁃﹣－", "-"),
    **dict.fromkeys("―⸺⸻─━", "—"),
    **dict.fromkeys("。｡", ". "),
    **dict.fromkeys("、，", ", "),
    "⁄": "/", "∕": "/", "·": "·", "⋯": "…", "‼": "!", "⁇": "?", "⁈": "?!", "⁉": "!?", "？": "?", "！": "!",
    "∙": "·", "•": ", ", "●": ", ", "℃": "°C", "™": "", "®": "", "©": "",
}  # fmt: skip


def clean_text(text: str) -> str:
    """Bring text to the few characters that the rules know.

    Combining marks are dropped, as are control characters and symbols with no reading.
    White space becomes single spaces.
    """
    text = unicodedata.normalize("NFC", text)
    text = text.translate(_GRAVE)
    text = _DIAMETER.sub(_diameter, text)
    text = "".join(map(_clean_character, text))
    text = _with_russian_prepositions(_WORD.sub(_unmix, text), text)
    text = _SIGN_AFTER.sub("ъ", text)
    text = _APOSTROPHE.sub("", text)
    text = _SMILEY.sub(" ", text)
    text = re.sub(r"(?<=[?!])\.{2,3}", "", text)
    text = re.sub(r"\.{3,}|\.\.(?!\w)", "…", text)
    text = re.sub(r"(?<=[а-яё])([.!?…])(?=[А-ЯЁ][а-яё])", r"\1 ", text)
    text = re.sub(r"\s+-{1,3}\s+|-{2,3}|(?<=[.,!?…\"]) ?- ", " — ", text)
    text = re.sub(r"^\s*[-–—]\s*(?=[^\d\s])", "", text)
    return " ".join(text.split())


def _with_russian_prepositions(text: str, typed: str) -> str:
    """Latin c, o, a alone are Russian too where words of the same text were typed so: Пиpoг c яблoкaми."""
    mixed = any(
        _CYRILLIC.search(word) and _LATIN_LETTER.search(word) and not _LATIN_LETTER.search(plain)
        for word, plain in zip(_WORD.findall(typed), _WORD.findall(text), strict=False)
    )
    return _LONE_TWIN.sub(lambda found: _LOOKALIKES[found[0]], text) if mixed else text


def _diameter(found: re.Match[str]) -> str:
    """Труба Ø 57: диаметром; alone: диаметр."""
    return f"{found['noun']}диаметром " if found["noun"] else " диаметр "


@lru_cache(maxsize=4_096)
def _clean_character(character: str) -> str:
    if character in _REPLACED:
        return _REPLACED[character]
    if GIVEN_FIRST <= character <= GIVEN_LAST or character == SHIELD:
        return character
    if character.isascii() or "а" <= character.lower() <= "я" or character in "ёЁ" + _KEPT_POWERS:
        return character if character.isprintable() else " " if character.isspace() else ""
    for table, spaced in ((_NEIGHBOURS, False), (_LATIN, False), (_GREEK, True)):
        mapped = table.get(character.lower()) or table.get(_bare(character).lower())
        if mapped:
            mapped = mapped.capitalize() if character.isupper() and not spaced else mapped
            return f" {mapped} " if spaced else mapped
    return _by_category(character)


def _bare(character: str) -> str:
    return unicodedata.normalize("NFD", character)[0]


def _by_category(character: str) -> str:
    """Compatibility forms (ﬁ, ①, ٣, ½) in plain characters; marks and symbols without a reading go."""
    category = unicodedata.category(character)
    if category == "Nd":
        return str(unicodedata.decimal(character))
    plain = unicodedata.normalize("NFKC", character).replace("⁄", "/")
    if category[0] in "NL" and plain.isascii():
        return f" {plain} " if "/" in plain else plain
    if category.startswith("L"):
        base = _bare(character)
        return base if base.isascii() or "а" <= base.lower() <= "я" else " "
    if category[0] in "MC":
        return ""
    return character if category in _READ_CATEGORIES or character in "°№§" else " "


def _unmix(found: re.Match[str]) -> str:
    """Letters that look alike, in a word of the other alphabet: `cтол` with a Latin c, `Сhrome` with a Cyrillic С."""
    word = found.group()
    latin = [letter for letter in word if letter.isascii()]
    if len(latin) in (0, len(word)):
        return word
    russian = [letter for letter in word if not letter.isascii()]
    surely_russian = any(letter not in _LATIN_TWINS for letter in russian)
    if all(letter in _LOOKALIKES for letter in latin) and (
        surely_russian or len(latin) <= len(russian)
    ):
        return "".join(_LOOKALIKES.get(letter, letter) for letter in word)
    if not surely_russian and not _RUSSIAN_ENDING.search(word):
        return "".join(_LATIN_TWINS.get(letter, letter) for letter in word)
    return re.sub(r"(?<=[A-Za-z])(?=[А-Яа-яЁё])|(?<=[А-Яа-яЁё])(?=[A-Za-z])", " ", word)
