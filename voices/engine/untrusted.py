"""Other files of strangers than sound, read in a confined process of the engine."""

import json
from dataclasses import replace
from typing import Any

from voices.engine.errors import engine_status
from voices.errors import Unusable, error_of_status

OUTPUT_BYTES = 8 * 1024 * 1024


def read_untrusted(
    task: str, content: bytes, options: dict[str, Any], *, seconds: int | None = None
) -> Any:
    """What "module:function" writes of a file as JSON; it is called with two files and the options.

    Args:
        seconds: of a core that it may take, if more than usual.

    Raises:
        AppError: what the function raised; `file_too_costly` when it took too much, or crashed.
    """
    from tts_engine.confinement.running import ConfinementError, Limits, run_confined

    limits = Limits(output_bytes=OUTPUT_BYTES)
    if seconds is not None:
        limits = replace(limits, cpu_seconds=seconds, wall_seconds=2 * seconds)
    try:
        with run_confined(task, content, limits=limits, options=options) as outcome:
            told = outcome.error
            if told is not None:
                kind = error_of_status(told["status"] or engine_status(told["code"], told["kind"]))
                raise kind(told["code"], told["en"], told["ru"], **told["details"])
            return json.loads(outcome.output.read(outcome.output_bytes))
    except ConfinementError as error:
        raise Unusable(
            "file_too_costly",
            "reading the file takes more time or memory than a file may; send a simpler or shorter one",
            "прочесть этот файл слишком дорого (время или память); пришлите файл проще или короче",
            reason=error.reason,
        ) from error
