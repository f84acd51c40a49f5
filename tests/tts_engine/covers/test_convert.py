"""The command `convert`."""

import pytest
import soundfile as sf

from tests.tts_engine.covers.tiny import RATE, band, buzz, sung_stereo, tiny_models
from tts_engine.audio.tags import is_tagged_as_generated
from tts_engine.cli import main
from tts_engine.covers import listening
from tts_engine.covers.models import CoverModels
from tts_engine.types import Audio


@pytest.fixture
def loaded(monkeypatch):
    """The models are tiny, and a voice is any sound; how often they were asked for."""
    asked = []

    def load(weights=None, device="auto"):
        asked.append(device)
        return tiny_models()

    monkeypatch.setattr(CoverModels, "load", load)
    # a voice of the bank says its sample itself, which tiny models cannot
    monkeypatch.setattr(CoverModels, "sample", lambda self, voice: Audio(buzz(2.0), RATE))
    monkeypatch.setattr(
        listening, "_voiced", lambda wave, frames: listening.frame_powers(wave, frames) > 1e-6
    )
    return asked


@pytest.fixture
def own(tmp_path):
    sf.write(tmp_path / "a.wav", sung_stereo(4.0, 1.0, 3.0), RATE)
    sf.write(tmp_path / "b.wav", band(4.0), RATE)
    return ["--vocals", str(tmp_path / "a.wav"), "--accompaniment", str(tmp_path / "b.wav")]


def test_a_cover_of_own_stems_with_all_its_files(loaded, own, tmp_path, capsys):
    out = tmp_path / "out"
    out.mkdir()
    options = ["--song", "--index-rate", "0", "--voice", "anna", "--transpose", "-2"]
    wanted = ["--stems", str(out / "stems"), "--report", str(out / "r.html")]
    assert main(["convert", *own, *options, *wanted, "--output", str(out / "mix.mp3")]) == 0
    assert {path.name for path in out.iterdir()} == {"mix.mp3", "r.html", "stems"}
    names = {path.name for path in (out / "stems").iterdir()}
    assert names == {"vocals.flac", "accompaniment.flac", "converted.flac", "f0.csv"}
    assert is_tagged_as_generated((out / "mix.mp3").read_bytes())
    assert "-2 semitones" in capsys.readouterr().out
    assert loaded == ["auto"]


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["--song", "--transpose", "30"], "transpose is 30"),
        (["--song", "--f0", "magic"], "'magic'"),
        (["--song", "--voice", "nobody"], "'nobody'"),
        (["--song", "--reference", "none.wav"], "no file none.wav"),
        (["--song", "--report", "nowhere/r.html"], "nowhere/r.html"),
        (["--song", "--preview", "60"], "60 s"),
        (["--song", "--f0-file", "none.csv"], "none.csv"),
        (["--preset", "speech"], "apart"),
    ],
)
def test_what_is_wrong_is_told_before_models_load(loaded, own, tmp_path, capsys, options, told):
    before = set(tmp_path.iterdir())
    status = main(["convert", *own, *options, "--output", str(tmp_path / "mix.mp3")])
    assert status == 2
    assert told in capsys.readouterr().err
    assert loaded == []
    assert set(tmp_path.iterdir()) == before


@pytest.mark.parametrize("options", [["--transpose", "high"], ["--song", "--preset", "dubbing"]])
def test_options_that_make_no_sense_are_one_line(own, tmp_path, capsys, options):
    with pytest.raises(SystemExit) as caught:
        main(["convert", *own, *options, "--output", str(tmp_path / "mix.mp3")])
    assert caught.value.code == 2
    assert capsys.readouterr().err.count("\n") == 1
