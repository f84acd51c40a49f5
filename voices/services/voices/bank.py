"""The voice bank: the shipped voices as rows, each with a preview that the engine has said."""

import logging
from collections.abc import Callable

from voices import engine
from voices.models import Voice
from voices.services.voices.previews import (
    preview_fingerprint,
    preview_is_fresh,
    preview_say,
    weights_fingerprint,
)
from voices.storage import files_delete

logger = logging.getLogger(__name__)


def bank_is_seeded() -> bool:
    """Whether every bank voice has a preview made from these very weights; loads nothing."""
    voices = Voice.objects.filter(is_bank=True)
    return bool(weights_fingerprint() and voices) and all(map(preview_is_fresh, voices))


def bank_seed(*, report: Callable[[str], None]) -> int:
    """Bring the rows in line with the shipped voices; returns previews made.

    Voices that are no longer shipped go; results said in them stay.

    Raises:
        AppError: the weights are missing or damaged.
    """
    if bank_is_seeded():
        return 0
    entries, made = engine.bank_voices(), 0
    for entry in entries:
        voice = _row(entry)
        if preview_is_fresh(voice):
            continue
        _preview_renew(voice)
        report(f"{voice.name_ru or voice.name} ({voice.slug})")
        made += 1
    gone = Voice.objects.filter(is_bank=True).exclude(slug__in=[entry.slug for entry in entries])
    names = list(gone.values_list("preview", flat=True))
    gone.delete()
    files_delete(names)
    return made


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


def _preview_renew(voice: Voice) -> None:
    before = voice.preview
    voice.preview, voice.preview_fingerprint = preview_say(voice), preview_fingerprint(voice)
    voice.save(update_fields=["preview", "preview_fingerprint"])
    files_delete([before])
