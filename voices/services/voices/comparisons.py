"""Versions of a voice compared blind: one sentence by two of them, in an order drawn by lot.

Which is which is told when the person has chosen; until then neither an answer nor a file says so.
"""

import random
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from voices import engine
from voices.errors import BadInput, Conflict, JobCancelled
from voices.kinds import COMPARISON
from voices.models import Comparison, StoredFile, Voice, VoiceVersion
from voices.owner import Owner
from voices.selectors.comparisons import comparison_get
from voices.selectors.voices import voice_consent_check, voice_own_get
from voices.services.jobs.endings import job_succeed
from voices.services.jobs.files import file_keep, file_save_for
from voices.services.jobs.jobs import job_answer, job_create
from voices.services.jobs.leases import JobLease
from voices.services.jobs.waiting import waiting_place
from voices.storage import deleted_on_failure, result_name

SIDES = ("a", "b")  # roles of the two sounds
SENTENCES = (
    "Завтра обещают дождь, а я снова забыл зонт дома.",
    "Скажите, пожалуйста, как пройти к вокзалу?",
    "За окном тихо падал снег, и город понемногу засыпал.",
    "Этот рецепт достался мне от бабушки: щепотка соли и много терпения.",
    "Не верится, что мы прошли пешком целых двадцать километров!",
    "Вечером соберёмся у нас, послушаем музыку и поговорим о поездке.",
)
_lot = random.SystemRandom()


@waiting_place()
def comparison_create(
    *, owner: Owner, voice_id: UUID, versions: tuple[int, int] | None = None, text: str = ""
) -> Comparison:
    """Have a sentence said by two versions of an own voice; returns when both can be heard.

    Args:
        versions: their numbers; left out, two of the newest of each kind.
        text: left out, some everyday sentence.

    Raises:
        NotFound: no such voice of this owner.
        Forbidden: a voice of the bank, `spoken_consent_required`.
        BadInput: `same_version`, `unknown_versions`. Conflict: `nothing_to_compare`.
        Unavailable, TimedOut: no worker made it in time.
    """
    voice = voice_own_get(owner=owner, voice_id=voice_id)
    voice_consent_check(voice)
    chosen = _given(voice, versions) if versions else _newest(voice)
    first, second = _lot.sample(chosen, 2)
    with transaction.atomic():
        comparison = Comparison.objects.create(
            **owner.fields,
            voice=voice,
            text=text.strip() or _lot.choice(SENTENCES),
            first=first,
            second=second,
        )
        comparison.job = job_create(
            owner=owner,
            kind=COMPARISON,
            voice=voice,
            text=comparison.text,
            params={"comparison": str(comparison.pk)},
        )
        comparison.save(update_fields=["job"])
    job_answer(owner=owner, job_id=comparison.job.pk, kept=False)
    return comparison_get(owner=owner, comparison_id=comparison.pk)


def _given(voice: Voice, numbers: tuple[int, int]) -> tuple[int, int]:
    if numbers[0] == numbers[1]:
        raise BadInput("same_version", "name two different versions", "назовите две разные версии")
    if voice.versions.filter(number__in=numbers).count() != len(numbers):
        raise BadInput(
            "unknown_versions",
            f"the voice has not both versions {numbers[0]} and {numbers[1]}",
            f"у голоса нет обеих версий {numbers[0]} и {numbers[1]}",
        )
    return numbers


def _newest(voice: Voice) -> list[int]:
    """Of each kind."""
    newest = dict(voice.versions.order_by("number").values_list("kind", "number"))
    if len(newest) < len(SIDES):
        raise Conflict(
            "nothing_to_compare",
            "the voice has versions of one kind only: have it fitted or trained first, or name two versions",
            "у голоса версии лишь одного вида: сначала подгоните или обучите его, либо назовите две версии",
        )
    return list(newest.values())


def comparison_work(lease: JobLease) -> None:
    """Say the sentence twice, in the worker.

    Raises:
        JobCancelled: the job or the voice is gone.
    """
    comparison = Comparison.objects.filter(pk=lease.job.params["comparison"]).first()
    if comparison is None or lease.job.voice is None:
        raise JobCancelled
    with deleted_on_failure() as stored:
        sounds: list[StoredFile] = []
        for side, number in zip(SIDES, (comparison.first, comparison.second), strict=True):
            lease.progress(len(sounds), len(SIDES))
            version = lease.job.voice.versions.filter(number=number).first()
            if version is None:
                raise JobCancelled
            sounds.append(_said(lease, comparison, version, side))
            stored.append(sounds[-1].name)
        _finish(lease, sounds)


def _said(lease: JobLease, comparison: Comparison, version: VoiceVersion, side: str) -> StoredFile:
    audio = engine.speak(engine.SpeechOrder(text=comparison.text, profile=version.spoken))
    return file_keep(
        engine.encode(audio, "mp3"),  # without tags: they would tell
        name=result_name(lease.job.pk, lease.attempt, f"{side}.mp3"),
        role=side,
        format="mp3",
        seconds=round(audio.seconds, 3),
    )


@transaction.atomic
def _finish(lease: JobLease, sounds: list[StoredFile]) -> None:
    job_succeed(lease, done=len(sounds))
    for sound in sounds:
        file_save_for(lease.job, sound)


def comparison_choose(*, owner: Owner, comparison_id: UUID, choice: str) -> Comparison:
    """Write down which one sounded better, once.

    Raises:
        NotFound: no such comparison of this owner.
        Conflict: `comparison_answered`.
    """
    comparison = comparison_get(owner=owner, comparison_id=comparison_id)
    unanswered = Comparison.objects.filter(pk=comparison.pk, choice="")
    if not unanswered.update(choice=choice, chosen_at=timezone.now()):
        raise Conflict(
            "comparison_answered",
            "this comparison has been answered; begin another one",
            "на это сравнение уже ответили; начните другое",
        )
    return comparison_get(owner=owner, comparison_id=comparison_id)
