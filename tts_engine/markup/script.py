"""What markup comes down to: runs of text, each with its delivery, and pauses between them."""

from dataclasses import dataclass, replace

from tts_engine.errors import TextError
from tts_engine.text.symbols import Spoken

MAX_PAUSE_SECONDS = 60.0
MAX_DEPTH = 10


@dataclass(frozen=True)
class Delivery:
    """How a run is spoken, relative to the request.

    Attributes:
        speed: factor.
        pitch_semitones: shift.
        volume_db: gain.
        voice: name of another voice than the request's, None for that one.
    """

    speed: float = 1.0
    pitch_semitones: float = 0.0
    volume_db: float = 0.0
    voice: str | None = None

    def faster(self, factor: float) -> "Delivery":
        return replace(self, speed=self.speed * factor)

    def higher(self, semitones: float) -> "Delivery":
        return replace(self, pitch_semitones=self.pitch_semitones + semitones)

    def louder(self, decibels: float) -> "Delivery":
        return replace(self, volume_db=self.volume_db + decibels)


@dataclass(frozen=True)
class Run:
    """Text in one delivery; it may hold several sentences and lines."""

    text: str
    delivery: Delivery


@dataclass(frozen=True)
class Pause:
    """Silence in place of the usual gap."""

    seconds: float


@dataclass(frozen=True)
class Stop:
    """A sentence, or a paragraph, ends here even without punctuation."""

    paragraph: bool


Item = Run | Pause | Stop


@dataclass(frozen=True)
class Script:
    """A parsed text.

    Attributes:
        items: in order.
        given: private-use characters that stand in the runs for words whose sounds are given.
    """

    items: tuple[Item, ...]
    given: dict[str, Spoken]

    @property
    def voices(self) -> tuple[str, ...]:
        """Names of the voices called for, each once, in order."""
        runs = (item for item in self.items if isinstance(item, Run))
        return tuple(dict.fromkeys(run.delivery.voice for run in runs if run.delivery.voice))


def complaint(code: str, en: str, ru: str, **details: object) -> TextError:
    """An error of markup, named for programs and in both languages for people."""
    return TextError(code, en, ru, **details)
