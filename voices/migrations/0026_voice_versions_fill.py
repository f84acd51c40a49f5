"""What each voice sounds like becomes its first version; that version's id is the voice's own."""

from django.db import migrations
from django.db.models import Count, F, OuterRef, Subquery, Sum

ROWS_AT_ONCE = 1000


def fill(apps, schema_editor):
    versions = apps.get_model("voices", "VoiceVersion").objects
    voices = apps.get_model("voices", "Voice").objects.exclude(profile={})
    measured = voices.annotate(
        takes=Count("recordings__speech_seconds"), seconds=Sum("recordings__speech_seconds", default=0.0)
    )
    rows = (
        versions.model(
            id=voice.id, voice=voice, number=1, kind="instant", profile=voice.profile,
            figures={"recordings": voice.takes, "speech_seconds": voice.seconds} if voice.takes else {},
        )
        for voice in measured.order_by().iterator(chunk_size=ROWS_AT_ONCE)
    )
    versions.bulk_create(rows, batch_size=ROWS_AT_ONCE)
    versions.update(created_at=Subquery(voices.filter(pk=OuterRef("voice")).values("created_at")))
    voices.update(active_version=F("id"), versions_made=1)


def empty(apps, schema_editor):
    """Back into the voices: each as it is now."""
    active = apps.get_model("voices", "VoiceVersion").objects.filter(pk=OuterRef("active_version"))
    voices = apps.get_model("voices", "Voice").objects.filter(active_version__isnull=False)
    voices.update(profile=Subquery(active.values("profile")))
    voices.update(active_version=None)
    apps.get_model("voices", "VoiceHeard").objects.update(version=None)
    apps.get_model("voices", "VoiceVersion").objects.all().delete()


class Migration(migrations.Migration):

    dependencies = [
        ('voices', '0025_voice_versions'),
    ]

    operations = [
        migrations.RunPython(fill, empty),
    ]
