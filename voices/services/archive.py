"""A batch's sounds as one zip, made while it is sent."""

import csv
import io
import re
from collections.abc import Iterator
from typing import Any

from django.core.files.storage import default_storage

from voices.audio_formats import SUFFIXES
from voices.models import Batch, Job
from voices.selectors.batches import batch_jobs
from voices.services.zip_stream import ZipStream

NAME_CHARACTERS = 50
_NOT_WORD = re.compile(r"[^\w]+")


def archive_stream(batch: Batch) -> Iterator[bytes]:
    """A zip in pieces: the sounds by their place, the track, and index.csv that tells what is what.

    A sound that was removed meanwhile is missing, and the index says so.
    """
    archive, index = ZipStream(), io.StringIO()
    rows = csv.writer(index)
    rows.writerow(["position", "file", "status", "seconds", "start_seconds", "text", "error"])
    for job in batch_jobs(batch).iterator(chunk_size=100):
        name = _file_name(job)
        there = bool(name) and default_storage.exists(job.result.file)
        if there:
            yield from archive.stored_file(name, job.result.file)
        rows.writerow(_index_row(job, name if there else ""))
    yield from archive.lines("index.csv", ["\ufeff" + index.getvalue()])
    yield archive.end()


def _file_name(job: Job) -> str:
    result = getattr(job, "result", None)
    if result is None:
        return ""
    if job.kind == Job.Kind.TRACK:
        return f"track.{SUFFIXES[result.format]}"
    words = _NOT_WORD.sub("-", job.name or job.text[:200]).strip("-_")[:NAME_CHARACTERS]
    return f"{job.position:04d}-{words.rstrip('-') or 'speech'}.{SUFFIXES[result.format]}"


def _index_row(job: Job, name: str) -> list[Any]:
    result = getattr(job, "result", None)
    position = "track" if job.kind == Job.Kind.TRACK else job.position
    seconds = result.seconds if result else ""
    start = job.params.get("start_seconds", "")
    return [position, name, job.status, seconds, start, _cell(job.text), job.error_code]


def _cell(text: str) -> str:
    """A spreadsheet would take such a text for a formula."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@")) else text
