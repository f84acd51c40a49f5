"""What a person wants otherwise than it was prepared: a drop undone, a clip dropped, a cut moved.

Kept in the dataset until it is prepared, and after that: when recordings come or go and all is prepared anew, those
whose stretch is still there are followed again.
"""

import json
from typing import Any
from uuid import UUID

from django.core.files.storage import default_storage
from django.db import transaction

from voices.errors import BadInput, NotFound
from voices.models import Dataset
from voices.models.stored_file import REPORT
from voices.owner import Owner
from voices.selectors.datasets import dataset_get, dataset_prepared_check
from voices.services.studio.datasets import dataset_changed, dataset_locked

MOST_EDITS = 2_000
MOVE = "move"


def report_read(dataset: Dataset) -> dict[str, Any]:
    """`report.json` of what was prepared last. Raises Conflict `dataset_not_prepared`."""
    dataset_prepared_check(dataset)
    with default_storage.open(dataset.files.get(role=REPORT).name) as stored:
        report: dict[str, Any] = json.load(stored)
    return report


@transaction.atomic
def edits_add(*, owner: Owner, dataset_id: UUID, edits: list[dict[str, Any]]) -> Dataset:
    """Keep edits; preparing follows them in order.

    Args:
        edits: {"clip", "action": keep, drop or move, "new_from_s", "new_to_s"}.

    Raises:
        NotFound: `unknown_clip` too. BadInput: `move_without_times`, `too_many_edits`.
        Conflict: `dataset_not_prepared`, `dataset_preparing`.
    """
    dataset = dataset_locked(owner=owner, dataset_id=dataset_id)
    report = report_read(dataset)
    dataset_changed(dataset)
    pieces = {piece["id"]: piece for piece in report["pieces"]}
    dataset.edits += [_filled(edit, pieces, report["recordings"]) for edit in edits]
    if len(dataset.edits) > MOST_EDITS:
        raise BadInput(
            "too_many_edits",
            f"a dataset keeps at most {MOST_EDITS} edits",
            f"в наборе не больше {MOST_EDITS} правок",
            limit=MOST_EDITS,
        )
    dataset.save()
    return dataset_get(owner=owner, dataset_id=dataset_id)


@transaction.atomic
def edits_forget(*, owner: Owner, dataset_id: UUID) -> Dataset:
    """Those that were not followed yet. Raises NotFound; Conflict `dataset_preparing`."""
    dataset = dataset_locked(owner=owner, dataset_id=dataset_id)
    dataset_changed(dataset)
    dataset.edits = [edit for edit in dataset.edits if edit["followed"]]
    dataset.save()
    return dataset_get(owner=owner, dataset_id=dataset_id)


def _filled(
    edit: dict[str, Any], pieces: dict[str, Any], recordings: list[dict[str, Any]]
) -> dict[str, Any]:
    """With the stretch that it speaks of: ids are given anew when all is prepared anew."""
    piece = pieces.get(edit["clip"])
    if piece is None:
        shown = edit["clip"]
        raise NotFound("unknown_clip", f"no clip {shown}", f"нет фрагмента {shown}", clip=shown)
    times = {name: edit.get(name) for name in ("new_from_s", "new_to_s")}
    if (edit["action"] == MOVE) != any(value is not None for value in times.values()):
        raise BadInput(
            "move_without_times",
            "new_from_s or new_to_s belong to move, and to nothing else",
            "new_from_s или new_to_s нужны для move и больше ни для чего",
            clip=piece["id"],
        )
    return {
        "clip": piece["id"],
        "source": recordings[piece["recording"]]["file"],
        "from_s": piece["start_seconds"],
        "to_s": piece["end_seconds"],
        "action": edit["action"],
        **times,
        "followed": False,
    }
