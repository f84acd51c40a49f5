from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("voices", "0020_job_progress")]

    operations = [
        migrations.AddField(
            "voice",
            "shipped_fingerprint",
            models.CharField(max_length=64, blank=True, default="", db_default=""),
        ),
    ]
