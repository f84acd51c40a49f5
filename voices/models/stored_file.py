"""A file that is kept for somebody, and when each word of a job's sound is heard."""

import uuid

from django.db import models
from django.db.models import Q

from voices.models.dataset import Dataset
from voices.models.job import Job
from voices.models.owned import OwnedModel, owner_constraint
from voices.models.voice import Voice

# what a file is; a kind of work may give its files names of its own
RECORDING = "recording"  # that a voice is made from, as it was uploaded
RESULT = "result"  # the sound that a job has made; one at most
PREVIEW = "preview"  # what a voice sounds like
VERSION = "version"  # what one of its versions sounds like
SPOKEN = "spoken"  # a phrase read aloud, until it is heard
PART = "part"  # of a large file that is still coming
UPLOAD = "upload"  # a large file that has come whole, and of which nothing is made yet
TAKE = "take"  # of a dataset: a sentence read aloud, or a file as it was uploaded
REPORT = "report"  # what was prepared of a dataset and why, as report.json
PAGE = "page"  # the same to look at, as report.html
TABLE = "table"  # of clips with their texts, for other programs
CLIP = "clip"  # to learn from
COPY = "copy"  # a recording as it was worked on, of which clips are cut
CHECKPOINT = "checkpoint"  # and its number: weights that a training had made of a voice
SAMPLE = "sample"  # and the number of a checkpoint, and its own: what that one sounds like
STATE = "state"  # of a training, to go on from
WEIGHTS = "weights"  # of a voice's versions
SOURCE = (
    "source"  # a song or recording to be taken apart or put in another voice, as it was uploaded
)
OWN_VOCALS = "own-vocals"  # its voices alone, where somebody has them
OWN_ACCOMPANIMENT = "own-accompaniment"  # all else of it, likewise
OWN_F0 = "own-f0"  # the pitch of its voice as somebody has drawn it, "seconds,Hz"
REFERENCE = "reference"  # a recording of the voice that it is put in
VOCALS = "vocals"  # what a separation has found, to the sample
ACCOMPANIMENT = "accompaniment"
CONVERTED = "converted"  # the vocals in the other voice, before they are mixed
F0 = "f0"  # of the vocals, "seconds,Hz"
SCORE = "score"  # to be sung, as it was uploaded
NOTES = "notes"  # the same as it was read, or as somebody has written it, in JSON
MIDI = "midi"  # what was sung, as notes with syllables
LRC = "lrc"  # words with their times, in five formats
SRT = "srt"
ASS = "ass"
TEXT_GRID = "textgrid"
WORDS = "json"
GIVEN = (
    SOURCE,
    OWN_VOCALS,
    OWN_ACCOMPANIMENT,
    OWN_F0,
    REFERENCE,
    SCORE,
    NOTES,
)  # to a job, which may be tried again
NOT_COUNTED = (PREVIEW, VERSION, SPOKEN)  # in an owner's bytes: made by us, or gone in a moment


class Upload(OwnedModel):
    """A large file on its way, in parts that are stored files; whole, it is one. Those that nobody goes on
    with, or makes anything of, are swept.
    """

    original_name = models.CharField(max_length=200, blank=True)
    size_bytes = models.PositiveBigIntegerField()
    touched_at = models.DateTimeField(auto_now=True, db_index=True)

    class Meta:
        ordering = ["-created_at", "-id"]
        constraints = [owner_constraint("upload_has_one_owner")]

    def __str__(self) -> str:
        return self.original_name or str(self.id)


class StoredFile(OwnedModel):
    """`name` is where it lies in the storage. It goes with the job, the voice or whatever else it belongs to.

    `format` is empty where only the content tells it, `sha256` and `seconds` where nobody has measured
    them. Files of the bank's voices have no owner.

    Not listed: sentences of live jobs and chunks (parts/). They are made and removed by the hundred
    while a job runs, its row tells their names, and they go when it ends.
    """

    name = models.CharField(max_length=200, unique=True)
    role = models.CharField(max_length=32)
    format = models.CharField(max_length=16, blank=True)
    size_bytes = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64, blank=True)
    seconds = models.FloatField(null=True)
    job = models.ForeignKey(Job, null=True, on_delete=models.CASCADE, related_name="files")
    voice = models.ForeignKey(Voice, null=True, on_delete=models.CASCADE, related_name="files")
    upload = models.ForeignKey(Upload, null=True, on_delete=models.CASCADE, related_name="files")
    dataset = models.ForeignKey(Dataset, null=True, on_delete=models.CASCADE, related_name="files")

    class Meta:
        ordering = ["created_at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(user__isnull=True) | Q(visitor__isnull=True),
                name="stored_file_has_one_owner_at_most",
            ),
            models.UniqueConstraint(
                fields=["job"], condition=Q(role=RESULT), name="one_result_of_a_job"
            ),
            models.UniqueConstraint(
                fields=["voice"], condition=Q(role=PREVIEW), name="one_preview_of_a_voice"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Timestamps(models.Model):
    """Kept apart from the result: a long text has much of it, and lists of jobs need none.

    `sentences`: [{"text", "start", "end", "words": [{"text", "start", "end", "phonemes": [{"ipa",
    "start", "end"}]}]}], seconds.
    """

    job = models.OneToOneField(Job, primary_key=True, on_delete=models.CASCADE)
    sentences = models.JSONField()

    class Meta:
        verbose_name_plural = "timestamps"

    def __str__(self) -> str:
        return str(self.job_id)


class Recording(models.Model):
    """`stored` is what was uploaded; all that was measured is filled in by enrolment."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    voice = models.ForeignKey(Voice, on_delete=models.CASCADE, related_name="recordings")
    stored = models.OneToOneField(StoredFile, on_delete=models.CASCADE)
    original_name = models.CharField(max_length=200, blank=True)
    speech_seconds = models.FloatField(null=True)
    notes = models.JSONField(default=list)
    figures = models.JSONField(default=dict)
    profile = models.JSONField(default=dict)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["created_at", "id"]

    def __str__(self) -> str:
        return self.original_name or str(self.id)
