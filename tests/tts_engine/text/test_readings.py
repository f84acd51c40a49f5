"""Readings of a word chosen by grammar, by company and by the capital letter of a name."""

import pytest

from tts_engine.text.company import choose_by_company
from tts_engine.text.names import stress_names
from tts_engine.text.readings import choose_readings, code_of


@pytest.mark.parametrize(
    ("tag", "code"),
    [
        ("NOUN#Case=Dat|Gender=Neut|Number=Sing", "Nsd"),
        ("ADJ#Case=Nom|Degree=Pos|Gender=Fem|Number=Sing", "Afn"),
        ("DET#Case=Nom|Number=Plur", "Apn"),
        ("ADJ#Degree=Pos|Gender=Fem|Number=Sing|Variant=Short", "Bf"),
        ("VERB#Gender=Fem|Mood=Ind|Number=Sing|Tense=Past|VerbForm=Fin|Voice=Act", "Vf"),
        ("VERB#Mood=Ind|Number=Plur|Person=3|Tense=Notpast|VerbForm=Fin|Voice=Act", "Fp3"),
        ("VERB#Mood=Imp|Number=Sing|Person=2|VerbForm=Fin|Voice=Act", "Is"),
        ("VERB#VerbForm=Inf", "Y"),
        ("ADV#Degree=Pos", "D"),
        ("ADP#_", ""),
    ],
)
def test_tags_have_codes(tag, code):
    assert code_of(tag) == code


@pytest.mark.parametrize(
    ("sentence", "guess", "chosen"),
    [
        ("К лету всё готово .", "л+ёту", "л+ету"),
        ("Стриж ест на лету .", "л+ету", "лет+у"),
        ("Прожектора работали .", "прож+ектора", "прожектор+а"),
        ("Спорили о грязи .", "гряз+и", "гр+язи"),
        ("Он не боится тени .", "тен+и", "т+ени"),
        ("Дети стояли .", "дет+и", "дет+и"),
    ],
)
def test_grammar_overrules_the_model_where_it_is_sure(sentence, guess, chosen):
    words = sentence.split()
    plain = guess.replace("+", "").replace("ё", "е")
    guesses = [guess if word.lower() == plain else word.lower() for word in words]
    place = [word.lower() for word in words].index(plain)
    assert choose_readings(words, guesses)[place] == chosen


@pytest.mark.parametrize(
    ("sentence", "stressed"),
    [
        ("подарили гвоздики ветеранам", "гвозд+ики"),
        ("забил гвоздики в доску", "гв+оздики"),
        ("стая сорок на крыше", "сор+ок"),
        ("черт побери", "чёрт"),
        ("черт лица не видно", "черт"),
    ],
)
def test_neighbours_tell_the_sense(sentence, stressed):
    words = sentence.split()
    place = words.index(stressed.replace("+", "").replace("ё", "е"))
    assert choose_by_company(words, words)[place] == stressed


@pytest.mark.parametrize(
    ("sentence", "stressed"),
    [
        ("Маршал Жуков победил", "маршал ж+уков победил"),
        ("Жуков в саду много", "жуков в саду много"),
        ("Шевченко писал", "шевч+енко писал"),
        ("Лариса Черных пришла", "лариса черн+ых пришла"),
        ("Праздник Белых ночей", "праздник белых ночей"),
    ],
)
def test_a_capital_letter_tells_a_name(sentence, stressed):
    words = sentence.split()
    assert stress_names(words, [word.lower() for word in words]) == stressed.split()
