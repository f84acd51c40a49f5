"""Loads the silero-stress model out of its wheel, in a second instead of four and without side effects.

*Source:* github.com/snakers4/silero-stress (MIT). Its own loader sets torch to one thread, turns gradients
off for the whole process, and compiles 1,485 long regular expressions of which a text needs a few: here
they are compiled on first use.
"""

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property, lru_cache
from importlib import resources
from types import ModuleType
from typing import Any, Protocol, cast

import torch
from torch.package.package_importer import PackageImporter

ROWS = 4096  # of embeddings, unpacked at once

_lock = threading.Lock()

# How the model writes a list of phrases: (?P<variant>START(?:phrase|phrase)END), several joined by |.
_WORD_START, _WORD_END = r"(?<![а-яА-ЯёЁ\-])", r"(?![а-яА-ЯёЁ\-])"
_PHRASE_GROUP = re.compile(
    rf"\(\?P<(\w+)>{re.escape(_WORD_START)}\(\?:((?:[^()|\\]|\\.|\|)*)\){re.escape(_WORD_END)}\)"
)


def _unescape(pattern: str) -> str:
    return re.sub(r"\\(.)", r"\1", pattern)


class Accentor(Protocol):
    """Puts `+` before stressed vowels and restores ё; keeps all other characters."""

    homosolver: Any

    def __call__(self, sentence: str) -> str: ...


class _LazyPattern:
    """Stands in for `re.compile(pattern, flags)` and compiles when it is first used.

    The model's largest patterns only list phrases, thousands in each; of those only the phrases that
    occur in the text are compiled.
    """

    def __init__(self, pattern: str, flags: int = 0) -> None:
        self._source = pattern, flags
        self._listed = _PHRASE_GROUP.sub("", pattern).strip("|") == "" and flags & re.IGNORECASE

    @cached_property
    def _compiled(self) -> re.Pattern[str]:
        return re.compile(*self._source)

    @cached_property
    def _phrases(self) -> list[tuple[str, list[tuple[str, str]]]]:
        """(group name, its (phrase in lower case, phrase as a pattern)) in the pattern's order."""
        return [
            (name, [(_unescape(phrase).lower(), phrase) for phrase in phrases.split("|")])
            for name, phrases in _PHRASE_GROUP.findall(self._source[0])
        ]

    def search(self, text: str) -> re.Match[str] | None:
        """As re.Pattern.search."""
        if not self._listed:
            return self._compiled.search(text)
        lowered = text.lower()
        groups = []
        for name, phrases in self._phrases:
            present = [pattern for phrase, pattern in phrases if phrase in lowered]
            if present:
                groups.append(f"(?P<{name}>{_WORD_START}(?:{'|'.join(present)}){_WORD_END})")
        return re.search("|".join(groups), text, self._source[1]) if groups else None

    def __getattr__(self, name: str) -> Any:
        return getattr(self._compiled, name)


class _LazyRegexImporter(PackageImporter):
    """A package importer whose pickles get lazy regular expressions."""

    def import_module(self, name: str, package: str | None = None) -> ModuleType:
        if name != "re":
            return super().import_module(name, package)
        shim = ModuleType("re")
        shim.__dict__["_compile"] = _LazyPattern
        return shim


@contextmanager
def _torch_state_kept() -> Iterator[None]:
    threads, gradients = torch.get_num_threads(), torch.is_grad_enabled()
    try:
        yield
    finally:
        torch.set_num_threads(threads)
        torch.set_grad_enabled(gradients)


@lru_cache(maxsize=1)
def _load() -> Accentor:
    model_file = resources.files("silero_stress").joinpath("data", "accentor.pt")
    with resources.as_file(model_file) as path:
        accentor = _LazyRegexImporter(str(path)).load_pickle("accentor_models", "accentor")
    bert = accentor.homosolver.model.bert
    embeddings = (
        bert.embeddings.word_embeddings.weight
    )  # stored as bytes, a hundred megabytes as float32
    halves = torch.empty(embeddings.shape, dtype=torch.float16)
    for stored, rows in zip(embeddings.data.split(ROWS), halves.split(ROWS), strict=True):
        rows.copy_(bert.scale * (stored - bert.zero_point))
    embeddings.data = halves
    return cast(Accentor, accentor)


@lru_cache(maxsize=2_048)
def accentuate(sentence: str) -> str:
    """Stress one sentence.

    The model is loaded once per process and used by one caller at a time. It is so small that a
    second torch thread only slows it down.
    """
    with _lock, _torch_state_kept(), torch.inference_mode():
        torch.set_num_threads(1)
        return _load()(sentence)


def is_homograph(word: str) -> bool:
    """Whether the model was trained to tell the readings of this word apart by their context."""
    with _lock:
        return word in _load().homosolver.homodict
