"""Recordings gathered to train a voice from, and what was prepared of them."""

import uuid

from django.db import models

from voices.models.job import Job
from voices.models.owned import OwnedModel, owner_constraint
from voices.models.voice import Voice


class Dataset(OwnedModel):
    """Recordings of one voice. What was prepared of them last are its stored files: `report` (report.json), `page`
    (report.html), `clip` and `copy`, named as the engine lays them out; takes are what it is prepared from.

    `settings`, `edits` and `figures` are what the engine's dataset takes and tells; no `prepared_at`: nothing is
    prepared yet. `job` prepares it, or has done so. What changes after that puts `state` back to collecting: what was
    prepared serves until it is prepared anew.

    The database keeps no references to voices and jobs: servers that do not know the table delete those beside this
    one while they are renewed.
    """

    class State(models.TextChoices):
        COLLECTING = "collecting"
        PREPARING = "preparing"
        PREPARED = "prepared"

    voice = models.ForeignKey(
        Voice, on_delete=models.CASCADE, related_name="datasets", db_constraint=False
    )
    title = models.CharField(max_length=100)
    state = models.CharField(max_length=16, choices=State.choices, default=State.COLLECTING)
    settings = models.JSONField(default=dict)
    edits = models.JSONField(default=list)
    figures = models.JSONField(default=dict)
    job = models.ForeignKey(
        Job, null=True, on_delete=models.SET_NULL, related_name="datasets", db_constraint=False
    )
    changed_at = models.DateTimeField(auto_now=True)
    prepared_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-created_at", "-id"]
        constraints = [owner_constraint("dataset_has_one_owner")]

    def __str__(self) -> str:
        return self.title


class Take(models.Model):
    """A recording of a dataset: a sentence read aloud, or a file of any length, or a zip of many.

    `text` is what is said: the sentence where `is_reading`, else the transcript in `text_format` (txt, srt, vtt) or
    nothing. `checks` are figures; `reasons` why it is not accepted, or what could be better:
    [{"code", "en", "ru"}]. `embedding` is its d-vector, empty where nobody has listened for one.
    """

    class State(models.TextChoices):
        CHECKING = "checking"
        ACCEPTED = "accepted"
        REFUSED = "refused"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    dataset = models.ForeignKey(Dataset, on_delete=models.CASCADE, related_name="takes")
    stored = models.OneToOneField("StoredFile", on_delete=models.CASCADE)
    original_name = models.CharField(max_length=200, blank=True)
    is_reading = models.BooleanField(default=False)
    text = models.TextField(blank=True)
    text_format = models.CharField(max_length=8, blank=True)
    state = models.CharField(max_length=16, choices=State.choices, default=State.CHECKING)
    reasons = models.JSONField(default=list)
    checks = models.JSONField(default=dict)
    embedding = models.JSONField(default=list)
    recordings = models.PositiveIntegerField(default=1)
    seconds = models.FloatField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["created_at", "id"]
        indexes = [models.Index(fields=["dataset", "state"], name="take_of_dataset")]

    def __str__(self) -> str:
        return self.original_name or str(self.id)
