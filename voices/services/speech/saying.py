"""Speech: from a job to a file, in the worker."""

import time
from collections.abc import Iterable, Iterator
from contextlib import closing
from itertools import count
from typing import Any

from django.db import transaction

from voices import engine
from voices.audio_formats import SUFFIXES
from voices.metrics import speech_made
from voices.models import Job, StoredFile, Timestamps
from voices.models.stored_file import RESULT
from voices.services.jobs.endings import job_succeed
from voices.services.jobs.files import file_keep, file_save_for
from voices.services.jobs.jobs import chunks_delete
from voices.services.jobs.leases import JobLease
from voices.services.jobs.pauses import worked_seconds
from voices.services.jobs.quotas import usage_audio_add
from voices.services.speech.chunks import Leader, Spoken, chunk_spans, speech_in_chunks
from voices.services.speech.orders import speech_order
from voices.services.speech.speech import PART_FORMAT, speech_title
from voices.storage import deleted_on_failure, file_store, part_name, result_name


def speech_work(lease: JobLease) -> None:
    """Make a job's audio, in the worker.

    Raises:
        AppError: the job fails with it.
        JobCancelled: the job is no longer ours; nothing is left behind.
        JobPaused: it lets others by.
    """
    audio, sentences = _said(lease)
    speech_keep(lease, audio, sentences, seconds=worked_seconds(lease))


def speech_keep(
    lease: JobLease, audio: Any, sentences: list[dict[str, Any]], *, seconds: float
) -> None:
    """Store a job's audio and end the job with it.

    Args:
        sentences: in time, kept if they are asked for.
        seconds: that making the audio took.

    Raises:
        JobCancelled: as `speech_work`.
    """
    job, started = lease.job, time.monotonic()
    content = engine.encode(audio, job.params["format"], **_written(job))
    lease.check()
    suffix = SUFFIXES[job.params["format"]]
    result = file_keep(
        content,
        name=result_name(job.pk, lease.attempt, suffix),
        role=RESULT,
        format=job.params["format"],
        seconds=round(audio.seconds, 3),
    )
    with deleted_on_failure(result.name):
        _finish(lease, result, sentences)
    chunks_delete(Job.objects.filter(parent=job))
    work_seconds = seconds + time.monotonic() - started
    speech_made(queue=job.queue, audio_seconds=audio.seconds, work_seconds=work_seconds)


def _said(lease: JobLease) -> Spoken:
    """Audio, and the sentences in time if they are asked for."""
    job, order = lease.job, speech_order(lease.job)
    if spans := chunk_spans(job, order):
        return _said_in_chunks(lease, speech_in_chunks(lease, order, spans))
    sentences: list[dict[str, Any]] = []
    wanted = {"on_timing": sentences.append} if job.params.get("timestamps") else {}
    if job.params["stream"]:
        spoken: list[Any] = []
        _stream_keep(lease, _collected(engine.speak_in_parts(order, **wanted), spoken))
        return engine.join(spoken), sentences
    if job.params.get("live"):
        indexes = count()
        wanted["on_sentence"] = lambda audio: _sentence_keep(lease, next(indexes), audio)
    return engine.speak(order, lease.progress, **wanted), sentences


def _said_in_chunks(lease: JobLease, leader: Leader) -> Spoken:
    """The same; what a pause has left is not made again."""
    job = lease.job
    if job.params["stream"]:
        with closing(leader.work(first=0)) as heard:
            _stream_keep(lease, heard)
    elif job.params.get("live"):
        with closing(leader.work(first=job.parts_ready)) as heard:
            for index, audio in enumerate(heard, start=job.parts_ready):
                _sentence_keep(lease, index, audio)
    else:
        for _ in leader.work():
            """Nobody listens."""
    return leader.whole()


@transaction.atomic
def _finish(lease: JobLease, result: StoredFile, sentences: list[dict[str, Any]]) -> None:
    total = max(Job.objects.values_list("progress_total", flat=True).get(pk=lease.job.pk), 1)
    job_succeed(lease, done=total)
    file_save_for(lease.job, result)
    if lease.job.params.get("timestamps"):
        Timestamps.objects.create(job=lease.job, sentences=sentences)
    usage_audio_add(job=lease.job, seconds=result.seconds or 0.0)


def _sentence_keep(lease: JobLease, index: int, audio: Any) -> None:
    """Store a sentence of a live job as mp3, whatever its result will be: browsers join those."""
    _part_store(lease, index, b"".join(engine.encode_stream([audio], PART_FORMAT)))


def _stream_keep(lease: JobLease, sentences: Iterable[Any]) -> None:
    """Store what is to be sent of a streamed job after each sentence, from the first of the text on; the
    encoder hears again those that were stored before a pause."""
    job = lease.job
    contents = engine.encode_stream(sentences, job.params["format"], **_written(job))
    for index, content in enumerate(filter(None, contents)):
        if index >= job.parts_ready:
            _part_store(lease, index, content)


def _written(job: Job) -> dict[str, Any]:
    """What its sound file tells of a job, and how it is to be coded."""
    title, bitrate_kbps = speech_title(job.text), job.params.get("bitrate")
    return {"title": title, "voice": job.voice_name, "bitrate_kbps": bitrate_kbps}


def _collected(sentences: Iterable[Any], into: list[Any]) -> Iterator[Any]:
    for sentence in sentences:
        into.append(sentence)
        yield sentence


def _part_store(lease: JobLease, index: int, content: bytes) -> None:
    """Raises JobCancelled: the job is no longer ours; the part is not left behind."""
    name = file_store(part_name(lease.job.pk, lease.attempt, index), content)
    with deleted_on_failure(name):
        lease.part_ready(index + 1)
