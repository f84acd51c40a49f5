"""The whole way from text to tokens."""

import pytest

from tts_engine.errors import TextError
from tts_engine.text.frontend import get_frontend
from tts_engine.text.symbols import FINAL_PAUSES, PAUSES, START, SYMBOL_IDS

# The shape of the output must hold for whatever people paste.
ODD_TEXTS = [
    "Привет, мир!",
    "5 книг и 2 яблока — всего 7.",
    "Вот (в скобках) и: двоеточие; точка с запятой...",
    "— Привет! — сказал он. — Как дела?..",
    "«Кто там?» — спросила бабушка.",
    "Google и YouTube, GPT-4o.",
    "мм, тсс, ррр",
    "Тест 😀 эмодзи 🌍🚀",
    "Ї є ґ ў: сусіди",
    "α + β = γ",
    "你好 мир",
    "a\u0300 а\u0300 а\u0308\u0304 \u0301начало",
    "т.е. и т.д.",
    "в",
    "а",
    "???!!! да",
    "да ,,, нет --- да ... нет",
    "100% $5 №7 §3 25°C",
    "слово" * 100,
    "и " * 500,
    "\x00\x07\u200bневидимо\u00ad",
    "1/2 3:4 5-6 7+8 9=9",
]


@pytest.fixture(params=ODD_TEXTS, ids=range(len(ODD_TEXTS)))
def sentences(request, frontend):
    return frontend.sentences(request.param)


def test_tokens_are_known_and_framed(sentences):
    for sentence in sentences:
        assert sentence.tokens[0] == START
        assert sentence.tokens[-1] in FINAL_PAUSES
        assert all(token in SYMBOL_IDS for token in sentence.tokens)


def test_pauses_are_single_and_final_ones_only_final(sentences):
    for sentence in sentences:
        inner = sentence.tokens[:-1]
        assert all(pause not in inner for pause in (".", "?", "!"))
        pairs = zip(sentence.tokens, sentence.tokens[1:], strict=False)
        assert not any(first in PAUSES and second in PAUSES for first, second in pairs)
        assert sentence.tokens[1] not in PAUSES


def test_words_point_at_their_phonemes(sentences):
    for sentence in sentences:
        assert sentence.words
        for word in sentence.words:
            stop = word.start + len(word.phonemes)
            assert word.phonemes
            assert sentence.tokens[word.start : stop] == word.phonemes


def test_words_and_pauses_are_all_there_is(sentences):
    for sentence in sentences:
        pauses = sum(token in PAUSES for token in sentence.tokens)
        assert len(sentence.tokens) == 1 + pauses + sum(
            len(word.phonemes) for word in sentence.words
        )


@pytest.mark.parametrize(
    ("text", "pauses"),
    [
        ("Раз, два; три: четыре (пять) шесть.", ", , , , , ."),
        ("Москва — столица.", "— ."),
        ("Ну... не знаю…", "… …"),
        ("Да?! Нет", "?"),
        ("Ура!!!", "!"),
        ("«Кто там?» — спросил он.", "— ."),
        ("без точки", "."),
        ("да — , нет", "— ."),
    ],
)
def test_punctuation_becomes_pauses(frontend, text, pauses):
    tokens = frontend.sentences(text)[0].tokens
    assert " ".join(token for token in tokens if token in PAUSES) == pauses


def test_a_sentence_is_described_in_full(frontend):
    (sentence,) = frontend.sentences("В замке был за\u0301мок.")
    assert sentence.source == "В замке был за\u0301мок."
    assert sentence.normalized == "В замке был з+амок."
    assert [word.text for word in sentence.words] == ["В", "замке", "был", "замок"]
    assert sentence.words[3].stressed == "з+амок"
    assert sentence.words[3].phonemes == ("z", "a", "m", "ə", "k")
    assert sentence.ends_paragraph


def test_user_stress_survives_to_the_phonemes(frontend):
    castle = frontend.sentences("з+амок")[0].tokens
    assert castle == frontend.sentences("за\u0301мок")[0].tokens
    assert castle != frontend.sentences("зам+ок")[0].tokens


def test_a_preposition_joins_across_the_sentence(frontend):
    words = frontend.sentences("Пришёл с чем-то в шкаф")[0].words
    assert [word.phonemes[0] for word in words] == ["p", "ɕː", "e", "f", "ʂ"]


def test_latin_words_stand_among_russian_ones(frontend):
    words = frontend.sentences("Мой iPad и laptop")[0].words
    assert [word.text for word in words] == ["Мой", "айпад", "и", "laptop"]
    assert words[3].phonemes == ("l", "e", "p", "t", "ɐ", "p")


@pytest.mark.parametrize("text", ["", " ", "\n\t \u00a0"])
def test_an_empty_text_is_refused(frontend, text):
    with pytest.raises(TextError) as refused:
        frontend.sentences(text)
    assert refused.value.code == "empty_text"
    assert refused.value.message_ru


@pytest.mark.parametrize("text", ["...", "😀", "你好", "—", "\u0301", "ъ", "\u200b"])
def test_a_text_without_words_is_refused(frontend, text):
    with pytest.raises(TextError) as refused:
        frontend.sentences(text)
    assert refused.value.code == "nothing_to_say"


def test_a_sentence_without_words_is_dropped(frontend):
    assert [s.source for s in frontend.sentences("Раз. *** Два. 😀")] != []
    assert all(s.words for s in frontend.sentences("Раз.\n***\nДва.\n😀"))
    assert len(frontend.sentences("Раз.\n***\nДва.\n😀")) == 2


@pytest.mark.parametrize("flood", ["7", "1 ", "а", "a", "1,", "а\n", "+7 "])
@pytest.mark.timeout(20, func_only=True)  # what grows with the square of the length takes minutes
def test_a_flood_is_read_in_pieces(frontend, flood):
    sentences = frontend.sentences(flood * (30_000 // len(flood)))
    assert max(len(sentence.tokens) for sentence in sentences) < 1500


def test_every_digit_of_a_flood_is_said(frontend):
    sentences = frontend.sentences("7" * 620)  # twenty units of thirty-one digits
    assert sum(len(sentence.words) for sentence in sentences) == 620


def test_there_is_one_frontend_in_a_process():
    assert get_frontend() is get_frontend()
