"""What a question turns on."""

import pytest

from tts_engine.text.intonation import Question, question_focus

CASES = [
    ("Он пришёл домой?", Question.YES_NO, "пришёл"),
    ("Это ваша книга?", Question.YES_NO, "книга"),
    ("Знаете ли вы дорогу?", Question.YES_NO, "знаете"),
    ("Вы знаете, где он живёт?", Question.YES_NO, "знаете"),
    ("Если пойдёт дождь, мы останемся дома?", Question.YES_NO, "останемся"),
    ("Когда он придёт, ты скажешь?", Question.YES_NO, "скажешь"),
    ("Ты придёшь, да?", Question.YES_NO, "да"),
    ("Можно войти?", Question.YES_NO, "можно"),
    ("Когда он пришёл домой?", Question.WORD, "когда"),
    ("А почему вы молчите?", Question.WORD, "почему"),
    ("Скажите, пожалуйста, где вокзал?", Question.WORD, "где"),
    ("Маша, где ты была?", Question.WORD, "где"),
    ("Чай или кофе?", Question.CHOICE, "чай"),
]


@pytest.mark.parametrize(("text", "kind", "word"), CASES)
def test_the_focus(frontend, text, kind, word):
    sentence = frontend.sentences(text)[0]
    focus = question_focus(sentence)
    [carrier] = [
        found.stressed.replace("+", "").lower()
        for found in sentence.words
        if found.start <= focus.token < found.start + len(found.phonemes)
    ]
    assert (focus.kind, carrier) == (kind, word)
    assert focus.token < focus.reach <= len(sentence.tokens)


@pytest.mark.parametrize("text", ["Он дома.", "Когда он пришёл, стемнело.", "Где он живёт!"])
def test_other_sentences_have_none(frontend, text):
    assert question_focus(frontend.sentences(text)[0]) is None
