"""Songs taken apart, and somebody's song or speech put in another voice."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from math import isfinite
from pathlib import Path
from typing import Any

from voices.engine.deltas import profile_of
from voices.engine.errors import engine_errors
from voices.engine.models import device, load_cover_models
from voices.engine.profiles import Profile

Told = Callable[[float, float, str], None]  # done, of how much, stage; may raise to stop


@dataclass(frozen=True, kw_only=True)
class ConversionOrder:
    """What to put in which voice and how.

    Attributes:
        sources: files by what they are: `song`, `vocals`, `accompaniment`; what is missing is made of the others.
        f0: CSV of the source's F0, where somebody knows it better.
        voice: its name, for tags and the report.
        profile: as stored in Voice; None: measured from the first of the recordings.
        recordings: of that voice, where there are any.
        settings: as `conversion_settings_check` takes them.
        audio_format: of the mix.
    """

    sources: Mapping[str, Path]
    voice: str
    settings: Mapping[str, Any]
    f0: Path | None = None
    profile: Profile | None = None
    recordings: Sequence[Path] = ()
    audio_format: str = "mp3"


@dataclass(frozen=True, kw_only=True)
class Conversion:
    """What was made: files by role (`mix`, `converted`, `vocals`, `accompaniment`, `f0`, `report`), how long the mix
    is and where in the source it begins, by how many semitones the voice was moved, what should be known of it
    ({"code", "en", "ru"}), and measures by name."""

    files: Mapping[str, Path]
    seconds: float
    start_seconds: float
    semitones: float
    notes: list[dict[str, str]] = field(default_factory=list)
    figures: Mapping[str, float | None] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Separation:
    """Both sides of a song as files, where in the song they begin, their length and their levels in dB."""

    vocals: Path
    accompaniment: Path
    start_seconds: float
    seconds: float
    figures: Mapping[str, float | None]


def conversion_presets() -> dict[str, dict[str, Any]]:
    """Kinds of recordings by name, with what is usual for each; no model is loaded."""
    from dataclasses import asdict

    from tts_engine.covers.settings import PRESETS

    return {name: asdict(preset) for name, preset in PRESETS.items()}


def f0_methods() -> list[str]:
    """Names of the ways to measure F0; no model is loaded."""
    from tts_engine.f0 import METHODS

    return list(METHODS)


def song_limits() -> dict[str, Any]:
    """What recordings may be, and the ranges of the settings; no model is loaded."""
    from tts_engine.covers.settings import RANGES, RATES_HZ
    from tts_engine.f0 import SINGING
    from tts_engine.separation import limits

    return {
        "seconds": [limits.SHORTEST_SECONDS, limits.LONGEST_SECONDS],
        "song_rate_hz": limits.LEAST_RATE_HZ,
        "preview_seconds": limits.PREVIEW_SECONDS,
        "f0_hz": [SINGING.low_hz, SINGING.high_hz],
        "settings": {**{name: list(both) for name, both in RANGES.items()}, "rate_hz": RATES_HZ},
    }


def conversion_settings_check(settings: Mapping[str, Any], given: Sequence[str]) -> None:
    """Whether a conversion can be made so, of these kinds of files; no model is loaded.

    Raises:
        AppError: `bad_conversion_settings`, `unknown_f0_method`, `no_source`, `stems_of_speech` (400).
    """
    with engine_errors():
        from tts_engine.covers.settings import CoverSource

        chosen = _settings(settings)
        chosen.check()
        CoverSource(**{name: Path(name) for name in given}).check(chosen)


def convert_recording(order: ConversionOrder, folder: Path, told: Told) -> Conversion:
    """Put a voice on a song or on speech; the files are made in the folder.

    Raises:
        AppError: not audio (415), too long (413), no voice in it, F0 of another length and the like (400, 422),
            no weights (503).
    """
    with engine_errors():
        from tts_engine.audio.untrusted import decode_untrusted
        from tts_engine.covers.making import make_cover
        from tts_engine.covers.settings import CoverSource, CoverVoice

        voice = CoverVoice(
            name=order.voice,
            profile=None if order.profile is None else profile_of(order.profile),
            recordings=tuple(decode_untrusted(one.read_bytes()) for one in order.recordings),
        )
        made = make_cover(
            CoverSource(**order.sources),
            voice,
            _settings(order.settings, f0_file=order.f0, audio_format=order.audio_format),
            folder,
            models=load_cover_models,
            device=device(),
            told=lambda stage, done, total: told(done, total, stage),
        )
        return Conversion(
            files=made.files,
            seconds=made.seconds,
            start_seconds=made.start_seconds,
            semitones=made.semitones,
            notes=[{"code": one.code, "en": one.en, "ru": one.ru} for one in made.notes],
            figures=_told(made.figures),
        )


def separate_recording(
    source: Path, folder: Path, *, preview_from: float | None, told: Told
) -> Separation:
    """A song into its vocals and its accompaniment, which are the song to the sample.

    Raises:
        AppError: not audio (415), too long (413), silent and the like (422), `preview_outside_song` (400), no
            weights (503).
    """
    with engine_errors():
        from tts_engine.separation.inference import separate_song

        made = separate_song(
            source,
            folder,
            preview_from=preview_from,
            device=device(),
            told=lambda done, total: told(done, total, "separating"),
        )
        return Separation(
            vocals=made.vocals,
            accompaniment=made.accompaniment,
            start_seconds=made.start_seconds,
            seconds=made.seconds,
            figures=_told({"vocals_db": made.vocals_db, "accompaniment_db": made.accompaniment_db}),
        )


def _settings(values: Mapping[str, Any], **more: Any) -> Any:
    from tts_engine.covers.settings import CoverSettings

    return CoverSettings(**values, **more)


def _told(figures: Mapping[str, float]) -> dict[str, float | None]:
    """None for what is not finite, as the level of silence: JSON has no such number."""
    return {name: value if isfinite(value) else None for name, value in figures.items()}


def encode_recording(source: Path, target: Path) -> None:
    """A sound of ours in the format that the target's name ends in."""
    from tts_engine.audio.songs import encode_song

    with engine_errors():
        encode_song(source, target, target.suffix[1:])
