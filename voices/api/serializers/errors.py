"""The one shape of errors, for the schema."""

from rest_framework import serializers


class ErrorDetailOutput(serializers.Serializer):
    code = serializers.CharField(help_text="Stable; docs/api.md lists them all.")
    message = serializers.CharField(help_text="In the language of Accept-Language.")
    details = serializers.DictField(help_text="Facts, for instance limits.")


class ErrorOutput(serializers.Serializer):
    """Any refusal."""

    error = ErrorDetailOutput()


class OpenAiErrorDetailOutput(serializers.Serializer):
    message = serializers.CharField()
    type = serializers.CharField()
    param = serializers.CharField(allow_null=True)
    code = serializers.CharField(allow_null=True)


class OpenAiErrorOutput(serializers.Serializer):
    """Any refusal, as OpenAI puts it."""

    error = OpenAiErrorDetailOutput()
