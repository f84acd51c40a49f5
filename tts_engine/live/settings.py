"""How a live voice is converted; no network is loaded here.

heard   |--------- context ---------|== block ==|ahead|
said                                |== block ==|         one block later, and what the computing takes
"""

from dataclasses import dataclass

from tts_engine.errors import RequestError

SEARCH_SECONDS = 0.01  # in which blocks are laid on each other
LIMITS: dict[str, tuple[float, float]] = {
    "block_seconds": (0.06, 0.5),
    "crossfade_seconds": (0.005, 0.05),
    "context_seconds": (0.5, 4.0),
    "ahead_seconds": (0.02, 0.3),
    "transpose": (-24.0, 24.0),
    "formant": (-6.0, 6.0),
    "index_rate": (0.0, 1.0),
    "threshold_db": (-90.0, -20.0),
}


@dataclass(frozen=True, kw_only=True)
class LiveSettings:
    """What may be set of a live conversion.

    Attributes:
        block_seconds: heard and said at once; the shorter, the sooner and the dearer. Whole mel frames are taken.
        crossfade_seconds: over which a block passes into the next.
        context_seconds: before the block, heard with it.
        ahead_seconds: after the block, waited for: what sounds and words at its end are known by. Whole mel frames.
        transpose: semitones that F0 is moved by; None: to the voice's own pitch, by the first seconds, then no more.
        formant: semitones that the resonances of the voice are moved by.
        index_rate: how far contents are drawn toward the voice's own, 0 to 1; of use with an index only.
        threshold_db: dB of full scale; what is fainter is silence, and costs no computing.
    """

    block_seconds: float = 0.105
    crossfade_seconds: float = 0.02
    context_seconds: float = 1.2
    ahead_seconds: float = 0.095
    transpose: float | None = None
    formant: float = 0.0
    index_rate: float = 0.0
    threshold_db: float = -55.0

    def check(self) -> None:
        """Raises RequestError: `bad_live_settings`."""
        for name, (low, high) in LIMITS.items():
            value = getattr(self, name)
            if value is not None and not low <= value <= high:
                raise _bad(name, value, f"{low:g} … {high:g}")
        needed = self.crossfade_seconds + SEARCH_SECONDS
        if self.ahead_seconds < needed:
            raise _bad("ahead_seconds", self.ahead_seconds, f"≥ {needed:g}")


def _bad(name: str, value: object, expected: str) -> RequestError:
    return RequestError(
        "bad_live_settings",
        f"{name} is {value}; expected {expected}",
        f"{name} равно {value}; ожидается {expected}",
        field=name,
    )
