"""Who speaks: each name that a wish or its text gives is a voice, an alias of one, or a mix of several."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from voices import engine
from voices.errors import NotFound
from voices.models import Voice
from voices.models.job import MAIN
from voices.owner import Owner
from voices.selectors.voices import voice_ready_check, voice_resolve

NAME_CHARACTERS = 100  # of Job.voice_name


@dataclass(frozen=True)
class Speaker:
    """One voice, or several with their weights."""

    shares: tuple[tuple[Voice, float], ...]

    @property
    def voice(self) -> Voice:
        return self.shares[0][0]

    @property
    def is_mix(self) -> bool:
        return len(self.shares) > 1

    @property
    def name(self) -> str:
        if not self.is_mix:
            return self.voice.name
        parts = (
            voice.name if weight == 1 else f"{voice.name}({weight:g})"
            for voice, weight in self.shares
        )
        return "+".join(parts)[:NAME_CHARACTERS]

    @property
    def own_settings(self) -> Voice:
        """What the voice has set; a mix has nothing set."""
        return Voice() if self.is_mix else self.voice


class Casting:
    """One owner's speakers by name; keeps the voices it has looked up."""

    def __init__(self, owner: Owner) -> None:
        self._owner = owner
        self._voices: dict[str, Voice] = {}

    def speaker(
        self, name: str, aliases: Mapping[str, str], stock: Mapping[str, str] = MappingProxyType({})
    ) -> Speaker:
        """Who speaks under a name; `aliases` by `alias_key`, what they mean as it is written.

        `stock`, by `alias_key` too, is for names that no voice has, alone and in a mix.

        Raises:
            NotFound: `unknown_voice`, also of one in a mix.
            BadInput: `bad_voice_mix`, `voice_mix_too_large`.
            Unusable, Forbidden: a voice that may not speak yet.
        """
        reference = aliases.get(alias_key(name), name)
        try:
            return Speaker(((self._voice(reference, stock), 1.0),))
        except NotFound:
            shares = engine.voices_mixed(reference)
            if list(shares) == [reference]:
                raise
        return Speaker(tuple((self._voice(one, stock), weight) for one, weight in shares.items()))

    def _voice(self, reference: str, stock: Mapping[str, str]) -> Voice:
        try:
            return self._found(reference)
        except NotFound:
            if alias_key(reference) not in stock:
                raise
            return self._found(stock[alias_key(reference)])

    def _found(self, reference: str) -> Voice:
        if reference not in self._voices:
            voice = voice_resolve(owner=self._owner, reference=reference)
            voice_ready_check(voice)
            self._voices[reference] = voice
        return self._voices[reference]


def alias_key(name: str) -> str:
    """An alias as it is looked up: no matter the case."""
    return name.strip().casefold()


def cast_columns(main: Speaker, others: Mapping[str, Speaker]) -> dict[str, Any]:
    """What a job's `params` keep of who speaks: ids of voices, and of mixes ids with weights."""
    mixed = {name: one for name, one in {MAIN: main, **others}.items() if one.is_mix}
    return {
        "voices": {name: str(one.voice.pk) for name, one in others.items() if not one.is_mix},
        "mixes": {
            name: [[str(voice.pk), weight] for voice, weight in one.shares]
            for name, one in mixed.items()
        },
    }
