"""Where somebody sings: the gate, the sections, the place between left and right."""

import numpy as np
import pytest
import soundfile as sf

from tests.tts_engine.covers.tiny import RATE, band, sung_stereo
from tts_engine.covers import listening
from tts_engine.covers.listening import (
    FRAMES_PER_SECOND,
    Listened,
    at_samples,
    balance,
    frames_of,
    listen,
    sections,
    voice_gate,
)


def frame(seconds):
    return round(seconds * FRAMES_PER_SECOND)


def listened(spans, seconds=20.0, leak=1e-7):
    powers = np.full((frame(seconds), 2), leak)
    voice = np.zeros(len(powers), bool)
    for first, last in spans:
        powers[frame(first) : frame(last)] = 0.01
        voice[frame(first) : frame(last)] = True
    return Listened(powers=powers, voice=voice)


def test_the_gate_opens_for_a_voice_and_for_nothing_else():
    heard = listened([(3.0, 6.0), (9.0, 12.0)])
    heard.powers[frame(15.0) : frame(16.0)] = 0.01  # a drum: loud, and no voice to the detector
    gate = voice_gate(heard)
    assert gate[frame(3.0) : frame(6.0)].min() == 1.0
    assert not gate[: frame(2.8)].any()
    assert not gate[frame(6.4) : frame(8.8)].any()
    assert not gate[frame(12.4) :].any()
    assert np.abs(np.diff(gate)).max() < 0.3


def test_a_faint_rest_between_words_is_no_voice():
    heard = listened([(3.0, 9.0)])
    heard.powers[frame(5.0) : frame(7.0)] = 0.01 * 10 ** (-40 / 10)
    gate = voice_gate(heard)
    assert not gate[frame(5.4) : frame(6.8)].any()
    assert gate[frame(7.2)] == 1.0


def test_nobody_sings():
    assert not voice_gate(listened([])).any()


def test_sections_hold_all_that_is_sung_and_long_ones_are_cut_where_it_is_quiet():
    heard = listened([(2.0, 5.0), (5.5, 7.0), (20.0, 110.0)], seconds=120.0)
    heard.powers[frame(58.0) : frame(58.1)] = 1e-4
    gate = voice_gate(heard)
    found = sections(gate, heard.powers)
    held = np.zeros(gate.size, bool)
    for part in found:
        assert not held[part].any()
        held[part] = True
        assert part.stop - part.start <= frame(45.1)
    assert held[gate > 0].all()
    assert len(found) == 4
    assert frame(57.9) <= found[1].stop <= frame(58.2)


def test_left_and_right_are_followed():
    powers = np.full((1000, 2), 0.01)
    powers[500:, 1] = 0.0001
    sides = balance(powers)
    np.testing.assert_allclose(np.square(sides).sum(axis=1), 2.0)
    assert sides[100] == pytest.approx([1.0, 1.0])
    assert 20 * np.log10(sides[900, 0] / sides[900, 1]) == pytest.approx(20.0, abs=0.1)
    read = at_samples(sides, 490 * 512, 510 * 512)
    assert np.abs(np.diff(read[:, 0])).max() < 1e-3


def test_what_is_hardly_left_of_music_is_no_voice(monkeypatch, tmp_path):
    monkeypatch.setattr(listening, "_voiced", lambda wave, frames: np.ones(frames, bool))
    for gain, seconds in ((1.0, 3.0), (1e-3, 0.0)):
        sf.write(tmp_path / "a.wav", gain * sung_stereo(), RATE, subtype="FLOAT")
        heard = listen(tmp_path / "a.wav", 8 * RATE).voice_seconds
        assert heard == pytest.approx(seconds, abs=0.1)


@pytest.mark.weights
def test_drums_and_noise_are_no_voice(tmp_path):
    sf.write(tmp_path / "a.wav", band(12.0), RATE)
    assert listen(tmp_path / "a.wav", 12 * RATE).voice_seconds < 1.0


def test_blocks_join_as_if_there_were_none(monkeypatch, tmp_path):
    monkeypatch.setattr(
        listening, "_voiced", lambda wave, frames: listening.frame_powers(wave, frames) > 1e-6
    )
    sf.write(tmp_path / "a.wav", sung_stereo(), RATE, subtype="FLOAT")
    whole = listen(tmp_path / "a.wav", 8 * RATE)
    monkeypatch.setattr(listening, "BLOCK_FRAMES", 200)
    parts = listen(tmp_path / "a.wav", 8 * RATE)
    assert len(whole.powers) == frames_of(8 * RATE)
    np.testing.assert_array_equal(parts.powers, whole.powers)
    np.testing.assert_array_equal(parts.voice, whole.voice)
