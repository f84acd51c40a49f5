"""A piece of work. Its truth is this row; a broker message only says that there is one."""

from functools import cached_property
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import models
from django.db.models import FilteredRelation, Q, Value

from voiceclone.logging import current_request_id
from voiceclone.tracing import current_traceparent
from voices.models.batch import Batch
from voices.models.owned import OwnedModel, owner_constraint
from voices.models.voice import Voice

if TYPE_CHECKING:
    from voices.models.stored_file import StoredFile

MAIN = ""  # name of the speaker that a text begins with, where its params name speakers
_CLAIMABLE = Q(status="queued", dispatched_at__isnull=False)


class Jobs(models.QuerySet["Job"]):
    """Jobs, with what is often asked for beside them."""

    def with_result(self) -> "Jobs":
        """Each with its finished audio, by the same query."""
        made = FilteredRelation("files", condition=Q(files__role="result"))
        known = self.annotate(result=made, result_known=Value(True))
        return known.select_related("result")  # type: ignore[misc]  # the plugin knows fields only


class Job(OwnedModel):
    """queued → running → succeeded | failed | cancelled, moved by filtered UPDATEs only.

    A running job is leased: the worker keeps pushing `lease_expires_at` on, and when it stops the
    reaper brings the job back. `claim` counts how often it was taken, and is never set back: a worker
    whose number is no longer the row's has lost the job. `attempts` counts how often it was begun anew,
    which names its files; `forgiven` of those were no fault of the job's. `paused` waits for its next
    turn with what is made so far (voices/services/jobs/pauses.py). A queued job may be claimed from
    `dispatched_at` on, by the database's clock; one of a batch has none until its turn, and one that is
    `held` rests until its owner lets it go on (voices/services/jobs/holds.py). Of those, workers take the
    one with the lowest `turn` (voices/services/jobs/turns.py). One that is `finishing` ends with what it has made
    so far, as its owner wants.

    A long text has chunks (voices/services/speech/chunks.py): jobs of their own for the workers, but nobody
    else sees them, and they are gone when their parent has ended.
    """

    class Status(models.TextChoices):
        QUEUED = "queued"
        RUNNING = "running"
        SUCCEEDED = "succeeded"
        FAILED = "failed"
        CANCELLED = "cancelled"

    ACTIVE = (Status.QUEUED, Status.RUNNING)

    kind = models.CharField(max_length=16)  # a row of voices/kinds.py
    queue = models.CharField(max_length=16)
    status = models.CharField(max_length=16, choices=Status.choices, default=Status.QUEUED)
    batch = models.ForeignKey(Batch, null=True, on_delete=models.CASCADE, related_name="jobs")
    parent = models.ForeignKey("self", null=True, on_delete=models.CASCADE, related_name="chunks")
    position = models.PositiveIntegerField(null=True)  # in its batch or parent, from 1
    name = models.CharField(max_length=200, blank=True)
    voice = models.ForeignKey(Voice, null=True, on_delete=models.SET_NULL)
    voice_name = models.CharField(max_length=100, blank=True)
    text = models.TextField(blank=True)
    params = models.JSONField(default=dict)
    progress_stage = models.CharField(max_length=32, blank=True, default="", db_default="")
    progress_done = models.PositiveIntegerField(default=0, db_column="sentences_done")
    progress_total = models.PositiveIntegerField(default=0, db_column="sentences_total")
    seconds_left = models.FloatField(null=True)  # of its stage, as its worker has measured
    parts_ready = models.PositiveIntegerField(default=0)
    last_step = models.PositiveBigIntegerField(null=True)  # of its points, in this attempt
    request_id = models.CharField(
        max_length=64, blank=True, default=current_request_id, db_default=""
    )
    traceparent = models.CharField(
        max_length=64, blank=True, default=current_traceparent, db_default=""
    )
    claim = models.PositiveIntegerField(default=0, db_default=0)
    paused = models.BooleanField(default=False, db_default=False)
    held = models.BooleanField(default=False, db_default=False)
    finishing = models.BooleanField(default=False, db_default=False)
    worked_seconds = models.FloatField(
        default=0.0, db_default=0.0
    )  # of this attempt, before its last pause
    attempts = models.PositiveSmallIntegerField(default=0)
    forgiven = models.PositiveSmallIntegerField(default=0, db_default=0)
    turn = models.PositiveIntegerField(default=0, db_default=0)
    dispatched_at = models.DateTimeField(null=True)
    lease_expires_at = models.DateTimeField(null=True)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    error_status = models.PositiveSmallIntegerField(null=True)
    error_code = models.CharField(max_length=64, blank=True)
    error_en = models.TextField(blank=True)
    error_ru = models.TextField(blank=True)
    error_details = models.JSONField(default=dict)

    objects = Jobs.as_manager()
    result_known = False  # see `Jobs.with_result`

    class Meta:
        ordering = ["-created_at", "-id"]
        indexes = [
            models.Index(fields=["status", "queue", "created_at"], name="job_waiting"),
            models.Index(
                fields=["queue", "turn", "created_at"], condition=_CLAIMABLE, name="job_turn"
            ),
            models.Index(
                fields=["user", "queue", "turn"], condition=_CLAIMABLE, name="job_turn_of_user"
            ),
            models.Index(
                fields=["visitor", "queue", "turn"],
                condition=_CLAIMABLE,
                name="job_turn_of_visitor",
            ),
            models.Index(fields=["batch", "position"], name="job_of_batch"),
            models.Index(fields=["user", "-created_at"], name="job_of_user"),
            models.Index(fields=["visitor", "-created_at"], name="job_of_visitor"),
        ]
        constraints = [
            owner_constraint("job_has_one_owner"),
            models.CheckConstraint(
                condition=Q(status__in=["queued", "running", "succeeded", "failed", "cancelled"]),
                name="job_status_known",
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)

    @cached_property
    def result(self) -> "StoredFile | None":
        """Its finished audio."""
        return None if self.result_known else self.files.filter(role="result").first()

    @property
    def shown_status(self) -> str:
        """As people see it: one that is paused has begun, and goes on in a moment; unless it is held."""
        goes_on = self.paused and self.is_active and not self.held
        return self.Status.RUNNING if goes_on else self.status

    @property
    def is_active(self) -> bool:
        return self.status in self.ACTIVE

    @property
    def shares(self) -> dict[str, list[tuple[UUID, float]]]:
        """Voices with their weights by the name that the text calls them; MAIN only if it is a mix."""
        single = {name: [(voice, 1.0)] for name, voice in self.params.get("voices", {}).items()}
        every: dict[str, Any] = {**single, **self.params.get("mixes", {})}
        return {
            name: [(UUID(voice), weight) for voice, weight in shares]
            for name, shares in every.items()
        }

    @property
    def is_mixed(self) -> bool:
        """Whether its main voice is a mix; `voice` is then the first of it."""
        return MAIN in self.params.get("mixes", {})


class Worker(models.Model):
    """`name` is host:pid of the Celery process; `engine_ready`: it has the models that its
    queues need; `trouble` says what of it has ended and should not have."""

    name = models.CharField(max_length=200, primary_key=True)
    queues = models.JSONField(default=list)
    engine_ready = models.BooleanField(default=False)
    trouble = models.CharField(max_length=200, blank=True, default="", db_default="")
    started_at = models.DateTimeField(auto_now_add=True)
    seen_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return self.name
