"""What is asked to be sung, and songs whose words are looked for."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from voices.api.serializers.base import Input
from voices.api.serializers.conversions import GivenSongInput, OptionalFileField, VoiceInput
from voices.api.serializers.fields import WEBHOOK_HELP, AnyCaseChoiceField
from voices.api.serializers.jobs import JobOutput
from voices.api.serializers.voices import SuitOutput
from voices.audio_formats import SONG_FORMATS
from voices.engine import SONG_EXAMPLES
from voices.models import Job
from voices.models.stored_file import SOURCE
from voices.services.songs.aligning import alignment_lyrics
from voices.services.songs.scores import GivenScore
from voices.services.sounds.sources import Given

LYRICS_CHARACTERS = 200_000  # more than 10,000 words
AUTO = "auto"


class NoteField(serializers.Serializer):
    """One sung note."""

    start = serializers.FloatField(help_text="Seconds from the beginning of the score.")
    seconds = serializers.FloatField()
    midi = serializers.FloatField(help_text="60 is middle C; fractions are microtones.")
    syllable = serializers.CharField(
        default="", allow_blank=True, help_text="That begins on it; empty: it holds the one before."
    )
    begins_word = serializers.BooleanField(default=True)
    loudness = serializers.FloatField(default=0.7, help_text="0 to 1.")


class PartField(serializers.Serializer):
    name = serializers.CharField(default="", allow_blank=True)
    notes = NoteField(many=True)
    played = serializers.ListField(
        child=serializers.ListField(child=serializers.FloatField()),
        default=list,
        help_text="All that an instrument plays of it: [start, seconds, midi, loudness].",
    )
    program = serializers.IntegerField(default=0, help_text="Instrument of General MIDI.")
    drums = serializers.BooleanField(default=False)
    polyphonic = serializers.FloatField(
        default=None,
        allow_null=True,
        help_text="Where two voices sound, so that it cannot be sung; null: nowhere.",
    )


class ScoreOutput(serializers.Serializer):
    title = serializers.CharField()
    parts = PartField(many=True)


@extend_schema_field(ScoreOutput)
class NotesField(serializers.JSONField):
    """A score as JSON in a field of a form; what is wrong in it the engine says, note by note."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(binary=True, required=False, default=None, allow_null=True, **kwargs)

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        if isinstance(data, dict):  # of a body of JSON
            return data
        try:
            value = super().to_internal_value(data)
        except RecursionError:
            self.fail("invalid")
        if not isinstance(value, dict):
            self.fail("invalid")
        return value


class ScoreInput(Input):
    score = OptionalFileField(
        help_text="MusicXML (.musicxml, .xml, .mxl) or MIDI (.mid, .kar) with lyrics, up to 30 MB."
    )
    notes = NotesField(help_text="Instead: the notes as JSON, as /scores/ answers them.")
    example = serializers.ChoiceField(
        choices=SONG_EXAMPLES,
        default=None,
        allow_null=True,
        allow_blank=True,
        help_text="Instead: one of the shipped songs.",
    )
    song = serializers.UUIDField(
        default=None, allow_null=True, help_text="Instead: id of an earlier song."
    )


class SuitsInput(ScoreInput):
    part = serializers.IntegerField(
        required=False,
        default=None,
        allow_null=True,
        help_text="That is sung, from 1 on; left out: the first with lyrics.",
    )


@extend_schema_field(
    {"oneOf": [{"type": "string", "enum": [AUTO]}, {"type": "integer"}], "default": AUTO}
)
class TransposeField(serializers.Field):
    """Semitones, or "auto": into the range of the voice, which is None."""

    default_error_messages = {"invalid": 'Expected a whole number or "auto".'}

    def to_internal_value(self, data: Any) -> int | None:
        if data == AUTO:
            return None
        try:
            if isinstance(data, bool) or float(data) != int(data):
                self.fail("invalid")
            return int(data)
        except (TypeError, ValueError, OverflowError):
            self.fail("invalid")

    def to_representation(self, value: int | None) -> str | int:
        return AUTO if value is None else value


class SongWishInput(SuitsInput, VoiceInput):
    """What is sung, in which voice, and how."""

    transpose = TransposeField(
        default=None, help_text="Semitones, -24 to 24, or auto: into the range of the voice."
    )
    tempo = serializers.FloatField(default=1.0, help_text="1.2 is a fifth faster; 0.25 to 4.")
    vibrato = serializers.FloatField(default=0.5, help_text="0 none, 0.5 usual, 1 deep.")
    accompaniment = OptionalFileField(
        help_text="A sound that begins with the score; it goes along when the key is moved."
    )
    render = serializers.BooleanField(
        default=False, help_text="Instead: the other parts of the score are played."
    )
    format = AnyCaseChoiceField(
        choices=SONG_FORMATS, default="mp3", help_text="Of the result; the rest is flac."
    )
    webhook_url = serializers.CharField(
        max_length=2000, allow_blank=True, default="", help_text=WEBHOOK_HELP
    )


class AlignmentInput(GivenSongInput):
    """A song and its words."""

    lyrics = serializers.CharField(
        max_length=LYRICS_CHARACTERS,
        allow_blank=True,
        default="",
        help_text="The words as they are sung, line by line; up to 10,000.",
    )
    voice_only = serializers.BooleanField(
        default=False, help_text="There is no music to be taken off the voice."
    )
    webhook_url = serializers.CharField(
        max_length=2000, allow_blank=True, default="", help_text=WEBHOOK_HELP
    )


class TimedSoundField(serializers.Serializer):
    text = serializers.CharField()
    start = serializers.FloatField(help_text="Seconds.")
    end = serializers.FloatField()
    certainty = serializers.FloatField(
        default=1.0, help_text="How surely the word is heard there, 0 to 1."
    )


class TimedWordField(TimedSoundField):
    syllables = TimedSoundField(many=True, default=list)
    phonemes = TimedSoundField(
        many=True, default=list, help_text="Dropped where the word's times are set anew."
    )


class TimedLineField(serializers.Serializer):
    text = serializers.CharField(allow_blank=True)
    words = TimedWordField(many=True, help_text="Empty: the line is not sung.")


@extend_schema_field(TimedLineField(many=True))
class LinesField(serializers.JSONField):
    """Lines with words; what is wrong in them the engine says, word by word."""


class AlignmentChange(Input):
    lines = LinesField(help_text="All lines with the times of their words, in order.")


class AlignmentOutput(JobOutput):
    lines = serializers.SerializerMethodField(
        help_text="With the times of their words; null as long as they are not found."
    )

    class Meta(JobOutput.Meta):
        fields = (*JobOutput.Meta.fields, "lines")  # type: ignore[assignment]

    @extend_schema_field(TimedLineField(many=True, allow_null=True))
    def get_lines(self, job: Job) -> list[dict[str, Any]] | None:
        found = alignment_lyrics(job)
        return None if found is None else list(found["lines"])


class VoiceSuitOutput(serializers.Serializer):
    voice = serializers.UUIDField(help_text="Id of the voice.")
    suit = SuitOutput(allow_null=True, help_text="Null where the voice's pitch is not known.")


def score_of(values: dict[str, Any]) -> GivenScore:
    """The score of a form, taken out of its values."""
    return GivenScore(
        file=values.pop("score"),
        notes=values.pop("notes"),
        example=values.pop("example"),
        song=values.pop("song"),
    )


def song_given(values: dict[str, Any]) -> Given:
    """The recording of a form, taken out of its values."""
    audio = values.pop("audio")
    files = {} if audio is None else {SOURCE: audio}
    return Given(files=files, upload=values.pop("upload"), song=values.pop("song"))
