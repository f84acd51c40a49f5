"""Who decides the stress: the user, ё, clitics, the exceptions, the model, the fallback."""

import pytest

from tts_engine import lapses
from tts_engine.text.spelling import mark_vowel
from tts_engine.text.stress import count_vowels, stress_sentence


def nobody_knows(sentence):
    """A model that stresses nothing."""
    return sentence


def last_vowel(sentence):
    """A model that stresses the last vowel of every word."""
    return " ".join(
        mark_vowel(word, count_vowels(word) - 1) if count_vowels(word) else word
        for word in sentence.split(" ")
    )


@pytest.mark.parametrize("typed", ["з+амок", "зам+ок", "с+еверо-з+апад", "п+о", "+и"])
def test_a_typed_mark_wins(typed):
    assert stress_sentence([typed], last_vowel) == [typed]


def test_prepositions_and_particles_stay_without_stress():
    words = ["не", "на", "перед", "из-за", "бы", "же", "и"]
    assert stress_sentence(words, last_vowel) == words


def test_words_of_one_syllable_need_no_mark():
    assert stress_sentence(["дом", "ёж"], last_vowel) == ["дом", "ёж"]


def test_exceptions_win_over_the_model():
    assert stress_sentence(["по-моему", "сорок"], last_vowel) == ["по-м+оему", "с+орок"]


def test_the_model_restores_yo():
    assert stress_sentence(["елка"], lambda _: "+ёлка") == ["+ёлка"]


def test_an_answer_about_another_word_is_ignored():
    assert stress_sentence(["вода"], lambda _: "ог+онь") == ["вод+а"]


@pytest.mark.parametrize(
    ("answer", "stressed"),
    [
        ("г+олова з+амок", ["г+олова", "з+амок", "твор+ог"]),  # espeak-ng's for the lost word
        ("з+амок тв+орог", ["голов+а", "з+амок", "тв+орог"]),
        ("г+олова з+амок тв+орог .", ["г+олова", "з+амок", "тв+орог"]),
        ("г+олова з+ амок тв+орог", ["г+олова", "зам+ок", "тв+орог"]),
    ],
)
def test_an_answer_of_another_length_is_aligned_word_by_word_logged_and_told(
    answer, stressed, caplog, monkeypatch
):
    told = []
    monkeypatch.setattr(lapses, "_listeners", [])
    lapses.listen(told.append)
    assert stress_sentence(["голова", "замок", "творог"], lambda _: answer) == stressed
    assert "words for 3" in caplog.text
    assert told == ["stress_model_mismatch"]


def test_yo_is_stressed_where_the_model_is_silent():
    assert stress_sentence(["пчёлы"], nobody_knows) == ["пч+ёлы"]


@pytest.mark.parametrize(("word", "stressed"), [("голова", "голов+а"), ("нейросеть", "нейрос+еть")])
def test_espeak_helps_where_the_model_is_silent(word, stressed):
    assert stress_sentence([word], nobody_knows) == [stressed]


def test_particles_of_a_hyphenated_word_lose_their_stress():
    assert stress_sentence(["кто-то"], lambda _: "кт+о-т+о") == ["кт+о-то"]


def test_the_second_part_of_three_storeyed_is_stressed(say):
    assert say("Трёхэтажный и четырехугольный") == "трёхэт+ажный и четырёхуг+ольный"


def test_punctuation_and_latin_stay():
    assert stress_sentence([",", "Google", "—"], last_vowel) == [",", "Google", "—"]


@pytest.mark.parametrize(
    ("text", "stressed"),
    [
        ("Ежик в тумане пошел за водой", "+ёжик в тум+ане пош+ёл за вод+ой"),
        ("Я плачу за тебя", "я плач+у за теб+я"),
        ("Пусть все придут, и всё будет хорошо", "пусть все прид+ут и всё б+удет хорош+о"),
        ("Она звонит в каталог", "он+а звон+ит в катал+ог"),
        ("Стрелки часов показывали полночь", "стр+елки час+ов пок+азывали п+олночь"),
        ("Скоро будет сорок пять", "ск+оро б+удет с+орок пять"),
    ],
)
def test_sentences_are_stressed(say, text, stressed):
    assert say(text) == stressed
