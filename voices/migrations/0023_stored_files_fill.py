"""Files of jobs and voices as rows of their own; a file's id is that of what it was a column of."""

from pathlib import PurePath

from django.db import migrations
from django.db.models import F, OuterRef, Subquery, Value
from django.db.models.functions import Coalesce

ROWS_AT_ONCE = 1000
# by the database itself: there may be a hundred thousand
RESULTS = """
    INSERT INTO voices_storedfile
        (id, user_id, visitor, created_at, name, role, format, size_bytes, sha256, seconds, job_id)
    SELECT job.id, job.user_id, job.visitor, made.created_at, made.file, 'result', made.format,
        made.size_bytes, made.sha256, made.seconds, job.id
    FROM voices_result made JOIN voices_job job ON job.id = made.job_id
"""
RESULTS_BACK = """
    INSERT INTO voices_result (job_id, created_at, file, format, size_bytes, sha256, seconds)
    SELECT job_id, created_at, name, format, size_bytes, sha256, seconds
    FROM voices_storedfile WHERE role = 'result'
"""


def fill(apps, schema_editor):
    schema_editor.execute(RESULTS)
    files = apps.get_model("voices", "StoredFile").objects
    recordings = apps.get_model("voices", "Recording").objects
    files.bulk_create(_of_recordings(recordings, files.model), batch_size=ROWS_AT_ONCE)
    recordings.update(stored=F("id"))
    uploaded = recordings.filter(pk=OuterRef("pk")).values("created_at")
    files.filter(role="recording").update(created_at=Subquery(uploaded))
    files.bulk_create(
        files.model(
            id=voice.id, user_id=voice.user_id, visitor=voice.visitor, name=voice.preview, role="preview",
            format="mp3", size_bytes=0, voice=voice,
        )
        for voice in apps.get_model("voices", "Voice").objects.exclude(preview="")
    )
    waiting = apps.get_model("voices", "Job").objects.filter(kind="consent", status__in=["queued", "running"])
    files.bulk_create(
        files.model(
            id=job.id, user_id=job.user_id, visitor=job.visitor, name=f"spoken/{job.params['phrase']}",
            role="spoken", size_bytes=0, job=job,
        )
        for job in waiting
    )


def _of_recordings(recordings, model):
    for row in recordings.select_related("voice").iterator():
        yield model(
            id=row.id, user_id=row.voice.user_id, visitor=row.voice.visitor, name=row.file, role="recording",
            format=PurePath(row.original_name).suffix.lower()[1:17], size_bytes=row.size_bytes,
            seconds=row.seconds, voice=row.voice,
        )


def empty(apps, schema_editor):
    """Back into the columns; files of other roles are found by the sweeper."""
    schema_editor.execute(RESULTS_BACK)
    files = apps.get_model("voices", "StoredFile").objects
    stored = files.filter(pk=OuterRef("stored"))
    apps.get_model("voices", "Recording").objects.update(
        file=Subquery(stored.values("name")),
        size_bytes=Subquery(stored.values("size_bytes")),
        seconds=Subquery(stored.values("seconds")),
        stored=None,
    )
    previews = files.filter(voice=OuterRef("pk"), role="preview").values("name")
    apps.get_model("voices", "Voice").objects.update(preview=Coalesce(Subquery(previews), Value("")))
    files.all().delete()


class Migration(migrations.Migration):

    dependencies = [
        ('voices', '0022_stored_files'),
    ]

    operations = [
        migrations.RunPython(fill, empty),
    ]
