"""The service's calls as methods."""

import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Any

import httpx

from voiceclone_client.errors import JobFailedError, UnreachableError
from voiceclone_client.transport import Transport, once, refusal
from voiceclone_client.types import Batch, Detection, Job, Sentence, Voice

API = "/api/v1"


class VoiceClone:
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
        yield from (Voice.of(row) for row in self._pages("voices/", filters))

    def voice_create(
        self,
        name: str,
        recordings: Sequence[str | Path],
        *,
        consent: bool = False,
        **fields: str,
    ) -> Voice:
        """A voice from recordings. `consent=True` confirms that you have the right to use it."""
        with ExitStack() as stack:
            files = [
                ("recording", (Path(path).name, stack.enter_context(Path(path).open("rb"))))
                for path in recordings
            ]
            data = {"name": name, "consent": str(consent).lower(), **fields}
            row = self._call("POST", "voices/", repeatable=False, data=data, files=files)
        return Voice.of(row)

    def voice_delete(self, voice_id: str) -> None:
        """Remove an own voice with its recordings and what was said in it."""
        self._call("DELETE", f"voices/{voice_id}/")

    def speech(self, text: str, *, voice: str, **options: Any) -> bytes:
        """Say a text of up to 5,000 characters; `format=`, `speed=`, `pitch=`, `seed=`, …"""
        body = {"text": text, "voice": voice, **options}
        return self._transport.send("POST", f"{API}/speech/", json=body, headers=once()).content

    def speech_stream(self, text: str, *, voice: str, **options: Any) -> Iterator[bytes]:
        """The same in pieces, the first one before the last sentence is made."""
        body = {"text": text, "voice": voice, "stream": True, **options}
        try:
            with self._transport.http.stream("POST", f"{API}/speech/", json=body) as response:
                if not response.is_success:
                    response.read()
                    raise refusal(response)
                yield from response.iter_bytes()
        except httpx.TransportError as lost:
            raise UnreachableError("unreachable", str(lost) or type(lost).__name__) from lost

    def speech_to_file(self, path: str | Path, text: str, *, voice: str, **options: Any) -> None:
        """Stream a text into a file; what is written when an error ends it stays there."""
        with Path(path).open("wb") as target:
            for piece in self.speech_stream(text, voice=voice, **options):
                target.write(piece)

    def job_create(self, text: str, *, voice: str, **options: Any) -> Job:
        """Queue a text of up to 50,000 characters."""
        body = {"text": text, "voice": voice, **options}
        return Job.of(self._call("POST", "jobs/", json=body, headers=once()))

    def job(self, job_id: str) -> Job:
        return Job.of(self._call("GET", f"jobs/{job_id}/"))

    def jobs(self, **filters: Any) -> Iterator[Job]:
        """One's jobs, newest first; `status=`."""
        yield from (Job.of(row) for row in self._pages("jobs/", filters))

    def job_wait(self, job_id: str, *, every_seconds: float = 0.5) -> Job:
        """Wait until the job has succeeded.

        Raises:
            JobFailedError: it failed or was cancelled; with the job's own code.
        """
        while not (job := self.job(job_id)).has_ended:
            time.sleep(every_seconds)
        if job.status == "succeeded":
            return job
        error = job.raw["error"] or {"code": f"job_{job.status}", "message": job.status}
        raise JobFailedError(error["code"], error["message"], error.get("details"))

    def job_audio(self, job_id: str) -> bytes:
        return self._transport.send("GET", f"{API}/jobs/{job_id}/audio/").content

    def job_delete(self, job_id: str) -> None:
        """Cancel a job that waits or runs, remove one that has ended."""
        self._call("DELETE", f"jobs/{job_id}/")

    def batch_create(self, texts: Sequence[str], *, voice: str, **options: Any) -> Batch:
        """Queue up to 1,000 texts."""
        body = {"texts": list(texts), "voice": voice, **options}
        return Batch.of(self._call("POST", "batches/", json=body, headers=once()))

    def batch_wait(self, batch_id: str, *, every_seconds: float = 1.0) -> Batch:
        """Wait until every text is said or has failed; `status` tells which."""
        while not (batch := Batch.of(self._call("GET", f"batches/{batch_id}/"))).has_ended:
            time.sleep(every_seconds)
        return batch

    def batch_archive(self, batch_id: str) -> bytes:
        """All sounds of a batch as a zip."""
        return self._transport.send("GET", f"{API}/batches/{batch_id}/archive/").content

    def phonemes(self, text: str) -> list[Sentence]:
        """What will be said, sentence by sentence."""
        rows = self._call("POST", "phonemes/", json={"text": text})["sentences"]
        return [Sentence.of(row) for row in rows]

    def detect(self, path: str | Path) -> Detection:
        """Whether a sound file was made by this service."""
        content = Path(path).read_bytes()
        files = {"file": (Path(path).name, content)}
        return Detection.of(self._call("POST", "detect/", files=files))

    def _call(self, method: str, path: str, **options: Any) -> Any:
        return self._transport.call(method, f"{API}/{path}", **options)

    def _pages(self, path: str, filters: dict[str, Any]) -> Iterator[dict[str, Any]]:
        number = 1
        while True:
            answer = self._call("GET", path, params={**filters, "page": number})
            yield from answer["results"]
            if not answer["next"]:
                return
            number += 1
