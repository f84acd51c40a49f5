"""What is sent and how its answer is read; the two clients differ in the sending only."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Generic, TypeVar
from uuid import uuid4

import httpx

from voiceclone_client.types import (
    Batch,
    Comparison,
    Dataset,
    Detection,
    Job,
    Point,
    Reading,
    Sentence,
    Take,
    Training,
    Upload,
    Voice,
    VoiceVersion,
)

API = "/api/v1"
T = TypeVar("T")
Files = list[tuple[str, tuple[str | None, Any]]]


@dataclass(frozen=True, kw_only=True)
class Call(Generic[T]):
    """One HTTP call.

    Attributes:
        options: for httpx.
        repeatable: it may be sent again when the service is busy: reading, deleting, or making
            something under an idempotency key.
    """

    method: str
    path: str
    read: Callable[[httpx.Response], T]
    options: dict[str, Any] = field(default_factory=dict)
    repeatable: bool = True


@dataclass(frozen=True)
class Page(Generic[T]):
    """A part of a list, and where the next one begins; None after the last."""

    rows: list[T]
    next: int | None


def voices(filters: dict[str, Any], number: int | None) -> Call[Page[Voice]]:
    return paged("voices/", filters, number, Voice.of)


def voice_create(name: str, files: Files, consent: bool, fields: dict[str, str]) -> Call[Voice]:
    data = {"name": name, "consent": str(consent).lower(), **fields}
    return Call(
        method="POST",
        path=f"{API}/voices/",
        read=_row(Voice.of),
        options={"data": data, "files": files},
        repeatable=False,
    )


def voice_delete(voice_id: str) -> Call[None]:
    return Call(method="DELETE", path=f"{API}/voices/{voice_id}/", read=_nothing)


def voice_versions(voice_id: str, number: int | None) -> Call[Page[VoiceVersion]]:
    return paged(f"voices/{voice_id}/versions/", {}, number, VoiceVersion.of)


def voice_version_activate(voice_id: str, number: int) -> Call[Voice]:
    return _post(f"voices/{voice_id}/versions/{number}/activate/", {}, _row(Voice.of))


def voice_version_preview_make(voice_id: str, number: int) -> Call[VoiceVersion]:
    return _post(f"voices/{voice_id}/versions/{number}/preview/", {}, _row(VoiceVersion.of))


def voice_version_preview(voice_id: str, number: int) -> Call[bytes]:
    return _get(f"voices/{voice_id}/versions/{number}/preview/", _bytes)


def voice_fit(voice_id: str) -> Call[Job]:
    return _post(f"voices/{voice_id}/fitting/", {}, _row(Job.of))


def datasets(filters: dict[str, Any], number: int | None) -> Call[Page[Dataset]]:
    return paged("datasets/", filters, number, Dataset.of)


def dataset_create(voice_id: str, title: str, settings: dict[str, Any]) -> Call[Dataset]:
    body = {"voice": voice_id, "title": title, "settings": settings}
    return replace(_post("datasets/", body, _row(Dataset.of)), repeatable=False)


def dataset(dataset_id: str) -> Call[Dataset]:
    return _get(f"datasets/{dataset_id}/", _row(Dataset.of))


def dataset_delete(dataset_id: str) -> Call[None]:
    return Call(method="DELETE", path=f"{API}/datasets/{dataset_id}/", read=_nothing)


def dataset_sentences(dataset_id: str, count: int) -> Call[Reading]:
    path, options = f"{API}/datasets/{dataset_id}/sentences/", {"params": {"count": count}}
    return Call(method="GET", path=path, read=_row(Reading.of), options=options)


def dataset_prepare(dataset_id: str) -> Call[Job]:
    return _post(f"datasets/{dataset_id}/prepare/", {}, _row(Job.of))


def dataset_report(dataset_id: str) -> Call[dict[str, Any]]:
    return _get(f"datasets/{dataset_id}/report/", lambda response: dict(response.json()))


def dataset_file(dataset_id: str, path: str) -> Call[bytes]:
    return _get(f"datasets/{dataset_id}/files/{path}", _bytes)


def dataset_edit(dataset_id: str, edits: Sequence[dict[str, Any]]) -> Call[None]:
    call = _post(f"datasets/{dataset_id}/edits/", {"edits": list(edits)}, _nothing)
    return replace(call, repeatable=False)


def takes(dataset_id: str, filters: dict[str, Any], number: int | None) -> Call[Page[Take]]:
    return paged(f"datasets/{dataset_id}/takes/", filters, number, Take.of)


def take_create(dataset_id: str, files: Files, fields: dict[str, str]) -> Call[Take]:
    # without a file it is a form all the same
    parts = [*files, *((name, (None, value)) for name, value in fields.items())]
    return Call(
        method="POST",
        path=f"{API}/datasets/{dataset_id}/takes/",
        read=_row(Take.of),
        options={"files": parts},
        repeatable=False,
    )


def voice_version_file(voice_id: str, number: int) -> Call[bytes]:
    return _get(f"voices/{voice_id}/versions/{number}/file/", _bytes)


def voice_import(path: str | Path, name: str, consent: bool) -> Call[Voice]:
    return Call(
        method="POST",
        path=f"{API}/voices/import/",
        read=_row(Voice.of),
        options={
            "data": {"name": name, "consent": str(consent).lower()},
            "files": {"file": (Path(path).name, Path(path).read_bytes())},
        },
        repeatable=False,
    )


def take_fields(
    sentence: str | None, transcript: str | Path | None, upload_id: str | None
) -> dict[str, str]:
    """Of take_create; a transcript is a .txt, .srt or .vtt in UTF-8."""
    fields = {} if sentence is None else {"sentence": sentence}
    if transcript is not None:
        path = Path(transcript)
        fields["transcript"] = path.read_text(encoding="utf-8")
        fields["transcript_format"] = path.suffix.lower()[1:] or "txt"
    return fields if upload_id is None else {**fields, "upload": upload_id}


def take_delete(dataset_id: str, take_id: str) -> Call[None]:
    path = f"{API}/datasets/{dataset_id}/takes/{take_id}/"
    return Call(method="DELETE", path=path, read=_nothing)


def voices_merge(name: str, shares: Mapping[str, float], consent: bool) -> Call[Voice]:
    voices = [{"voice": voice, "weight": weight} for voice, weight in shares.items()]
    body = {"name": name, "voices": voices, "consent": consent}
    return _post("voices/merge/", body, _row(Voice.of), repeatable=False)


def comparison_create(
    voice_id: str, versions: Sequence[int] | None, text: str | None
) -> Call[Comparison]:
    given = {"versions": None if versions is None else list(versions), "text": text}
    body = {name: value for name, value in given.items() if value is not None}
    return _post(f"voices/{voice_id}/comparisons/", body, _row(Comparison.of), repeatable=False)


def comparison_choose(comparison_id: str, choice: str) -> Call[Comparison]:
    body = {"choice": choice}
    path = f"comparisons/{comparison_id}/choose/"
    return _post(path, body, _row(Comparison.of), repeatable=False)


def comparison_tally(voice_id: str) -> Call[list[dict[str, Any]]]:
    return _get(f"voices/{voice_id}/comparisons/", lambda response: list(response.json()))


def training_create(
    voice_id: str, dataset: str, name: str, settings: dict[str, Any]
) -> Call[Training]:
    body = {"dataset": dataset, "name": name, "settings": settings}
    return _post(f"voices/{voice_id}/trainings/", body, _row(Training.of), repeatable=False)


def training_estimate(voice_id: str, dataset: str, settings: dict[str, Any]) -> Call[float]:
    body = {"dataset": dataset, "settings": settings}
    path = f"voices/{voice_id}/trainings/estimate/"
    return _post(path, body, lambda response: float(response.json()["seconds"]))


def training(training_id: str) -> Call[Training]:
    return _get(f"trainings/{training_id}/", _row(Training.of))


def trainings(voice_id: str, number: int | None) -> Call[Page[Training]]:
    return paged(f"voices/{voice_id}/trainings/", {}, number, Training.of)


def training_step(training_id: str, what: str) -> Call[Training]:
    return _post(f"trainings/{training_id}/{what}/", {}, _row(Training.of))


def training_delete(training_id: str) -> Call[None]:
    return Call(method="DELETE", path=f"{API}/trainings/{training_id}/", read=_nothing)


def checkpoint_activate(training_id: str, number: int) -> Call[Voice]:
    path = f"trainings/{training_id}/checkpoints/{number}/activate/"
    return _post(path, {}, _row(Voice.of))


def upload_start(path: str | Path) -> Call[Upload]:
    body = {"name": Path(path).name, "size_bytes": Path(path).stat().st_size}
    return _post("uploads/", body, _row(Upload.of))


def upload(upload_id: str) -> Call[Upload]:
    return _get(f"uploads/{upload_id}/", _row(Upload.of))


def upload_part(known: Upload, number: int, path: str | Path) -> Call[None]:
    with Path(path).open("rb") as file:
        file.seek((number - 1) * known.part_bytes)
        content = file.read(known.part_bytes)
    return Call(
        method="PUT",
        path=f"{API}/uploads/{known.id}/parts/{number}/",
        read=_nothing,
        options={"content": content, "headers": {"Content-Type": "application/octet-stream"}},
    )


def upload_finish(upload_id: str) -> Call[Upload]:
    return _post(f"uploads/{upload_id}/finish/", {}, _row(Upload.of))


def speech(text: str, voice: str, options: dict[str, Any]) -> Call[bytes]:
    return _post("speech/", {"text": text, "voice": voice, **options}, _bytes, once=True)


def speech_stream(text: str, voice: str, options: dict[str, Any]) -> Call[bytes]:
    body = {"text": text, "voice": voice, "stream": True, **options}
    return _post("speech/", body, _bytes)


def job_create(text: str, voice: str, options: dict[str, Any]) -> Call[Job]:
    return _post("jobs/", {"text": text, "voice": voice, **options}, _row(Job.of), once=True)


def job(job_id: str) -> Call[Job]:
    return _get(f"jobs/{job_id}/", _row(Job.of))


def jobs(filters: dict[str, Any], number: int | None) -> Call[Page[Job]]:
    return paged("jobs/", filters, number, Job.of)


def job_audio(job_id: str) -> Call[bytes]:
    return _get(f"jobs/{job_id}/audio/", _bytes)


def job_points(job_id: str, after: int | None) -> Call[Page[Point]]:
    def read(response: httpx.Response) -> Page[Point]:
        body = response.json()
        points = [Point.of(row) for row in body["points"]]
        return Page(points, points[-1].step if body["more"] else None)

    options = {} if after is None else {"params": {"after": after}}
    return Call(method="GET", path=f"{API}/jobs/{job_id}/points/", read=read, options=options)


def job_cancel(job_id: str) -> Call[Job]:
    return _post(f"jobs/{job_id}/cancel/", {}, _row(Job.of))


def job_delete(job_id: str) -> Call[None]:
    return Call(method="DELETE", path=f"{API}/jobs/{job_id}/", read=_nothing)


def batch_create(texts: Sequence[str], voice: str, options: dict[str, Any]) -> Call[Batch]:
    body = {"texts": list(texts), "voice": voice, **options}
    return _post("batches/", body, _row(Batch.of), once=True)


def batch(batch_id: str) -> Call[Batch]:
    return _get(f"batches/{batch_id}/", _row(Batch.of))


def batch_cancel(batch_id: str) -> Call[Batch]:
    return _post(f"batches/{batch_id}/cancel/", {}, _row(Batch.of))


def batch_archive(batch_id: str) -> Call[bytes]:
    return _get(f"batches/{batch_id}/archive/", _bytes)


def phonemes(text: str) -> Call[list[Sentence]]:
    return _post(
        "phonemes/",
        {"text": text},
        lambda response: [Sentence.of(row) for row in response.json()["sentences"]],
    )


def detect(path: str | Path) -> Call[Detection]:
    files = {"file": (Path(path).name, Path(path).read_bytes())}
    return Call(
        method="POST", path=f"{API}/detect/", read=_row(Detection.of), options={"files": files}
    )


@contextmanager
def opened(recordings: Sequence[str | Path]) -> Iterator[Files]:
    """Files for voice_create."""
    with ExitStack() as stack:
        yield [
            ("recording", (Path(path).name, stack.enter_context(Path(path).open("rb"))))
            for path in recordings
        ]


def _get(path: str, read: Callable[[httpx.Response], T]) -> Call[T]:
    return Call(method="GET", path=f"{API}/{path}", read=read)


def _post(
    path: str,
    body: dict[str, Any],
    read: Callable[[httpx.Response], T],
    *,
    once: bool = False,
    repeatable: bool = True,
) -> Call[T]:
    """With `once` it makes one thing, however often it is sent."""
    headers = {"Idempotency-Key": str(uuid4())} if once else {}
    return Call(
        method="POST",
        path=f"{API}/{path}",
        read=read,
        options={"json": body, "headers": headers},
        repeatable=repeatable,
    )


def paged(
    path: str, filters: dict[str, Any], number: int | None, of: Callable[[dict[str, Any]], T]
) -> Call[Page[T]]:
    page = number or 1

    def read(response: httpx.Response) -> Page[T]:
        body = response.json()
        return Page([of(row) for row in body["results"]], page + 1 if body["next"] else None)

    options = {"params": {**filters, "page": page}}
    return Call(method="GET", path=f"{API}/{path}", read=read, options=options)


def _row(of: Callable[[dict[str, Any]], T]) -> Callable[[httpx.Response], T]:
    return lambda response: of(response.json())


def _bytes(response: httpx.Response) -> bytes:
    return response.content


def _nothing(_response: httpx.Response) -> None:
    return None
