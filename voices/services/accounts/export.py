"""All that is somebody's as one zip, made while it is sent."""

import json
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import Any

from django.core.files.storage import default_storage
from django.core.serializers.json import DjangoJSONEncoder

from voices.owner import Owner
from voices.selectors.export import Table, tables_of
from voices.services.jobs.zip_stream import ZipStream

ROWS_AT_ONCE = 100
FILE_COLUMNS = ("file", "preview")
MISSING = "missing.jsonl"


def export_stream(owner: Owner) -> Iterator[bytes]:
    """A zip in pieces: a file of JSON lines for each table, and the files that the rows name.

    A file that was removed meanwhile is listed in missing.jsonl.
    """
    archive, missing = ZipStream(), []
    tables = tables_of(owner)
    for table in tables:
        yield from archive.lines(f"{table.name}.jsonl", map(_line, _rows(table)))
    for table in tables:
        for stored, name in _files(table):
            if default_storage.exists(stored):
                yield from archive.stored_file(name, stored)
            else:
                missing.append(name)
    if missing:
        yield from archive.lines(MISSING, [_line({"file": name}) for name in missing])
    yield archive.end()


def _rows(table: Table) -> Iterator[dict[str, Any]]:
    for row in table.rows.values(*table.columns).iterator(chunk_size=ROWS_AT_ONCE):
        named = {column: _name(row, column) for column in FILE_COLUMNS if row.get(column)}
        yield {**row, **named}


def _files(table: Table) -> Iterator[tuple[str, str]]:
    """(name in the storage, name in the zip) of the table's files."""
    for column in FILE_COLUMNS:
        if column in table.columns:
            rows = table.rows.exclude(**{column: ""}).values(*table.columns)
            for row in rows.iterator(chunk_size=ROWS_AT_ONCE):
                yield row[column], _name(row, column)


def _name(row: dict[str, Any], column: str) -> str:
    """A recording is stored without the suffix that its owner's programs know it by."""
    stored: str = row[column]
    suffix = PurePosixPath(row.get("original_name", "")).suffix
    return stored if PurePosixPath(stored).suffix else f"{stored}{suffix}"


def _line(row: dict[str, Any]) -> str:
    return json.dumps(row, cls=DjangoJSONEncoder, ensure_ascii=False) + "\n"
