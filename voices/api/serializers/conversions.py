"""What is asked to be put in another voice or taken apart, and how."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from voices.api.serializers.base import Input
from voices.api.serializers.fields import WEBHOOK_HELP, AnyCaseChoiceField, FileField
from voices.audio_formats import SONG_FORMATS
from voices.engine import conversion_presets, f0_methods
from voices.models.stored_file import OWN_ACCOMPANIMENT, OWN_F0, OWN_VOCALS, SOURCE
from voices.services.sounds.sources import Given

ROLES = {
    "audio": SOURCE,
    "vocals": OWN_VOCALS,
    "accompaniment": OWN_ACCOMPANIMENT,
    "f0": OWN_F0,
}  # of the fields that bring files
PREVIEW_HELP = "Only 30 s, from this second of the song on."


class OptionalFileField(serializers.FileField):
    """One file of a form, or none; that it is empty is for the service to say."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            required=False, default=None, allow_empty_file=True, max_length=500, **kwargs
        )


class ConversionSettings(Input):
    """How a voice is put on a recording; what is left out is as usual."""

    transpose = serializers.FloatField(
        required=False,
        allow_null=True,
        help_text="Semitones that the voice is moved by, -24 to 24; null: to the pitch of the voice.",
    )
    f0_method = serializers.ChoiceField(
        choices=f0_methods(), required=False, help_text="How F0 is measured."
    )
    index_rate = serializers.FloatField(
        required=False, help_text="How far it is drawn toward the voice's own sounds, 0 to 1."
    )
    protect = serializers.FloatField(
        required=False, help_text="How much of that consonants and breaths get, 0 to 0.5."
    )
    rms_mix = serializers.FloatField(
        required=False,
        allow_null=True,
        help_text="Whose loudness it has: 0 the recording's, 1 its own; null: as the preset has it.",
    )
    filter_radius = serializers.IntegerField(
        required=False, help_text="Frames of 12 ms over which F0 is smoothed, 0 to 50."
    )
    rate_hz = serializers.IntegerField(required=False, help_text="Of the results; 0: 44100.")
    key_shift = serializers.IntegerField(
        required=False,
        help_text="Semitones that music and voice are moved by at the same tempo, -12 to 12.",
    )
    preview_from = serializers.FloatField(
        required=False, allow_null=True, min_value=0, help_text=PREVIEW_HELP
    )


@extend_schema_field(ConversionSettings)
class ConversionSettingsField(serializers.JSONField):
    """The settings as JSON in a field of a form."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(binary=True, default=dict, **kwargs)

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        form = ConversionSettings(data=super().to_internal_value(data))
        form.is_valid(raise_exception=True)
        return dict(form.validated_data)


class GivenSongInput(Input):
    """A song in one of three ways."""

    audio = OptionalFileField(
        help_text="The song or recording: mp3, wav, flac, ogg, m4a, amr, webm; up to an hour."
    )
    upload = serializers.UUIDField(
        default=None, allow_null=True, help_text="Instead: a large file, sent by /uploads/."
    )
    song = serializers.UUIDField(
        default=None,
        allow_null=True,
        help_text="Instead: id of an earlier job on the song; it is not separated again.",
    )


class SongInput(GivenSongInput):
    """A song, and what is to come of it."""

    format = AnyCaseChoiceField(
        choices=SONG_FORMATS, default="mp3", help_text="Of the result; the rest is flac."
    )
    webhook_url = serializers.CharField(
        max_length=2000, allow_blank=True, default="", help_text=WEBHOOK_HELP
    )


class SeparationInput(SongInput):
    preview_from = serializers.FloatField(
        default=None, allow_null=True, min_value=0, help_text=PREVIEW_HELP
    )


class RightsInput(Input):
    """That who asks may do it."""

    rights = serializers.BooleanField(
        default=False,
        help_text="You confirm the text at /api/v1/conversions/rights/; needed once for each song.",
    )
    rights_version = serializers.CharField(
        default="",
        allow_blank=True,
        max_length=16,
        help_text="Version of the text that was shown; refused when there is a newer one.",
    )


class VoiceInput(RightsInput):
    """In which voice."""

    voice = serializers.CharField(
        max_length=200,
        allow_blank=True,
        default="",
        help_text="Slug or name of a bank voice, id or name of an own one.",
    )
    reference = OptionalFileField(
        help_text="Instead of `voice`: a recording of it, 3-30 s of speech."
    )


class InVoiceInput(VoiceInput):
    """In which voice, and how."""

    preset = serializers.ChoiceField(
        choices=list(conversion_presets()),
        default="song",
        help_text="song: voice over music; speech: a voice alone; dubbing: speech over music and noises.",
    )
    settings = ConversionSettingsField(help_text="As JSON.")


class ConversionInput(SongInput, InVoiceInput):
    """A song, in which voice, and how."""

    vocals = OptionalFileField(help_text="Its voice alone, where you have it.")
    accompaniment = OptionalFileField(help_text="Its music alone, where you have it.")
    f0 = OptionalFileField(help_text='F0 of its voice as you want it: CSV "seconds,Hz".')


class ConversionBatchInput(InVoiceInput):
    """One setting for many recordings."""

    audio = serializers.ListField(
        child=FileField(),
        default=list,
        help_text="Recordings, or zips of them: up to 100 together.",
    )
    upload = serializers.ListField(
        child=serializers.UUIDField(),
        default=list,
        help_text="Large files, and zips, that were sent by /uploads/.",
    )
    name = serializers.CharField(max_length=200, allow_blank=True, default="")
    format = AnyCaseChoiceField(
        choices=SONG_FORMATS, default="mp3", help_text="Of the results; the rest is flac."
    )
    webhook_url = serializers.CharField(
        max_length=2000, allow_blank=True, default="", help_text=WEBHOOK_HELP
    )


def given_of(values: dict[str, Any]) -> Given:
    """The files of a form, taken out of its values."""
    files = {role: values.pop(field, None) for field, role in ROLES.items()}
    return Given(
        files={role: file for role, file in files.items() if file is not None},
        upload=values.pop("upload"),
        song=values.pop("song"),
    )
