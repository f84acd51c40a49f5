"""A long text said by several workers: cut into chunks, which are jobs too, and joined in order.

The worker that claims the text leads. It queues the chunks and says one after the other itself, the
first ones first, so that alone it is as quick as without them; workers that have nothing better to do
take chunks like any other job. What is made lies in files, so a worker that is lost costs no more than
the chunk it was at, whether it led or not. The leader hands out sentences as far as they follow each
other, and when all are there it joins them: one result, the same to the sample as that of one worker.
"""

import time
from collections.abc import Callable
from functools import partial
from typing import Any

from django.conf import settings
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import F, Q
from django.db.models.functions import Now

from voices import engine
from voices.dispatch import dispatch
from voices.errors import JobCancelled
from voices.models import Job
from voices.owner import Owner
from voices.services.endings import job_end
from voices.services.jobs import chunks_delete, job_claim, job_error
from voices.services.leases import JobLease, leases_held
from voices.services.orders import speech_order
from voices.services.reaper import job_requeue
from voices.services.turns import turn_next
from voices.storage import file_store, files_delete, part_name

FEWEST = 3  # chunks of a text that is worth cutting
POLL_SECONDS = 0.2

Spans = list[tuple[int, int]]
Listener = Callable[[Any], None]


def chunk_spans(job: Job, order: engine.SpeechOrder) -> Spans:
    """Where a job's text is cut; nothing when it is not long enough.

    Raises:
        AppError: wrong markup.
    """
    if len(job.text) <= settings.BATCH_TEXT_CHARACTERS:
        return []
    spans = engine.spans_of(order)
    return spans if len(spans) >= FEWEST else []


def speech_in_chunks(
    lease: JobLease, order: engine.SpeechOrder, spans: Spans, on_sentence: Listener | None = None
) -> tuple[Any, list[dict[str, Any]]]:
    """Audio of the whole text and its sentences in time; other workers may help.

    Raises:
        AppError: of this worker, or the one that a chunk has failed with for good.
        JobCancelled: the text is no longer ours.
    """
    return _Leader(lease, order, _chunks_queued(lease, spans), on_sentence).work()


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
    _keep(lease, said)


def _span(chunk: Job) -> tuple[int, int]:
    first, stop = chunk.params["span"]
    return first, stop


@transaction.atomic
def _chunks_queued(lease: JobLease, spans: Spans) -> list[Job]:
    """The job's chunks in order: those that an earlier attempt has queued, or new ones."""
    lease.extend()  # and locks the row: whoever ends the job now will see the chunks
    job = lease.job
    known = list(Job.objects.filter(parent=job).order_by("position"))
    if [_span(chunk) for chunk in known] == spans:
        return known
    chunks_delete(Job.objects.filter(parent=job))  # of a version that cuts otherwise
    job.refresh_from_db(fields=["user", "visitor"])
    owner = Owner(user_id=job.user_id, visitor=job.visitor)
    turn = turn_next(owner=owner, queue=job.queue)
    chunks = [
        Job(
            **owner.fields,
            kind=Job.Kind.CHUNK,
            queue=job.queue,
            parent=job,
            position=number,
            params={"span": span},
            sentences_total=span[1] - span[0],
            request_id=job.request_id,
            turn=turn + number,
            # the first is the leader's, who is about to say it
            dispatched_at=Now() if number > 1 else None,
        )
        for number, span in enumerate(spans, start=1)
    ]
    Job.objects.bulk_create(chunks)
    for chunk in chunks[1:]:
        transaction.on_commit(partial(dispatch, job_id=chunk.pk, queue=chunk.queue))
    return chunks


def _keep(lease: JobLease, said: list[engine.Said]) -> None:
    """Store what was said and end the chunk with it. Raises JobCancelled: it is no longer ours."""
    name = file_store(part_name(lease.job.pk, lease.attempt, 0), engine.said_pack(said))
    try:
        ended = job_end(
            rows=lease.row,
            status=Job.Status.SUCCEEDED,
            job=lease.job,
            parts_ready=1,
            sentences_done=len(said),
            sentences_total=len(said),
        )
        if not ended:
            raise JobCancelled
    except BaseException:
        files_delete([name])
        raise


class _Leader:
    """One worker's way through a text."""

    def __init__(
        self,
        lease: JobLease,
        order: engine.SpeechOrder,
        chunks: list[Job],
        on_sentence: Listener | None,
    ) -> None:
        self._lease = lease
        self._order = order
        self._on_sentence = on_sentence
        self._numbers = {chunk.pk: number for number, chunk in enumerate(chunks)}
        self._said: list[list[engine.Said]] = [[] for _ in chunks]
        self._whole: set[int] = set()
        self._chunk, self._sentence, self._position = 0, 0, 0  # what is heard next

    def work(self) -> tuple[Any, list[dict[str, Any]]]:
        while True:
            self._look()
            if len(self._whole) == len(self._said):
                break
            chunk = self._claimed()
            if chunk is not None:
                self._say(chunk)
            else:
                time.sleep(POLL_SECONDS)
        said = [one for part in self._said for one in part]
        return engine.said_join(said)

    def _look(self) -> None:
        """See how far all are: take what is ready, tell the progress, hand out what follows.

        Raises:
            AppError: a chunk has failed, or the speech becomes too long.
            JobCancelled: the text is no longer ours.
        """
        rows = list(Job.objects.filter(parent=self._lease.job).defer("params"))
        if len(rows) < len(self._said):  # the job has ended
            raise JobCancelled
        for chunk in rows:
            if chunk.status in (Job.Status.FAILED, Job.Status.CANCELLED):
                error = job_error(chunk)
                error.retryable = False  # it has been tried often enough
                raise error
            if chunk.status == Job.Status.SUCCEEDED:
                self._fetch(chunk)
        engine.said_check(one for part in self._said for one in part)
        self._hand_out()
        done = sum(chunk.sentences_done for chunk in rows)
        self._lease.progress(done, sum(chunk.sentences_total for chunk in rows))

    def _fetch(self, chunk: Job) -> None:
        number = self._numbers[chunk.pk]
        if number in self._whole:
            return
        name = part_name(chunk.pk, chunk.attempts, 0)
        if not default_storage.exists(name):  # the database came out of a backup
            Job.objects.filter(pk=chunk.pk, attempts=chunk.attempts).update(
                status=Job.Status.QUEUED, finished_at=None, parts_ready=0, dispatched_at=Now()
            )
            return
        with default_storage.open(name) as stored:
            self._said[number] = engine.said_unpack(stored.read())
        self._whole.add(number)

    def _hand_out(self) -> None:
        """The sentences that follow those heard, as far as they are there."""
        while self._on_sentence is not None and self._chunk < len(self._said):
            ready = self._said[self._chunk]
            for one in ready[self._sentence :]:
                self._on_sentence(engine.said_alone(one, self._position))
                self._position += engine.said_size(one)
                self._sentence += 1
            if self._chunk not in self._whole:
                return
            self._chunk, self._sentence = self._chunk + 1, 0

    def _claimed(self) -> Job | None:
        """The first chunk that waits, now ours."""
        may = Q(dispatched_at=None) | Q(dispatched_at__lte=Now())
        waiting = Job.objects.filter(may, parent=self._lease.job, status=Job.Status.QUEUED)
        for chunk_id in waiting.order_by("position").values_list("pk", flat=True):
            chunk = job_claim(job_id=chunk_id)
            if chunk is not None:
                return chunk
        return None

    def _say(self, chunk: Job) -> None:
        """What stops it counts as the text's, not as the chunk's: that waits for the next attempt."""
        lease, number = JobLease(chunk), self._numbers[chunk.pk]
        said = self._said[number] = []
        try:
            with leases_held(lease):
                for one, count in engine.speak_span(self._order, _span(chunk)):
                    said.append(one)
                    lease.progress(len(said), count)
                    self._look()
                _keep(lease, said)
        except JobCancelled:
            self._give_back(chunk)
            self._lease.check()  # only the chunk was taken from us: somebody else says it
            return
        except BaseException:
            self._give_back(chunk)
            raise
        self._whole.add(number)

    def _give_back(self, chunk: Job) -> None:
        if job_requeue(job=chunk, forgiven=F("forgiven") + 1):
            dispatch(job_id=chunk.pk, queue=chunk.queue)
