"""Calls that have scores sung and the words of songs found."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from voiceclone_client.calls import API, Call
from voiceclone_client.songs import form_call
from voiceclone_client.types import Job

Score = str | Path | Mapping[str, Any]  # a file, or notes as `score_read` gives them
SONG_FILES = ("reference", "accompaniment")


def score_read(path: str | Path) -> Call[dict[str, Any]]:
    return Call(
        method="POST",
        path=f"{API}/scores/",
        read=lambda response: dict(response.json()),
        options={"files": {"score": (Path(path).name, Path(path).read_bytes())}},
    )


def song_create(score: Score | None, fields: dict[str, Any]) -> Call[Job]:
    files = {name: fields.pop(name) for name in SONG_FILES if name in fields}
    if isinstance(score, Mapping):
        fields["notes"] = json.dumps(score)
    elif score is not None:
        files["score"] = score
    return form_call("songs/", files, fields)


def alignment_create(audio: str | Path | None, fields: dict[str, Any]) -> Call[Job]:
    return form_call("alignments/", {} if audio is None else {"audio": audio}, fields)


def alignment_lines(job_id: str) -> Call[list[dict[str, Any]] | None]:
    return Call(
        method="GET",
        path=f"{API}/alignments/{job_id}/",
        read=lambda response: response.json()["lines"],
    )


def alignment_change(job_id: str, lines: list[dict[str, Any]]) -> Call[list[dict[str, Any]]]:
    return Call(
        method="PATCH",
        path=f"{API}/alignments/{job_id}/",
        read=lambda response: list(response.json()["lines"]),
        options={"json": {"lines": lines}},
    )
