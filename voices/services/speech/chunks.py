"""A long text said by several workers: cut into chunks, which are jobs too, and joined in order.

The worker that claims the text leads. It queues the chunks and says one after the other itself, the
first ones first, so that alone it is as quick as without them; workers that have nothing better to do
take chunks like any other job. What is made lies in files, so a worker that is lost costs no more than
the chunk it was at, whether it led or not. The leader hands out sentences as far as they follow each
other, and when all are there it joins them: one result, the same to the sample as that of one worker.

After each group of sentences the leader looks whether others wait. If so it ends its chunk there, leaves
the rest of it as another one, and pauses the text (voices/services/jobs/pauses.py).
"""

import time
from collections.abc import Generator, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import F, Q
from django.db.models.functions import Now

from voices import engine
from voices.dispatch import dispatch
from voices.errors import JobCancelled
from voices.kinds import CHUNK
from voices.models import Job
from voices.owner import Owner
from voices.services.jobs.endings import job_succeed
from voices.services.jobs.jobs import chunks_delete, job_claim, job_error, job_requeue
from voices.services.jobs.leases import JobLease, leases_held
from voices.services.jobs.pauses import job_pause, somebody_waits
from voices.services.jobs.turns import SHORT_CHARACTERS, turn_next
from voices.services.speech.orders import speech_order
from voices.storage import deleted_on_failure, file_store, part_name

FEWEST_SENTENCES = 18  # of a text that is worth cutting: three groups
POLL_SECONDS = 0.2

Span = tuple[int, int]
Spoken = tuple[Any, list[dict[str, Any]]]  # the whole text's Audio, and its sentences in time


def chunk_spans(job: Job, order: engine.SpeechOrder) -> list[Span]:
    """Where a job's text is cut; nothing when it is not long enough.

    Raises:
        AppError: wrong markup.
    """
    if len(job.text) <= SHORT_CHARACTERS:
        return []
    spans = engine.spans_of(order)
    return spans if spans[-1][1] >= FEWEST_SENTENCES else []


def speech_in_chunks(lease: JobLease, order: engine.SpeechOrder, spans: list[Span]) -> "Leader":
    """The way through a text that is cut; other workers may help."""
    return Leader(lease, order, _chunks_queued(lease, spans))


def chunk_work(lease: JobLease) -> None:
    """Say a chunk for the worker that leads.

    Raises:
        AppError: the chunk fails with it.
        JobCancelled: the chunk is no longer ours, or the whole text is given up.
    """
    parents = Job.objects.filter(chunks=lease.job, status__in=Job.ACTIVE)
    parent = parents.select_related("voice").first()
    if parent is None:
        raise JobCancelled
    said: list[engine.Said] = []
    for one, count in engine.speak_span(speech_order(parent), _span(lease.job)):
        said.append(one)
        lease.progress(len(said), count)
    _keep(lease, said, at=_span(lease.job)[1])


def _span(chunk: Job) -> Span:
    first, stop = chunk.params["span"]
    return first, stop


@transaction.atomic
def _chunks_queued(lease: JobLease, spans: list[Span]) -> list[Job]:
    """The job's chunks in order: those that were queued before, or new ones."""
    lease.extend()  # and locks the row: whoever ends the job now will see the chunks
    job = lease.job
    known = list(Job.objects.filter(parent=job).order_by("position"))
    if known and _follow_each_other(known, count=spans[-1][1]):
        return known
    chunks_delete(Job.objects.filter(parent=job))  # of a version that cuts otherwise
    job.refresh_from_db(fields=["user", "visitor"])
    owner = Owner(user_id=job.user_id, visitor=job.visitor)
    turn = turn_next(owner=owner, queue=job.queue)
    chunks = [
        # the first is the leader's, who is about to say it
        _chunk(job, span, position=number, turn=turn + number, helped=number > 1)
        for number, span in enumerate(spans, start=1)
    ]
    Job.objects.bulk_create(chunks)
    for chunk in chunks[1:]:
        transaction.on_commit(partial(dispatch, job_id=chunk.pk, queue=chunk.queue))
    return chunks


def _follow_each_other(chunks: list[Job], *, count: int) -> bool:
    stops = [0, *(_span(chunk)[1] for chunk in chunks)]
    told = all(chunk.status != Job.Status.SUCCEEDED or "sizes" in chunk.params for chunk in chunks)
    return told and [_span(chunk)[0] for chunk in chunks] == stops[:-1] and stops[-1] == count


def _chunk(job: Job, span: Span, *, position: int, turn: int, helped: bool) -> Job:
    return Job(
        user_id=job.user_id,
        visitor=job.visitor,
        kind=CHUNK.name,
        queue=job.queue,
        parent=job,
        position=position,
        params={"span": span},
        progress_total=span[1] - span[0],
        request_id=job.request_id,
        turn=turn,
        dispatched_at=Now() if helped else None,
    )


def _keep(lease: JobLease, said: list[engine.Said], *, at: int) -> Job | None:
    """Store what was said and end the chunk with it, before the sentence `at`.

    Returns:
        A chunk of what is left of it, for the leader to say; None when nothing is.

    Raises:
        JobCancelled: the chunk is no longer ours.
    """
    first, stop = _span(lease.job)
    name = file_store(part_name(lease.job.pk, lease.attempt, 0), engine.said_pack(said))
    params = {"span": (first, at), "sizes": [engine.said_size(one) for one in said]}
    with deleted_on_failure(name), transaction.atomic():
        job_succeed(lease, done=len(said), parts_ready=1, params=params)
        return _rest(lease.job, (at, stop)) if at < stop else None


def _rest(chunk: Job, span: Span) -> Job:
    """A chunk behind this one, which those that follow make room for."""
    parent, position = Job.objects.get(chunks=chunk.pk), (chunk.position or 0) + 1
    later = Job.objects.filter(parent=parent, position__gte=position)
    later.update(position=F("position") + 1)
    rest = _chunk(parent, span, position=position, turn=chunk.turn, helped=False)
    rest.save(force_insert=True)
    return rest


@dataclass
class _Part:
    """A chunk as the leader knows it: `sizes` (samples of each sentence) when it is said, `said` when
    its sound is at hand, or as far as it is."""

    chunk: Job
    sizes: list[int] | None = None
    said: list[engine.Said] = field(default_factory=list)


class Leader:
    """One worker's way through a text: `work`, and when that has ended, `whole`."""

    def __init__(self, lease: JobLease, order: engine.SpeechOrder, chunks: list[Job]) -> None:
        self._lease = lease
        self._order = order
        self._parts = [_Part(chunk) for chunk in chunks]
        # what is heard next: sentence of the text, part, sentence of the part, samples before it
        self._number = self._part = self._sentence = self._position = 0

    def work(self, first: int | None = None) -> Generator[Any, None, None]:
        """Audio of each sentence in order as it is ready, until all are.

        Args:
            first: those before it were handed out already; None: nobody listens.

        Raises:
            AppError: of this worker, or the one that a chunk has failed with for good.
            JobCancelled: the text is no longer ours.
            JobPaused: it lets others by.
        """
        rested = False
        while True:
            self._look()
            yield from self._ready(first)
            if all(part.sizes is not None for part in self._parts) and self._load_all():
                return
            if rested and somebody_waits(self._lease):
                job_pause(self._lease)
            part = self._claimed()
            if part is not None:
                yield from self._say(part, first)
            else:
                time.sleep(POLL_SECONDS)
            rested = True

    def whole(self) -> Spoken:
        """All of it joined."""
        return engine.said_join([one for part in self._parts for one in part.said])

    def _look(self) -> None:
        """See how far all are, and tell the progress.

        Raises:
            AppError: a chunk has failed, or the speech becomes too long.
            JobCancelled: the text is no longer ours.
        """
        rows = {row.pk: row for row in Job.objects.filter(parent=self._lease.job)}
        if len(rows) < len(self._parts):  # the job has ended
            raise JobCancelled
        for part in self._parts:
            part.chunk = chunk = rows[part.chunk.pk]
            if chunk.status in (Job.Status.FAILED, Job.Status.CANCELLED):
                error = job_error(chunk)
                error.retryable = False  # it has been tried often enough
                raise error
            if chunk.status == Job.Status.SUCCEEDED:
                part.sizes = chunk.params["sizes"]
        sizes = [part.sizes or [*map(engine.said_size, part.said)] for part in self._parts]
        engine.length_check(sum(map(sum, sizes)))
        done = sum(chunk.progress_done for chunk in rows.values())
        self._lease.progress(done, sum(chunk.progress_total for chunk in rows.values()))

    def _ready(self, first: int | None) -> Iterator[Any]:
        """The sentences that follow those heard, as far as they are there."""
        while first is not None and self._part < len(self._parts):
            part = self._parts[self._part]
            begun = self._sentence > 0
            if part.sizes is not None and not begun and self._number + len(part.sizes) <= first:
                self._number += len(part.sizes)
                self._position += sum(part.sizes)
            elif not self._load(part):
                return
            else:
                for one in part.said[self._sentence :]:
                    if self._number >= first:
                        yield engine.said_alone(one, self._position)
                    self._position += engine.said_size(one)
                    self._number, self._sentence = self._number + 1, self._sentence + 1
                if part.sizes is None:
                    return
            self._part, self._sentence = self._part + 1, 0

    def _load_all(self) -> bool:
        gone = [part for part in self._parts if not self._load(part)]
        return not gone

    def _load(self, part: _Part) -> bool:
        """The sound of a part that is said; False when it is gone: the database came out of a backup."""
        if part.sizes is None or len(part.said) == len(part.sizes):
            return True
        chunk = part.chunk
        name = part_name(chunk.pk, chunk.attempts, 0)
        if not default_storage.exists(name):
            Job.objects.filter(pk=chunk.pk, claim=chunk.claim).update(
                status=Job.Status.QUEUED, finished_at=None, parts_ready=0, dispatched_at=Now()
            )
            part.sizes, part.said = None, []
            return False
        with default_storage.open(name) as stored:
            part.said = engine.said_unpack(stored.read())
        return True

    def _claimed(self) -> _Part | None:
        """The first chunk that waits, now ours."""
        may = Q(dispatched_at=None) | Q(dispatched_at__lte=Now())
        waiting = Job.objects.filter(may, parent=self._lease.job, status=Job.Status.QUEUED)
        for chunk_id in waiting.order_by("position").values_list("pk", flat=True):
            chunk = job_claim(job_id=chunk_id)
            if chunk is not None:
                part = next(part for part in self._parts if part.chunk.pk == chunk.pk)
                part.chunk = chunk
                return part
        return None

    def _say(self, part: _Part, first: int | None) -> Iterator[Any]:
        """What stops it counts as the text's, not as the chunk's: that waits for the next attempt."""
        chunk, lease = part.chunk, JobLease(part.chunk)
        (begin, stop), part.said = _span(chunk), []
        try:
            with leases_held(lease), closing(engine.speak_span(self._order, (begin, stop))) as said:
                for one, count in said:
                    part.said.append(one)
                    lease.progress(len(part.said), count)
                    self._look()
                    yield from self._ready(first)
                    if self._shall_cut(part, count):
                        stop = begin + len(part.said)
                        break
                rest = _keep(lease, part.said, at=stop)
            if rest is not None:
                self._parts.insert(self._parts.index(part) + 1, _Part(rest))
        except JobCancelled:
            self._give_back(chunk)
            self._lease.check()  # only the chunk was taken from us: somebody else says it
            part.said = []
        except BaseException:
            self._give_back(chunk)
            raise

    def _shall_cut(self, part: _Part, count: int) -> bool:
        """Whether to leave the rest of a chunk for later. Where some of its cuts have nothing to say,
        it is not known which of them come next."""
        span, done = _span(part.chunk), len(part.said)
        known = done < count == span[1] - span[0]
        return known and engine.ends_group(span, done) and somebody_waits(self._lease)

    def _give_back(self, chunk: Job) -> None:
        if job_requeue(job=chunk, forgiven=F("forgiven") + 1):
            dispatch(job_id=chunk.pk, queue=chunk.queue)
