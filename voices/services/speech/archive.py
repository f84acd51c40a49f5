"""A batch's sounds as one zip, made while it is sent."""

import csv
import io
import re
from collections.abc import Iterator
from pathlib import PurePath
from typing import Any

from django.core.files.storage import default_storage

from voices.audio_formats import SUFFIXES
from voices.kinds import KINDS
from voices.models import Batch, Job, StoredFile
from voices.selectors.batches import batch_jobs
from voices.services.jobs.zip_stream import ZipStream

NAME_CHARACTERS = 50
# speed and cut_seconds: of a subtitle that did not fit in its time
COLUMNS = (
    "position", "file", "status", "seconds", "start_seconds", "speed", "cut_seconds", "text", "error",
)  # fmt: skip
_NOT_WORD = re.compile(r"[^\w]+")


def archive_stream(batch: Batch) -> Iterator[bytes]:
    """A zip in pieces: the sounds by their place, the track, and index.csv that tells what is what.

    A sound that was removed meanwhile is missing, and the index says so.
    """
    archive, index = ZipStream(), io.StringIO()
    rows = csv.writer(index)
    rows.writerow(COLUMNS)
    notes = {note["position"]: note for note in batch.track_notes}
    for job in batch_jobs(batch).iterator(chunk_size=100):
        name = ""
        if job.result is not None and default_storage.exists(job.result.name):
            name = _file_name(job, job.result)
            yield from archive.stored_file(name, job.result.name)
        rows.writerow(_index_row(job, name, notes.get(job.position, {})))
    yield from archive.lines("index.csv", ["\ufeff" + index.getvalue()])
    yield archive.end()


def _file_name(job: Job, result: StoredFile) -> str:
    named = job.name if job.text else PurePath(job.name).stem  # of a recording, without its kind
    words = _NOT_WORD.sub("-", named or job.text[:200]).strip("-_")[:NAME_CHARACTERS].rstrip("-")
    suffix = SUFFIXES[result.format]
    if KINDS[job.kind].ends_batch:
        return f"{job.kind}-{words}.{suffix}" if words else f"{job.kind}.{suffix}"
    return f"{job.position:04d}-{words or 'speech'}.{suffix}"


def _index_row(job: Job, name: str, note: dict[str, Any]) -> list[Any]:
    position = job.kind if KINDS[job.kind].ends_batch else job.position
    seconds = job.result.seconds if job.result else ""
    start = job.params.get("start_seconds", "")
    fitted = [note.get("speed") or "", note.get("cut_seconds") or ""]
    return [
        position,
        name,
        job.status,
        seconds,
        start,
        *fitted,
        _cell(job.text or job.name),
        job.error_code,
    ]


def _cell(text: str) -> str:
    """A spreadsheet would take such a text for a formula."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@")) else text
