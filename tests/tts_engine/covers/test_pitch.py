"""F0 of the voice in a song, and how far it is moved."""

import numpy as np
import pytest
import soundfile as sf

from tests.tts_engine.covers.tiny import RATE, sung_stereo, tiny_voice
from tts_engine.covers.pitch import f0_of, semitones_of, write_f0
from tts_engine.covers.settings import CoverSettings
from tts_engine.covers.stems import Stems
from tts_engine.errors import RequestError
from tts_engine.f0 import read_csv

SONG = CoverSettings()


def track(hz, frames=100):
    return np.full(frames, hz, np.float32)


@pytest.mark.parametrize(
    ("hz", "settings", "semitones"),
    [
        (130.0, SONG, 12.0),  # nearest octave to 200 Hz
        (190.0, SONG, 0.0),
        (130.0, CoverSettings(key_shift=5), 5.0),  # 174 Hz is near enough
        (130.0, CoverSettings(key_shift=-3), 9.0),
        (130.0, CoverSettings(transpose=2.0, key_shift=3), 5.0),
        (130.0, CoverSettings(preset="speech"), 7.0),
        (130.0, CoverSettings(preset="dubbing"), 7.0),
        (51.0, CoverSettings(key_shift=12), 24.0),
    ],
)
def test_songs_move_by_octaves_and_with_their_key(hz, settings, semitones):
    assert semitones_of(track(hz), tiny_voice(200.0).profile, settings) == semitones


def test_the_curve_that_is_written_is_the_one_that_is_read(tmp_path):
    path = tmp_path / "in.wav"
    sf.write(path, sung_stereo(4.0, 1.0, 3.0), RATE)
    stems = Stems(
        vocals=path, accompaniment=None, refilled=True, start_seconds=0.0, samples=4 * RATE
    )
    frames = -(-4 * RATE // 512)
    found = [slice(60, 280)]
    measured = f0_of(stems, found, SONG, frames, lambda done, total: None)
    assert measured[120:220] == pytest.approx(130.0, rel=0.01)
    assert not measured[:60].any()
    write_f0(measured, 0.0, tmp_path / "f0.csv")
    assert read_csv(tmp_path / "f0.csv", seconds=4.0).f0_hz.size == frames
    edited = CoverSettings(f0_file=tmp_path / "f0.csv")
    again = f0_of(stems, found, edited, frames, lambda done, total: None)
    np.testing.assert_allclose(again[100:250], measured[100:250], rtol=1e-3)


def test_an_f0_of_another_length_is_named(tmp_path):
    write_f0(track(130.0, 1000), 0.0, tmp_path / "f0.csv")
    stems = Stems(
        vocals=tmp_path, accompaniment=None, refilled=True, start_seconds=0.0, samples=4 * RATE
    )
    with pytest.raises(RequestError) as caught:
        f0_of(stems, [], CoverSettings(f0_file=tmp_path / "f0.csv"), 345, lambda *at: None)
    assert caught.value.code == "f0_file_of_another_length"
