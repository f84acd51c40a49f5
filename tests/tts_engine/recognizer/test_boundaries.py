"""Boundaries drawn from where the sound changes most to where people label them."""

import numpy as np

from tts_engine.recognizer.boundaries import (
    LEAST_EXAMPLES,
    Example,
    as_rows,
    from_rows,
    learn,
    moved,
    pair_of,
)
from tts_engine.text.symbols import PHONEMES


def examples(pair, shift, count=60, slope=0.0, wild=0):
    rng = np.random.default_rng(0)
    found = []
    for index in range(count):
        left, change = 10, 10 + int(rng.integers(2, 8))
        right = change + int(rng.integers(1, 8))
        label = change + shift + slope * (right - change) + (40 if index < wild else 0)
        found.append(Example(pair=pair, change=change, left=left, right=right, label=label))
    return found


def test_every_pair_of_phonemes_has_a_name():
    names = {pair_of(left, right) for left in PHONEMES for right in PHONEMES}
    assert len(names) == 81
    assert pair_of("dʲ", "n") == "bdg-mn"


def test_a_shift_is_learned_whatever_a_few_wild_labels_say():
    lines = learn([*examples("a-ptk", 0.0), *examples("bdg-mn", -3.0, wild=20)])
    assert moved(lines["bdg-mn"], 20, 10, 26) == 17
    assert moved(lines["a-ptk"], 20, 10, 26) == 20


def test_a_slope_is_learned():
    line = learn(examples("mn-bdg", -1.0, slope=-0.5, count=400))["mn-bdg"]
    assert moved(line, 20, 10, 22) == 18
    assert moved(line, 20, 10, 26) == 16


def test_it_stays_between_the_sounds():
    assert moved((-6.0, 0.0, 0.0), 12, 10, 20) == 11
    assert moved((6.0, 0.0, 0.0), 19, 10, 20) == 20
    assert moved((-6.0, 0.0, 0.0), 11, 10, 10) == 11


def test_rare_pairs_are_left_alone():
    assert learn(examples("j-j", -3.0, count=LEAST_EXAMPLES - 1)) == {}
    assert moved(None, 15, 10, 20) == 15


def test_a_config_keeps_them():
    lines = learn(examples("bdg-mn", -3.0))
    assert from_rows(as_rows(lines)) == lines
