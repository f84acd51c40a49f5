from django.db import migrations, models


class Migration(migrations.Migration):
    """Seconds of work are counted by day, and may be limited."""

    dependencies = [("voices", "0028_uploads")]

    operations = [
        migrations.AddField(
            "usageday", "worked_seconds", models.FloatField(default=0.0, db_default=0.0)
        ),
        migrations.AddField(
            "quota", "work_seconds_per_day", models.PositiveIntegerField(null=True, blank=True)
        ),
    ]
