"""What is to be made into a cover and how, and what comes of it; neither a model nor torch is loaded here."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tts_engine.errors import RequestError
from tts_engine.f0 import METHODS, SWIFT
from tts_engine.types import Audio, VoiceProfile

MOST_SEMITONES, MOST_KEY_SHIFT, MOST_RADIUS = 24.0, 12, 50
FORMATS = ("mp3", "wav", "ogg", "flac", "aac")
RANGES: Mapping[str, tuple[float, float]] = {  # of settings that are numbers
    "transpose": (-MOST_SEMITONES, MOST_SEMITONES),
    "index_rate": (0.0, 1.0),
    "protect": (0.0, 0.5),
    "rms_mix": (0.0, 1.0),
    "filter_radius": (0, MOST_RADIUS),
    "key_shift": (-MOST_KEY_SHIFT, MOST_KEY_SHIFT),
}
RATES_HZ = (0, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000)


@dataclass(frozen=True, kw_only=True)
class Preset:
    """What kind of recording it is.

    Attributes:
        mixed: the voice is taken out of its accompaniment and mixed back.
        sung: the voice is moved by whole octaves.
        worked: the voice is compressed and de-essed.
        room_db: level of the room around the voice, below the voice; None: no room.
        rms_mix: default of `CoverSettings.rms_mix`.
    """

    mixed: bool
    sung: bool
    worked: bool
    room_db: float | None
    rms_mix: float


PRESETS = {
    "song": Preset(mixed=True, sung=True, worked=True, room_db=-20.0, rms_mix=0.25),
    "speech": Preset(mixed=False, sung=False, worked=False, room_db=None, rms_mix=0.25),
    # speech of a film: over music and noises, as loud at every moment as it was
    "dubbing": Preset(mixed=True, sung=False, worked=False, room_db=-26.0, rms_mix=0.0),
}


@dataclass(frozen=True, kw_only=True)
class CoverSettings:
    """How a cover is made.

    Attributes:
        preset: of PRESETS.
        transpose: semitones that the voice is moved by, -24 to 24; None: to the pitch of the new voice, by octaves in
            a song. The shift of the key comes on top.
        f0_method: of `tts_engine.f0.METHODS`.
        f0_file: CSV `seconds,Hz` of the source's F0, in place of the measured one.
        index_rate: how far contents are drawn toward the voice's own, 0 to 1.
        protect: how much of that unvoiced sounds and breaths get, 0 to 0.5; 0.5 is all.
        rms_mix: whose loudness the result has, 0 the source's, 1 its own; None: the preset's.
        filter_radius: of the median filter over F0, in frames of 12 ms, 0 to 50; 0: none.
        rate_hz: of the results, of RATES_HZ; 0: 44 100 Hz.
        key_shift: whole semitones that music and voice are moved by at the same tempo, -12 to 12.
        audio_format: of the mix, one of FORMATS; all other sounds are FLAC.
        report: whether it is measured and a report written.
        preview_from: only 30 s from this second on; None: all of it.
    """

    preset: str = "song"
    transpose: float | None = None
    f0_method: str = SWIFT
    f0_file: Path | None = None
    index_rate: float = 0.3
    protect: float = 0.33
    rms_mix: float | None = None
    filter_radius: int = 3
    rate_hz: int = 0
    key_shift: int = 0
    audio_format: str = "flac"
    report: bool = True
    preview_from: float | None = None

    @property
    def kind(self) -> Preset:
        """The preset itself."""
        return PRESETS[self.preset]

    @property
    def envelope_mix(self) -> float:
        """`rms_mix`, of the preset when none is given."""
        return self.kind.rms_mix if self.rms_mix is None else self.rms_mix

    def check(self) -> None:
        """Raises RequestError: `bad_conversion_settings`, `unknown_format`, `unknown_f0_method`."""
        _one_of("preset", self.preset, tuple(PRESETS))
        _one_of("rate_hz", self.rate_hz, RATES_HZ)
        for name, (low, high) in RANGES.items():
            value = getattr(self, name)
            if value is not None and not low <= value <= high:
                raise _bad(f"{name} is {value}", f"{name} равно {value}", f"{low:g} … {high:g}")
        moved = (self.transpose or 0.0) + self.key_shift
        if not -MOST_SEMITONES <= moved <= MOST_SEMITONES:
            raise _bad(
                f"transpose and key_shift together are {moved:g}",
                f"transpose и key_shift вместе дают {moved:g}",
                f"{-MOST_SEMITONES:g} … {MOST_SEMITONES:g}",
            )
        if self.key_shift and not self.kind.mixed:
            raise _bad(
                "key_shift moves music, and speech has none: use transpose",
                "key_shift сдвигает музыку, а в речи её нет: используйте transpose",
                "0",
            )
        if self.audio_format not in FORMATS:
            listed = ", ".join(FORMATS)
            raise RequestError(
                "unknown_format",
                f"unknown format {self.audio_format!r}; expected one of {listed}",
                f"неизвестный формат {self.audio_format!r}; ожидается один из {listed}",
            )
        if self.f0_method not in METHODS:
            listed = ", ".join(METHODS)
            raise RequestError(
                "unknown_f0_method",
                f"there is no method {self.f0_method!r} of measuring F0; there are {listed}",
                f"нет способа {self.f0_method!r} измерять F0; есть {listed}",
                methods=list(METHODS),
            )


@dataclass(frozen=True, kw_only=True)
class CoverSource:
    """Sound files, of which some may be missing.

    Attributes:
        song: the whole recording; None where both of the others are given, or the vocals alone are wanted.
        vocals: the voice alone, taken instead of what is separated from the song.
        accompaniment: music without the voice, taken instead of what the song leaves.
    """

    song: Path | None = None
    vocals: Path | None = None
    accompaniment: Path | None = None

    def check(self, settings: CoverSettings) -> None:
        """Raises RequestError: `no_source`, `stems_of_speech`."""
        if self.song is None and self.vocals is None:
            raise RequestError(
                "no_source",
                "there is nothing to convert: give a recording, or the voice alone",
                "нечего конвертировать: нужна запись или голос отдельно",
            )
        if not settings.kind.mixed and (self.vocals or self.accompaniment or self.song is None):
            raise RequestError(
                "stems_of_speech",
                "voice and accompaniment are given apart for songs and dubbing only",
                "голос и сопровождение отдельно даются только для песен и дубляжа",
            )


@dataclass(frozen=True, kw_only=True, eq=False)
class CoverVoice:
    """The voice to be put on.

    Attributes:
        name: shown in tags and in the report.
        profile: as the synthesizer knows it; None: measured from the first of the recordings.
        recordings: of that voice, for the retrieval index; where there are none it says some sentences itself.
    """

    name: str
    profile: VoiceProfile | None
    recordings: tuple[Audio, ...] = ()

    @property
    def known(self) -> VoiceProfile:
        """The profile of a voice that has been measured."""
        assert self.profile is not None  # noqa: S101  CoverModels.measured
        return self.profile


@dataclass(frozen=True, kw_only=True)
class CoverNote:
    """What should be known of the source or the result, by a stable name and in two languages."""

    code: str
    en: str
    ru: str


@dataclass(frozen=True, kw_only=True)
class Cover:
    """What was made.

    Attributes:
        files: by role: `mix` always; `converted` the new voice alone; `vocals` and `accompaniment` of mixed presets;
            `f0` the source's F0 as CSV; `report`, one HTML file, where it is wanted.
        seconds: of the mix.
        start_seconds: where in the source it begins.
        semitones: that the voice was moved by, the shift of the key included.
        sung_seconds: in which the new voice is heard.
        notes: warnings.
        figures: measures of the result by name, see `figures.figures_of`; {} without a report.
    """

    files: Mapping[str, Path]
    seconds: float
    start_seconds: float
    semitones: float
    sung_seconds: float
    notes: tuple[CoverNote, ...] = ()
    figures: Mapping[str, float] = field(default_factory=dict)


def _one_of(name: str, value: object, known: tuple[object, ...]) -> None:
    if value not in known:
        raise _bad(f"{name} is {value!r}", f"{name} равно {value!r}", ", ".join(map(str, known)))


def _bad(en: str, ru: str, expected: str) -> RequestError:
    return RequestError(
        "bad_conversion_settings", f"{en}; expected {expected}", f"{ru}; ожидается {expected}"
    )
