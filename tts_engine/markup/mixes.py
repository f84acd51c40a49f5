"""Names of mixed voices: `anna(2)+elena` is two parts of one and one of the other, as Kokoro has it."""

import re

from tts_engine.errors import VoiceError

MOST_VOICES = 8
WEIGHT = r"\(\s*\d{1,4}(?:[.,]\d{1,4})?\s*\)"  # the one use of parentheses in a voice's name
_SHARE = re.compile(rf"\s*([^+]*[^+\s])\s*({WEIGHT})\s*|\s*([^+]*[^+\s])\s*")


def parse_mix(reference: str) -> dict[str, float]:
    """Voices of a mix by name, with their weights above 0; a name alone is a voice of weight 1.

    Raises:
        VoiceError: `bad_voice_mix`, `voice_mix_too_large`.
    """
    shares: dict[str, float] = {}
    parts = reference.split("+")
    if len(parts) > MOST_VOICES:
        raise VoiceError(
            "voice_mix_too_large",
            f"a mix of {len(parts)} voices; at most {MOST_VOICES}",
            f"смесь из {len(parts)} голосов; можно не больше {MOST_VOICES}",
            maximum=MOST_VOICES,
        )
    for part in parts:
        found = _SHARE.fullmatch(part)
        weight = float(found[2].strip("() ").replace(",", ".")) if found and found[2] else 1.0
        if not found or not weight:
            raise _bad_mix(reference)
        name = found[1] or found[3]
        shares[name] = shares.get(name, 0.0) + weight
    return shares


def _bad_mix(reference: str) -> VoiceError:
    shown = reference[:80]
    return VoiceError(
        "bad_voice_mix",
        f"{shown!r} is neither a voice nor a mix such as anna(2)+elena, with weights above 0",
        f"«{shown}» — не голос и не смесь голосов вроде anna(2)+elena с весами больше 0",
        voice=shown,
    )
