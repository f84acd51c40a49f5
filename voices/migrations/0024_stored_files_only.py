"""What the table of files has taken over."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('voices', '0023_stored_files_fill'),
    ]

    operations = [
        migrations.AlterField(
            model_name='recording',
            name='stored',
            field=models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, to='voices.storedfile'),
        ),
        migrations.RemoveField(
            model_name='recording',
            name='file',
        ),
        migrations.RemoveField(
            model_name='recording',
            name='size_bytes',
        ),
        migrations.RemoveField(
            model_name='recording',
            name='seconds',
        ),
        migrations.RemoveField(
            model_name='voice',
            name='preview',
        ),
        migrations.DeleteModel(
            name='Result',
        ),
    ]
