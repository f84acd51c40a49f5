from django.db import migrations, models


class Migration(migrations.Migration):
    """What is done is counted in other units than sentences too; the columns keep their names."""

    dependencies = [("voices", "0019_job_kind_free")]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.RenameField("job", "sentences_done", "progress_done"),
                migrations.RenameField("job", "sentences_total", "progress_total"),
                migrations.AlterField(
                    "job",
                    "progress_done",
                    models.PositiveIntegerField(default=0, db_column="sentences_done"),
                ),
                migrations.AlterField(
                    "job",
                    "progress_total",
                    models.PositiveIntegerField(default=0, db_column="sentences_total"),
                ),
            ]
        ),
        migrations.AddField(
            "job",
            "progress_stage",
            models.CharField(max_length=32, blank=True, default="", db_default=""),
        ),
        migrations.AddField("job", "seconds_left", models.FloatField(null=True)),
    ]
