"""Voices that are made of no recordings: read from a file that was exported, or merged of others.

A file is signed with the service's key, so that one can be told that was changed elsewhere. Whoever brings one
confirms the right to the voice as for recordings. Of voices that wait for a spoken consent nothing is merged
or exported, and a merged voice goes with any of those that it was made of.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.core.files.base import File
from django.db import transaction
from django.utils import timezone

from voices import engine
from voices.errors import BadInput, TooLarge
from voices.models import StoredFile, Voice, VoiceVersion
from voices.models.stored_file import WEIGHTS
from voices.models.voice_version import MERGED, STUDIO, weights_name
from voices.owner import Owner
from voices.selectors.voices import (
    voice_consent_check,
    voice_own_get,
    voice_resolve,
    voice_version_get,
)
from voices.services.jobs.files import file_keep
from voices.services.jobs.quotas import quota_take
from voices.services.voices.consent import (
    Confirmation,
    confirmation_check,
    confirmation_fields,
    statement_record,
)
from voices.services.voices.versions import voice_version_add
from voices.storage import deleted_on_failure

MOST_FILE_BYTES = 64 * 2**20
MOST_MERGED = 8


@dataclass(frozen=True, kw_only=True)
class Exported:
    """A version as a file."""

    name: str
    content: bytes


def version_export(*, owner: Owner, voice_id: UUID, number: int) -> Exported:
    """One trained version of an own voice.

    Raises:
        NotFound: `unknown_voice`, `unknown_version`.
        Forbidden: a voice of the bank, `spoken_consent_required`.
        Conflict: `voice_not_trained`.
    """
    version = voice_version_get(owner=owner, voice_id=voice_id, number=number)
    voice_consent_check(version.voice)
    training = {"figures": version.figures, "kind": version.kind}
    content = engine.voice_file_write(version.spoken, name=version.voice.name, training=training)
    return Exported(name=version.voice.name, content=content)


def voice_import(
    *, owner: Owner, upload: File, name: str = "", confirmation: Confirmation
) -> Voice:
    """An own voice of a file.

    Args:
        name: left out, the one that the file has.

    Raises:
        BadInput: `consent_required`, `name_required`. TooLarge: `voice_file_too_large`.
        Unusable: `voice_file_unreadable`, `voice_signature_wrong`. Conflict: `delta_of_another_base`.
        QuotaExceeded: too many voices, or too much stored.
    """
    confirmation_check(confirmation)
    content = _read(upload)
    found = engine.voice_file_read(content)
    figures = {
        name: value
        for name, value in found.training.get("figures", {}).items()
        if isinstance(value, (int, float))
    }
    voice = _voice_made(
        owner,
        name=name or found.name,
        kind=STUDIO,
        profile=found.profile,
        content=content,
        figures={**figures, "signed_here": found.signed},
    )
    statement_record(voice=voice, fields=confirmation_fields(confirmation), recordings=[])
    return voice_own_get(owner=owner, voice_id=voice.pk)


def voices_merge(
    *, owner: Owner, shares: Sequence[tuple[str, float]], name: str, confirmation: Confirmation
) -> Voice:
    """An own voice between voices of one's own and of the bank, as they speak now.

    Args:
        shares: ids, slugs or names, with weights above 0.

    Raises:
        NotFound: one that is not there, or somebody else's.
        BadInput: `name_required`, `same_voice`, `consent_required`.
        Forbidden: `spoken_consent_required` of any of them.
        Conflict: `delta_of_another_base`.
        QuotaExceeded: too many voices, or too much stored.
    """
    confirmation_check(confirmation)
    voices = [(voice_resolve(owner=owner, reference=one), weight) for one, weight in shares]
    if len({voice.pk for voice, _ in voices}) < len(voices):
        raise BadInput("same_voice", "name each voice once", "назовите каждый голос один раз")
    for voice, _ in voices:
        voice_consent_check(voice)
    total = sum(weight for _, weight in voices)
    profile, content = engine.voices_merge(
        [(voice.profile, weight) for voice, weight in voices], name=name
    )
    merged = [
        {"voice": str(voice.pk), "name": voice.name, "share": round(weight / total, 4)}
        for voice, weight in voices
    ]
    made = _voice_made(
        owner, name=name, kind=MERGED, profile=profile, content=content, figures={"merged": merged}
    )
    statement_record(voice=made, fields=confirmation_fields(confirmation), recordings=[])
    if all(voice.is_bank or voice.spoken_consent_at for voice, _ in voices):
        # whoever is heard in it has consented aloud; there is nobody who could read a phrase in this voice
        Voice.objects.filter(pk=made.pk).update(spoken_consent_at=timezone.now())
    return voice_own_get(owner=owner, voice_id=made.pk)


def voices_merged_of(*, owner: Owner, voice_id: UUID) -> list[Voice]:
    """Own voices that were merged of this one."""
    versions = VoiceVersion.objects.filter(owner.q_through("voice__"), kind=MERGED)
    chosen = versions.exclude(voice=voice_id).select_related("voice").defer("profile")
    return [
        version.voice
        for version in chosen
        if any(one["voice"] == str(voice_id) for one in version.figures.get("merged", ()))
    ]


def _voice_made(
    owner: Owner,
    *,
    name: str,
    kind: str,
    profile: dict[str, Any],
    content: bytes | None,
    figures: dict[str, Any],
) -> Voice:
    shown = " ".join(name.split())
    if not shown:
        raise BadInput("name_required", "the voice needs a name", "дайте голосу имя")
    voice = Voice(**owner.fields, name=shown[:100])
    stored = None if content is None else _stored(owner, voice, content)
    with deleted_on_failure(*([stored.name] if stored else [])), transaction.atomic():
        quota_take(owner=owner, voices=1, new_bytes=stored.size_bytes if stored else 0)
        voice.save(force_insert=True)
        if stored:
            stored.save(force_insert=True)
        voice_version_add(
            voice=voice,
            kind=kind,
            profile=profile,
            weights=stored.sha256 if stored else "",
            figures=figures,
        )
    return voice


def _stored(owner: Owner, voice: Voice, content: bytes) -> StoredFile:
    digest = hashlib.sha256(content).hexdigest()
    return file_keep(
        content,
        name=weights_name(voice.pk, digest),
        role=WEIGHTS,
        format="voice",
        voice=voice,
        **owner.fields,
    )


def _read(upload: File) -> bytes:
    if (upload.size or 0) > MOST_FILE_BYTES:
        megabytes = MOST_FILE_BYTES // 2**20
        raise TooLarge(
            "voice_file_too_large",
            f"a voice file has at most {megabytes} MB",
            f"в файле голоса не больше {megabytes} МБ",
            limit_bytes=MOST_FILE_BYTES,
        )
    upload.seek(0)
    return bytes(upload.read())
