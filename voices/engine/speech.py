"""A text said in a voice, and sound made into files."""

import dataclasses
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.conf import settings

from voices.engine.deltas import profile_of
from voices.engine.errors import app_error, engine_errors
from voices.engine.models import FAMILIES, load_cloner
from voices.engine.profiles import Profile, bank_voices
from voices.engine.timing import timing_row
from voices.errors import AppError

WARM_UP_TEXT = "Проверка голоса."


@dataclass(frozen=True, kw_only=True)
class SpeechOrder:
    """What to say and how. `profile` as stored in Voice; `voices` are others the text calls for."""

    text: str
    profile: Profile
    voices: dict[str, Profile] = dataclasses.field(default_factory=dict)
    dictionary: dict[str, str] = dataclasses.field(default_factory=dict)
    speed: float = 1.0
    pitch_semitones: float = 0.0
    variation: float = 1.0
    seed: int = 0


def warm_up(families: Collection[str]) -> None:
    """Load these models, and say a word in a bank voice, so that the first listener does not wait."""
    from tts_engine.confinement.running import prepare

    prepare()
    for family in families:
        FAMILIES[family]()
    voices = bank_voices()
    if voices and "speaking" in families:
        speak(SpeechOrder(text=WARM_UP_TEXT, profile=voices[0]["profile"]))


def speak(
    order: SpeechOrder,
    on_progress: Callable[[int, int], None] | None = None,
    *,
    on_timing: Callable[[dict[str, Any]], None] | None = None,
    on_sentence: Callable[[Any], None] | None = None,
) -> Any:
    """Say a whole text; returns the engine's Audio.

    Args:
        on_progress: called with sentences done and in all; what it raises stops the work.
        on_sentence: given the Audio of each sentence, before on_progress counts it.
        on_timing: called at the end with each sentence in time, see `timing_row`.

    Raises:
        AppError: text that cannot be spoken (400), settings out of range (400), no weights (503).
    """
    cloner = load_cloner()
    with engine_errors():
        result = cloner.speak(speech_request(order), on_progress, on_sentence)
    if on_timing is not None:
        for timing in result.timings:
            on_timing(timing_row(timing))
    return result.audio


def speak_many(orders: list[SpeechOrder]) -> list[tuple[Any, list[dict[str, Any]]] | AppError]:
    """Say texts in one batch: each one's Audio and sentences in time, or the error `speak` would raise.

    Raises:
        AppError: no weights (503), or a wrong dictionary (400).
    """
    from tts_engine.errors import EngineError

    cloner = load_cloner()
    with engine_errors():
        results = cloner.speak_many([speech_request(order) for order in orders])
    return [
        app_error(one)
        if isinstance(one, EngineError)
        else (one.audio, [timing_row(timing) for timing in one.timings])
        for one in results
    ]


def speak_in_parts(
    order: SpeechOrder, *, on_timing: Callable[[dict[str, Any]], None] | None = None
) -> Iterator[Any]:
    """The same, sentence by sentence, each as soon as it is made."""
    cloner = load_cloner()
    with engine_errors():
        for part in cloner.stream(speech_request(order)):
            if on_timing is not None:
                on_timing(timing_row(part.timing))
            yield part.audio


def join(parts: list[Any]) -> Any:
    """One Audio of several at the same rate."""
    import numpy as np

    from tts_engine.types import Audio

    return Audio(np.concatenate([part.waveform for part in parts]), parts[0].sample_rate_hz)


def encode(
    audio: Any,
    audio_format: str,
    *,
    title: str = "",
    voice: str = "",
    bitrate_kbps: int | None = None,
) -> bytes:
    """Audio to a file's content; tags are written when there is a title."""
    from tts_engine.audio.io import AudioTags, encode_audio

    with engine_errors():
        tags = AudioTags(title=title, voice=voice) if title else None
        return encode_audio(audio, audio_format, tags=tags, bitrate_kbps=bitrate_kbps)


def encode_stream(
    pieces: Iterable[Any],
    audio_format: str,
    *,
    title: str = "",
    voice: str = "",
    bitrate_kbps: int | None = None,
) -> Iterator[bytes]:
    """One file of several Audios, as what to send after each and at the end; some of it may be empty."""
    from tts_engine.audio.streams import encode_stream as encode_for_stream
    from tts_engine.audio.tags import AudioTags

    with engine_errors():
        tags = AudioTags(title=title, voice=voice) if title else None
        yield from encode_for_stream(pieces, audio_format, tags=tags, bitrate_kbps=bitrate_kbps)


def speech_request(order: SpeechOrder) -> Any:
    """What the engine calls an order."""
    from tts_engine.markup.lexicon import Lexicon
    from tts_engine.speaking.requests import SpeechRequest

    return SpeechRequest(
        text=order.text,
        voice=profile_of(order.profile),
        voices={name: profile_of(profile) for name, profile in order.voices.items()},
        lexicon=Lexicon.of(order.dictionary),
        speed=order.speed,
        pitch_semitones=order.pitch_semitones,
        variation=order.variation,
        seed=order.seed,
        max_seconds=settings.SPEECH_SECONDS_LIMIT,
    )
