"""Formats that we write, and how the library that writes them is told so."""

from dataclasses import dataclass
from typing import Any

from tts_engine.errors import RequestError

STREAM_COMPRESSION = 0.6  # libsndfile's scale; 64 kbit/s at 22 050 Hz
# kbit/s of mp3 at a constant rate; rates of sound up to 24 kHz hold no more than 160
BITRATES_KBPS = (32, 48, 64, 96, 128, 160, 192, 256, 320)
_LOW_RATES_KBPS, _HIGH_RATES_KBPS = (8, 160), (32, 320)  # libsndfile's scale of compression
_HIGH_RATE_HZ = 44_100
PCM_RATE_HZ = 24_000


@dataclass(frozen=True, kw_only=True)
class AudioFormat:
    """A format we write: its settings for writing, file suffix, media type and the rates it can hold."""

    container: str
    subtype: str
    suffix: str
    media_type: str
    rates_hz: tuple[int, ...] = ()
    settings: tuple[tuple[str, Any], ...] = ()

    def writable_rate_hz(self, rate_hz: int, bitrate_kbps: int | None = None) -> int:
        """The rate itself, or the next one that the format and the bitrate can hold."""
        if bitrate_kbps is not None and bitrate_kbps > _LOW_RATES_KBPS[1]:
            rate_hz = max(rate_hz, _HIGH_RATE_HZ)
        if not self.rates_hz or rate_hz in self.rates_hz:
            return rate_hz
        higher = [candidate for candidate in self.rates_hz if candidate > rate_hz]
        return min(higher, default=max(self.rates_hz))

    def written_with(
        self, rate_hz: int, *, constant_bitrate: bool = False, bitrate_kbps: int | None = None
    ) -> dict[str, Any]:
        """Keyword arguments of soundfile for sound at that rate."""
        options: dict[str, Any] = {"format": self.container, "subtype": self.subtype}
        if self.container == "RAW":
            options["endian"] = "LITTLE"
        options.update(self.settings)
        if bitrate_kbps is not None:
            low, high = _HIGH_RATES_KBPS if rate_hz > 24_000 else _LOW_RATES_KBPS
            level = (high - bitrate_kbps) / (high - low)
            options.update(bitrate_mode="CONSTANT", compression_level=level)
        elif constant_bitrate and "bitrate_mode" in options:
            options.update(bitrate_mode="CONSTANT", compression_level=STREAM_COMPRESSION)
        return options


FORMATS = {
    "mp3": AudioFormat(
        container="MP3",
        subtype="MPEG_LAYER_III",
        suffix="mp3",
        media_type="audio/mpeg",
        rates_hz=(8000, 11_025, 12_000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000),
        settings=(("compression_level", 0.2), ("bitrate_mode", "VARIABLE")),
    ),
    # of pcm's rate at least: clients that ask for the one or the other expect no difference
    "wav": AudioFormat(
        container="WAV",
        subtype="PCM_16",
        suffix="wav",
        media_type="audio/wav",
        rates_hz=(PCM_RATE_HZ, 44_100, 48_000),
    ),
    "ogg": AudioFormat(
        container="OGG",
        subtype="OPUS",
        suffix="ogg",
        media_type="audio/ogg",
        rates_hz=(8000, 12_000, 16_000, 24_000, 48_000),
    ),
    "flac": AudioFormat(container="FLAC", subtype="PCM_16", suffix="flac", media_type="audio/flac"),
    # libsndfile has no AAC: audio/ffmpeg.py writes it
    "aac": AudioFormat(
        container="ADTS",
        subtype="AAC_LC",
        suffix="aac",
        media_type="audio/aac",
        rates_hz=(8000, 11_025, 12_000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000),
    ),
    # samples alone, at the rate that OpenAI's clients expect
    "pcm": AudioFormat(
        container="RAW",
        subtype="PCM_16",
        suffix="pcm",
        media_type="audio/pcm",
        rates_hz=(PCM_RATE_HZ,),
    ),
    # what messengers show as a voice note
    "voice_message": AudioFormat(
        container="OGG", subtype="OPUS", suffix="ogg", media_type="audio/ogg", rates_hz=(48_000,)
    ),
}


def format_named(name: str) -> AudioFormat:
    """Raises RequestError: `unknown_format`."""
    described = FORMATS.get(name)
    if described is None:
        listed = ", ".join(FORMATS)
        raise RequestError(
            "unknown_format",
            f"unknown format {name!r}; expected one of {listed}",
            f"неизвестный формат {name!r}; ожидается один из: {listed}",
            format=name,
            formats=list(FORMATS),
        )
    return described


def bitrate_check(audio_format: str, bitrate_kbps: int | None) -> None:
    """Raises RequestError: `bitrate_out_of_range`, also for a format that has none."""
    if bitrate_kbps is None or (audio_format == "mp3" and bitrate_kbps in BITRATES_KBPS):
        return
    listed = ", ".join(map(str, BITRATES_KBPS))
    raise RequestError(
        "bitrate_out_of_range",
        f"bitrate {bitrate_kbps} of {audio_format}; mp3 has {listed} kbit/s, other formats none",
        f"битрейт {bitrate_kbps} у {audio_format}; у mp3 бывает {listed} кбит/с, у прочих его нет",
        bitrates=list(BITRATES_KBPS),
    )
