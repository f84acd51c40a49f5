"""What is asked to be said, and how it would be."""

from rest_framework import serializers

from voices.api.serializers.base import Input
from voices.api.serializers.fields import (
    ALIASES_HELP,
    AS_SET,
    DICTIONARY_HELP,
    WEBHOOK_HELP,
    AliasesField,
    BitrateField,
    FormatField,
    PitchField,
    ReadingsField,
    SeedField,
    SpeedField,
    VariationField,
)


class SpeechInput(Input):
    text = serializers.CharField(
        trim_whitespace=False,
        allow_blank=True,
        help_text=(
            "Russian text. A stress is set by + before the vowel: з+амок. Marks such as ((пауза 1 с)), "
            "((медленно)), `nikolay:: …` and a subset of SSML are understood."
        ),
    )
    voice = serializers.CharField(
        max_length=200,
        help_text="Slug or name of a bank voice, id, name of an own one, or a mix: anna(2)+elena.",
    )
    format = FormatField(default="mp3", max_length=20)
    bitrate = BitrateField(default=None, allow_null=True)
    speed = SpeedField(default=None, allow_null=True, help_text=AS_SET)
    pitch = PitchField(default=None, allow_null=True, help_text=AS_SET)
    variation = VariationField(default=None, allow_null=True, help_text=AS_SET)
    seed = SeedField(default=0)
    timestamps = serializers.BooleanField(
        default=False, help_text="Keep the times of words and sounds: /jobs/{id}/timestamps/."
    )
    dictionary = ReadingsField(default=dict, help_text=DICTIONARY_HELP)
    voice_aliases = AliasesField(default=dict, help_text=ALIASES_HELP)


class JobInput(SpeechInput):
    live = serializers.BooleanField(
        default=False,
        help_text="Keep the sentences that are ready, to be heard while the rest is made: see …/parts/.",
    )
    webhook_url = serializers.CharField(
        max_length=2000, allow_blank=True, default="", help_text=WEBHOOK_HELP
    )


class StreamableSpeechInput(SpeechInput):
    stream = serializers.BooleanField(
        default=False, help_text="Send the audio sentence by sentence as it is made."
    )


class PhonemesInput(Input):
    text = serializers.CharField(trim_whitespace=False, allow_blank=True)
    dictionary = ReadingsField(default=dict, help_text=DICTIONARY_HELP)
    sentences = serializers.IntegerField(
        min_value=1,
        max_value=100,
        allow_null=True,
        default=None,
        help_text="Only so many of them; then the text may be as long as a job's.",
    )
    after = serializers.RegexField(
        r"^\d{1,9}:\d{1,9}$",
        allow_blank=True,
        default="",
        help_text="`next` of the answer before, to go on where it ended.",
    )


class WordOutput(serializers.Serializer):
    text = serializers.CharField()
    stressed = serializers.CharField()
    phonemes = serializers.ListField(child=serializers.CharField())
    ipa = serializers.CharField()
    start = serializers.IntegerField(
        allow_null=True,
        help_text="Where the word stands in the text; null when it is not written there.",
    )
    end = serializers.IntegerField(allow_null=True)


class SentenceOutput(serializers.Serializer):
    source = serializers.CharField()  # type: ignore[assignment]
    normalized = serializers.CharField()
    stressed = serializers.CharField()
    voice = serializers.CharField(
        allow_null=True, help_text="The voice that markup calls for; null for the request's own."
    )
    words = WordOutput(many=True)
    tokens = serializers.ListField(child=serializers.CharField())


class PhonemesOutput(serializers.Serializer):
    sentences = SentenceOutput(many=True)
    next = serializers.CharField(
        allow_null=True, help_text="Send it as `after` for what follows; null at the end."
    )
