"""A cover as one HTML file that needs nothing else: reference, source and result with players, pictures and figures."""

import base64
import io
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import soundfile
from jinja2 import Environment, FileSystemLoader
from numpy.typing import NDArray

from tts_engine.covers.figures import Compared
from tts_engine.covers.pictures import f0_picture, spectrograms_picture
from tts_engine.covers.settings import CoverNote, CoverSettings
from tts_engine.drawing import png_link
from tts_engine.types import Audio

FADE_MILLISECONDS = 40
FIGURES = {
    "likeness": ("likeness to the voice, GE2E", "сходство с голосом, GE2E"),
    "likeness_before": ("likeness of the source to the voice", "сходство исходника с голосом"),
    "likeness_to_source": ("likeness to the source's voice", "сходство с голосом исходника"),
    "f0_within_50_cents": ("F0 within 50 cents, share", "F0 в пределах 50 центов, доля"),
    "f0_correlation": ("correlation of F0", "корреляция F0"),
    "voicing_errors": ("voicing errors, share", "ошибки озвончения, доля"),
    "f0_unheard": ("voiced and not heard so, share", "должно звучать, но не слышно, доля"),
    "level_db": ("level over the old voice, dB", "уровень к старому голосу, дБ"),
    "watermark": ("watermark, score", "водяной знак, оценка"),
}
SETTINGS = {
    "preset": ("preset", "режим"),
    "transpose": ("transpose, semitones", "транспонирование, полутоны"),
    "key_shift": ("key shift, semitones", "сдвиг тональности, полутоны"),
    "f0_method": ("F0 by", "F0 способом"),
    "filter_radius": ("median of F0, frames on a side", "медиана F0, кадров в сторону"),
    "index_rate": ("index rate", "доля индекса"),
    "protect": ("protection of unvoiced sounds", "защита глухих звуков"),
    "envelope_mix": ("own loudness, share", "своя громкость, доля"),
    "rate_hz": ("rate, Hz", "частота, Гц"),
}

Stereo = NDArray[np.float32]


@dataclass(frozen=True, kw_only=True, eq=False)
class Sounds:
    """What the players play, each (T, channels) with its rate; None: there is no such thing."""

    reference: tuple[Stereo, int] | None
    source: tuple[Stereo, int]
    result: tuple[Stereo, int]
    old_voice: tuple[Stereo, int] | None
    new_voice: tuple[Stereo, int] | None


@dataclass(frozen=True, kw_only=True)
class Told:
    """The words and numbers of a report."""

    title: str
    voice: str
    settings: CoverSettings
    semitones: float
    seconds: float
    sung_seconds: float
    first_second: float
    notes: Sequence[CoverNote]
    figures: Mapping[str, float]


def render(told: Told, sounds: Sounds, excerpt: Compared) -> str:
    """The whole page."""
    environment = Environment(loader=FileSystemLoader(Path(__file__).parent), autoescape=True)
    level = sounds.source[0]
    return environment.get_template("page.html").render(
        told=told,
        end_second=told.first_second + excerpt.source.seconds,
        reference=sound_link(sounds.reference),
        source=sound_link(sounds.source),
        result=sound_link(sounds.result, like=level),
        old_voice=sound_link(sounds.old_voice),
        new_voice=sound_link(sounds.new_voice),
        spectrograms=png_link(spectrograms_picture(excerpt)),
        pitch=png_link(f0_picture(excerpt)),
        figures=[(FIGURES[name], value) for name, value in told.figures.items()],
        settings=[(both, _value(told, name)) for name, both in SETTINGS.items()],
    )


def mono_sound(audio: Audio) -> tuple[Stereo, int]:
    """As `Sounds` has it."""
    return audio.waveform[:, None], audio.sample_rate_hz


def sound_link(sound: tuple[Stereo, int] | None, like: Stereo | None = None) -> str | None:
    """A sound as a data URL, mp3, faded at both ends; as loud as another where they are to be compared."""
    if sound is None:
        return None
    samples, rate_hz = sound
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # pydub looks for an ffmpeg that it does not need here
        from pydub import AudioSegment
    made = _segment(AudioSegment, samples, rate_hz)
    if like is not None and like.any() and samples.any():
        apart = _segment(AudioSegment, like, rate_hz).dBFS - made.dBFS
        made = made.apply_gain(min(apart, -made.max_dBFS))
    made = made.fade_in(FADE_MILLISECONDS).fade_out(FADE_MILLISECONDS)
    faded = np.asarray(made.get_array_of_samples(), np.float32).reshape(-1, made.channels) / 2**15
    stream = io.BytesIO()
    soundfile.write(stream, faded, rate_hz, format="MP3", subtype="MPEG_LAYER_III")
    return "data:audio/mpeg;base64," + base64.b64encode(stream.getvalue()).decode("ascii")


def _segment(kind: Any, samples: Stereo, rate_hz: int) -> Any:
    """As pydub has sounds: 16 bits."""
    whole = np.round(np.clip(samples, -1.0, 1.0) * 32767).astype("<i2")
    return kind(whole.tobytes(), sample_width=2, frame_rate=rate_hz, channels=whole.shape[1])


def _value(told: Told, name: str) -> str:
    value = getattr(told.settings, name)
    if name == "transpose" and value is None:
        return f"auto ({told.semitones:+g})"
    if name == "rate_hz":
        return str(value or 44_100)
    return f"{value:g}" if isinstance(value, (int, float)) else str(value)
