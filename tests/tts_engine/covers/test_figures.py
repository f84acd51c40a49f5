"""What is measured and drawn of a cover."""

import numpy as np
import pytest

from tests.tts_engine.covers.tiny import TinyEncoder, buzz, tiny_voice
from tts_engine.covers.figures import compared, figures_of, most_voice
from tts_engine.covers.pictures import decibels, f0_picture, spectrograms_picture
from tts_engine.covers.report import FIGURES, sound_link
from tts_engine.types import Audio

RATE = 22_050


def excerpt(made_hz, wanted_hz=200.0, seconds=2.0):
    frames = -(-round(seconds * RATE) // 256)
    source, made = (Audio(buzz(seconds, hz, RATE), RATE) for hz in (100.0, made_hz))
    wanted = np.full(frames, wanted_hz, np.float32)
    wanted[:40] *= np.linspace(0.999, 1.0, 40, dtype=np.float32)
    return compared(source, made, np.full(frames, 100.0, np.float32), wanted)


def test_a_voice_in_tune_and_one_out_of_it():
    voice, encoder = tiny_voice().profile, TinyEncoder()
    good = figures_of(excerpt(200.0), voice, encoder, b"key")
    assert good["f0_within_50_cents"] > 0.95
    assert good["voicing_errors"] < 0.06
    assert good["level_db"] == pytest.approx(0.0, abs=0.5)
    assert good["likeness"] == good["likeness_before"]
    assert good.keys() <= FIGURES.keys()
    flat = figures_of(excerpt(190.0), voice, encoder, b"key")
    assert flat["f0_within_50_cents"] < 0.05
    assert flat["f0_unheard"] < 0.06


def test_silence_has_no_pitch_to_be_measured():
    quiet = excerpt(200.0)
    quiet.made.waveform[:] = 0
    found = figures_of(quiet, tiny_voice().profile, TinyEncoder(), b"key")
    assert "f0_within_50_cents" not in found
    assert "level_db" not in found


def test_the_part_with_the_most_voice():
    gate = np.zeros(20_000)
    gate[9000:11_000] = 1.0
    part = most_voice(gate)
    assert part.start <= 9000
    assert part.stop >= 11_000
    assert part.stop - part.start == round(30 * 44_100 / 512)
    assert most_voice(np.ones(100)) == slice(0, 100)


def test_pictures_are_png_and_levels_end_at_the_floor():
    drawn = excerpt(200.0)
    for picture in (spectrograms_picture(drawn), f0_picture(drawn)):
        assert picture[:4] == b"\x89PNG"
    levels = decibels(drawn.made)
    assert levels.max() == pytest.approx(0.0, abs=0.1)
    assert levels.min() >= -75.1


def test_a_player_is_faded_and_as_loud_as_asked():
    loud, soft = buzz(1.0)[:, None], 0.1 * buzz(1.0)[:, None]
    plain = sound_link((soft, 44_100))
    assert plain is not None
    assert plain.startswith("data:audio/mpeg;base64,")
    assert sound_link((soft, 44_100), like=loud) != plain
    assert sound_link(None) is None
