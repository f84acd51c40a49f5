"""From marked-up text to utterances: what is said, how, and the silence after it."""

import pytest

from tts_engine.errors import TextError
from tts_engine.markup.lexicon import Lexicon
from tts_engine.markup.locating import locate_words
from tts_engine.markup.reading import WITHIN_SENTENCE_SECONDS, Reading, read_script
from tts_engine.text.frontend import RussianFrontend, Word, get_frontend


def stressed(text, **dictionary):
    utterances = read_script(text, Lexicon.of(dictionary))
    return " ".join(word.stressed for u in utterances for word in u.sentence.words)


@pytest.fixture
def read(monkeypatch):
    """Texts of the pieces that the front end has been given, in order."""
    given = []
    usual = RussianFrontend.sentence

    def sentence(self, piece, marks):
        given.append(piece.text)
        return usual(self, piece, marks)

    monkeypatch.setattr(RussianFrontend, "sentence", sentence)
    return given


def test_a_sentence_is_read_when_it_is_its_turn(read):
    utterances = iter(Reading("Раз. Два. Три. ((медленно)) Четыре. Пять."))
    assert read == []
    assert next(utterances).sentence.source == "Раз."
    assert read == ["Раз.", "Два."]  # whether something follows decides on the pause
    assert [u.sentence.source for u in utterances] == ["Два.", "Три.", "Четыре.", "Пять."]
    assert len(read) == 5


def test_sentences_are_counted_and_speakers_named_before_they_are_read(read):
    reading = Reading("Раз. Два.\n!!\nanna:: Три.\nboris:: …")
    assert (reading.count, reading.speakers) == (3, {None, "anna"})
    assert read == ["!!", "…"]
    assert len(list(reading)) == 3


def test_a_cut_that_turns_out_silent_is_taken_off_the_count():
    reading = Reading("Раз.\n:D\nДва.")
    assert [u.is_last for u in reading] == [False, True]
    assert reading.count == 2


def test_spans_in_a_row_are_the_whole_and_read_little_besides(read):
    text = (
        "((пауза 1 с)) :D Раз. Два.\n:D\n:D\nТри. ((пауза 2 с)) ((пауза 1 с)) Четыре, ((медленно)) пять.\n"
        ":D\nanna:: Шесть. Семь.\n\nВосемь. :D"
    )
    whole = read_script(text)
    count = Reading(text).count
    for size in (1, 2, 3, 5, count):
        spans = [(first, first + size) for first in range(0, count, size)]
        readings = [Reading(text, span=span) for span in spans]
        assert [u for reading in readings for u in reading] == whole
        assert sum(reading.count for reading in readings) == len(whole)
        assert {reading.speakers for reading in readings} == {frozenset((None, "anna"))}
    read.clear()
    assert len(list(Reading("Раз. Два. " * 50, span=(40, 43)))) == 3
    assert len(read) == 5


def test_a_span_of_silence_is_empty_and_a_text_of_silence_an_error():
    assert list(Reading(":D\n:D\nРаз.", span=(0, 2))) == []
    with pytest.raises(TextError):
        list(Reading(":D\n:D\n:D", span=(1, 2)))


def test_wrong_markup_at_the_end_is_told_before_anything_is_read(read):
    with pytest.raises(TextError) as caught:
        Reading("Раз. " * 50 + "((пауза 99 с))")
    assert (caught.value.code, read) == ("pause_too_long", [])


def test_plain_text_is_read_as_the_front_end_reads_it():
    text = "Раз, два! Три?\n\nЧетыре 5-й."
    utterances = read_script(text)
    assert [u.sentence for u in utterances] == get_frontend().sentences(text)
    assert {(u.lead_seconds, u.gap_seconds) for u in utterances} == {(0.0, None)}


def test_a_pause_replaces_the_gap_and_pauses_add_up():
    utterances = read_script("((1 с)) Раз. ((пауза 2)) ((пауза 1)) Два.")
    assert [(u.lead_seconds, u.gap_seconds) for u in utterances] == [(1.0, 3.0), (0.0, None)]


def test_a_change_inside_a_sentence_makes_hardly_a_gap():
    first, second, third = read_script("Он говорил ((медленно)) очень тихо. ((обычно)) И ушёл.")
    assert first.gap_seconds == WITHIN_SENTENCE_SECONDS
    assert second.gap_seconds is None
    assert not second.sentence.ends_paragraph
    assert third.sentence.ends_paragraph


def test_lines_of_a_dialogue_end_paragraphs():
    utterances = read_script("anna:: Да. Нет.\nboris:: Может быть")
    assert [u.delivery.voice for u in utterances] == ["anna", "anna", "boris"]
    assert [u.sentence.ends_paragraph for u in utterances] == [False, True, True]


@pytest.mark.parametrize("text", ["<speak></speak>", "((пауза))", "<speak><break/>…</speak>"])
def test_markup_without_words_says_nothing(text):
    with pytest.raises(TextError) as caught:
        read_script(text)
    assert caught.value.code == "nothing_to_say"


def test_private_use_characters_of_a_text_are_no_words():
    assert stressed("Раз \ue000 два \ue800") == "раз два"


def test_a_dictionary_wins_over_the_built_in_stress():
    assert stressed("Он звонит. ЗВОНИТ!", звонит="зв+онит") == "он зв+онит зв+онит"
    assert stressed("замок", замок="замо́к") == "зам+ок"


def test_a_typed_mark_wins_over_the_dictionary():
    assert stressed("звон+ит, звони́т и звонит", звонит="зв+онит") == "звон+ит звон+ит и зв+онит"


def test_other_words_may_be_said():
    assert stressed("В МГУ и GM", мгу="московский университет", gm="джи эм") == (
        "в моск+овский университ+ет и джи эм"
    )


def test_only_whole_words_are_looked_up():
    assert stressed("кот и котом", кот="пёс") == "пёс и кот+ом"


def test_ё_and_е_are_one_letter_in_a_dictionary():
    assert stressed("елка и ёлка", ёлка="ёлк+а") == "ёлк+а и ёлк+а"


def test_sounds_may_be_given():
    [utterance] = read_script("Это питон.", Lexicon.of({"питон": "/pʲitˈon/"}))
    word = utterance.sentence.words[-1]
    assert (word.text, word.phonemes) == ("питон", ("pʲ", "i", "t", "o", "n"))
    assert utterance.sentence.normalized == "Это питон."


@pytest.mark.parametrize(
    ("word", "said", "code"),
    [
        ("", "а", "dictionary_bad_word"),
        ("з+амок", "а", "dictionary_bad_word"),
        ("а" * 65, "а", "dictionary_bad_word"),
        ("замок", "", "dictionary_bad_reading"),
        ("замок", "…", "dictionary_bad_reading"),
        ("замок", "а" * 201, "dictionary_bad_reading"),
        ("замок", "/zzz~/", "unknown_phoneme"),
    ],
)
def test_a_bad_entry_is_named(word, said, code):
    with pytest.raises(TextError) as caught:
        Lexicon.of({word: said})
    assert caught.value.code == code


def test_a_dictionary_may_be_a_file(tmp_path):
    path = tmp_path / "words.txt"
    path.write_text("# мои слова\nзвонит = зв+онит\n\nМГУ = московский университет\n", "utf-8")
    assert dict(Lexicon.read(path).entries) == {
        "звонит": "зв+онит",
        "мгу": "московский университет",
    }
    with pytest.raises(TextError):
        Lexicon.read(tmp_path / "none.txt")


def test_a_large_dictionary_is_quick():
    many = {f"слово{index}": "сл+ово" for index in range(1000)}
    assert stressed("слово7 и слово999", **many) == "сл+ово и сл+ово"
    with pytest.raises(TextError):
        Lexicon.of({**many, "ещё": "ещё"})


def test_words_are_found_where_they_were_typed():
    text = "В 5-м за́мке — з+амок ((пауза)) ещё"
    words = [w for u in read_script(text) for w in u.sentence.words]
    places = locate_words(text, words)
    assert [
        (w.text, text[p[0] : p[1]] if p else None) for w, p in zip(words, places, strict=True)
    ] == [
        ("В", "В"),
        ("пятом", None),
        ("замке", "за́мке"),
        ("замок", "з+амок"),
        ("ещё", "ещё"),
    ]


@pytest.mark.parametrize("phrase", ["км/ч ", "а: б; ", "XIX век ", "г. ", "да "])
@pytest.mark.timeout(20, func_only=True)  # what grows with the square of the length takes minutes
def test_words_of_a_page_that_repeats_itself_are_found_at_once(phrase):
    text = phrase * (5000 // len(phrase))
    said = f"{phrase} час в ".split() * 700
    words = [Word(text=word, stressed=word, phonemes=(), start=0) for word in said]
    places = locate_words(text, words)
    found = [place for place in places if place]
    assert found == sorted(found)
