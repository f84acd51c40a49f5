"""The service's calls as methods."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Any, TypeVar

import httpx

from voiceclone_client import calls, live, songs
from voiceclone_client.calls import Call, Page
from voiceclone_client.errors import succeeded
from voiceclone_client.live import LiveTicket
from voiceclone_client.singing import SingingCalls
from voiceclone_client.transport import Transport, refusal, unreachable
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


class VoiceClone(SingingCalls):
    """One service and one API key. Every method may raise ServiceError.

    Args:
        address: for instance http://127.0.0.1:8000.
        api_key: from the site's account page, or var/api_key.
        language: of messages and voice names, "en" or "ru".
        timeout_seconds: for one answer.
        retries: when the service is busy or not there, where repeating is safe.
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
        self._transport = Transport(
            address, api_key, language=language, seconds=timeout_seconds, retries=retries
        )

    def __enter__(self) -> "VoiceClone":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        self._transport.http.close()

    def voices(self, **filters: Any) -> Iterator[Voice]:
        """Voices one can use; `search=`, `own=True`."""
        return self._pages(partial(calls.voices, filters))

    def voice_create(
        self, name: str, recordings: Sequence[str | Path], *, consent: bool = False, **fields: str
    ) -> Voice:
        """A voice from recordings. `consent=True` confirms that you have the right to use it."""
        with calls.opened(recordings) as files:
            return self._transport.send(calls.voice_create(name, files, consent, fields))

    def voice_delete(self, voice_id: str) -> None:
        """Remove an own voice with its recordings and what was said in it."""
        self._transport.send(calls.voice_delete(voice_id))

    def voice_versions(self, voice_id: str) -> Iterator[VoiceVersion]:
        """What an own voice has sounded like, the newest first."""
        return self._pages(partial(calls.voice_versions, voice_id))

    def voice_version_activate(self, voice_id: str, number: int) -> Voice:
        """Let an own voice speak as this version; jobs that were made before keep theirs."""
        return self._transport.send(calls.voice_version_activate(voice_id, number))

    def voice_version_preview(self, voice_id: str, number: int) -> bytes:
        """What a version of an own voice sounds like, mp3; it is made if need be."""
        self._transport.send(calls.voice_version_preview_make(voice_id, number))
        return self._transport.send(calls.voice_version_preview(voice_id, number))

    def voice_fit(self, voice_id: str) -> Job:
        """Have an own voice fitted to its recordings; `job_wait` tells when it has a version more."""
        return self._transport.send(calls.voice_fit(voice_id))

    def datasets(self, **filters: Any) -> Iterator[Dataset]:
        """One's datasets, the newest first; `voice=`."""
        return self._pages(partial(calls.datasets, filters))

    def dataset_create(self, voice_id: str, title: str, **settings: Any) -> Dataset:
        """An empty dataset for an own voice; `denoise=`, `threshold_db=`, …"""
        return self._transport.send(calls.dataset_create(voice_id, title, settings))

    def dataset(self, dataset_id: str) -> Dataset:
        return self._transport.send(calls.dataset(dataset_id))

    def dataset_delete(self, dataset_id: str) -> None:
        """Remove a dataset with its recordings and all that was prepared of them."""
        self._transport.send(calls.dataset_delete(dataset_id))

    def dataset_sentences(self, dataset_id: str, *, count: int = 10) -> Reading:
        """What to read aloud next, each of them the one that adds most."""
        return self._transport.send(calls.dataset_sentences(dataset_id, count))

    def dataset_prepare(self, dataset_id: str) -> Job:
        """Have a dataset prepared; `job_wait` tells when it is."""
        return self._transport.send(calls.dataset_prepare(dataset_id))

    def dataset_report(self, dataset_id: str) -> dict[str, Any]:
        """What was kept and dropped and why, piece by piece."""
        return self._transport.send(calls.dataset_report(dataset_id))

    def dataset_file(self, dataset_id: str, path: str) -> bytes:
        """A file of the last preparation: `report.html`, `metadata.csv`, `clips/….flac`."""
        return self._transport.send(calls.dataset_file(dataset_id, path))

    def dataset_edit(self, dataset_id: str, edits: Sequence[dict[str, Any]]) -> None:
        """What is wanted otherwise, `{"clip": …, "action": "keep"}`; the next preparation follows it."""
        self._transport.send(calls.dataset_edit(dataset_id, edits))

    def takes(self, dataset_id: str, **filters: Any) -> Iterator[Take]:
        """Recordings of a dataset, the newest first; `state=`."""
        return self._pages(partial(calls.takes, dataset_id, filters))

    def take_create(
        self,
        dataset_id: str,
        recording: str | Path | None = None,
        *,
        sentence: str | None = None,
        transcript: str | Path | None = None,
        upload_id: str | None = None,
    ) -> Take:
        """A sentence read aloud, which is judged at once; or a recording or zip, with the file of its transcript;
        `upload_id` names one that was sent by `upload`."""
        fields = calls.take_fields(sentence, transcript, upload_id)
        with calls.opened([] if recording is None else [recording]) as files:
            return self._transport.send(calls.take_create(dataset_id, files, fields))

    def take_delete(self, dataset_id: str, take_id: str) -> None:
        self._transport.send(calls.take_delete(dataset_id, take_id))

    def voice_version_file(self, voice_id: str, number: int) -> bytes:
        """A trained version of an own voice as a .voice file."""
        return self._transport.send(calls.voice_version_file(voice_id, number))

    def voice_import(self, path: str | Path, *, name: str = "", consent: bool = False) -> Voice:
        """An own voice of a .voice file. `consent=True` confirms that you have the right to use it."""
        return self._transport.send(calls.voice_import(path, name, consent))

    def voices_merge(
        self, name: str, shares: Mapping[str, float], *, consent: bool = False
    ) -> Voice:
        """A new own voice between voices, which `shares` names with their weights."""
        return self._transport.send(calls.voices_merge(name, shares, consent))

    def comparison_create(
        self, voice_id: str, *, versions: Sequence[int] | None = None, text: str | None = None
    ) -> Comparison:
        """One sentence by two versions of an own voice, in an order drawn by lot."""
        return self._transport.send(calls.comparison_create(voice_id, versions, text))

    def comparison_choose(self, comparison_id: str, choice: str) -> Comparison:
        """Say which is better, "a", "b" or "same"; then the versions are told."""
        return self._transport.send(calls.comparison_choose(comparison_id, choice))

    def comparison_tally(self, voice_id: str) -> list[dict[str, Any]]:
        """How often each of two versions was chosen, by pairs."""
        return self._transport.send(calls.comparison_tally(voice_id))

    def training_create(
        self, voice_id: str, dataset: str, *, name: str = "", **settings: Any
    ) -> Training:
        """Train an own voice from a prepared dataset; `epochs=`, `save_every=`, …"""
        return self._transport.send(calls.training_create(voice_id, dataset, name, settings))

    def training_estimate(self, voice_id: str, dataset: str, **settings: Any) -> float:
        """Seconds that it would take at most."""
        return self._transport.send(calls.training_estimate(voice_id, dataset, settings))

    def training(self, training_id: str) -> Training:
        return self._transport.send(calls.training(training_id))

    def trainings(self, voice_id: str) -> Iterator[Training]:
        """Of an own voice, the newest first."""
        return self._pages(partial(calls.trainings, voice_id))

    def training_wait(self, training_id: str, *, every_seconds: float = 5.0) -> Training:
        """Wait until it has ended; one that is paused is waited for too."""
        while not (training := self.training(training_id)).has_ended:
            time.sleep(every_seconds)
        return training

    def training_pause(self, training_id: str) -> Training:
        """Have it rest; what is made is kept."""
        return self._transport.send(calls.training_step(training_id, "pause"))

    def training_resume(self, training_id: str) -> Training:
        """Let it go on from where it was."""
        return self._transport.send(calls.training_step(training_id, "resume"))

    def training_finish(self, training_id: str) -> Training:
        """End it now: its best checkpoint speaks."""
        return self._transport.send(calls.training_step(training_id, "finish"))

    def training_cancel(self, training_id: str) -> Training:
        """Stop it for good."""
        return self._transport.send(calls.training_step(training_id, "cancel"))

    def training_delete(self, training_id: str) -> None:
        """Remove one that has ended, with its checkpoints."""
        self._transport.send(calls.training_delete(training_id))

    def checkpoint_activate(self, training_id: str, number: int) -> Voice:
        """Let the voice speak as this checkpoint does."""
        return self._transport.send(calls.checkpoint_activate(training_id, number))

    def upload(self, path: str | Path, *, upload_id: str | None = None) -> Upload:
        """Send a large file in parts; `upload_id` goes on with one that was cut off."""
        call = calls.upload_start(path) if upload_id is None else calls.upload(upload_id)
        known = self._transport.send(call)
        for number in known.missing:
            self._transport.send(calls.upload_part(known, number, path))
        return self._transport.send(calls.upload_finish(known.id))

    def speech(self, text: str, *, voice: str, **options: Any) -> bytes:
        """Say a text of up to 5,000 characters; `format=`, `speed=`, `pitch=`, `seed=`, …"""
        return self._transport.send(calls.speech(text, voice, options))

    def speech_stream(self, text: str, *, voice: str, **options: Any) -> Iterator[bytes]:
        """The same in pieces, the first one before the last sentence is made."""
        call = calls.speech_stream(text, voice, options)
        try:
            with self._transport.http.stream(call.method, call.path, **call.options) as response:
                if not response.is_success:
                    response.read()
                    raise refusal(response)
                yield from response.iter_bytes()
        except httpx.TransportError as lost:
            raise unreachable(lost) from lost

    def speech_to_file(self, path: str | Path, text: str, *, voice: str, **options: Any) -> None:
        """Stream a text into a file; what is written when an error ends it stays there."""
        with Path(path).open("wb") as target:
            for piece in self.speech_stream(text, voice=voice, **options):
                target.write(piece)

    def job_create(self, text: str, *, voice: str, **options: Any) -> Job:
        """Queue a text of up to 50,000 characters."""
        return self._transport.send(calls.job_create(text, voice, options))

    def job(self, job_id: str) -> Job:
        return self._transport.send(calls.job(job_id))

    def jobs(self, **filters: Any) -> Iterator[Job]:
        """One's jobs, newest first; `status=`."""
        return self._pages(partial(calls.jobs, filters))

    def job_wait(self, job_id: str, *, every_seconds: float = 0.5) -> Job:
        """Wait until the job has succeeded.

        Raises:
            JobFailedError: it failed or was cancelled; with the job's own code.
        """
        while not (job := self.job(job_id)).has_ended:
            time.sleep(every_seconds)
        return succeeded(job)

    def conversion_create(
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
        return self._transport.send(songs.conversion_create(files, {"rights": rights, **values}))

    def conversion_batch_create(
        self, recordings: Sequence[str | Path], *, rights: bool = False, **fields: Any
    ) -> Batch:
        """Put many recordings, or zips of them, in one voice; `batch_wait` and `batch_archive` as for texts.

        Args:
            recordings: files.
            rights: confirms that you have the right to all of them and to the voice.
            fields: `voice=` or `reference=`, `preset=`, `settings=`, `format=`, `name=`.
        """
        files, values = songs.song_files(None, fields)
        return self._transport.send(
            songs.conversion_batch_create(recordings, files, {"rights": rights, **values})
        )

    def live_ticket(self, voice: str, *, rights: bool = False, **settings: Any) -> LiveTicket:
        """A place to speak in a voice over a WebSocket; `rights=True` confirms that you may use it.

        Raises a refusal with the code `busy` when all places are taken.
        """
        return self._transport.send(live.live_ticket(voice, {"rights": rights, **settings}))

    def talks(self) -> Iterator[Talk]:
        """Talks in other voices, newest first."""
        return self._pages(live.talks)

    def talk_delete(self, talk_id: str) -> None:
        """Forget a talk that is over."""
        self._transport.send(live.talk_delete(talk_id))

    def separation_create(self, audio: str | Path | None = None, **fields: Any) -> Job:
        """Take a song apart; `job_file(job.id, "vocals")` and "accompaniment" are its sides."""
        files, values = songs.song_files(audio, fields)
        return self._transport.send(songs.separation_create(files, values))

    def job_file(self, job_id: str, role: str) -> bytes:
        """One of the files that a job has made: "result", "vocals", "converted", "report", …"""
        return self._transport.send(songs.job_file(job_id, role))

    def job_audio(self, job_id: str) -> bytes:
        return self._transport.send(calls.job_audio(job_id))

    def job_points(self, job_id: str, *, after: int | None = None) -> Iterator[Point]:
        """What a training has measured so far, step by step; `after=` a step, what came since."""
        return self._pages(partial(calls.job_points, job_id), after)

    def job_cancel(self, job_id: str) -> Job:
        """Stop a job that waits or runs; one that has ended stays as it is."""
        return self._transport.send(calls.job_cancel(job_id))

    def job_delete(self, job_id: str) -> None:
        """Cancel a job that waits or runs, remove one that has ended."""
        self._transport.send(calls.job_delete(job_id))

    def batch_create(self, texts: Sequence[str], *, voice: str, **options: Any) -> Batch:
        """Queue up to 1,000 texts."""
        return self._transport.send(calls.batch_create(texts, voice, options))

    def batch_wait(self, batch_id: str, *, every_seconds: float = 1.0) -> Batch:
        """Wait until every text is said or has failed; `status` tells which."""
        while not (batch := self._transport.send(calls.batch(batch_id))).has_ended:
            time.sleep(every_seconds)
        return batch

    def batch_cancel(self, batch_id: str) -> Batch:
        """Stop a batch; what is made stays."""
        return self._transport.send(calls.batch_cancel(batch_id))

    def batch_archive(self, batch_id: str) -> bytes:
        """All sounds of a batch as a zip."""
        return self._transport.send(calls.batch_archive(batch_id))

    def phonemes(self, text: str) -> list[Sentence]:
        """What will be said, sentence by sentence."""
        return self._transport.send(calls.phonemes(text))

    def detect(self, path: str | Path) -> Detection:
        """Whether a sound file was made by this service."""
        return self._transport.send(calls.detect(path))

    def _pages(
        self, page: Callable[[int | None], Call[Page[T]]], at: int | None = None
    ) -> Iterator[T]:
        while True:
            answer = self._transport.send(page(at))
            yield from answer.rows
            if answer.next is None:
                return
            at = answer.next
