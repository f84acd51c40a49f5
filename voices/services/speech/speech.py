"""Speech: from a wish to a job."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.conf import settings
from django.db import transaction

from voices import engine
from voices.audio_formats import MEDIA_TYPES, STREAMABLE
from voices.errors import BadInput, TooLarge
from voices.kinds import BATCH, SAYING
from voices.models import Job
from voices.owner import Owner
from voices.selectors.dictionary import dictionary_of
from voices.services.jobs.jobs import job_create
from voices.services.jobs.webhooks import webhook_attach
from voices.services.speech.casting import Casting, cast_columns
from voices.services.speech.dictionary import dictionary_applied

TITLE_CHARACTERS = 80
PART_FORMAT = "mp3"  # of a live job's sentences
_SPOKEN_SIGNS = set("%‰№°&@#§©®™+=$€£₽¥")


@dataclass(frozen=True, kw_only=True)
class SpeechWish:
    """What somebody asks to be said. `voice` is a bank slug, an id, the name of a voice, or a mix of such.

    What is None is as the voice has it set, and else the usual. `voice_aliases` are names
    that `voice` and the text use for voices and mixes, see `alias_key`. `stock_voices` are another
    service's voices in ours, meant where no voice has such a name.
    """

    text: str
    voice: str
    format: str = "mp3"
    bitrate: int | None = None
    speed: float | None = None
    pitch: float | None = None
    variation: float | None = None
    seed: int = 0
    stream: bool = False
    timestamps: bool = False
    webhook_url: str = ""
    live: bool = False  # keep the sentences that are ready, to be heard while the rest is made
    dictionary: dict[str, str] = field(default_factory=dict)
    voice_aliases: dict[str, str] = field(default_factory=dict)
    stock_voices: dict[str, str] = field(default_factory=dict)


def speech_job_prepare(*, owner: Owner, wish: SpeechWish, text_limit: int) -> Callable[[], Job]:
    """Check the wish, and give what queues it.

    Raises:
        BadInput, TooLarge, NotFound, QuotaExceeded: the wish cannot be met; nothing is stored.
    """
    values = SpeechPlanner(owner).job_values(wish, text_limit=text_limit)
    long = text_limit > settings.SYNC_TEXT_LIMIT and len(wish.text) > settings.BATCH_TEXT_CHARACTERS
    queue = BATCH if long else SAYING.queue

    @transaction.atomic
    def make() -> Job:
        job = job_create(owner=owner, kind=SAYING, queue=queue, **values)
        webhook_attach(url=wish.webhook_url, made=job)
        return job

    return make


class SpeechPlanner:
    """One owner's wishes checked and made columns of jobs; keeps what it has looked up for the next."""

    def __init__(self, owner: Owner) -> None:
        self._owner = owner
        self._casting = Casting(owner)

    def job_values(self, wish: SpeechWish, *, text_limit: int) -> dict[str, Any]:
        """Voice, text and params. Raises what `speech_job_prepare` does."""
        text_check(wish.text, limit=text_limit)
        settings_check(wish)
        names = wish.voice_aliases, wish.stock_voices
        main = self._casting.speaker(wish.voice, *names)
        others = {
            name: self._casting.speaker(name, *names) for name in engine.voices_called(wish.text)
        }
        own = main.own_settings
        return {
            "voice": main.voice,
            "voice_name": main.name,
            "text": wish.text,
            "params": {
                "format": wish.format,
                "bitrate": wish.bitrate,
                "speed": _first_set(wish.speed, own.speed, 1.0),
                "pitch": _first_set(wish.pitch, own.pitch, 0.0),
                "variation": _first_set(wish.variation, own.variation, 1.0),
                "seed": wish.seed,
                "stream": wish.stream,
                "timestamps": wish.timestamps,
                "live": wish.live,
                **cast_columns(main, others),
                "dictionary": dictionary_applied(
                    text=wish.text, stored=self._dictionary, own=wish.dictionary
                ),
            },
        }

    @cached_property
    def _dictionary(self) -> dict[str, str]:
        return dictionary_of(owner=self._owner)


def _first_set(*values: float | None) -> float | None:
    return next((value for value in values if value is not None), None)


def text_check(text: str, *, limit: int) -> None:
    """Refuse at once what no engine could say.

    Raises:
        BadInput: `empty_text`, `control_characters`, `nothing_to_say`.
        TooLarge: `text_too_long`, naming the limit.
    """
    if not text.strip():
        raise BadInput("empty_text", "the text is empty", "текст пуст")
    if len(text) > limit:
        raise TooLarge(
            "text_too_long",
            f"the text has {len(text)} characters, the limit is {limit}",
            f"в тексте {len(text)} знаков, предел — {limit}",
            limit=limit,
            characters=len(text),
        )
    engine.characters_check(text)
    if not any(character.isalnum() or character in _SPOKEN_SIGNS for character in text):
        raise BadInput(
            "nothing_to_say",
            "there is nothing to say in the text: no letters and no digits",
            "в тексте нечего произносить: нет ни букв, ни цифр",
        )


def settings_check(wish: SpeechWish) -> None:
    """Raises BadInput: `unknown_format`, `format_not_streamable`, `…_out_of_range`."""
    _format_check(wish)
    engine.settings_check(
        speed=wish.speed, pitch_semitones=wish.pitch, variation=wish.variation, seed=wish.seed
    )


def _format_check(wish: SpeechWish) -> None:
    if wish.format not in MEDIA_TYPES:
        listed = ", ".join(MEDIA_TYPES)
        raise BadInput(
            "unknown_format",
            f"unknown format {wish.format!r}; expected one of {listed}",
            f"неизвестный формат {wish.format!r}; ожидается один из: {listed}",
            formats=list(MEDIA_TYPES),
        )
    if wish.stream and wish.format not in STREAMABLE:
        listed = ", ".join(STREAMABLE)
        raise BadInput(
            "format_not_streamable",
            f"{wish.format} cannot be streamed; ask for {listed} or without stream",
            f"{wish.format} нельзя передавать по частям; запросите {listed} или без stream",
            formats=list(STREAMABLE),
        )
    engine.bitrate_check(wish.format, wish.bitrate)


def speech_title(text: str) -> str:
    """The beginning of a text on one line, cut at a word."""
    line = " ".join(text.split())
    if len(line) <= TITLE_CHARACTERS:
        return line
    return line[:TITLE_CHARACTERS].rsplit(" ", 1)[0] + "…"
