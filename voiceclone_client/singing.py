"""Scores sung and words found, as methods of both clients."""

from pathlib import Path
from typing import Any

from voiceclone_client import scores
from voiceclone_client.transport import AsyncTransport, Transport
from voiceclone_client.types import Job


class SingingCalls:
    """What VoiceClone has of them."""

    _transport: Transport

    def score_read(self, path: str | Path) -> dict[str, Any]:
        """A score as notes with syllables, to be changed and given to `song_create`."""
        return self._transport.send(scores.score_read(path))

    def song_create(
        self, score: scores.Score | None = None, *, rights: bool = False, **fields: Any
    ) -> Job:
        """Have a score sung: a file or notes of `score_read`, or with None `example=`, or `song=` an earlier one's id.
        `rights=True` confirms that you have the right to notes, words and voice; `fields` are those of the call.
        """
        return self._transport.send(scores.song_create(score, {"rights": rights, **fields}))

    def alignment_create(
        self, audio: str | Path | None = None, *, lyrics: str, **fields: Any
    ) -> Job:
        """Find the words of a song; `job_file(job.id, "lrc")`, srt, ass, textgrid and json have their times."""
        return self._transport.send(scores.alignment_create(audio, {"lyrics": lyrics, **fields}))

    def alignment_lines(self, job_id: str) -> list[dict[str, Any]] | None:
        return self._transport.send(scores.alignment_lines(job_id))

    def alignment_change(self, job_id: str, lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
        return self._transport.send(scores.alignment_change(job_id, lines))


class AsyncSingingCalls:
    """What AsyncVoiceClone has of them."""

    _transport: AsyncTransport

    async def score_read(self, path: str | Path) -> dict[str, Any]:
        """A score as notes with syllables, to be changed and given to `song_create`."""
        return await self._transport.send(scores.score_read(path))

    async def song_create(
        self, score: scores.Score | None = None, *, rights: bool = False, **fields: Any
    ) -> Job:
        """Have a score sung: a file or notes of `score_read`, or with None `example=`, or `song=` an earlier one's id.
        `rights=True` confirms that you have the right to notes, words and voice; `fields` are those of the call.
        """
        return await self._transport.send(scores.song_create(score, {"rights": rights, **fields}))

    async def alignment_create(
        self, audio: str | Path | None = None, *, lyrics: str, **fields: Any
    ) -> Job:
        """Find the words of a song; `job_file(job.id, "lrc")`, srt, ass, textgrid and json have their times."""
        return await self._transport.send(
            scores.alignment_create(audio, {"lyrics": lyrics, **fields})
        )

    async def alignment_lines(self, job_id: str) -> list[dict[str, Any]] | None:
        return await self._transport.send(scores.alignment_lines(job_id))

    async def alignment_change(
        self, job_id: str, lines: list[dict[str, Any]]
    ) -> list[dict[str, Any]]:
        return await self._transport.send(scores.alignment_change(job_id, lines))
