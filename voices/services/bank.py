"""The voice bank: the shipped voices as rows, each with a preview that the engine has said."""

import hashlib
import logging
from collections.abc import Callable

from django.conf import settings
from django.core.files.storage import default_storage

from voices import engine
from voices.models import Voice
from voices.storage import file_store, files_delete, preview_name

logger = logging.getLogger(__name__)

PREVIEW_TEXT = "Здравствуйте! Так звучит мой голос. Напишите текст, и я прочту его вслух."


def bank_is_seeded() -> bool:
    """Whether every bank voice has a preview made from these very weights; loads nothing."""
    fingerprint = weights_fingerprint()
    rows = Voice.objects.filter(is_bank=True).values_list("preview_fingerprint", "preview")
    return bool(fingerprint and rows) and all(
        stored == fingerprint and preview and default_storage.exists(preview)
        for stored, preview in rows
    )


def bank_seed(*, report: Callable[[str], None]) -> int:
    """Bring the rows in line with the shipped voices; returns previews made.

    Voices that are no longer shipped go; results said in them stay.

    Raises:
        AppError: the weights are missing or damaged.
    """
    if bank_is_seeded():
        return 0
    fingerprint, made = weights_fingerprint(), 0
    entries = engine.bank_voices()
    for entry in entries:
        voice = _row(entry)
        if voice.preview_fingerprint == fingerprint and default_storage.exists(voice.preview):
            continue
        _preview_make(voice, fingerprint)
        report(f"{voice.name_ru or voice.name} ({voice.slug})")
        made += 1
    gone = Voice.objects.filter(is_bank=True).exclude(slug__in=[entry.slug for entry in entries])
    names = list(gone.values_list("preview", flat=True))
    gone.delete()
    files_delete(names)
    return made


def weights_fingerprint() -> str:
    """Changes with any of the weights, the bank's voices or the preview text."""
    manifest = settings.WEIGHTS_DIR / "manifest.json"
    if not manifest.is_file():
        return ""
    return hashlib.sha256(manifest.read_bytes() + PREVIEW_TEXT.encode()).hexdigest()


def _row(entry: engine.BankEntry) -> Voice:
    voice, _ = Voice.objects.update_or_create(
        slug=entry.slug,
        defaults={
            "is_bank": True,
            "status": Voice.Status.READY,
            "name": entry.name,
            "name_ru": entry.name_ru,
            "description": entry.description,
            "description_ru": entry.description_ru,
            "gender": entry.gender,
            "language": entry.language,
            "licence": entry.licence,
            "attribution": entry.attribution,
            "profile": entry.profile,
        },
    )
    return voice


def _preview_make(voice: Voice, fingerprint: str) -> None:
    order = engine.SpeechOrder(text=PREVIEW_TEXT, profile=voice.profile)
    content = engine.encode(engine.speak(order), "mp3", title=PREVIEW_TEXT, voice=voice.name)
    before = voice.preview
    voice.preview = file_store(preview_name(voice.pk), content)
    voice.preview_fingerprint = fingerprint
    voice.save(update_fields=["preview", "preview_fingerprint"])
    files_delete([before])
