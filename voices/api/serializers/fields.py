"""Fields that several requests have."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.fields import empty

from voices.audio_formats import MEDIA_TYPES
from voices.engine import (
    BITRATES_KBPS,
    PITCH_RANGE_SEMITONES,
    SEED_RANGE,
    SPEED_RANGE,
    VARIATION_RANGE,
)
from voices.services.speech.casting import alias_key


def _number(kind: str, bounds: tuple[float, float], default: float, text: str) -> dict[str, Any]:
    return {
        "type": kind,
        "minimum": bounds[0],
        "maximum": bounds[1],
        "default": default,
        "description": text,
    }


class AnyCaseField(serializers.CharField):
    """A name in small letters, sent in letters of either case."""

    def to_internal_value(self, data: Any) -> str:
        return super().to_internal_value(data).lower()


@extend_schema_field({"type": "string", "enum": list(MEDIA_TYPES), "default": "mp3"})
class FormatField(AnyCaseField):
    """pcm: bare samples, 16 bit little endian, 24 kHz; voice_message: Opus in Ogg, mono, 48 kHz."""


class AnyCaseChoiceField(serializers.ChoiceField):
    """The same where the names are few."""

    def to_internal_value(self, data: Any) -> Any:
        return super().to_internal_value(data.lower() if isinstance(data, str) else data)


@extend_schema_field(
    {
        "type": "integer",
        "enum": list(BITRATES_KBPS),
        "nullable": True,
        "description": "kbit/s of mp3, constant; null: variable, about 65",
    }
)
class BitrateField(serializers.IntegerField):
    pass


@extend_schema_field(_number("number", SPEED_RANGE, 1.0, "1 is the voice's own pace"))
class SpeedField(serializers.FloatField):
    pass


@extend_schema_field(_number("number", PITCH_RANGE_SEMITONES, 0.0, "semitones up or down"))
class PitchField(serializers.FloatField):
    pass


@extend_schema_field(
    _number("number", VARIATION_RANGE, 1.0, "liveliness; at 0 every seed gives the same audio")
)
class VariationField(serializers.FloatField):
    pass


@extend_schema_field(_number("integer", SEED_RANGE, 0, "the same seed gives the same audio"))
class SeedField(serializers.IntegerField):
    pass


class NeededField(serializers.Field):
    """A field that the schema calls required; that it is missing is for the service to say, by name."""

    absent: Any = None

    def validate_empty_values(self, data: Any) -> tuple[bool, Any]:
        return (True, self.absent) if data is empty else super().validate_empty_values(data)


class NeededTextField(NeededField, serializers.CharField):
    absent = ""


class FileField(NeededField, serializers.FileField):
    """One file of a form; that it is empty is for the service to say, too."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(allow_empty_file=True, max_length=500, **kwargs)


class FilesField(NeededField, serializers.ListField):
    """One file of a form or more."""

    absent = ()
    child = FileField()


AS_SET = "Left out: as the voice is set."


class ReadingsField(serializers.DictField):
    """Words and how they are said."""

    child = serializers.CharField(max_length=200)


class AliasesField(serializers.DictField):
    """Names of one's own for voices and mixes: {"narrator": "anna(2)+elena"}."""

    child = serializers.CharField(max_length=200)

    def to_internal_value(self, data: Any) -> dict[str, str]:
        meant = super().to_internal_value(data)
        return {alias_key(name): reference for name, reference in meant.items()}


ALIASES_HELP = "Names that `voice` and the text use for voices and mixes, no matter the case."
DICTIONARY_HELP = (
    'Words of this text and how they are said: {"звонит": "звон+ит"}. A reading is a stress, other '
    "words, or sounds between slashes. It wins over the stored dictionary, a + in the text over both."
)

WEBHOOK_HELP = (
    "A public http or https address that is told, by a signed POST, when this has ended. "
    "See /webhook-secret/."
)
