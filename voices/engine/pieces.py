"""A text said in spans by several workers: what each of them makes, stored, and joined."""

import io
import json
from collections.abc import Generator
from itertools import accumulate
from typing import Any

from django.conf import settings

from voices.engine.errors import engine_errors
from voices.engine.models import load_cloner
from voices.engine.speech import SpeechOrder, speech_request
from voices.engine.timing import row_from_zero, row_placed

FIRST_ALONE = 1  # the engine makes the first sentence by itself, and then eight at a time
GROUP_SENTENCES = 8
SPAN_SENTENCES = 3 * GROUP_SENTENCES  # other spans would round otherwise

Said = tuple[Any, dict[str, Any]]  # the engine's Piece, and its row as if it began at 0


def spans_of(order: SpeechOrder) -> list[tuple[int, int]]:
    """First sentence and the one after the last of each span; together they are the text.

    Raises:
        AppError: wrong markup or dictionary.
    """
    from tts_engine.markup.reading import Reading

    with engine_errors():
        request = speech_request(order)
        count = Reading(request.text, request.lexicon).count
    stops = [*range(FIRST_ALONE + SPAN_SENTENCES, count, SPAN_SENTENCES), count]
    return list(zip([0, *stops], stops, strict=False))


def speak_span(
    order: SpeechOrder, span: tuple[int, int]
) -> Generator[tuple[Said, int], None, None]:
    """Say some sentences as they are in the whole; each comes with how many the span has.

    Raises:
        AppError: as `speak`.
    """
    cloner = load_cloner()
    with engine_errors():
        for piece, timing, count in cloner.pieces(speech_request(order), span):
            yield (piece, row_from_zero(timing)), count


def said_alone(said: Said, position: int) -> Any:
    """Audio of a sentence for those who hear it before the rest is made, `position` samples after
    the beginning."""
    return load_cloner().alone(said[0], position)


def said_size(said: Said) -> int:
    """Samples."""
    return int(said[0].size)


def length_check(samples: int) -> None:
    """Raises AppError: `speech_too_long` (413)."""
    from tts_engine.speaking.text_check import check_length

    with engine_errors():
        check_length(samples / load_cloner().sample_rate_hz, settings.SPEECH_SECONDS_LIMIT)


def ends_group(span: tuple[int, int], done: int) -> bool:
    """Whether the engine has made all of a batch when so many sentences of a span are said."""
    return (done - (FIRST_ALONE if span[0] == 0 else 0)) % GROUP_SENTENCES == 0


def said_join(said: list[Said]) -> tuple[Any, list[dict[str, Any]]]:
    """Audio of the whole text, and each sentence in time as `timing_row` has it."""
    cloner = load_cloner()
    starts = accumulate((piece.size for piece, _ in said), initial=0)
    rows = [
        row_placed(row, (start + piece.lead_samples) / cloner.sample_rate_hz)
        for (piece, row), start in zip(said, starts, strict=False)
    ]
    return cloner.join([piece for piece, _ in said]), rows


def said_pack(said: list[Said]) -> bytes:
    """For a file: the samples as they are."""
    import numpy as np

    pieces = [
        (piece.lead_samples, piece.sound.size, piece.silence_samples, piece.volume_db)
        for piece, _ in said
    ]
    about = json.dumps({"pieces": pieces, "rows": [row for _, row in said]}).encode()
    sound = np.concatenate([np.zeros(0, np.float32), *(piece.sound for piece, _ in said)])
    content = io.BytesIO()
    np.savez(content, about=np.frombuffer(about, np.uint8), sound=sound)
    return content.getvalue()


def said_unpack(content: bytes) -> list[Said]:
    """What was packed."""
    import numpy as np

    from tts_engine.speaking.requests import Piece

    with np.load(io.BytesIO(content), allow_pickle=False) as stored:
        about, sound = json.loads(stored["about"].tobytes()), stored["sound"]
    said, at = [], 0
    for (lead, size, silence, volume_db), row in zip(about["pieces"], about["rows"], strict=True):
        piece = Piece(
            lead_samples=lead,
            sound=sound[at : at + size],
            silence_samples=silence,
            volume_db=volume_db,
        )
        said.append((piece, row))
        at += size
    return said
