"""Texts laid over what is heard: words at their times, texts as they were written, differences found."""

import numpy as np
import pytest

from tts_engine.dataset import texts, transcripts
from tts_engine.dataset.texts import read_text, read_transcript
from tts_engine.dataset.transcripts import BESIDE_PEAK_SECONDS, Listener
from tts_engine.errors import RequestError, TextError
from tts_engine.recognizer.model import CLASSES, phonemes_to_classes
from tts_engine.text.frontend import get_frontend
from tts_engine.text.symbols import VOWELS

STEP = 512 / 22_050
SAID = "Мама мыла раму. Пришло пять новых писем, и все важные. Потом стало тихо."


class Mel:
    hop_samples, sample_rate_hz = 256, 22_050


class Config:
    mel = Mel
    by_frames = False


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
    position, half_gap = 0, 1.5 * STEP  # a sound is heard every four steps, for one
    for word in laid.words:
        reach = half_gap if position else BESIDE_PEAK_SECONDS
        assert word.start == pytest.approx((20 + 4 * position) * STEP - reach, abs=0.1 * STEP)
        position += len(word.phonemes)
    ends = [word.end for word in laid.words[:-1]]
    assert ends == pytest.approx([word.start for word in laid.words[1:]])
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


def test_a_last_word_stays_where_it_is_heard(monkeypatch, tmp_path):
    """Its last sounds are found again in what is said beside the text."""
    own, beside = sounds("Мама мыла раму"), sounds("Пришло пять новых писем")
    heard = posteriors(own[:-1] + beside + own[-1:])
    monkeypatch.setattr(transcripts, "_heard", lambda recognizer, copy, step_samples, edges: heard)
    laid = Listener(Deaf(), tmp_path).lay([(0.0, 60.0, "Мама мыла раму.")])
    assert [word.end < (20 + 4 * len(own)) * STEP for word in laid.words] == [True] * 3


@pytest.fixture
def sung(monkeypatch, tmp_path):
    """A listener that hears sounds in their length: «мама» between pauses, its first vowel, held, as the one told."""

    class Long(Config):
        by_frames = True

    class Hearing:
        config = Long

    def hearing(vowel):
        steps = [(None, 22), ("m", 4), (vowel, 90), ("m", 4), ("ə", 40), (None, 22)]
        heard = np.full((sum(count for _, count in steps), CLASSES), -8.0, np.float32)
        first = 0
        for sound, count in steps:
            label = phonemes_to_classes([sound])[0] if sound else 0
            heard[first : first + count, label] = -0.1
            first += count
        monkeypatch.setattr(
            transcripts, "_heard", lambda recognizer, copy, step_samples, edges: heard
        )
        return Listener(Hearing(), tmp_path, differs=np.inf)

    return hearing


@pytest.fixture
def whole(sung):
    return sung("a")


def test_a_vowel_that_is_sung_as_another_is_heard_in_its_whole_length(sung):
    listener = sung("o")
    (word,) = listener.lay([(0.0, listener.seconds, "Мама.")]).words
    assert word.edges == pytest.approx(STEP * np.cumsum([22, 4, 90, 4, 40]), abs=STEP)
    assert listener.certainties(word)[1] < 0.01
    assert word.lost == pytest.approx(np.log(3), abs=0.1)  # half beside one and a half


def test_held_sounds_are_told_in_their_whole_length(whole):
    (word,) = whole.lay([(0.0, whole.seconds, "Мама.")]).words
    edges = STEP * np.cumsum([22, 4, 90, 4, 40])
    assert word.edges == pytest.approx(edges, abs=STEP)
    assert (word.start, word.end) == (word.edges[0], word.edges[-1])
    assert whole.certainties(word) == pytest.approx([np.exp(-0.1)] * 4, abs=0.01)
    assert whole.certainty(word) == pytest.approx(np.exp(-0.1), abs=0.01)
    assert word.lost == pytest.approx(0.0, abs=1e-4)


def test_a_word_that_is_not_sung_has_its_least_length_and_no_certainty(whole):
    laid = whole.lay([(0.0, whole.seconds, "Мама. Пётр.")])
    first, second = laid.words
    assert first.end - first.start > 2.5
    least = [3 if sound in VOWELS else 2 for sound in second.phonemes]
    assert second.end - second.start == pytest.approx(STEP * sum(least), abs=2 * STEP)
    assert whole.certainty(second) < 0.02 < 0.8 < whole.certainty(first)
    assert second.lost > 5 * len(second.phonemes) > first.lost


def test_no_word_is_laid_where_nobody_speaks(listener):
    heard, text = listener(SAID), "Мама мыла раму."
    said_until = (20 + 4 * len(sounds(text))) * STEP
    assert heard.lay([(0.0, 60.0, text)]).words[-1].end < said_until
    quiet = heard.silent_outside([(said_until, 60.0)])
    assert quiet.lay([(0.0, 60.0, text)]).words == ()  # it is not said after that
    for word in heard.lay([(0.0, 60.0, SAID)]).words:
        sure = quiet.certainty(word)
        assert sure < 0.01 if word.end < said_until else sure == heard.certainty(word) > 0.8


def test_a_transcript_without_words_is_refused(listener):
    with pytest.raises(TextError) as caught:
        listener(SAID).lay([(0.0, 60.0, "— … —")])
    assert caught.value.code == "nothing_to_say"


def test_subtitles_are_said_around_their_times(tmp_path):
    path = tmp_path / "речь.srt"
    path.write_text(
        "1\n00:00:01,000 --> 00:00:02,000\nПервая\nстрока\n\n"
        "2\n00:00:02,100 --> 00:00:04,000\n<i>идёт</i> дальше.\n\n"
        "3\n00:00:06,500 --> 00:00:09,000\nВторая\n\n"
        "4\n00:00:09,000 --> 00:00:09,900\n♪\n\n"
        "5\n00:00:19,000 --> 00:00:19,900\nПосле конца\n",
        encoding="cp1251",
        errors="replace",
    )
    first, second = read_transcript(path, 9.5)
    assert first == (pytest.approx(0.2), pytest.approx(4.8), "Первая строка\nидёт дальше.")
    assert second == (pytest.approx(5.7), pytest.approx(9.5), "Вторая")


@pytest.mark.parametrize(
    "cues",
    [
        [(0.0, 3.0, "Потом стало тихо."), (3.0, 9.0, "Мама мыла раму. Пришло пять новых писем.")],
        [(0.0, 1.0, SAID)],
    ],
)
def test_times_of_another_recording_lead_nowhere(listener, cues):
    hearing = listener(" ".join(text for _, _, text in cues))
    free = hearing.lay([(0.0, hearing.seconds, " ".join(text for _, _, text in cues))])
    late = [(start + 4, end + 4, text) for start, end, text in cues[::-1]][::-1]
    assert free.unsaid == 0
    assert hearing.lay_timed(late).words == free.words


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
