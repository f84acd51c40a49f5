"""Where a text is cut."""

import pytest

from tts_engine.text.sentences import UNIT_CHARACTERS, cut_long, split_sentences


def texts(text):
    return [piece.text for piece in split_sentences(text)]


@pytest.mark.parametrize(
    "sentence",
    [
        "В 1990 г. он родился, т. е. был молод.",
        "А. С. Пушкин писал стихи.",
        "Он жил в г. Москве на ул. Мира.",
        "И т. д. и т. п. в этом роде.",
        "Версия 3.11.7 вышла вчера.",
        "Я пришёл; он ушёл; все молчали.",
        "«Да?» — спросил он.",
    ],
)
def test_it_is_one_sentence(sentence):
    assert texts(sentence) == [sentence]


def test_sentences_are_split():
    assert texts("Раз. Два! Три? Четыре… Пять") == ["Раз.", "Два!", "Три?", "Четыре…", "Пять"]


def test_the_last_sentence_ends_its_paragraph():
    pieces = split_sentences("Раз. Два.\n\nТри.")
    assert [piece.ends_paragraph for piece in pieces] == [False, True, True]


def test_a_line_that_goes_on_is_joined():
    assert texts("Мой дядя самых честных правил,\nКогда не в шутку занемог") == [
        "Мой дядя самых честных правил, Когда не в шутку занемог"
    ]
    assert texts("перенос\nстроки") == ["перенос строки"]


def test_lines_of_a_list_stay_apart():
    assert texts("Яблоки\nГруши\nСливы") == ["Яблоки", "Груши", "Сливы"]


def test_a_long_sentence_is_cut_at_commas():
    parts = cut_long(", ".join(["слово за словом"] * 40))
    assert len(parts) > 2
    assert all(len(part) <= UNIT_CHARACTERS for part in parts)
    assert all(part.endswith(",") for part in parts[:-1])


def test_without_commas_it_is_cut_between_words():
    text = "слово " * 200
    parts = cut_long(text)
    assert " ".join(parts).split() == text.split()
    assert max(map(len, parts)) <= UNIT_CHARACTERS


def test_an_endless_word_is_cut_anywhere():
    assert "".join(cut_long("а" * 1000)) == "а" * 1000


def test_nothing_but_white_space_is_lost():
    text = "Первое. Второе, третье!  Четвёртое? " * 50
    assert "".join("".join(texts(text)).split()) == "".join(text.split())


@pytest.mark.timeout(20, func_only=True)  # what grows with the square of the length takes minutes
def test_a_very_long_paragraph_is_split_in_linear_time():
    assert len(texts("Слово за словом. " * 6000)) == 6000
