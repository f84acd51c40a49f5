"""A file's content to texts, by its kind."""

import json
import re
from collections.abc import Callable
from dataclasses import asdict
from pathlib import PurePath
from typing import BinaryIO

from voices.batch_files.items import BatchText
from voices.batch_files.subtitles import read_subtitles
from voices.batch_files.tables import read_table
from voices.batch_files.word import read_word
from voices.errors import BadInput, UnsupportedMedia

KINDS = ("txt", "docx", "srt", "csv")
_PARAGRAPHS = re.compile(r"\n[ \t]*\n")


def read_batch_file(content: bytes, *, file_name: str, split: str) -> tuple[str, list[BatchText]]:
    """The file's kind and its texts, blank ones dropped.

    Args:
        content: the whole file.
        file_name: its ending tells the kind.
        split: of txt and docx: "line" (in Word every paragraph) or "paragraph", parted by a blank one.

    Raises:
        UnsupportedMedia: `unknown_batch_file`.
        BadInput: `not_text`, `damaged_docx`, `damaged_subtitles`, `damaged_csv`, `csv_no_text_column`.
        TooLarge: `docx_too_large`, `subtitles_too_long`.
    """
    kind = PurePath(file_name).suffix.lower().lstrip(".")
    if kind not in KINDS:
        listed = ", ".join(KINDS)
        raise UnsupportedMedia(
            "unknown_batch_file",
            f"the file is called {file_name[:80]!r}; expected one of {listed}",
            f"файл называется «{file_name[:80]}»; ожидается один из: {listed}",
            expected=list(KINDS),
        )
    if kind == "docx":
        return kind, _parted("\n".join(read_word(content)), split)
    readers: dict[str, Callable[[str], list[BatchText]]] = {
        "txt": lambda text: _parted(text, split),
        "srt": read_subtitles,
        "csv": read_table,
    }
    return kind, readers[kind](decoded(content))


def reading_task(
    source: BinaryIO, sink: BinaryIO, *, file_name: str, split: str, items: int, characters: int
) -> None:
    """What the confined process does: kind, amount and texts as JSON; no texts when there are too many."""
    kind, texts = read_batch_file(source.read(), file_name=file_name, split=split)
    amount = {"items": len(texts), "characters": sum(len(text.text) for text in texts)}
    fits = amount["items"] <= items and amount["characters"] <= characters
    rows = [asdict(text) for text in texts] if fits else []
    sink.write(json.dumps({"kind": kind, **amount, "texts": rows}).encode())


def decoded(content: bytes) -> str:
    """Text in UTF-8, UTF-16 with its mark, or else Windows-1251; line ends made alike.

    Raises:
        BadInput: `not_text`.
    """
    encoding = "utf-8-sig"
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        encoding = "utf-16"
    for candidate in (encoding, "cp1251"):
        try:
            text = content.decode(candidate)
        except UnicodeDecodeError:
            continue
        if "\x00" in text:
            break
        return text.replace("\r\n", "\n").replace("\r", "\n")
    raise BadInput(
        "not_text",
        "the file is not text in UTF-8, UTF-16 or Windows-1251",
        "файл не читается как текст в UTF-8, UTF-16 или Windows-1251",
    )


def _parted(text: str, split: str) -> list[BatchText]:
    parts = _PARAGRAPHS.split(text) if split == "paragraph" else text.split("\n")
    return [BatchText(text=part.strip()) for part in parts if part.strip()]
