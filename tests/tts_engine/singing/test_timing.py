"""Syllables get phonemes, phonemes get times, notes get a curve."""

import numpy as np
import pytest

from tts_engine.errors import RequestError
from tts_engine.singing.score import Note, Part, at_tempo
from tts_engine.singing.syllables import read_words, sung_syllables
from tts_engine.singing.timing import Style, lay_out
from tts_engine.text.symbols import PERIOD, START, VOWELS

FPS = 22_050 / 256


def part(*rows) -> Part:
    """Rows of (start, seconds, midi, syllable, begins word)."""
    return Part(
        name="a",
        notes=tuple(
            Note(start_seconds=s, seconds=d, midi=m, syllable=t, begins_word=b)
            for s, d, m, t, b in rows
        ),
    )


BIRCH = part(
    (1.0, 0.5, 60, "бе", True),
    (1.5, 0.5, 62, "рё", False),
    (2.0, 1.0, 64, "за", False),
    (3.0, 1.0, 65, "", False),
    (5.0, 1.0, 60, "сто", True),
    (6.0, 1.0, 62, "я", False),
    (7.0, 1.0, 64, "ла", False),
)


def test_a_word_is_read_whole_and_shared_out():
    syllables = sung_syllables(BIRCH)
    said = [(s.onset, s.nucleus, s.coda) for s in syllables]
    assert said == [
        (("bʲ",), "ɪ", ()),
        (("rʲ",), "o", ()),
        (("z",), "ə", ()),
        (("s", "t"), "ɐ", ()),
        (("j",), "a", ()),
        (("l",), "ə", ()),
    ]
    assert [len(s.notes) for s in syllables] == [1, 1, 2, 1, 1, 1]
    assert [s.ends_line for s in syllables] == [False, False, True, False, False, True]


def test_a_word_without_vowels_is_said_with_the_next():
    syllables = sung_syllables(part((0, 1, 60, "в", True), (1, 1, 60, "лес", True)))
    assert len(syllables) == 1
    assert len(syllables[0].onset) == 2
    assert syllables[0].coda == ("s",)


def test_one_vowel_on_two_syllables_is_held():
    syllables = sung_syllables(part((0, 1, 60, "до", True), (1, 1, 62, "ом", False)))
    assert sum(len(s.notes) for s in syllables) == 2


@pytest.mark.parametrize(
    "rows",
    [
        ((0, 1, 60, "то", True), (1, 1, 60, "ж", True)),  # no vowel in the last word
        ((0, 1, 60, "до", True), (1, 1, 62, "ом", False)),  # one vowel for the last two notes
    ],
)
def test_a_line_is_sung_whatever_it_ends_with(rows):
    (line,) = lay_out(sung_syllables(part(*rows)), FPS, Style())
    assert line.syllables
    assert line.tokens[-2] in ("ʂ", "ʐ", "m")


def test_lyrics_without_a_vowel_are_refused():
    with pytest.raises(RequestError, match="no vowel"):
        sung_syllables(part((0, 1, 60, "в", True)))


def test_english_words_and_signs():
    assert read_words(["hello", "мир"])[0][0] == "x"
    with pytest.raises(RequestError, match="no syllable"):
        sung_syllables(part((0, 1, 60, "***", True)))


def test_vowels_begin_on_the_beat_and_nothing_is_lost():
    first, second = lay_out(sung_syllables(BIRCH), FPS, Style())
    for line in (first, second):
        assert line.tokens[0] == START
        assert line.tokens[-1] == PERIOD
        assert min(line.frames) >= 1
        assert sum(line.frames) == line.f0_hz.size == line.loudness.size
        for syllable, frame in line.syllables:
            assert frame / FPS == pytest.approx(syllable.start_seconds, abs=0.015)
    places = np.cumsum([0, *first.frames])
    starts = {
        s: (first.first_frame + places[i]) / FPS for i, s in enumerate(first.tokens) if s == "bʲ"
    }
    assert 0.9 < starts["bʲ"] < 0.99  # before the beat at 1 s
    assert second.first_frame >= first.first_frame + sum(first.frames)


def test_a_vowel_over_two_notes_stands_twice():
    first, _ = lay_out(sung_syllables(BIRCH), FPS, Style(vibrato=0))
    held = [index for index, token in enumerate(first.tokens) if token == "ə"]
    assert len(held) == 2
    ratio = first.token_hz[held[1]] / first.token_hz[held[0]]
    assert 12 * np.log2(ratio) == pytest.approx(1, abs=0.1)


@pytest.mark.parametrize("vibrato", [0.0, 0.5, 1.0])
def test_the_curve_is_on_the_notes(vibrato):
    _, line = lay_out(sung_syllables(BIRCH), FPS, Style(vibrato=vibrato))
    times = (line.first_frame + np.arange(line.f0_hz.size) + 0.5) / FPS
    inside = (times > 5.4) & (times < 5.9)
    cents = 1200 * np.log2(line.f0_hz[inside] / (440 * 2 ** ((60 - 69) / 12)))
    assert abs(cents.mean()) < 8
    assert np.ptp(cents) > 80 * vibrato
    assert np.ptp(cents) < 130 * vibrato + 25
    unvoiced = line.tokens.index("s")
    place = int(np.cumsum([0, *line.frames])[unvoiced])
    assert line.f0_hz[place] == 0
    assert all(
        hz > 0 for token, hz in zip(line.tokens, line.token_hz, strict=True) if token in VOWELS
    )


def test_fast_syllables_keep_their_vowels():
    fast = part(*((0.1 * i, 0.1, 60, "страсть", True) for i in range(6)))
    (line,) = lay_out(sung_syllables(fast), FPS, Style())
    assert sum(line.frames) == pytest.approx(0.6 * FPS, abs=0.25 * FPS)
    vowels = [f for t, f in zip(line.tokens, line.frames, strict=True) if t in VOWELS]
    assert len(vowels) == 6
    assert min(vowels) >= 2


def test_tempo_and_limits():
    quick = at_tempo(BIRCH, 2.0)
    assert quick.notes[2].start_seconds == 1.0
    assert quick.notes[2].seconds == 0.5
    with pytest.raises(RequestError, match="tempo"):
        at_tempo(BIRCH, 9)
    with pytest.raises(RequestError, match="vibrato"):
        Style(vibrato=2)
