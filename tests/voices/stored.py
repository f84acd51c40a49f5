"""Rows of files as tests make and look for them."""

import json

from django.utils import timezone

from voices.models import Dataset, Recording, StoredFile, Take, Voice
from voices.models.stored_file import CLIP, PREVIEW, RECORDING, REPORT, RESULT, TAKE
from voices.services.voices.versions import voice_version_add
from voices.storage import file_store


def voice_create(profile, **fields):
    """A voice that can speak."""
    voice = Voice.objects.create(**fields)
    voice_version_add(voice=voice, profile=profile, figures={})
    return voice


def result_get(**job):
    """The one result there is, or that of a job."""
    return StoredFile.objects.get(role=RESULT, **job)


def result_create(job, name=None, content=None, **facts):
    facts = {"format": "mp3", "size_bytes": 9, "seconds": 1.0, **facts}
    return _stored(job, RESULT, name or f"results/{job.pk}/1.mp3", content, job=job, **facts)


def file_create(job, role, content, file_format="json"):
    """Another file of a job."""
    name = f"songs/{job.pk}/1/{role}.{file_format}"
    return _stored(job, role, name, content, job=job, format=file_format, size_bytes=len(content))


def recording_create(voice, name=None, content=None, size_bytes=5, **fields):
    row = Recording(voice=voice, **fields)
    name, facts = name or f"recordings/{voice.pk}/{row.pk}", {"format": "wav"}
    row.stored = _stored(
        voice, RECORDING, name, content, voice=voice, size_bytes=size_bytes, **facts
    )
    row.save(force_insert=True)
    return row


def preview_create(voice, content=None):
    voice.preview_fingerprint = "as it was"
    voice.save()
    return _stored(voice, PREVIEW, f"previews/{voice.pk}/p.mp3", content, voice=voice, size_bytes=5)


def dataset_create(voice, title="Mine", content=b"sound"):
    """Prepared, with a sentence read aloud."""
    owner = {"user_id": voice.user_id, "visitor": voice.visitor}
    dataset = Dataset.objects.create(
        **owner,
        voice=voice,
        title=title,
        state=Dataset.State.PREPARED,
        prepared_at=timezone.now(),
        figures={"clips": 1, "recordings": 1, "embedding": [1.0] + [0.0] * 255},
    )
    take = Take(dataset=dataset, is_reading=True, text=title, state="accepted", seconds=2.0)
    facts = {"dataset": dataset, "size_bytes": len(content), "format": "flac"}
    take.stored = _stored(voice, TAKE, f"takes/{dataset.pk}/{take.pk}", content, **facts)
    take.save(force_insert=True)
    report = {"pieces": [], "recordings": [], "edits": [], "title": title}
    for role, path, told in (
        (CLIP, "clips/0001-0001.flac", content),
        (REPORT, "report.json", json.dumps(report).encode()),
    ):
        _stored(voice, role, f"datasets/{dataset.pk}/1/{path}", told, **facts)
    return dataset


def _stored(owned, role, name, content, **facts):
    if content is not None:
        file_store(name, content)
    owner = {"user_id": owned.user_id, "visitor": owned.visitor}
    return StoredFile.objects.create(name=name, role=role, **owner, **facts)
