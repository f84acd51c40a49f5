"""Reads the small text files beside this module; one entry a line, `#` begins a comment."""

import re
from importlib import resources

_COMMENT = re.compile(r"(?:^|\s)#.*")


def read_entries(name: str) -> list[str]:
    """Entries of `tts_engine/text/data/<name>` without comments and blank lines."""
    text = resources.files("tts_engine.text").joinpath("data", name).read_text(encoding="utf-8")
    lines = (_COMMENT.sub("", line).strip() for line in text.splitlines())
    return [line for line in lines if line]


def read_pairs(name: str) -> dict[str, str]:
    """Entries of the form `key value`, the first space divides."""
    pairs = (entry.split(None, 1) for entry in read_entries(name))
    return {key: value.strip() for key, value in pairs}
