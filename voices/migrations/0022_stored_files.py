"""One table of files, beside the columns that it takes over; 0023 fills it, 0024 removes those."""

import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('voices', '0021_voice_shipped_fingerprint'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='StoredFile',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('visitor', models.UUIDField(blank=True, db_index=True, null=True)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('name', models.CharField(max_length=200, unique=True)),
                ('role', models.CharField(max_length=32)),
                ('format', models.CharField(blank=True, max_length=16)),
                ('size_bytes', models.PositiveBigIntegerField()),
                ('sha256', models.CharField(blank=True, max_length=64)),
                ('seconds', models.FloatField(null=True)),
                ('job', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='files', to='voices.job')),
                ('user', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, to=settings.AUTH_USER_MODEL)),
                ('voice', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='files', to='voices.voice')),
            ],
            options={
                'ordering': ['created_at', 'id'],
                'constraints': [
                    models.CheckConstraint(condition=models.Q(('user__isnull', True), ('visitor__isnull', True), _connector='OR'), name='stored_file_has_one_owner_at_most'),
                    models.UniqueConstraint(condition=models.Q(('role', 'result')), fields=('job',), name='one_result_of_a_job'),
                    models.UniqueConstraint(condition=models.Q(('role', 'preview')), fields=('voice',), name='one_preview_of_a_voice'),
                ],
            },
        ),
        migrations.AddField(
            model_name='recording',
            name='stored',
            field=models.OneToOneField(null=True, on_delete=django.db.models.deletion.CASCADE, to='voices.storedfile'),
        ),
        # so that they can come back empty
        migrations.AlterField(
            model_name='recording',
            name='file',
            field=models.CharField(max_length=200, null=True),
        ),
        migrations.AlterField(
            model_name='recording',
            name='size_bytes',
            field=models.PositiveBigIntegerField(null=True),
        ),
    ]
