"""Versions of voices, beside the profile that they take over; 0026 fills them, 0027 removes it."""

import uuid

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('voices', '0024_stored_files_only'),
    ]

    operations = [
        migrations.CreateModel(
            name='VoiceVersion',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('number', models.PositiveIntegerField()),
                ('kind', models.CharField(max_length=16)),
                ('profile', models.JSONField(default=dict)),
                ('weights', models.CharField(blank=True, max_length=64)),
                ('figures', models.JSONField(default=dict)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('job', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='voice_versions', to='voices.job')),
                ('voice', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='versions', to='voices.voice')),
            ],
            options={
                'ordering': ['-number'],
                'constraints': [models.UniqueConstraint(fields=('voice', 'number'), name='one_version_of_a_number')],
            },
        ),
        migrations.AddField(
            model_name='voice',
            name='active_version',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='voices.voiceversion'),
        ),
        migrations.AddField(
            model_name='voice',
            name='versions_made',
            field=models.PositiveIntegerField(db_default=0, default=0, editable=False),
        ),
        migrations.AddField(
            model_name='voiceheard',
            name='version',
            field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='heard', to='voices.voiceversion'),
        ),
    ]
