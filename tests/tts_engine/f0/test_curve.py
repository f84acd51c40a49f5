"""Octave jumps are mended and real leaps stay; a median does what it says; CSV goes out and comes back."""

import numpy as np
import pytest

from tests.tts_engine.espeak_speech import espeak_speech
from tts_engine.audio.io import encode_audio
from tts_engine.cli import main
from tts_engine.errors import RequestError
from tts_engine.f0 import SINGING, F0Range, F0Track, read_csv, write_csv
from tts_engine.f0.curve import jumps_of, limited, median_filtered, mended_octaves
from tts_engine.f0.picture import f0_picture


def track(values, step=0.01):
    return F0Track(f0_hz=np.array(values, dtype=np.float64), first_seconds=0.0, step_seconds=step)


@pytest.mark.parametrize("factor", [0.5, 2.0])
def test_a_jump_that_soon_returns_is_mended(factor):
    sung = 220 * 2 ** (np.sin(np.arange(200) / 8) / 24)
    broken = sung.copy()
    broken[60:75] *= factor
    broken[120:121] *= factor
    broken[30:34] = sung[30:34] = 0
    mended = mended_octaves(track(broken))
    np.testing.assert_allclose(mended.f0_hz, sung)
    assert jumps_of(track(broken)).octave == 4
    assert jumps_of(mended).octave == 0


def test_a_note_sung_an_octave_higher_stays():
    sung = np.concatenate([np.full(60, 220.0), np.full(40, 440.0), np.full(60, 220.0)])
    np.testing.assert_array_equal(mended_octaves(track(sung)).f0_hz, sung)
    glide = 200 * 2 ** np.linspace(0, 1, 20)
    sung = np.concatenate([np.full(20, 200.0), glide, np.full(8, 400.0), glide[::-1]])
    np.testing.assert_array_equal(mended_octaves(track(sung)).f0_hz, sung)


def test_phrases_apart_are_not_compared_and_the_range_holds():
    apart = np.concatenate([np.full(20, 220.0), np.zeros(30), np.full(10, 440.0)])
    np.testing.assert_array_equal(mended_octaves(track(apart)).f0_hz, apart)
    high = np.concatenate([np.full(60, 700.0), np.full(10, 350.0), np.full(60, 700.0)])
    assert mended_octaves(track(high)).f0_hz.min() == 700
    assert mended_octaves(track(high), F0Range(50.0, 600.0)).f0_hz.max() <= 700
    assert limited(track([0, 49, 50, 1100, 1101]), SINGING).f0_hz.tolist() == [0, 0, 50, 1100, 0]


def test_a_median_keeps_what_is_voiced_and_what_is_not():
    values = [0, 100, 100, 900, 100, 100, 0, 0, 300, 0, 200, 210, 220, 230]
    smooth = median_filtered(track(values), 2).f0_hz
    np.testing.assert_array_equal(smooth > 0, np.array(values) > 0)
    assert smooth[1:6].tolist() == [100] * 5
    assert smooth[8] == 300
    assert smooth[10:].tolist() == [210, 215, 215, 220]  # at edges over what there is
    assert median_filtered(track(values), 0).f0_hz.tolist() == values


def test_a_curve_goes_out_and_comes_back(tmp_path):
    curve = track([0, 0, 220.5, 221.25, 0, 440])
    write_csv(curve, tmp_path / "a.csv")
    assert (tmp_path / "a.csv").read_text().splitlines()[:4] == [
        "seconds,Hz",
        "0.0000,0.00",
        "0.0100,0.00",
        "0.0200,220.50",
    ]
    back = read_csv(tmp_path / "a.csv", seconds=0.3)
    np.testing.assert_array_equal(back.f0_hz, curve.f0_hz)
    assert back.step_seconds == pytest.approx(0.01)


def test_lines_at_uneven_times_are_joined_where_they_are_near(tmp_path):
    (tmp_path / "a.csv").write_text(
        "time,f0,sure\n0.5,200,1\n0.55,300,1\n0.60,0,0\n1.5,400,1\n1.52,400,1\n", encoding="utf-8"
    )
    curve = read_csv(tmp_path / "a.csv")
    at = dict(zip(np.round(curve.seconds, 3), curve.f0_hz, strict=True))
    assert at[0.5] == pytest.approx(200)
    assert at[0.52] == pytest.approx(240, abs=1)
    assert at[1.0] == 0
    assert at[1.51] == pytest.approx(400)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "no rows"),
        ("seconds,Hz\n", "no rows"),
        ("0.0;100\n0.1;100", "row 1"),
        ("seconds,Hz\n0,100\n0.1,high", "row 2"),
        ("0,100\n0.1,nan", "row 2"),
        ("0.1,100\n0.1,100", "rise"),
        ("-1,100\n0.1,100", "rise"),
        ("0,100\n0.1,20", "20 Hz"),
        ("0,100\n0.1,1200", "1200 Hz"),
    ],
)
def test_what_is_no_curve_is_refused(tmp_path, text, said):
    (tmp_path / "a.csv").write_text(text, encoding="utf-8")
    with pytest.raises(RequestError) as caught:
        read_csv(tmp_path / "a.csv")
    assert caught.value.code == "f0_file_invalid"
    assert said in str(caught.value)


def test_the_curve_of_another_sound_is_refused(tmp_path):
    write_csv(track([100.0] * 300), tmp_path / "a.csv")
    with pytest.raises(RequestError) as caught:
        read_csv(tmp_path / "a.csv", seconds=10.0)
    assert caught.value.code == "f0_file_of_another_length"
    with pytest.raises(RequestError):
        read_csv(tmp_path / "none.csv")


def test_a_command_writes_the_curve_and_its_picture(tmp_path, capsys):
    speech = espeak_speech()
    (tmp_path / "a.wav").write_bytes(encode_audio(speech, "wav"))
    arguments = ["f0", str(tmp_path / "a.wav"), "--method", "swift"]
    picture, output = tmp_path / "f0.png", tmp_path / "f0.csv"
    assert main([*arguments, "--output", str(output), "--plot", str(picture)]) == 0
    curve = read_csv(output, seconds=speech.seconds)
    assert (curve.f0_hz > 0).mean() > 0.3
    assert picture.read_bytes().startswith(b"\x89PNG")
    assert "voiced" in capsys.readouterr().err
    assert main([*arguments, "--low-hz", "20"]) == 2
    assert "--low-hz" in capsys.readouterr().err


def test_curves_are_drawn_over_each_other():
    speech = espeak_speech()
    both = {"one": track([100.0] * 50), "other": track([0.0] * 50)}
    assert f0_picture(speech, both).startswith(b"\x89PNG")
