"""The same calls for asyncio."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Any, TypeVar

import httpx

from voiceclone_client import calls, live, songs
from voiceclone_client.calls import Call, Page
from voiceclone_client.errors import succeeded
from voiceclone_client.live import LiveTicket
from voiceclone_client.singing import AsyncSingingCalls
from voiceclone_client.transport import AsyncTransport, refusal, unreachable
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
    Talk,
    Training,
    Upload,
    Voice,
    VoiceVersion,
)

T = TypeVar("T")


class AsyncVoiceClone(AsyncSingingCalls):
    """VoiceClone to be awaited: the same methods and arguments, many calls at once.

    Lists (voices, jobs, job_points, …) and speech_stream are iterated with `async for`.
    """

    def __init__(
        self,
        address: str,
        api_key: str,
        *,
        language: str = "en",
        timeout_seconds: float = 320.0,
        retries: int = 3,
    ) -> None:
        self._transport = AsyncTransport(
            address, api_key, language=language, seconds=timeout_seconds, retries=retries
        )

    async def __aenter__(self) -> "AsyncVoiceClone":
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.close()

    async def close(self) -> None:
        await self._transport.http.aclose()

    def voices(self, **filters: Any) -> AsyncIterator[Voice]:
        return self._pages(partial(calls.voices, filters))

    async def voice_create(
        self, name: str, recordings: Sequence[str | Path], *, consent: bool = False, **fields: str
    ) -> Voice:
        with calls.opened(recordings) as files:
            return await self._transport.send(calls.voice_create(name, files, consent, fields))

    async def voice_delete(self, voice_id: str) -> None:
        await self._transport.send(calls.voice_delete(voice_id))

    def voice_versions(self, voice_id: str) -> AsyncIterator[VoiceVersion]:
        return self._pages(partial(calls.voice_versions, voice_id))

    async def voice_version_activate(self, voice_id: str, number: int) -> Voice:
        return await self._transport.send(calls.voice_version_activate(voice_id, number))

    async def voice_version_preview(self, voice_id: str, number: int) -> bytes:
        """What a version of an own voice sounds like, mp3; it is made if need be."""
        await self._transport.send(calls.voice_version_preview_make(voice_id, number))
        return await self._transport.send(calls.voice_version_preview(voice_id, number))

    async def voice_fit(self, voice_id: str) -> Job:
        """Have an own voice fitted to its recordings; `job_wait` tells when it has a version more."""
        return await self._transport.send(calls.voice_fit(voice_id))

    def datasets(self, **filters: Any) -> AsyncIterator[Dataset]:
        return self._pages(partial(calls.datasets, filters))

    async def dataset_create(self, voice_id: str, title: str, **settings: Any) -> Dataset:
        return await self._transport.send(calls.dataset_create(voice_id, title, settings))

    async def dataset(self, dataset_id: str) -> Dataset:
        return await self._transport.send(calls.dataset(dataset_id))

    async def dataset_delete(self, dataset_id: str) -> None:
        await self._transport.send(calls.dataset_delete(dataset_id))

    async def dataset_sentences(self, dataset_id: str, *, count: int = 10) -> Reading:
        return await self._transport.send(calls.dataset_sentences(dataset_id, count))

    async def dataset_prepare(self, dataset_id: str) -> Job:
        return await self._transport.send(calls.dataset_prepare(dataset_id))

    async def dataset_report(self, dataset_id: str) -> dict[str, Any]:
        return await self._transport.send(calls.dataset_report(dataset_id))

    async def dataset_file(self, dataset_id: str, path: str) -> bytes:
        return await self._transport.send(calls.dataset_file(dataset_id, path))

    async def dataset_edit(self, dataset_id: str, edits: Sequence[dict[str, Any]]) -> None:
        await self._transport.send(calls.dataset_edit(dataset_id, edits))

    def takes(self, dataset_id: str, **filters: Any) -> AsyncIterator[Take]:
        return self._pages(partial(calls.takes, dataset_id, filters))

    async def take_create(
        self,
        dataset_id: str,
        recording: str | Path | None = None,
        *,
        sentence: str | None = None,
        transcript: str | Path | None = None,
        upload_id: str | None = None,
    ) -> Take:
        fields = calls.take_fields(sentence, transcript, upload_id)
        with calls.opened([] if recording is None else [recording]) as files:
            return await self._transport.send(calls.take_create(dataset_id, files, fields))

    async def take_delete(self, dataset_id: str, take_id: str) -> None:
        await self._transport.send(calls.take_delete(dataset_id, take_id))

    async def voice_version_file(self, voice_id: str, number: int) -> bytes:
        return await self._transport.send(calls.voice_version_file(voice_id, number))

    async def voice_import(
        self, path: str | Path, *, name: str = "", consent: bool = False
    ) -> Voice:
        return await self._transport.send(calls.voice_import(path, name, consent))

    async def voices_merge(
        self, name: str, shares: Mapping[str, float], *, consent: bool = False
    ) -> Voice:
        return await self._transport.send(calls.voices_merge(name, shares, consent))

    async def comparison_create(
        self, voice_id: str, *, versions: Sequence[int] | None = None, text: str | None = None
    ) -> Comparison:
        return await self._transport.send(calls.comparison_create(voice_id, versions, text))

    async def comparison_choose(self, comparison_id: str, choice: str) -> Comparison:
        return await self._transport.send(calls.comparison_choose(comparison_id, choice))

    async def comparison_tally(self, voice_id: str) -> list[dict[str, Any]]:
        return await self._transport.send(calls.comparison_tally(voice_id))

    async def training_create(
        self, voice_id: str, dataset: str, *, name: str = "", **settings: Any
    ) -> Training:
        return await self._transport.send(calls.training_create(voice_id, dataset, name, settings))

    async def training_estimate(self, voice_id: str, dataset: str, **settings: Any) -> float:
        return await self._transport.send(calls.training_estimate(voice_id, dataset, settings))

    async def training(self, training_id: str) -> Training:
        return await self._transport.send(calls.training(training_id))

    def trainings(self, voice_id: str) -> AsyncIterator[Training]:
        return self._pages(partial(calls.trainings, voice_id))

    async def training_wait(self, training_id: str, *, every_seconds: float = 5.0) -> Training:
        while not (training := await self.training(training_id)).has_ended:
            await asyncio.sleep(every_seconds)
        return training

    async def training_pause(self, training_id: str) -> Training:
        return await self._transport.send(calls.training_step(training_id, "pause"))

    async def training_resume(self, training_id: str) -> Training:
        return await self._transport.send(calls.training_step(training_id, "resume"))

    async def training_finish(self, training_id: str) -> Training:
        """End it now: its best checkpoint speaks."""
        return await self._transport.send(calls.training_step(training_id, "finish"))

    async def training_cancel(self, training_id: str) -> Training:
        return await self._transport.send(calls.training_step(training_id, "cancel"))

    async def training_delete(self, training_id: str) -> None:
        await self._transport.send(calls.training_delete(training_id))

    async def checkpoint_activate(self, training_id: str, number: int) -> Voice:
        return await self._transport.send(calls.checkpoint_activate(training_id, number))

    async def upload(self, path: str | Path, *, upload_id: str | None = None) -> Upload:
        call = calls.upload_start(path) if upload_id is None else calls.upload(upload_id)
        known = await self._transport.send(call)
        for number in known.missing:
            await self._transport.send(calls.upload_part(known, number, path))
        return await self._transport.send(calls.upload_finish(known.id))

    async def speech(self, text: str, *, voice: str, **options: Any) -> bytes:
        return await self._transport.send(calls.speech(text, voice, options))

    async def speech_stream(self, text: str, *, voice: str, **options: Any) -> AsyncIterator[bytes]:
        call = calls.speech_stream(text, voice, options)
        try:
            async with self._transport.http.stream(
                call.method, call.path, **call.options
            ) as response:
                if not response.is_success:
                    await response.aread()
                    raise refusal(response)
                async for piece in response.aiter_bytes():
                    yield piece
        except httpx.TransportError as lost:
            raise unreachable(lost) from lost

    async def speech_to_file(
        self, path: str | Path, text: str, *, voice: str, **options: Any
    ) -> None:
        with Path(path).open("wb") as target:
            async for piece in self.speech_stream(text, voice=voice, **options):
                target.write(piece)

    async def job_create(self, text: str, *, voice: str, **options: Any) -> Job:
        return await self._transport.send(calls.job_create(text, voice, options))

    async def job(self, job_id: str) -> Job:
        return await self._transport.send(calls.job(job_id))

    def jobs(self, **filters: Any) -> AsyncIterator[Job]:
        return self._pages(partial(calls.jobs, filters))

    async def job_wait(self, job_id: str, *, every_seconds: float = 0.5) -> Job:
        while not (job := await self.job(job_id)).has_ended:
            await asyncio.sleep(every_seconds)
        return succeeded(job)

    async def conversion_create(
        self, audio: str | Path | None = None, *, rights: bool = False, **fields: Any
    ) -> Job:
        """Put a song or speech in another voice. `rights=True` confirms that you have the right to both.

        Args:
            audio: the file; None with `song=`, the id of an earlier job on it, or `upload=`.
            rights: needed once for each song.
            fields: `voice=`, or `reference=` a file; `preset=` song, speech or dubbing; `settings={...}`;
                `vocals=`, `accompaniment=`, `f0=` files; `format=`.
        """
        files, values = songs.song_files(audio, fields)
        return await self._transport.send(
            songs.conversion_create(files, {"rights": rights, **values})
        )

    async def conversion_batch_create(
        self, recordings: Sequence[str | Path], *, rights: bool = False, **fields: Any
    ) -> Batch:
        files, values = songs.song_files(None, fields)
        return await self._transport.send(
            songs.conversion_batch_create(recordings, files, {"rights": rights, **values})
        )

    async def live_ticket(self, voice: str, *, rights: bool = False, **settings: Any) -> LiveTicket:
        """A place to speak in a voice over a WebSocket; `rights=True` confirms that you may use it.

        Raises a refusal with the code `busy` when all places are taken.
        """
        return await self._transport.send(live.live_ticket(voice, {"rights": rights, **settings}))

    def talks(self) -> AsyncIterator[Talk]:
        return self._pages(live.talks)

    async def talk_delete(self, talk_id: str) -> None:
        await self._transport.send(live.talk_delete(talk_id))

    async def separation_create(self, audio: str | Path | None = None, **fields: Any) -> Job:
        """Take a song apart; `job_file(job.id, "vocals")` and "accompaniment" are its sides."""
        files, values = songs.song_files(audio, fields)
        return await self._transport.send(songs.separation_create(files, values))

    async def job_file(self, job_id: str, role: str) -> bytes:
        """One of the files that a job has made: "result", "vocals", "converted", "report", …"""
        return await self._transport.send(songs.job_file(job_id, role))

    async def job_audio(self, job_id: str) -> bytes:
        return await self._transport.send(calls.job_audio(job_id))

    def job_points(self, job_id: str, *, after: int | None = None) -> AsyncIterator[Point]:
        return self._pages(partial(calls.job_points, job_id), after)

    async def job_cancel(self, job_id: str) -> Job:
        return await self._transport.send(calls.job_cancel(job_id))

    async def job_delete(self, job_id: str) -> None:
        await self._transport.send(calls.job_delete(job_id))

    async def batch_create(self, texts: Sequence[str], *, voice: str, **options: Any) -> Batch:
        return await self._transport.send(calls.batch_create(texts, voice, options))

    async def batch_wait(self, batch_id: str, *, every_seconds: float = 1.0) -> Batch:
        while not (batch := await self._transport.send(calls.batch(batch_id))).has_ended:
            await asyncio.sleep(every_seconds)
        return batch

    async def batch_cancel(self, batch_id: str) -> Batch:
        return await self._transport.send(calls.batch_cancel(batch_id))

    async def batch_archive(self, batch_id: str) -> bytes:
        return await self._transport.send(calls.batch_archive(batch_id))

    async def phonemes(self, text: str) -> list[Sentence]:
        return await self._transport.send(calls.phonemes(text))

    async def detect(self, path: str | Path) -> Detection:
        return await self._transport.send(calls.detect(path))

    async def _pages(
        self, page: Callable[[int | None], Call[Page[T]]], at: int | None = None
    ) -> AsyncIterator[T]:
        while True:
            answer = await self._transport.send(page(at))
            for row in answer.rows:
                yield row
            if answer.next is None:
                return
            at = answer.next
