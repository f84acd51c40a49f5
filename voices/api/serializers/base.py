"""What the bodies of all requests have in common."""

from collections.abc import Mapping
from typing import Any

from django.utils.functional import cached_property
from rest_framework import serializers
from rest_framework.utils.html import is_html_input

from voices.errors import BadInput

NAME_CHARACTERS = 80


class Input(serializers.Serializer):
    """A body. An unknown field is refused by its name: it would be a wish that is not met.

    For a field that may be left out null is as good as that, unless null means something of its own;
    null in an unknown field is no wish.
    """

    def get_fields(self) -> dict[str, serializers.Field]:
        fields = super().get_fields()
        for name in self._absent_when_null & fields.keys():
            fields[name].allow_null = True  # told by the schema
        return fields

    def to_internal_value(self, data: Any) -> Any:
        if not isinstance(data, Mapping):
            return super().to_internal_value(data)
        unknown = next((name for name in data if not self._is_known(name, data[name])), None)
        if unknown is not None:
            raise _unknown_field(str(unknown)[:NAME_CHARACTERS], list(self.fields))
        if not is_html_input(data):  # forms have no null
            data = {
                name: value
                for name, value in data.items()
                if value is not None or name not in self._absent_when_null
            }
        return super().to_internal_value(data)

    def _is_known(self, name: str, value: Any) -> bool:
        return name in self.fields or value is None

    @cached_property
    def _absent_when_null(self) -> set[str]:
        return {
            name
            for name, field in super().get_fields().items()
            if not field.required and not field.allow_null
        }


def validated(kind: type[serializers.Serializer], data: Any) -> dict[str, Any]:
    """What a body or the parameters of an address hold; what is wrong in them is a 400."""
    form = kind(data=data)
    form.is_valid(raise_exception=True)
    return dict(form.validated_data)


def _unknown_field(name: str, known: list[str]) -> BadInput:
    listed = ", ".join(known)
    return BadInput(
        "unknown_field",
        f"there is no field {name!r} here; expected one of {listed}",
        f"поля {name!r} здесь нет; ожидается одно из: {listed}",
        param=name,
        known=known,
    )


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
