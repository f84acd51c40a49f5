import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """What a training measures at its steps."""

    dependencies = [("voices", "0029_work_seconds")]

    operations = [
        migrations.AddField("job", "last_step", models.PositiveBigIntegerField(null=True)),
        migrations.CreateModel(
            "TrainingPoint",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("step", models.PositiveBigIntegerField()),
                ("values", models.JSONField()),
                (
                    "job",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="points",
                        to="voices.job",
                    ),
                ),
            ],
            options={"ordering": ["step"]},
        ),
        migrations.AddConstraint(
            "trainingpoint",
            models.UniqueConstraint(fields=["job", "step"], name="one_point_of_a_job_at_a_step"),
        ),
    ]
