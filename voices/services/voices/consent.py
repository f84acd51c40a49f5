"""Consent to a voice: the statement that is kept, and the phrase that may have to be read aloud."""

from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.files.base import File
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone

from voices import engine
from voices.consent_texts import CURRENT, TEXTS
from voices.errors import (
    AppError,
    BadInput,
    Conflict,
    JobCancelled,
    NotFound,
    QuotaExceeded,
    Unusable,
)
from voices.kinds import CONSENT
from voices.models import ConsentPhrase, ConsentRecord, Voice
from voices.models.consent import SPOKEN_TEXT
from voices.models.stored_file import SPOKEN
from voices.owner import Owner
from voices.selectors.voices import voice_own_get
from voices.services.jobs.endings import job_succeed
from voices.services.jobs.files import file_keep, file_save_for, files_remove
from voices.services.jobs.jobs import job_cancel, job_create, job_wait
from voices.services.jobs.leases import JobLease
from voices.services.jobs.rates import DAY_SECONDS, rate_take
from voices.services.jobs.waiting import waiting_place
from voices.services.voices.phrases import random_phrase
from voices.services.voices.uploads import uploads_check
from voices.storage import deleted_on_failure, spoken_name


@dataclass(frozen=True, kw_only=True)
class Confirmation:
    """What somebody confirmed, from where and when (now, unless it says so); `version` is the text that
    they were shown.
    """

    given: bool
    language: str
    version: str = CURRENT
    address: str = ""
    user_agent: str = ""
    at: datetime | None = None


def confirmation_check(confirmation: Confirmation) -> None:
    """Raises BadInput (`consent_required`) or Conflict (`consent_text_changed`)."""
    if not confirmation.given:
        raise BadInput(
            "consent_required",
            "confirm that you have the right to use this voice (consent=true)",
            "подтвердите, что у вас есть право на этот голос (consent=true)",
            consent=TEXTS[CURRENT],
            version=CURRENT,
        )
    if confirmation.version != CURRENT:
        raise Conflict(
            "consent_text_changed",
            "the text to be confirmed has changed; read the new one",
            "текст согласия изменился; прочтите новый",
            consent=TEXTS[CURRENT],
            version=CURRENT,
        )


def confirmation_fields(confirmation: Confirmation) -> dict[str, Any]:
    """What a job carries until the voice is there and the record can be written."""
    return {**asdict(confirmation), "at": (confirmation.at or timezone.now()).isoformat()}


def statement_record(*, voice: Voice, fields: dict[str, Any], recordings: list[str]) -> None:
    """Write down the confirmation that came with recordings."""
    _record(
        voice,
        kind=ConsentRecord.Kind.STATEMENT,
        text_version=fields["version"],
        language=fields["language"],
        text=TEXTS[fields["version"]][fields["language"]],
        address=fields["address"],
        user_agent=fields["user_agent"],
        facts={"recordings": recordings},
        given_at=datetime.fromisoformat(fields["at"]),
    )


def _record(voice: Voice, **fields: Any) -> None:
    user = get_user_model().objects.filter(pk=voice.user_id).first() if voice.user_id else None
    ConsentRecord.objects.create(
        voice=voice.pk,
        voice_name=voice.name,
        user=voice.user_id,
        user_name=user.get_username() if user else "",
        visitor=voice.visitor,
        **fields,
    )


def phrase_create(*, owner: Owner, voice_id: UUID) -> ConsentPhrase:
    """A new phrase to read aloud; those shown before for this voice no longer count.

    Raises:
        NotFound, Forbidden: not an own voice.
        QuotaExceeded: too many phrases for this voice today.
    """
    voice = voice_own_get(owner=owner, voice_id=voice_id)
    _attempt_take(voice)
    with transaction.atomic():
        voice.consent_phrases.filter(used_at=None).delete()
        return ConsentPhrase.objects.create(
            voice=voice,
            text=random_phrase(),
            expires_at=timezone.now() + timedelta(minutes=settings.CONSENT_PHRASE_MINUTES),
        )


def _attempt_take(voice: Voice) -> None:
    """Nobody shall try until a stranger's voice happens to pass."""
    allowed = settings.CONSENT_PHRASES_PER_DAY
    seconds = rate_take(
        what="consent phrases", who=str(voice.pk), allowed=allowed, seconds=DAY_SECONDS
    )
    if seconds is not None:
        error = QuotaExceeded(
            "too_many_phrases",
            f"at most {allowed} phrases a day for a voice",
            f"для одного голоса не больше {allowed} фраз в день",
            limit=allowed,
        )
        error.retry_after_seconds = seconds
        raise error


@waiting_place()
def phrase_read(
    *, owner: Owner, voice_id: UUID, phrase_id: UUID, upload: File, confirmation: Confirmation
) -> ConsentPhrase:
    """Check a phrase read aloud; returns it with its outcome. The recording is not kept.

    Raises:
        NotFound: no such phrase of this voice.
        Conflict: `phrase_used`, `phrase_expired`; ask for another one.
        TooLarge, UnsupportedMedia, Unusable: a recording that cannot be judged.
    """
    voice = voice_own_get(owner=owner, voice_id=voice_id)
    uploads_check([upload])
    phrase = _phrase_take(voice, phrase_id)
    spoken = file_keep(upload, name=spoken_name(phrase.pk), role=SPOKEN)
    with deleted_on_failure(spoken.name), transaction.atomic():
        job = job_create(
            owner=owner,
            kind=CONSENT,
            voice=voice,
            params={"phrase": str(phrase.pk), "consent": confirmation_fields(confirmation)},
        )
        file_save_for(job, spoken)
    try:
        job_wait(job_id=job.pk)
    except AppError:
        with suppress(NotFound):  # removed meanwhile, with its voice
            job_cancel(owner=owner, job_id=job.pk)
        raise
    phrase.refresh_from_db()
    return phrase


def _phrase_take(voice: Voice, phrase_id: UUID) -> ConsentPhrase:
    """The phrase, now used up: whoever fails gets another one."""
    phrase = voice.consent_phrases.filter(pk=phrase_id).first()
    if phrase is None:
        raise NotFound("unknown_phrase", "no such phrase", "нет такой фразы")
    now = timezone.now()
    if not voice.consent_phrases.filter(pk=phrase_id, used_at=None).update(used_at=now):
        raise Conflict(
            "phrase_used",
            "this phrase was read already; ask for another one",
            "эту фразу уже читали; запросите другую",
        )
    if phrase.expires_at < now:
        raise Conflict(
            "phrase_expired",
            "this phrase has expired; ask for another one",
            "время этой фразы вышло; запросите другую",
        )
    return phrase


def consent_work(lease: JobLease) -> None:
    """Listen to a phrase read aloud, in the worker.

    Raises:
        AppError: the recording cannot be judged.
        JobCancelled: the job or the voice is gone.
    """
    phrase = ConsentPhrase.objects.filter(pk=lease.job.params["phrase"]).first()
    if phrase is None or lease.job.voice is None:
        raise JobCancelled
    spoken = lease.job.files.filter(role=SPOKEN)
    with default_storage.open(spoken.get().name) as stored:
        content = stored.read()
    if engine.provenance(content).made_here:
        raise spoken_by_machine()
    check = engine.check_spoken(content, phrase=phrase.text, profile=lease.job.voice.profile)
    _finish(lease, phrase, check)
    files_remove(spoken)


def spoken_by_machine() -> Unusable:
    return Unusable(
        "spoken_by_machine",
        "this recording was made by this service, not read aloud",
        "эту запись сделала сама служба, её никто не читал вслух",
    )


@transaction.atomic
def _finish(lease: JobLease, phrase: ConsentPhrase, check: engine.SpokenCheck) -> None:
    now = timezone.now()
    voice = Voice.objects.select_for_update(of=("self",)).filter(job=lease.job).first()
    job_succeed(lease, done=1)
    if voice is None:
        raise JobCancelled
    # recordings may have been added while it was listened to: the voice of now is what counts
    same_voice = check.same_voice and engine.same_speaker(voice.profile, check.embedding)
    phrase.outcome = _outcome(check, same_voice=same_voice)
    phrase.save(update_fields=["outcome"])
    if phrase.outcome["passed"]:
        voice.spoken_consent_at = now
        voice.spoken_consent_embedding = check.embedding
        voice.save(update_fields=["spoken_consent_at", "spoken_consent_embedding"])
        _spoken_record(voice, phrase, lease.job.params["consent"])


def _outcome(check: engine.SpokenCheck, *, same_voice: bool) -> dict[str, Any]:
    return {
        "passed": same_voice and check.same_words,
        "same_voice": same_voice,
        "same_words": check.same_words,
        "similarity": round(check.similarity, 4),
        "required_similarity": check.required_similarity,
        "phoneme_error": round(check.phoneme_error, 4),
        "allowed_phoneme_error": check.allowed_phoneme_error,
    }


def _spoken_record(voice: Voice, phrase: ConsentPhrase, fields: dict[str, Any]) -> None:
    _record(
        voice,
        kind=ConsentRecord.Kind.SPOKEN,
        text_version=SPOKEN_TEXT,
        language="ru",
        text=phrase.text,
        address=fields["address"],
        user_agent=fields["user_agent"],
        facts=phrase.outcome,
        given_at=datetime.fromisoformat(fields["at"]),
    )


def spoken_consent_renew(*, voice: Voice) -> None:
    """After a change of recordings: the spoken phrase must still be in this very voice."""
    embedding = voice.spoken_consent_embedding
    if embedding and not engine.same_speaker(voice.profile, embedding):
        voice.spoken_consent_at = None
        voice.spoken_consent_embedding = None
        voice.save(update_fields=["spoken_consent_at", "spoken_consent_embedding"])
