"""Texts laid over what is heard: words at their times, texts as they were written, differences found."""

import numpy as np
import pytest

from tts_engine.dataset import texts, transcripts
from tts_engine.dataset.texts import read_text, read_transcript
from tts_engine.dataset.transcripts import Listener
from tts_engine.errors import RequestError, TextError
from tts_engine.recognizer.model import CLASSES, phonemes_to_classes
from tts_engine.text.frontend import get_frontend

STEP = 512 / 22_050
SAID = "Мама мыла раму. Пришло пять новых писем, и все важные. Потом стало тихо."


class Mel:
    hop_samples, sample_rate_hz = 256, 22_050


class Config:
    mel = Mel


class Deaf:
    config = Config


def posteriors(phonemes, spaced=4, lead=20):
    """What a recognizer that hears these phonemes gives: each for one step, blanks between."""
    rows = np.full((lead + spaced * len(phonemes) + 20, CLASSES), -8.0, np.float32)
    rows[:, 0] = -0.1
    for index, label in enumerate(phonemes_to_classes(phonemes)):
        rows[lead + spaced * index] = -8.0
        rows[lead + spaced * index, label] = -0.1
    return rows


def sounds(text):
    return [
        s for sentence in get_frontend().sentences(text) for w in sentence.words for s in w.phonemes
    ]


@pytest.fixture
def listener(monkeypatch, tmp_path):
    def hearing(text):
        heard = posteriors(sounds(text))
        monkeypatch.setattr(
            transcripts, "_heard", lambda recognizer, copy, step_samples, edges: heard
        )
        return Listener(Deaf(), tmp_path)

    return hearing


def test_each_word_is_where_it_is_heard(listener):
    laid = listener(SAID).lay([(0.0, 60.0, SAID)])
    position = 0
    for word in laid.words:
        assert word.start == pytest.approx((20 + 4 * position) * STEP, abs=0.6 * STEP)
        position += len(word.phonemes)
    assert laid.sounds == len(sounds(SAID))
    assert laid.differing == ()


def test_a_stretch_has_the_text_as_it_was_written(listener):
    laid = listener(SAID).lay([(0.0, 60.0, SAID)])
    assert laid.between(0.0, 60.0)[0] == SAID
    second = [word for word in laid.words if word.sentence == 1]
    text, phonemes = laid.between(0.0, second[2].start - 0.01)
    assert text == "Мама мыла раму. Пришло пять"
    assert len(phonemes) == sum(len(w.phonemes) for w in laid.words if w.end <= second[2].start)
    assert laid.between(second[2].start, second[4].end)[0] == "новых писем, и"
    assert laid.between(100.0, 110.0) == ("", ())


def test_numbers_of_half_a_sentence_are_written_as_said(listener):
    text = "Пришло 5 новых писем, и все важные."
    laid = listener(text).lay([(0.0, 60.0, text)])
    assert laid.between(0.0, 60.0)[0] == text
    assert laid.between(0.0, laid.words[2].start)[0] == "Пришло пять"


def test_a_sentence_that_nobody_says_is_found(listener):
    said = "Мама мыла раму. Совсем другие слова звучат здесь. Потом стало тихо."
    laid = listener(said).lay([(0.0, 60.0, SAID)])
    ((start, end),) = laid.differing
    assert {word.sentence for word in laid.words} == {0, 2}
    truth = [w for w in listener(said).lay([(0.0, 60.0, said)]).words if w.sentence == 1]
    assert start == pytest.approx(truth[0].start, abs=0.5)
    assert end == pytest.approx(truth[-1].end, abs=0.5)


def test_a_transcript_without_words_is_refused(listener):
    with pytest.raises(TextError) as caught:
        listener(SAID).lay([(0.0, 60.0, "— … —")])
    assert caught.value.code == "nothing_to_say"


def test_subtitles_are_said_around_their_times(tmp_path):
    path = tmp_path / "речь.srt"
    path.write_text(
        "1\n00:00:01,000 --> 00:00:02,000\nПервая\nстрока\n\n"
        "2\n00:00:02,100 --> 00:00:04,000\n<i>Вторая</i>\n\n"
        "3\n00:00:09,000 --> 00:00:09,900\n♪\n",
        encoding="cp1251",
        errors="replace",
    )
    first, second = read_transcript(path, 10.0)
    assert first == (pytest.approx(0.4), pytest.approx(2.1), "Первая строка")
    assert second == (pytest.approx(2.0), pytest.approx(4.6), "Вторая")


def test_a_text_is_said_somewhere(tmp_path):
    path = tmp_path / "text.txt"
    path.write_bytes("\ufeffТекст".encode())
    assert read_transcript(path, 10.0) == [(0.0, 10.0, "Текст")]


def test_what_is_no_text_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(texts, "MOST_BYTES", 100)
    (tmp_path / "long.txt").write_bytes(b"x" * 101)
    (tmp_path / "binary.txt").write_bytes(b"\x98\xff")
    for name in ("long.txt", "binary.txt", "none.txt"):
        with pytest.raises(RequestError) as caught:
            read_text(tmp_path / name)
        assert caught.value.code == "transcript_unreadable"
