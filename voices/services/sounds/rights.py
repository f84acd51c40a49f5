"""The right to a recording, asked once for each song and kept with every job on it."""

from typing import Any

from voices.consent_texts import RIGHTS, RIGHTS_CURRENT
from voices.errors import BadInput, Conflict
from voices.models import Job
from voices.services.voices.consent import Confirmation, confirmation_fields


def rights_confirmed(confirmation: Confirmation, *, earlier: Job | None) -> dict[str, Any]:
    """What a job keeps of it: the confirmation, or that of an earlier job on the same song.

    Raises:
        BadInput: `rights_required`. Conflict: `rights_text_changed`.
    """
    if not confirmation.given:
        kept: dict[str, Any] = earlier.params.get("rights", {}) if earlier is not None else {}
        if kept:
            return kept
        raise BadInput(
            "rights_required",
            "confirm that you have the right to this recording and to the voice (rights=true)",
            "подтвердите, что у вас есть право на эту запись и на голос (rights=true)",
            rights=RIGHTS[RIGHTS_CURRENT],
            version=RIGHTS_CURRENT,
        )
    if confirmation.version != RIGHTS_CURRENT:
        raise Conflict(
            "rights_text_changed",
            "the text to be confirmed has changed; read the new one",
            "текст подтверждения изменился; прочтите новый",
            rights=RIGHTS[RIGHTS_CURRENT],
            version=RIGHTS_CURRENT,
        )
    return confirmation_fields(confirmation)
