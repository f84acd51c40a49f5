"""Calls that send songs, forms with files, and fetch what became of them."""

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar
from uuid import uuid4

from voiceclone_client.calls import API, Call
from voiceclone_client.types import Batch, Job

T = TypeVar("T")

SONG_FILES = ("vocals", "accompaniment", "f0", "reference")


def conversion_create(files: Mapping[str, str | Path], fields: dict[str, Any]) -> Call[Job]:
    settings = {"settings": json.dumps(fields.pop("settings"))} if "settings" in fields else {}
    return form_call("conversions/", files, {**fields, **settings})


def conversion_batch_create(
    recordings: Sequence[str | Path], files: Mapping[str, str | Path], fields: dict[str, Any]
) -> Call[Batch]:
    settings = {"settings": json.dumps(fields.pop("settings"))} if "settings" in fields else {}
    sent = [("audio", _content(one)) for one in recordings]
    return _form("conversions/batches/", Batch.of, sent, files, {**fields, **settings})


def separation_create(files: Mapping[str, str | Path], fields: dict[str, Any]) -> Call[Job]:
    return form_call("separations/", files, fields)


def song_files(
    audio: str | Path | None, fields: dict[str, Any]
) -> tuple[dict[str, str | Path], dict[str, Any]]:
    """What of a song's fields is a file, and the rest."""
    files = {name: fields[name] for name in SONG_FILES if name in fields}
    if audio is not None:
        files["audio"] = audio
    return files, {name: value for name, value in fields.items() if name not in SONG_FILES}


def form_call(path: str, files: Mapping[str, str | Path], fields: dict[str, Any]) -> Call[Job]:
    return _form(path, Job.of, [], files, fields)


def _form(
    path: str,
    of: Callable[[dict[str, Any]], T],
    many: Sequence[tuple[str, Any]],
    files: Mapping[str, str | Path],
    fields: dict[str, Any],
) -> Call[T]:
    """A form with files; under an idempotency key, so that it may be sent again."""
    sent = [(name, _content(file)) for name, file in files.items()]
    texts = [
        (name, (None, str(value).lower() if isinstance(value, bool) else str(value)))
        for name, value in fields.items()
    ]
    return Call(
        method="POST",
        path=f"{API}/{path}",
        read=lambda response: of(response.json()),
        options={"files": [*many, *sent, *texts], "headers": {"Idempotency-Key": uuid4().hex}},
    )


def _content(file: str | Path) -> tuple[str, bytes]:
    return Path(file).name, Path(file).read_bytes()


def job_file(job_id: str, role: str) -> Call[bytes]:
    return Call(
        method="GET",
        path=f"{API}/jobs/{job_id}/files/{role}/",
        read=lambda response: response.content,
    )
