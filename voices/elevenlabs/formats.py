"""ElevenLabs' names of formats, models and settings in ours."""

from voices.errors import BadInput, NotFound

# output_format: (our format, kbit/s of mp3). Our Opus has one bit rate, our samples one rate.
OUTPUT_FORMATS: dict[str, tuple[str, int | None]] = {
    "mp3_22050_32": ("mp3", 32),
    "mp3_24000_48": ("mp3", 48),
    **{f"mp3_44100_{kbps}": ("mp3", kbps) for kbps in (32, 64, 96, 128, 192)},
    **{f"opus_48000_{kbps}": ("ogg", None) for kbps in (32, 64, 96, 128, 192)},
    "pcm_24000": ("pcm", None),
    "wav_24000": ("wav", None),
}
USUAL_FORMAT = "mp3_44100_128"
MODEL = "voiceclone-1"
# Names that clients of theirs send; one model stands behind them all.
MODELS = {
    MODEL: "Voiceclone",
    "eleven_v3": "Voiceclone, as Eleven v3",
    "eleven_multilingual_v2": "Voiceclone, as Eleven Multilingual v2",
    "eleven_multilingual_v1": "Voiceclone, as Eleven Multilingual v1",
    "eleven_monolingual_v1": "Voiceclone, as Eleven Monolingual v1",
    "eleven_turbo_v2_5": "Voiceclone, as Eleven Turbo v2.5",
    "eleven_turbo_v2": "Voiceclone, as Eleven Turbo v2",
    "eleven_flash_v2_5": "Voiceclone, as Eleven Flash v2.5",
    "eleven_flash_v2": "Voiceclone, as Eleven Flash v2",
    "eleven_multilingual_sts_v2": "Voiceclone, as Eleven Multilingual v2 for speech to speech",
    "eleven_english_sts_v2": "Voiceclone, as Eleven English v2 for speech to speech",
}


def format_of(name: str) -> tuple[str, int | None]:
    """Our format and bit rate. Raises BadInput: `unsupported_output_format`."""
    if name not in OUTPUT_FORMATS:
        listed = ", ".join(OUTPUT_FORMATS)
        raise BadInput(
            "unsupported_output_format",
            f"output_format {name[:40]!r} is not made here; expected one of {listed}",
            f"формат {name[:40]!r} здесь не делается; ожидается один из: {listed}",
            param="output_format",
        )
    return OUTPUT_FORMATS[name]


def model_check(name: str) -> None:
    """Raises NotFound: `model_not_found`."""
    if name not in MODELS:
        raise NotFound(
            "model_not_found",
            f"the model {name[:80]!r} does not exist",
            f"модели {name[:80]!r} нет",
            param="model_id",
        )
