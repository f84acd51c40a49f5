"""The kinds of work that workers do and the queues it waits in: a row for each, and the only list of them.

A new kind is a row here and a folder with its work; docs/adding-a-stage.md leads the way. The table stands
below everything else: what a row points to is imported when it is first needed.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.module_loading import import_string


@dataclass(frozen=True, kw_only=True)
class Queue:
    """Short work never waits behind long work, so each length has a queue of its own.

    Attributes:
        seconds: a worker's child at one job for longer is killed, and the job comes back.
        program: of `manage.py serve`, the one that serves it.
        niceness: how far its worker stands back behind the others of the machine; a queue that stands
            back also rests while people wait in others (voices/services/jobs/turns.py).
        models: families that its workers load before anybody waits for them; others as they are needed.
    """

    name: str
    seconds: int
    program: str
    niceness: int = 0
    models: tuple[str, ...] = ()

    @property
    def stands_back(self) -> bool:
        return self.niceness > 0


SPEECH = Queue(name="speech", seconds=1800, program="worker", models=("speaking",))
BATCH = Queue(name="batch", seconds=4 * 3600, program="worker for long work", models=("speaking",))
CONVERSION = Queue(name="conversion", seconds=2 * 3600, program="worker for long work")
TRAINING = Queue(name="training", seconds=12 * 3600, program="worker for training", niceness=15)
WEBHOOKS = Queue(name="webhooks", seconds=60, program="worker for webhooks")  # news, no jobs
QUEUES = {queue.name: queue for queue in (SPEECH, BATCH, CONVERSION, TRAINING, WEBHOOKS)}


@dataclass(frozen=True, kw_only=True)
class Kind:
    """One kind of job.

    Attributes:
        queue: where its jobs wait, unless their maker says otherwise.
        work: dotted path of what a worker does: a function of a JobLease.
        undo: dotted path of what follows when jobs of it end without a result or are removed: a function
            of the jobs, which deletes rows and returns the names of files to be deleted; not of those
            that are the jobs' own, which go with them.
        retriable: whether what it works on is still there after it has failed or was cancelled.
        in_history: whether the History page shows it.
        is_part: whether it is a piece of another job, which nobody but the workers sees.
        unit: what its progress counts.
        counts_characters: whether the letters of its text are taken from the owner's day.
        counts_work: whether the seconds that workers give to it are taken from the owner's day.
        free: whether it is taken from nobody's quota.
        ends_batch: whether it waits for all others of its batch, whose sounds it needs.
        outlasting: how the roles of files begin that are of use even if it fails.
    """

    name: str
    queue: Queue
    work: str
    undo: str = ""
    retriable: bool = False
    in_history: bool = False
    is_part: bool = False
    unit: str = "sentences"
    counts_characters: bool = False
    counts_work: bool = False
    free: bool = False
    ends_batch: bool = False
    outlasting: tuple[str, ...] = ()

    @property
    def do(self) -> Callable[[Any], None]:
        done: Callable[[Any], None] = import_string(self.work)
        return done

    def undone(self, jobs: Sequence[Any]) -> list[str]:
        """Files that are to go with these jobs."""
        return list(import_string(self.undo)(jobs)) if self.undo else []


SAYING = Kind(
    name="speech",
    queue=SPEECH,
    work="voices.services.speech.saying.speech_work",
    retriable=True,
    in_history=True,
    counts_characters=True,
)
CHUNK = Kind(  # some sentences of a long text
    name="chunk", queue=SPEECH, work="voices.services.speech.chunks.chunk_work", is_part=True
)
TRACK = Kind(  # the subtitles of a batch put on one track
    name="track", queue=BATCH, work="voices.services.speech.tracks.track_work", ends_batch=True
)
ENROLMENT = Kind(
    name="enrolment",
    queue=SPEECH,
    work="voices.services.voices.enrolment.enrolment_work",
    undo="voices.services.voices.enrolment.enrolment_undo",
    unit="recordings",
)
PREVIEW = Kind(
    name="preview", queue=SPEECH, work="voices.services.voices.previews.preview_work", free=True
)
CONSENT = Kind(
    name="consent",
    queue=SPEECH,
    work="voices.services.voices.consent.consent_work",
    unit="recordings",
)
FITTING = Kind(
    name="fitting",
    queue=TRAINING,
    work="voices.services.voices.fitting.fitting_work",
    retriable=True,
    unit="steps",
    counts_work=True,
)
TAKE_CHECK = Kind(  # a sentence read aloud for a dataset; a file or zip in CONVERSION's queue
    name="take",
    queue=SPEECH,
    work="voices.services.studio.takes.take_work",
    undo="voices.services.studio.takes.take_undo",
    unit="recordings",
)
DATASET = Kind(
    name="dataset",
    queue=CONVERSION,
    work="voices.services.studio.preparing.dataset_work",
    undo="voices.services.studio.preparing.dataset_undo",
    retriable=True,
    in_history=True,
    unit="recordings",
)
COMPARISON = Kind(  # a sentence by two versions of a voice, to be compared blind
    name="comparison",
    queue=SPEECH,
    work="voices.services.voices.comparisons.comparison_work",
    counts_characters=True,
)
STUDIO_TRAINING = Kind(
    name="training",
    queue=TRAINING,
    work="voices.services.studio.training_work.training_work",
    undo="voices.services.studio.training_work.training_undo",
    outlasting=("checkpoint-", "sample-"),
    retriable=True,
    in_history=True,
    unit="steps",
    counts_work=True,
)
SEPARATING = Kind(  # a song into its vocals and all else
    name="separation",
    queue=CONVERSION,
    work="voices.services.conversion.separating.separation_work",
    retriable=True,
    in_history=True,
    unit="seconds",
    counts_work=True,
)
CONVERTING = Kind(  # somebody's speech or song in another voice
    name="conversion",
    queue=CONVERSION,
    work="voices.services.conversion.converting.conversion_work",
    retriable=True,
    in_history=True,
    unit="seconds",
    counts_work=True,
)
SINGING = Kind(  # a score in a voice
    name="song",
    queue=CONVERSION,
    work="voices.services.songs.singing.song_work",
    retriable=True,
    in_history=True,
    unit="lines",
    counts_work=True,
)
ALIGNING = Kind(  # the times of a song's words
    name="alignment",
    queue=CONVERSION,
    work="voices.services.songs.aligning.alignment_work",
    retriable=True,
    in_history=True,
    unit="seconds",
    counts_work=True,
)
KINDS = {
    kind.name: kind
    for kind in (
        SAYING, ENROLMENT, TRACK, PREVIEW, CONSENT, CHUNK, FITTING, TAKE_CHECK, DATASET, COMPARISON,
        STUDIO_TRAINING, SEPARATING, CONVERTING, SINGING, ALIGNING,
    )
}  # fmt: skip
SONG_KINDS = (SEPARATING.name, CONVERTING.name)


def stands_back(queue: str) -> bool:
    return queue in QUEUES and QUEUES[queue].stands_back


def kinds_free() -> list[str]:
    """Names of those that count against no quota."""
    return [kind.name for kind in KINDS.values() if kind.free]


def work_is_counted() -> bool:
    """Whether any kind takes seconds of work from its owner's day."""
    return any(kind.counts_work for kind in KINDS.values())


def kinds_shown() -> list[str]:
    """Names of those that people see."""
    return [kind.name for kind in KINDS.values() if not kind.is_part]


def kinds_of_history() -> list[str]:
    return [kind.name for kind in KINDS.values() if kind.in_history]


def models_of(queues: Iterable[str]) -> set[str]:
    """Families that whoever serves these queues has loaded before it is ready."""
    return {family for name in queues if name in QUEUES for family in QUEUES[name].models}
