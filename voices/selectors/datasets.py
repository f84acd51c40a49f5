"""Datasets as an owner sees them: recordings to train a voice from, and what was prepared of them."""

from uuid import UUID

from django.db.models import Count, Q, QuerySet, Sum

from voices.errors import Conflict, NotFound
from voices.models import Dataset, StoredFile, Take
from voices.models.stored_file import CLIP, COPY, PAGE, REPORT, TABLE
from voices.owner import Owner

PREPARED = (REPORT, PAGE, TABLE, CLIP, COPY)  # roles of what the engine writes


def dataset_list(*, owner: Owner, voice_id: UUID | None = None) -> QuerySet[Dataset]:
    """The newest first; of one voice, or of all."""
    datasets = _counted().filter(owner.q).order_by("-created_at", "-id")
    return datasets if voice_id is None else datasets.filter(voice=voice_id)


def _counted() -> QuerySet[Dataset]:
    """With `accepted`, `refused` and `checking` takes, and `recorded_seconds` of those that are accepted."""
    counts = {
        str(state): Count("takes", filter=Q(takes__state=state)) for state in Take.State.values
    }
    seconds = Sum("takes__seconds", filter=Q(takes__state=Take.State.ACCEPTED), default=0.0)
    return Dataset.objects.select_related("voice", "job").annotate(
        **counts, recorded_seconds=seconds
    )


def dataset_get(*, owner: Owner, dataset_id: UUID) -> Dataset:
    """Raises NotFound, also when it belongs to somebody else."""
    dataset = _counted().filter(owner.q, pk=dataset_id).first()
    if dataset is None:
        raise NotFound("unknown_dataset", "no such dataset", "нет такого набора записей")
    return dataset


def dataset_prepared_check(dataset: Dataset) -> None:
    """Raises Conflict `dataset_not_prepared`: nothing was ever prepared of it."""
    if dataset.prepared_at is None:
        raise Conflict(
            "dataset_not_prepared",
            "nothing is prepared of this dataset yet; prepare it first",
            "этот набор записей ещё не подготовлен; сначала подготовьте его",
        )


def prepared_files(dataset: Dataset) -> QuerySet[StoredFile]:
    """What was prepared of it last, in the order of names."""
    return dataset.files.filter(role__in=PREPARED).order_by("name")


def prepared_path(stored: StoredFile) -> str:
    """Where a prepared file lies in the engine's folder: `clips/0001-0002.flac`."""
    return stored.name.split("/", 3)[3]  # datasets/<job>/<attempt>/…


def prepared_file(dataset: Dataset, path: str) -> StoredFile:
    """One of them by its path. Raises NotFound."""
    for stored in prepared_files(dataset).filter(name__endswith=f"/{path}"):
        if prepared_path(stored) == path:
            return stored
    raise NotFound("unknown_dataset_file", "no such file", "нет такого файла")


def sentences_read(dataset: Dataset) -> list[str]:
    """Texts of the sentences that were read and accepted."""
    read = dataset.takes.filter(is_reading=True, state=Take.State.ACCEPTED)
    return list(read.values_list("text", flat=True))


def edits_pending(dataset: Dataset) -> int:
    """How many edits were not followed yet."""
    return sum(not edit["followed"] for edit in dataset.edits)


def take_get(*, owner: Owner, dataset_id: UUID, take_id: UUID) -> Take:
    """Raises NotFound, also when it belongs to somebody else."""
    dataset = dataset_get(owner=owner, dataset_id=dataset_id)
    take = dataset.takes.filter(pk=take_id).select_related("stored").first()
    if take is None:
        raise NotFound("unknown_take", "no such recording", "нет такой записи")
    return take


def take_list(*, owner: Owner, dataset_id: UUID) -> QuerySet[Take]:
    """In the order in which they came."""
    dataset = dataset_get(owner=owner, dataset_id=dataset_id)
    return dataset.takes.select_related("stored").defer("embedding")


def dataset_seconds(*, owner: Owner) -> float:
    """Of all that an owner has recorded or uploaded for datasets, as far as it is measured."""
    takes = Take.objects.filter(owner.q_through("dataset__"))
    return float(takes.aggregate(total=Sum("seconds", default=0.0))["total"])
