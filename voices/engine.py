"""The only door to tts_engine.

Imports of the engine stand inside the functions on purpose: the web process and the management
commands pass through here too and must not load torch. Models are loaded once in a process, by the
worker; text analysis (`phonemes`) is light enough for the web process.
"""

import dataclasses
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from threading import Lock
from typing import Any

from django.conf import settings

from voices.errors import AppError, error_of_status

WEIGHT_FOLDERS = ("encoder", "recognizer", "speech_detector", "synthesizer", "vocoder")
WARM_UP_TEXT = "Проверка голоса."

_STATUS_BY_CODE = {
    "empty_file": 400,
    "audio_too_long": 413,
    "not_audio": 415,
    "unsupported_codec": 415,
    "file_missing": 500,
}
_STATUS_BY_CLASS = {
    "AudioError": 422,
    "TextError": 400,
    "VoiceError": 404,
    "RequestError": 400,
    "CheckpointError": 503,
    "ResourceError": 503,
}
_frontend_lock = Lock()  # espeak keeps state for the whole process


Profile = dict[str, Any]  # a VoiceProfile as plain JSON


@dataclass(frozen=True, kw_only=True)
class SpeechOrder:
    """What to say and how. `profile` as stored in Voice; `voices` are others the text calls for."""

    text: str
    profile: Profile
    voices: dict[str, Profile] = dataclasses.field(default_factory=dict)
    dictionary: dict[str, str] = dataclasses.field(default_factory=dict)
    speed: float = 1.0
    pitch_semitones: float = 0.0
    seed: int = 0


@dataclass(frozen=True, kw_only=True)
class Reference:
    """What a recording tells of its voice."""

    profile: Profile
    seconds: float
    speech_seconds: float
    notes: list[dict[str, str]]  # advice by language


@dataclass(frozen=True, kw_only=True)
class BankEntry:
    """A shipped voice."""

    slug: str
    name: str
    name_ru: str
    description: str
    description_ru: str
    gender: str
    language: str
    licence: str
    attribution: str
    profile: Profile


def load_cloner() -> Any:
    """The process-wide models.

    Raises:
        AppError: weights are missing or damaged, or the device is not there (503).
    """
    with engine_errors():
        return _cached_cloner(settings.WEIGHTS_DIR, settings.DEVICE, settings.ENGINE_THREADS)


@lru_cache(maxsize=1)
def _cached_cloner(weights: Path, device: str, threads: int) -> Any:
    import torch

    from tts_engine.cloning import VoiceCloner

    if threads:
        torch.set_num_threads(threads)
    return VoiceCloner.load(weights, device=device)


def is_loaded() -> bool:
    """Whether this process has its models."""
    return _cached_cloner.cache_info().currsize > 0


def warm_up() -> None:
    """Load the models and say a word in a bank voice, so that the first listener does not wait."""
    load_cloner()
    voices = bank_voices()
    if voices:
        speak(SpeechOrder(text=WARM_UP_TEXT, profile=voices[0].profile))


def weights_missing() -> list[str]:
    """Names of weight folders that hold no model; nothing is loaded."""
    return [
        name
        for name in WEIGHT_FOLDERS
        if not (settings.WEIGHTS_DIR / name / "model.safetensors").is_file()
    ]


def speak(order: SpeechOrder, on_progress: Callable[[int, int], None] | None = None) -> Any:
    """Say a whole text; returns the engine's Audio.

    Args:
        on_progress: called with sentences done and in all; what it raises stops the work.

    Raises:
        AppError: text that cannot be spoken (400), settings out of range (400), no weights (503).
    """
    cloner = load_cloner()
    with engine_errors():
        return cloner.speak(_request(order), on_progress).audio


def speak_in_parts(order: SpeechOrder) -> Iterator[Any]:
    """The same, sentence by sentence, each as soon as it is made."""
    cloner = load_cloner()
    with engine_errors():
        yield from cloner.stream(_request(order))


def join(parts: list[Any]) -> Any:
    """One Audio of several at the same rate."""
    import numpy as np

    from tts_engine.types import Audio

    return Audio(np.concatenate([part.waveform for part in parts]), parts[0].sample_rate_hz)


def encode(audio: Any, audio_format: str, *, title: str = "", voice: str = "") -> bytes:
    """Audio to a file's content; tags are written when there is a title."""
    from tts_engine.audio.io import AudioTags, encode_audio

    with engine_errors():
        tags = AudioTags(title=title, voice=voice) if title else None
        return encode_audio(audio, audio_format, tags=tags)


def encode_piece(
    audio: Any, audio_format: str, *, first: bool, title: str = "", voice: str = ""
) -> bytes:
    """One sentence of a stream, ready to be sent after those before it; the first has the tags."""
    from tts_engine.audio.streams import encode_piece as encode_for_stream
    from tts_engine.audio.tags import AudioTags

    with engine_errors():
        tags = AudioTags(title=title, voice=voice) if title else None
        return encode_for_stream(audio, audio_format, first=first, tags=tags)


def analyse_reference(content: bytes) -> Reference:
    """Measure the voice in a recording's content.

    Raises:
        AppError: not audio (415), too long (413), too little speech and the like (422).
    """
    cloner = load_cloner()
    with engine_errors():
        from tts_engine.audio.io import decode_audio
        from tts_engine.voicebank import profile_to_dict

        audio = decode_audio(content)
        profile, report = cloner.profile(audio)
        return Reference(
            profile=profile_to_dict(profile),
            seconds=audio.seconds,
            speech_seconds=report.speech_seconds,
            notes=[{"en": note.en, "ru": note.ru} for note in report.notes],
        )


def mean_profile(weighted: list[tuple[Profile, float]]) -> Profile:
    """One profile of several, each counted by its seconds of speech; unknown facts are passed over."""
    import numpy as np

    from tts_engine.voicebank import profile_from_dict, profile_to_dict

    if len(weighted) == 1:
        return weighted[0][0]
    profiles = [profile_from_dict(row) for row, _ in weighted]
    seconds = np.asarray([max(weight, 1e-3) for _, weight in weighted])
    values: Profile = {}
    for field in dataclasses.fields(profiles[0]):
        facts = [np.asarray(getattr(profile, field.name)) for profile in profiles]
        known = [index for index, fact in enumerate(facts) if fact.any()]
        if known:
            mean = np.average([facts[index] for index in known], axis=0, weights=seconds[known])
            values[field.name] = mean.tolist()
    embedding = np.asarray(values["embedding"])
    values["embedding"] = embedding / max(float(np.linalg.norm(embedding)), 1e-12)
    if "spectrum" in values:
        values["spectrum"] = tuple(values["spectrum"])
    return profile_to_dict(profile_from_dict(values))


def characters_check(text: str) -> None:
    """Raises AppError: `control_characters` (400)."""
    from tts_engine.text_check import check_characters

    with engine_errors():
        check_characters(text)


def phonemes(text: str, dictionary: dict[str, str] | None = None) -> list[dict[str, Any]]:
    """What will be said, sentence by sentence, and where each word stands in the text.

    Raises:
        AppError: nothing to say, wrong markup or dictionary (400).
    """
    with engine_errors(), _frontend_lock:
        from tts_engine.markup.lexicon import Lexicon
        from tts_engine.markup.locating import locate_words
        from tts_engine.markup.reading import read_script
        from tts_engine.text.symbols import phonemes_to_ipa

        utterances = read_script(text, Lexicon.of(dictionary or {}))
        words = [word for utterance in utterances for word in utterance.sentence.words]
        places = iter(locate_words(text, words))
        return [
            {
                "source": utterance.sentence.source,
                "normalized": utterance.sentence.normalized,
                "stressed": " ".join(word.stressed for word in utterance.sentence.words),
                "voice": utterance.delivery.voice,
                "words": [
                    {
                        "text": word.text,
                        "stressed": word.stressed,
                        "phonemes": list(word.phonemes),
                        "ipa": phonemes_to_ipa(word.phonemes),
                        "start": place[0] if place else None,
                        "end": place[1] if place else None,
                    }
                    for word, place in ((word, next(places)) for word in utterance.sentence.words)
                ],
                "tokens": list(utterance.sentence.tokens),
            }
            for utterance in utterances
        ]


def voices_called(text: str) -> tuple[str, ...]:
    """Names of the voices that the text's markup calls for; no model is loaded.

    Raises:
        AppError: wrong markup (400).
    """
    with engine_errors():
        from tts_engine.markup.parsing import parse_script

        return parse_script(text).voices


def dictionary_check(dictionary: dict[str, str]) -> dict[str, str]:
    """Words and readings as they are kept.

    Raises:
        AppError: `dictionary_bad_word`, `dictionary_bad_reading`, `dictionary_too_long` (400).
    """
    with engine_errors():
        from tts_engine.markup.lexicon import Lexicon

        return dict(Lexicon.of(dictionary).entries)


def bank_voices() -> list[BankEntry]:
    """The shipped voices, in the order of the bank."""
    with engine_errors():
        from tts_engine.voicebank import list_voices, profile_to_dict

        return [
            BankEntry(
                slug=voice.slug,
                name=voice.name,
                name_ru=voice.name_ru,
                description=voice.description,
                description_ru=voice.description_ru,
                gender=voice.gender,
                language=voice.language,
                licence=voice.licence,
                attribution=voice.attribution,
                profile=profile_to_dict(voice.profile),
            )
            for voice in list_voices(settings.WEIGHTS_DIR / "voices")
        ]


@contextmanager
def engine_errors() -> Iterator[None]:
    """Errors of the engine come out as ours, with an HTTP status."""
    from tts_engine.errors import EngineError

    try:
        yield
    except EngineError as error:
        raise _app_error(error) from error


def _app_error(error: Any) -> AppError:
    by_class = next(
        (
            _STATUS_BY_CLASS[kind.__name__]
            for kind in type(error).__mro__
            if kind.__name__ in _STATUS_BY_CLASS
        ),
        500,
    )
    kind = error_of_status(_STATUS_BY_CODE.get(error.code, by_class))
    return kind(error.code, str(error), error.message_ru, **error.details)


def _request(order: SpeechOrder) -> Any:
    from tts_engine.cloning import SpeechRequest
    from tts_engine.markup.lexicon import Lexicon
    from tts_engine.voicebank import profile_from_dict

    return SpeechRequest(
        text=order.text,
        voice=profile_from_dict(order.profile),
        voices={name: profile_from_dict(profile) for name, profile in order.voices.items()},
        lexicon=Lexicon.of(order.dictionary),
        speed=order.speed,
        pitch_semitones=order.pitch_semitones,
        seed=order.seed,
    )
