"""What is no song by the command `convert`: each is named, nothing is left, and quickly, before models load."""

import numpy as np
import pytest

from tests.bad_songs import BEFORE_MODELS, own_stems, whistle, written
from tests.tts_engine.covers.tiny import RATE, buzz, sung_stereo, tiny_models
from tts_engine.cli import main
from tts_engine.covers import listening
from tts_engine.covers.models import CoverModels
from tts_engine.separation.limits import LONGEST_SECONDS
from tts_engine.types import Audio


@pytest.fixture
def no_models(monkeypatch):
    def load(weights=None, device="auto"):
        pytest.fail("models were loaded")

    monkeypatch.setattr(CoverModels, "load", load)


@pytest.fixture
def any_sound_is_a_voice(monkeypatch):
    monkeypatch.setattr(
        listening, "_voiced", lambda wave, frames: listening.frame_powers(wave, frames) > 1e-6
    )


def convert(folder, *arguments):
    """Status of the command, whose files go into the folder's `out`."""
    out = folder / "out"
    out.mkdir()
    wanted = ["--output", out / "mix.wav", "--stems", out / "stems", "--report", out / "r.html"]
    return main([str(one) for one in ("convert", *arguments, *wanted)])


@pytest.mark.parametrize("code", BEFORE_MODELS)
def test_what_is_no_song_is_named_before_a_reference_is_measured(no_models, tmp_path, capsys, code):
    (tmp_path / "in").mkdir()
    song = BEFORE_MODELS[code](tmp_path / "in")
    reference = written(tmp_path / "me.wav", buzz(4.0))
    assert convert(tmp_path, song, "--song", "--reference", reference) == 2
    told = capsys.readouterr().err
    words = {
        "not_audio": "not a sound file",
        "truncated_audio": "cut short",
        "damaged_audio": "damaged",
        "protected_audio": "DRM",
        "song_band_too_narrow": "8000 Hz",
        "audio_too_long": f"10800 s, limit {LONGEST_SECONDS:.0f} s",
        "song_silent": "silent",
        "song_too_short": "0.50 s",
    }
    assert words[code] in told
    assert any("а" <= letter <= "я" for letter in told), "in Russian too"
    assert not list((tmp_path / "out").iterdir())


def test_a_pitch_curve_of_another_length_is_named_before_models_load(no_models, tmp_path, capsys):
    stems = own_stems(tmp_path)
    curve = tmp_path / "f0.csv"
    curve.write_text("".join(f"{second},200\n" for second in range(10)))
    options = ["--vocals", stems["vocals"], "--accompaniment", stems["accompaniment"]]
    assert convert(tmp_path, *options, "--song", "--f0-file", curve) == 2
    assert "ends at 9.00 s, the sound at 4.00 s" in capsys.readouterr().err
    assert not list((tmp_path / "out").iterdir())


def test_music_without_anybody_is_named(no_models, monkeypatch, tmp_path, capsys):
    monkeypatch.setattr(listening, "_voiced", lambda wave, frames: np.zeros(frames, bool))
    stems = own_stems(tmp_path)
    options = ["--vocals", stems["vocals"], "--accompaniment", stems["accompaniment"]]
    assert convert(tmp_path, *options, "--song") == 2
    assert "nobody sings or speaks" in capsys.readouterr().err
    assert not list((tmp_path / "out").iterdir())


@pytest.mark.parametrize("hz", [30.0, 2500.0])
def test_what_is_outside_the_pitch_of_voices_is_named(
    no_models, any_sound_is_a_voice, tmp_path, capsys, hz
):
    stems = own_stems(tmp_path, vocals=whistle(hz=hz))
    options = ["--vocals", stems["vocals"], "--accompaniment", stems["accompaniment"]]
    assert convert(tmp_path, *options, "--song") == 2
    assert "from 50 to 1100 Hz" in capsys.readouterr().err
    assert not list((tmp_path / "out").iterdir())


@pytest.mark.parametrize(
    ("sides", "gain", "told"),
    [
        ((1.0, 0.5), 30.0, ("overdriven", "hardly any music")),
        ((1.0, -0.5), 1.0, ("several voices", "hardly any music")),
        ((1.0, 1.0), 1.0, ("one channel", "hardly any music")),
    ],
)
def test_what_makes_a_song_suffer_is_told_and_the_song_made(
    any_sound_is_a_voice, monkeypatch, tmp_path, capsys, sides, gain, told
):
    models = tiny_models()
    monkeypatch.setattr(CoverModels, "load", lambda weights=None, device="auto": models)
    monkeypatch.setattr(CoverModels, "sample", lambda self, voice: Audio(buzz(2.0), RATE))
    voice = sung_stereo(4.0, 1.0, 3.0)[:, :1] * np.array(sides, np.float32)
    vocals = written(tmp_path / "a.wav", np.clip(gain * voice, -1, 1), subtype="PCM_24")
    options = ["--vocals", vocals, "--song", "--index-rate", "0", "--transpose", "0"]
    assert convert(tmp_path, *options) == 0
    heard = capsys.readouterr().err
    assert [words for words in told if words not in heard] == []
    assert {"mix.wav", "r.html", "stems"} == {path.name for path in (tmp_path / "out").iterdir()}
