"""The voice bank: the shipped voices as rows. Their previews are made when somebody asks for them."""

import hashlib
import json
from collections.abc import Callable
from typing import Any

from django.db import transaction

from voices import engine
from voices.models import StoredFile, Voice
from voices.services.voices.versions import voice_version_add
from voices.storage import files_delete


def bank_seed(*, report: Callable[[str], None]) -> int:
    """Bring the rows in line with the shipped voices; returns how many were not.

    What the operator has mended in a row stays until its voice is shipped changed. Voices that are no
    longer shipped go; results said in them stay.

    Raises:
        AppError: the voices are missing or damaged.
    """
    entries = engine.bank_voices()
    known = dict(Voice.objects.filter(is_bank=True).values_list("slug", "shipped_fingerprint"))
    changed = [entry for entry in entries if known.get(entry["slug"]) != _fingerprint(entry)]
    for entry in changed:
        _row_write(entry)
        report(f"{entry['name_ru'] or entry['name']} ({entry['slug']})")
    gone = Voice.objects.filter(is_bank=True).exclude(slug__in=[entry["slug"] for entry in entries])
    names = list(StoredFile.objects.filter(voice__in=gone).values_list("name", flat=True))
    gone.delete()
    files_delete(names)
    return len(changed)


def _fingerprint(entry: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(entry, sort_keys=True).encode()).hexdigest()


@transaction.atomic
def _row_write(entry: dict[str, Any]) -> None:
    shipped = {**entry, "shipped_fingerprint": _fingerprint(entry)}
    profile = json.loads(json.dumps(shipped.pop("profile")))  # as it would be stored
    shown = {"is_bank": True, "status": Voice.Status.READY}
    slug = shipped.pop("slug")
    voice, _ = Voice.objects.update_or_create(slug=slug, defaults={**shipped, **shown})
    if voice.profile != profile:
        voice_version_add(voice=voice, profile=profile, figures={})
