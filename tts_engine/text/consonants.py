"""Voicing, devoicing, softening and merging of consonants inside one phonetic word."""

from tts_engine.text.sounds import VOICED_TO_VOICELESS, VOICELESS_TO_VOICED, Sound

_DENTALS = frozenset("tdszn")


def merge_across_words(sounds: list[Sound]) -> list[Sound]:
    """Sibilants and t/d of a preposition or before a particle melt into the next word's affricate.

    с чем -> ɕː, без шума -> ʂʂ, от цен -> ts ts. Each word keeps at least one sound.
    """
    merged: list[Sound] = []
    for sound in sounds:
        previous = merged[-1] if merged and merged[-1].word != sound.word else None
        if previous is None or previous.is_vowel or sound.is_vowel:
            merged.append(sound)
        elif previous.base in "sz" and sound.base in ("tɕ", "ɕː"):
            previous.base, previous.soft = "ɕː", False
        else:
            if (previous.base in "sz" and sound.base in "ʂʐ") or (
                previous.base in "td" and sound.base in ("ts", "tɕ")
            ):
                previous.base, previous.soft = sound.base, False
            merged.append(sound)
    return merged


def devoice_finals(sounds: list[Sound], proclitics: frozenset[int]) -> None:
    """Devoice the last obstruent of every word that is not a preposition: сад, сад-огород."""
    for sound in sounds:
        if sound.closes and sound.word not in proclitics and sound.is_voiced_obstruent:
            sound.base = VOICED_TO_VOICELESS[sound.base]


def assimilate_voicing(sounds: list[Sound]) -> None:
    """Obstruents take the voice of the following one; в only passes on what follows it."""
    for index in range(len(sounds) - 2, -1, -1):
        sound, following = sounds[index], sounds[index + 1]
        if not (sound.is_obstruent and following.is_obstruent):
            continue
        if following.base == "v" and not _followed_by_obstruent(sounds, index + 1):
            continue
        table = VOICELESS_TO_VOICED if following.is_voiced_obstruent else VOICED_TO_VOICELESS
        sound.base = table.get(sound.base, sound.base)


def _followed_by_obstruent(sounds: list[Sound], index: int) -> bool:
    return index + 1 < len(sounds) and sounds[index + 1].is_obstruent


def assimilate_softness(sounds: list[Sound]) -> None:
    """Dentals soften before soft dentals (гости, здесь, дни), н before ч щ, and twins agree."""
    for index in range(len(sounds) - 2, -1, -1):
        sound, following = sounds[index], sounds[index + 1]
        if sound.is_vowel or sound.soft or not following.sounds_soft:
            continue
        crosses = sound.word != following.word
        sound.soft = _softens(sound.base, following.base, crosses=crosses)


def _softens(base: str, following: str, *, crosses: bool) -> bool:
    if base == following or {base, following} in ({"v", "f"}, {"s", "z"}, {"t", "d"}):
        return True
    if base in ("s", "z"):
        return following in _DENTALS
    if crosses:
        return False
    if base == "n":
        return following in _DENTALS or following in ("tɕ", "ɕː")
    return base in ("t", "d") and following == "n"
