"""Blind comparisons of an own voice's versions, and what they have come to."""

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, F, Q
from django.db.models.functions import Greatest, Least

from voices.errors import NotFound
from voices.models import Comparison
from voices.owner import Owner
from voices.selectors.voices import voice_own_get

_A, _B = Comparison.Choice.A, Comparison.Choice.B


@dataclass(frozen=True, kw_only=True)
class Tally:
    """How often each of two versions was chosen, the older one first, and neither."""

    versions: tuple[int, int]
    chosen: tuple[int, int]
    same: int


def comparison_get(*, owner: Owner, comparison_id: UUID) -> Comparison:
    """Raises NotFound, also when it belongs to somebody else."""
    found = Comparison.objects.filter(owner.q, pk=comparison_id).select_related("job", "voice")
    comparison = found.first()
    if comparison is None:
        raise NotFound("unknown_comparison", "no such comparison", "нет такого сравнения")
    return comparison


def comparison_tallies(*, owner: Owner, voice_id: UUID) -> list[Tally]:
    """Of an own voice, by pairs of versions, the oldest first; comparisons without an answer do not count.

    Raises:
        NotFound, Forbidden: not an own voice.
    """
    voice = voice_own_get(owner=owner, voice_id=voice_id)
    answered = Comparison.objects.filter(voice=voice).exclude(choice="").order_by()
    older = Q(choice=_A, first__lt=F("second")) | Q(choice=_B, first__gt=F("second"))
    newer = Q(choice=_B, first__lt=F("second")) | Q(choice=_A, first__gt=F("second"))
    pairs = answered.annotate(low=Least("first", "second"), high=Greatest("first", "second"))
    counted = pairs.values("low", "high").annotate(
        older=Count("pk", filter=older),
        newer=Count("pk", filter=newer),
        same=Count("pk", filter=Q(choice=Comparison.Choice.SAME)),
    )
    return [
        Tally(
            versions=(row["low"], row["high"]),
            chosen=(row["older"], row["newer"]),
            same=row["same"],
        )
        for row in counted.order_by("low", "high")
    ]
