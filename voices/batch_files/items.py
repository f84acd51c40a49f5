"""What a file is made into."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class BatchText:
    """One thing to say. A subtitle has its time; voice and name are empty unless the file has them."""

    text: str
    voice: str = ""
    name: str = ""
    start_seconds: float | None = None
    end_seconds: float | None = None
