"""Audio with the time of every character, whole or as lines of JSON."""

import base64
import json
from collections.abc import Callable, Iterator
from itertools import chain
from typing import Any

from django.core.files.storage import default_storage
from django.http import StreamingHttpResponse

from voices import engine
from voices.api.streaming_response import pieces_response
from voices.models import Job
from voices.owner import Owner
from voices.selectors.jobs import job_audio, timestamps_get
from voices.services.speech.streaming import speech_stream

Span = tuple[str, float, float]  # characters that are heard from ... to, in seconds


def timed_answer(*, owner: Owner, job: Job) -> dict[str, Any]:
    """A finished job's audio and its characters in time."""
    with default_storage.open(job_audio(job).name) as file:
        return {"audio_base64": _coded(file.read()), **alignments(owner=owner, job=job)}


def timed_stream(*, owner: Owner, job: Job, on_end: Callable[[], object]) -> StreamingHttpResponse:
    """A line for each piece of audio, and a last one with the characters of the whole in time.

    Raises:
        AppError: the job failed before it said anything.
    """
    pieces = speech_stream(owner=owner, job_id=job.pk, on_end=on_end)
    first = next(pieces, b"")
    return pieces_response(
        _lines(owner, job, chain([first], pieces)),
        pieces,
        content_type="application/x-ndjson",
        headers={"X-Job-Id": str(job.pk)},
    )


def _lines(owner: Owner, job: Job, pieces: Iterator[bytes]) -> Iterator[bytes]:
    untimed = {"alignment": None, "normalized_alignment": None}
    for piece in pieces:
        yield _line({"audio_base64": _coded(piece), **untimed})
    yield _line({"audio_base64": "", **alignments(owner=owner, job=job)})


def alignments(*, owner: Owner, job: Job) -> dict[str, Any]:
    """Characters in time: of the text as it was sent, and of its words as they are said."""
    words = [
        word
        for sentence in timestamps_get(owner=owner, job_id=job.pk)
        for word in sentence["words"]
    ]
    said = [(word["text"], word["start"], word["end"]) for word in words]
    return {
        "alignment": _characters(_typed_spans(job.text, said)),
        "normalized_alignment": _characters(_spaced(said)),
    }


def _spaced(said: list[Span]) -> list[Span]:
    """The words with a space between each and the next."""
    spans: list[Span] = []
    for text, start, end in said:
        if spans:
            spans.append((" ", spans[-1][2], start))
        spans.append((text, start, end))
    return spans


def _typed_spans(text: str, said: list[Span]) -> list[Span]:
    """The whole text: words that are said as they are written, and what stands between them.

    What is written otherwise (5 for пять) takes the time between the words around it.
    """
    end_seconds = said[-1][2] if said else 0.0
    spans: list[Span] = []
    position, heard = 0, 0.0
    places = engine.words_placed(text, [word for word, _, _ in said])
    for place, (_, start, end) in zip(places, said, strict=True):
        if place is None:
            continue
        spans.append((text[position : place[0]], heard, start))
        spans.append((text[place[0] : place[1]], start, end))
        position, heard = place[1], end
    spans.append((text[position:], heard, max(heard, end_seconds)))
    return spans


def _characters(spans: list[Span]) -> dict[str, list[Any]]:
    """Each character has an equal part of its span."""
    characters: list[str] = []
    starts: list[float] = []
    ends: list[float] = []
    for text, start, end in spans:
        step = (end - start) / max(len(text), 1)
        characters += text
        starts += [round(start + step * index, 3) for index in range(len(text))]
        ends += [round(start + step * (index + 1), 3) for index in range(len(text))]
    return {
        "characters": characters,
        "character_start_times_seconds": starts,
        "character_end_times_seconds": ends,
    }


def _coded(content: bytes) -> str:
    return base64.b64encode(content).decode()


def _line(values: dict[str, Any]) -> bytes:
    return json.dumps(values, ensure_ascii=False).encode() + b"\n"
