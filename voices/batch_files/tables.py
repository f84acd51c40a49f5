"""Comma-separated tables with a column of texts."""

import csv
import io

from voices.batch_files.items import BatchText
from voices.errors import BadInput

DELIMITERS = ",;\t"
_COLUMNS = {
    "text": ("text", "текст"),
    "voice": ("voice", "голос"),
    "name": ("name", "имя", "название"),
}


def read_table(text: str) -> list[BatchText]:
    """Rows with a text; the first line names the columns: text, and if wanted voice and name.

    Raises:
        BadInput: `csv_no_text_column`, `damaged_csv`.
    """
    head = text.lstrip("\n").split("\n", 1)[0]
    delimiter = max(DELIMITERS, key=head.count)
    try:
        rows = list(csv.reader(io.StringIO(text.lstrip("\n")), delimiter=delimiter, strict=True))
    except csv.Error as error:
        raise BadInput(
            "damaged_csv",
            f"the table cannot be read: {error}",
            f"таблицу не прочесть: {error}",
        ) from error
    columns = _columns(rows[0] if rows else [])
    if "text" not in columns:
        raise BadInput(
            "csv_no_text_column",
            "the first line of the table must name a column text",
            "первая строка таблицы должна называть столбец text (или «текст»)",
        )
    found = (
        {name: row[place].strip() if place < len(row) else "" for name, place in columns.items()}
        for row in rows[1:]
    )
    return [
        BatchText(text=row["text"], voice=row.get("voice", ""), name=row.get("name", ""))
        for row in found
        if row["text"]
    ]


def _columns(head: list[str]) -> dict[str, int]:
    titles = [title.strip().lower() for title in head]
    return {
        name: next(titles.index(title) for title in known if title in titles)
        for name, known in _COLUMNS.items()
        if any(title in titles for title in known)
    }
