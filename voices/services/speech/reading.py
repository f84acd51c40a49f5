"""What will be said of a text: its sentences, stresses and phonemes."""

from typing import Any

from django.conf import settings

from voices import engine
from voices.owner import Owner
from voices.selectors.dictionary import dictionary_of
from voices.services.jobs.waiting import waiting_place
from voices.services.speech.dictionary import dictionary_applied
from voices.services.speech.speech import text_check


@waiting_place()
def text_read(
    *, owner: Owner, text: str, dictionary: dict[str, str], sentences: int | None, after: str
) -> dict[str, Any]:
    """The sentences with their words, as the owner's dictionary and the one given have them.

    One text is read at a time, a long one for half a second: so the call takes a place, and of a text
    longer than a synchronous one only `sentences` of them are read, `after` what was read before.

    Raises:
        BadInput: as `text_check`, or wrong markup, or a dictionary that is none.
        TooLarge: `text_too_long`.
        Unavailable: `too_many_waiting`.
    """
    text_check(text, limit=settings.JOB_TEXT_LIMIT if sentences else settings.SYNC_TEXT_LIMIT)
    own = dictionary_applied(text=text, stored=dictionary_of(owner=owner), own=dictionary)
    sentence, place = map(int, (after or "0:0").split(":"))
    part = engine.Part(sentence=sentence, place=place)
    read, following = engine.phonemes(text, own, part=part, count=sentences)
    more = f"{following.sentence}:{following.place}" if following else None
    return {"sentences": read, "next": more}
