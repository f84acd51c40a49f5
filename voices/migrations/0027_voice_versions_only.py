"""What the versions of voices have taken over."""

from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('voices', '0026_voice_versions_fill'),
    ]

    operations = [
        migrations.RemoveField(
            model_name='voice',
            name='profile',
        ),
    ]
