"""All that is somebody's as one zip, made while it is sent."""

import json
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import Any

from django.core.files.storage import default_storage
from django.core.serializers.json import DjangoJSONEncoder

from voices.models import StoredFile
from voices.owner import Owner
from voices.selectors.export import Table, tables_of
from voices.services.jobs.zip_stream import ZipStream

ROWS_AT_ONCE = 100
MISSING = "missing.jsonl"


def export_stream(owner: Owner) -> Iterator[bytes]:
    """A zip in pieces: a file of JSON lines for each table, and the files that one of them tells of.

    A file that was removed meanwhile is listed in missing.jsonl.
    """
    archive, missing, files = ZipStream(), [], StoredFile.objects.none()
    for table in tables_of(owner):
        yield from archive.lines(f"{table.name}.jsonl", map(_line, _rows(table)))
        if table.rows.model is StoredFile:
            files = table.rows
    for stored, audio_format in files.values_list("name", "format").iterator(ROWS_AT_ONCE):
        name = _name(stored, audio_format)
        if default_storage.exists(stored):
            yield from archive.stored_file(name, stored)
        else:
            missing.append(name)
    if missing:
        yield from archive.lines(MISSING, [_line({"file": name}) for name in missing])
    yield archive.end()


def _rows(table: Table) -> Iterator[dict[str, Any]]:
    for row in table.rows.values(*table.columns).iterator(chunk_size=ROWS_AT_ONCE):
        if table.rows.model is StoredFile:
            row["name"] = _name(row["name"], row["format"])
        yield row


def _name(stored: str, audio_format: str) -> str:
    """In the zip: a recording is stored without the suffix that its owner's programs know it by."""
    known = PurePosixPath(stored).suffix or not audio_format
    return stored if known else f"{stored}.{audio_format}"


def _line(row: dict[str, Any]) -> str:
    return json.dumps(row, cls=DjangoJSONEncoder, ensure_ascii=False) + "\n"
