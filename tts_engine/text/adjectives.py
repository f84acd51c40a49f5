"""Adjectives beside their nouns: which forms go together."""

from functools import lru_cache

from tts_engine.text.morphology import Noun, analyzer


def adjective_cases(word: str, gender: str) -> tuple[str, ...]:
    """Cases that an adjective in the singular may stand in before a noun of this gender."""
    return tuple(
        {"loc2": "loct", "gen2": "gent"}.get(parse.tag.case, parse.tag.case)
        for parse in analyzer().parse(word.lower())
        if parse.tag.POS in ("ADJF", "PRTF")
        and parse.tag.number == "sing"
        and parse.tag.gender == gender
    )


@lru_cache(maxsize=8_192)
def agrees(adjective: str, noun: Noun) -> bool:
    """Whether some reading of the adjective has the case, number and gender of the noun."""
    number = "sing" if noun.singular else "plur"
    return any(
        parse.tag.POS in ("ADJF", "PRTF")
        and parse.tag.case == noun.case
        and parse.tag.number == number
        and (not noun.singular or parse.tag.gender == noun.gender)
        for parse in analyzer().parse(adjective)
    )


def agreeing(adjective: str, noun: Noun) -> str:
    """An adjective (nominative singular masculine) in the form its noun asks for."""
    number = {"sing", noun.gender} if noun.singular else {"plur"}
    grammemes = {noun.case, *number}
    if noun.case == "accs" and (not noun.singular or noun.gender == "masc"):
        grammemes.add("anim" if noun.animate else "inan")
    *unchanged, last = adjective.split(" ")  # так называемый
    form = analyzer().parse(last)[0].inflect(grammemes)
    return " ".join((*unchanged, str(form.word) if form else last))
