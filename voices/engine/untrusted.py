"""Other files of strangers than sound, read in a confined process of the engine."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any, BinaryIO

from voices.engine.errors import engine_status
from voices.errors import Unusable, error_of_status

OUTPUT_BYTES = 8 * 1024 * 1024


@contextmanager
def untrusted_task(
    task: str,
    content: bytes | BinaryIO,
    options: dict[str, Any],
    *,
    output_bytes: int = OUTPUT_BYTES,
    seconds: int | None = None,
) -> Iterator[tuple[dict[str, Any], BinaryIO, int]]:
    """What "module:function" returned of a file, the file that it wrote, and that one's size.

    Args:
        seconds: of a core that it may take, if more than usual.

    Raises:
        AppError: what the function raised; `file_too_costly` when it took too much, or crashed.
    """
    from tts_engine.confinement.running import ConfinementError, Limits, run_confined

    limits = Limits(output_bytes=output_bytes)
    if seconds is not None:
        limits = replace(limits, cpu_seconds=seconds, wall_seconds=2 * seconds)
    try:
        with run_confined(task, content, limits=limits, options=options) as outcome:
            told = outcome.error
            if told is not None:
                kind = error_of_status(told["status"] or engine_status(told["code"], told["kind"]))
                raise kind(told["code"], told["en"], told["ru"], **told["details"])
            yield outcome.facts, outcome.output, outcome.output_bytes
    except ConfinementError as error:
        raise Unusable(
            "file_too_costly",
            "reading the file takes more time or memory than a file may; send a simpler or shorter one",
            "прочесть этот файл слишком дорого (время или память); пришлите файл проще или короче",
            reason=error.reason,
        ) from error


def read_untrusted(
    task: str, content: bytes, options: dict[str, Any], *, seconds: int | None = None
) -> Any:
    """What "module:function" writes of a file as JSON; it is called with two files and the options.

    Raises:
        AppError: as `untrusted_task`.
    """
    with untrusted_task(task, content, options, seconds=seconds) as (_, output, size):
        return json.loads(output.read(size))
