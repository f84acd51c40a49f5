"""Web addresses, e-mail addresses and telephone numbers."""

import re

from tts_engine.text.numerals import cardinal, digits

_TLD = "ru|рф|com|org|net|io|dev|info|su|ua|by|kz|uk|de|fr|me|ai|tv|gov|edu|app|online|site|pro|biz|eu|us|cn"
_EMAIL = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,4}")
_URL = re.compile(r"(?:https?://|ftp://|www\.)[^\s\"<>]+", re.IGNORECASE)
_DOMAIN = re.compile(
    rf"(?<![\w@.-])(?:[a-zа-я0-9-]{{1,63}}\.){{1,4}}(?:{_TLD})(?:/[^\s\"<>]*|(?![\w-]))",
    re.IGNORECASE,
)
_FILE = re.compile(
    r"(?<![\w./])[\w-]{1,64}(?:\.[\w-]{1,16}){0,4}\.(?:pdf|docx?|xlsx?|pptx?|txt|csv|jpe?g|png|gif|mp3|mp4|wav|zip|rar|exe|py|html?)(?!\w)",
    re.IGNORECASE,
)
_PHONE = re.compile(
    r"(?<![\w+.,])(\+7|8|7)[ (-]{0,2}(\d{3})[ )-]{0,2}(\d{3})[ -]?(\d{2})[ -]?(\d{2})(?![\d.,]*\d)"
)
_FOREIGN_PHONE = re.compile(r"(?<![\w+])\+(\d{1,3})((?:[ ()-]{1,2}\d{2,4}){2,5})(?!\d)")
_LOCAL_PHONE = re.compile(r"(?<![\d-])(\d{2,3})-(\d{2})-(\d{2})(?![\d-])")
_SHORT_PHONE = re.compile(r"(?<=[Тт]ел\. )(\d)-(\d{2})-(\d{2})(?![\d-])")
_ZONES = {
    "ru": "ру",
    "com": "ком",
    "org": "орг",
    "net": "нет",
    "рф": "эр эф",
    "su": "су",
    "info": "инфо",
    "www": "вэ вэ вэ",
}
_SIGNS = {
    ".": "точка", "/": "слэш", "-": "дефис", "_": "нижнее подчёркивание", "@": "собака", ":": "двоеточие",
    "?": "вопросительный знак", "=": "равно", "&": "амперсанд", "#": "решётка", "%": "процент", "+": "плюс",
    "~": "тильда",
}  # fmt: skip
_PIECE = re.compile(r"[A-Za-z]+|[А-Яа-яЁё]+|\d+|[^\w\s]|_")


def say_addresses(text: str) -> str:
    """Spell addresses and telephone numbers in words; Latin parts stay Latin."""
    text = _EMAIL.sub(lambda found: _say_address(found.group()), text)
    text = _URL.sub(lambda found: _say_address(found.group()), text)
    text = _DOMAIN.sub(lambda found: _say_address(found.group()), text)
    text = _FILE.sub(lambda found: _say_address(found.group()), text)
    text = _PHONE.sub(_say_phone, text)
    text = _FOREIGN_PHONE.sub(_say_foreign_phone, text)
    text = _SHORT_PHONE.sub(lambda found: ", ".join(map(_say_group, found.groups())), text)
    return _LOCAL_PHONE.sub(lambda found: ", ".join(map(_say_group, found.groups())), text)


def _say_address(address: str) -> str:
    bare = address.rstrip(".,;:!?)…'\"")
    tail = address[len(bare) :]
    bare = re.sub(r"^(?:https?|ftp)://", "", bare, flags=re.IGNORECASE).rstrip("/")
    words = []
    for piece in _PIECE.findall(bare):
        if piece.isdecimal():
            words.append(_say_group(piece))
        else:
            words.append(_ZONES.get(piece.lower(), _SIGNS.get(piece, piece)))
    return " ".join(words) + tail


def _say_group(group: str) -> str:
    """Digits as people read them in a telephone number: 495, 05, 45."""
    if len(group) > 3:
        return digits(group)
    zeros = len(group) - len(group.lstrip("0"))
    words = [digits("0" * zeros)] if zeros else []
    if group.lstrip("0"):
        words.append(cardinal(int(group)))
    return " ".join(words)


def _say_phone(found: re.Match[str]) -> str:
    country, *groups = found.groups()
    start = f"плюс {cardinal(int(country[1:]))}" if country[0] == "+" else cardinal(int(country))
    return ", ".join([start, *map(_say_group, groups)])


def _say_foreign_phone(found: re.Match[str]) -> str:
    groups = re.findall(r"\d+", found[2])
    return ", ".join([f"плюс {cardinal(int(found[1]))}", *map(_say_group, groups)])
