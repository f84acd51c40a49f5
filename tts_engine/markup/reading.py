"""From a text with markup to what is synthesised, one utterance for each sentence or part of one."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from tts_engine.errors import TextError
from tts_engine.markup.lexicon import Lexicon
from tts_engine.markup.parsing import parse_script
from tts_engine.markup.script import Delivery, Pause, Run, Script, Stop
from tts_engine.text.frontend import Sentence, get_frontend
from tts_engine.text.given import Spoken

WITHIN_SENTENCE_SECONDS = 0.03  # where the delivery changes in the middle of a sentence
_ENDS = tuple('.!?…»")\n;:—')


@dataclass(frozen=True)
class Utterance:
    """One synthesis unit.

    Attributes:
        sentence: what is said.
        delivery: how.
        lead_seconds: a pause before it.
        gap_seconds: the pause after it; None for the usual one.
    """

    sentence: Sentence
    delivery: Delivery
    lead_seconds: float = 0.0
    gap_seconds: float | None = None


def read_script(text: str, lexicon: Lexicon | None = None) -> list[Utterance]:
    """What will be said, in order.

    Raises:
        TextError: `empty_text`, `nothing_to_say`, and what is wrong with the markup.
    """
    if not text.strip():
        raise TextError("empty_text", "The text is empty.", "Текст пуст.")
    script = parse_script(text)
    utterances: list[Utterance] = []
    lead = 0.0
    for index, item in enumerate(script.items):
        if isinstance(item, Pause):
            if utterances:
                last = utterances[-1]
                more = (last.gap_seconds or 0.0) if _paused(script, index) else 0.0
                utterances[-1] = replace(last, gap_seconds=more + item.seconds)
            else:
                lead += item.seconds
        elif isinstance(item, Run):
            said = _say_run(item, script.given, lexicon or Lexicon())
            if said and lead:
                said[0] = replace(said[0], lead_seconds=lead)
                lead = 0.0
            utterances += _end_run(said, item, script.items[index + 1 :])
    if not utterances:
        raise TextError(
            "nothing_to_say",
            "The text has nothing that can be spoken.",
            "В тексте нет ничего, что можно произнести.",
        )
    return utterances


def _paused(script: Script, index: int) -> bool:
    return isinstance(script.items[index - 1], Pause)


def _say_run(run: Run, given: dict[str, Spoken], lexicon: Lexicon) -> list[Utterance]:
    text, own = lexicon.apply(run.text)
    sentences = get_frontend().spoken(text, {**given, **own})
    return [Utterance(sentence, run.delivery) for sentence in sentences]


def _end_run(
    said: list[Utterance], run: Run, following: Sequence[Run | Pause | Stop]
) -> list[Utterance]:
    """Fit the gap after the last sentence of a run to what follows it."""
    if not said or not following:
        return said
    last, after = said[-1], following[0]
    if isinstance(after, Stop):
        sentence = replace(last.sentence, ends_paragraph=after.paragraph)
        return [*said[:-1], replace(last, sentence=sentence)]
    if "\n" in run.text[len(run.text.rstrip()) :]:
        return said
    sentence = replace(last.sentence, ends_paragraph=False)
    ends = run.text.rstrip(" ").endswith(_ENDS) or isinstance(after, Pause)
    gap = None if ends else WITHIN_SENTENCE_SECONDS
    return [*said[:-1], replace(last, sentence=sentence, gap_seconds=gap)]
