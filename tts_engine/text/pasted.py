"""Text as it is pasted from pages, chats and files, made plain before it is split into sentences.

Only what is surely markup goes: a parser of HTML takes `x<y и y>z` for a tag, one of Markdown takes `5*3*2` for
emphasis and `1990. Весна` for a list, and what is typed plainly must stay as it is.
"""

import html
import re
from collections.abc import Callable

from tts_engine.text.morphology import is_plain_word

_SUPERSCRIPTS = str.maketrans("0123456789-n", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻ⁿ")
_SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
_ATTRIBUTES = r"""(?:\s+[a-zA-Z:_-]{1,40}(?:\s?=\s?(?:"[^"<>]{0,2000}"|'[^'<>]{0,2000}'|[^\s"'<>]{1,2000}))?){0,30}"""
_BLOCKS = (
    "p|div|h[1-6]|ul|ol|li|dl|dt|dd|blockquote|pre|table|thead|tbody|tfoot|tr|caption|section|article|header|footer"
    "|main|nav|aside|figure|figcaption|form|hr|html|head|body|title|address|details|summary"
)
_INLINE = (
    "a|abbr|b|bdi|bdo|big|button|center|cite|code|data|del|dfn|em|font|i|img|input|ins|kbd|label|link|mark|meta|q|s"
    "|samp|small|span|strike|strong|sub|sup|time|tt|u|var|wbr|td|th"
)


def _tags(names: str) -> str:
    return rf"</?(?:{names}){_ATTRIBUTES}\s?/?>"


Said = str | Callable[[re.Match[str]], str]
_BREAKS: tuple[tuple[str, Said], ...] = (
    (r"[\f\v]", "\n\n"),
    # C:\new is a folder
    (r"(?<![:\w]\\)(?<![A-Za-z]:)(?:\\r)?\\n(?![a-z])", "\n"),
    (r"(?<![A-Za-z]:)\\t(?![a-z])", " "),
)
_NOTES: tuple[tuple[str, Said], ...] = (
    (
        r"(?<=[\w»\"”).,!?…%])(?:\[(?:\d{1,3}|\^\w{1,20}|[a-zа-я]|(?:прим|к)\.\s?\d{1,3})\]){1,9}",
        "",
    ),
    (r"(?<=[а-яё]{3})[⁰¹²³⁴-⁹]+(?:[⁻⁻,][⁰¹²³⁴-⁹]+)?", ""),
    (r"(?<=[.,!?…»\"”)])(?<!\d\))(?<![A-Za-z]\))[⁰¹²³⁴-⁹]+", ""),
    (r"(?<=[а-яё%»])[*†‡]{1,3}(?=[\s.,;:!?)]|$)", ""),
)
_HTML: tuple[tuple[str, Said], ...] = (
    (r"(?is)<!--.{0,2000}?-->|<(script|style)\b[^<>]{0,500}>.{0,5000}?</\1>", " "),
    (r"(?i)<sup>([\d-]{1,6}|n)</sup>", lambda found: found[1].lower().translate(_SUPERSCRIPTS)),
    (r"(?i)<sub>(\d{1,3})</sub>", lambda found: found[1].translate(_SUBSCRIPTS)),
    (rf"(?i)</t[dh]>\s{{0,20}}<t[dh]{_ATTRIBUTES}>", ", "),
    (r"(?i)<br\s?/?>", "\n"),
    (rf"(?i){_tags(_BLOCKS)}", "\n\n"),
    (rf"(?i){_tags(_INLINE)}", ""),
    (r"&(?:#\d{1,7}|#[xX][\da-fA-F]{1,6}|[A-Za-z]{2,31}\d{0,2});", lambda found: html.unescape(found[0])),
)  # fmt: skip
_TARGET = r"(?:[^()\s]|\([^()\s]{0,200}\)){0,2000}(?:[ \t]+\"[^\"\n]{0,300}\")?"
_MARKDOWN: tuple[tuple[str, Said], ...] = (
    (r"(?m)^[ \t]*(?:```|~~~)[^\n`]*$", ""),
    (r"(?m)^[ \t]*\|?(?:[ \t]?:?-{3,}:?[ \t]?\|)+(?:[ \t]?:?-{3,}:?[ \t]?)?$\n?", ""),
    (r"(?m)^[ \t]*\|([^\n]+)\|[ \t]*$", lambda found: "\n" + ", ".join(map(str.strip, found[1].split("|")))),
    (r"(?m)^[ \t]*([-*_])(?:[ \t]?\1){2,}[ \t]*$|^={3,}[ \t]*$", ""),
    (r"(?m)^[ \t]*\[[^\]\n]{1,80}\]:[ \t]+\S+[^\n]*$", ""),
    (r"(?m)^[ \t]{0,3}#{1,6}[ \t]+(\S[^\n]*)$", lambda found: f"\n{found[1].rstrip('# ')}\n"),
    (r"(?m)^[ \t]*(?:>[ \t]?)+(?![ \t]*\d)", ""),
    (r"(?m)^[ \t]*[*+-][ \t]+(?:\[[ xX]\][ \t]+)?(?=[^\s\d])", "\n"),
    (rf"!?\[([^\[\]\n]{{1,300}})\](?:\({_TARGET}\)|\[[^\]\n]{{0,80}}\])", r"\1"),
    (r"<((?:https?://|mailto:)[^\s<>]{1,2000})>", r"\1"),
    (r"\*\*(?=\S)([^*\n]{1,2000}?)(?<=\S)\*\*", r"\1"),
    (r"(?<!\w)__(?=\S)([^_\n]{1,2000}?)(?<=\S)__(?!\w)", r"\1"),
    (r"~~(?=\S)([^~\n]{1,2000}?)(?<=\S)~~", r"\1"),
    (r"(?<![\w*])\*(?=[^\s*])([^*\n]{1,2000}?)(?<=[^\s*])\*(?![\w*])", r"\1"),
    (r"(?<!\w)_(?=[^\s_])([^_\n]{1,2000}?)(?<=[^\s_])_(?!\w)", r"\1"),
    (r"`([^`\n]{1,2000})`", r"\1"),
)  # fmt: skip
_RULES = tuple((re.compile(pattern), said) for pattern, said in (*_NOTES, *_HTML, *_MARKDOWN))

_BROKEN = re.compile(
    r"(?<![А-ЯЁа-яё])([А-ЯЁа-яё]{0,40}[а-яё])(?:([-‐\u00ad¬])[ \t]*\n[ \t]*|([-¬])[ \t]+)"
    r"(?!(?:и|или|а|но)\s)([а-яё]{1,40})"
)
_PARTICLES = frozenset(["то", "либо", "нибудь", "таки", "ка"])


def real_breaks(text: str) -> str:
    """Line breaks for a typed \\n; form feed and vertical tab end a paragraph."""
    for pattern, said in _BREAKS:
        text = re.sub(pattern, said, text)
    return text


def plain_text(text: str) -> str:
    """Take HTML, Markdown, footnote marks and typed \\n away and join words broken at a line's end."""
    text = real_breaks(text)
    for pattern, said in _RULES:
        text = pattern.sub(said, text)
    return _BROKEN.sub(_joined, text)


def _joined(found: re.Match[str]) -> str:
    """повер-⏎нулся without its hyphen, кто-⏎то with it; `двух- и` is no broken word."""
    first, at_end, inside, second = found.groups()
    if (at_end or inside) not in ("-", "‐") or is_plain_word(first + second):
        return first + second
    if inside:
        return found.group()
    hyphenated = second in _PARTICLES or is_plain_word(f"{first}-{second}")
    both_words = is_plain_word(first) and is_plain_word(second)
    return f"{first}-{second}" if hyphenated or both_words else first + second
