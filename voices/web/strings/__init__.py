"""Words of the site, Russian and English side by side, one module for each page.

A module has TEMPLATE (shown by the template as {{ t.key }}) and SCRIPT (shown by the scripts with
say("key"); they fill the {braces}), each {key: (Russian, English)}. `frame` has what every page
shows and is joined to each: a page's own word wins over the frame's.
"""

from typing import Protocol

from voices.web.strings import frame

Pairs = dict[str, tuple[str, str]]


class Words(Protocol):
    """A module of words."""

    TEMPLATE: Pairs
    SCRIPT: Pairs


def template_words(words: Words, language: str) -> dict[str, str]:
    """What the template shows, by key."""
    return _in_language({**frame.TEMPLATE, **words.TEMPLATE}, language)


def script_words(words: Words, language: str) -> dict[str, str]:
    """What the scripts show, by key."""
    return _in_language({**frame.SCRIPT, **words.SCRIPT}, language)


def _in_language(pairs: Pairs, language: str) -> dict[str, str]:
    return {key: pair[0] if language == "ru" else pair[1] for key, pair in pairs.items()}
