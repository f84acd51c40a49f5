"""Word documents (docx): a zip of XML from a stranger, so it is measured before it is opened."""

import io
import zipfile
from collections.abc import Iterator
from typing import Any

from docx import Document
from docx.opc.exceptions import OpcError
from docx.table import Table
from lxml.etree import LxmlError

from voices.errors import BadInput, TooLarge

MAX_PARTS = 5_000
MAX_UNPACKED_BYTES = 64 * 1024 * 1024
MAX_XML_BYTES = 24 * 1024 * 1024


def read_word(content: bytes) -> list[str]:
    """Paragraphs in the order of the document, those in tables too; a blank one is "".

    Raises:
        BadInput: `damaged_docx`.
        TooLarge: `docx_too_large`, also for a small file that unpacks to a large one.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            _check_sizes(archive.infolist())
        document = Document(io.BytesIO(content))
        return list(_paragraphs(document))
    except (
        zipfile.BadZipFile, OpcError, LxmlError, KeyError, ValueError, AttributeError,
        NotImplementedError, RuntimeError, EOFError, OSError, IndexError,
    ) as error:  # fmt: skip  # what its parsers raise on damage is nowhere listed
        raise BadInput(
            "damaged_docx",
            "the Word document cannot be read; expected a .docx file",
            "документ Word не прочесть; ожидается файл .docx",
        ) from error


def _check_sizes(parts: list[zipfile.ZipInfo]) -> None:
    # zipfile never unpacks more of a part than its entry promises
    xml = max((part.file_size for part in parts if _is_xml(part.filename)), default=0)
    total = sum(part.file_size for part in parts)
    if len(parts) > MAX_PARTS or total > MAX_UNPACKED_BYTES or xml > MAX_XML_BYTES:
        raise TooLarge(
            "docx_too_large",
            f"the Word document unpacks to more than {MAX_UNPACKED_BYTES} bytes",
            f"документ Word в развёрнутом виде больше {MAX_UNPACKED_BYTES} байт",
            limit_bytes=MAX_UNPACKED_BYTES,
        )


def _is_xml(name: str) -> bool:
    return name.lower().endswith((".xml", ".rels"))


def _paragraphs(container: Any) -> Iterator[str]:
    for block in container.iter_inner_content():
        if isinstance(block, Table):
            for row in block.rows:
                yield from _cells(row.cells)
        else:
            yield block.text.strip()


def _cells(cells: tuple[Any, ...]) -> Iterator[str]:
    seen: list[Any] = []  # a merged cell comes once for every column
    for cell in cells:
        if cell._tc not in seen:
            seen.append(cell._tc)
            yield from _paragraphs(cell)
