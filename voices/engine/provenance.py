"""Whether a sound file was made here; light enough for the web process, no model is loaded."""

from dataclasses import dataclass
from threading import Lock

from voices.engine.errors import engine_errors

_one_at_a_time = Lock()  # decoding ten minutes takes memory


@dataclass(frozen=True, kw_only=True)
class Provenance:
    """What the file's watermark and its tags say. `score` counts from `threshold` on; `made_here` is
    None where there is too little sound to judge.
    """

    made_here: bool | None
    score: float
    threshold: float
    seconds: float
    tagged_as_generated: bool


def provenance(content: bytes) -> Provenance:
    """Look for this installation's watermark in a file's content.

    Raises:
        AppError: not audio (415), too long (413), damaged and the like (422).
    """
    from tts_engine.audio.untrusted import decode_untrusted_and_tags
    from tts_engine.watermark import detect_mark, installation_key

    with engine_errors(), _one_at_a_time:
        audio, tagged = decode_untrusted_and_tags(content)
        found = detect_mark(audio, installation_key())
    return Provenance(
        made_here=found.made_here,
        score=round(found.score, 2),
        threshold=round(found.threshold, 2),
        seconds=round(found.seconds, 2),
        tagged_as_generated=tagged,
    )
