"""The command `convert`."""

import csv
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
import soundfile as sf

from tests.tts_engine.covers.tiny import RATE, band, buzz, sung_stereo, tiny_models, tiny_voice
from tts_engine.audio.tags import is_tagged_as_generated
from tts_engine.cli import main
from tts_engine.conversion.converting import Target
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


@pytest.fixture
def speech(tmp_path):
    """Two recordings that can be converted, one of them in a zip, and one that cannot."""
    folder = tmp_path / "in"
    folder.mkdir()
    sf.write(folder / "a.wav", buzz(4.0), RATE)
    sf.write(folder / "silent.wav", 0 * buzz(4.0), RATE)
    sf.write(tmp_path / "a.flac", buzz(3.0), RATE)
    with zipfile.ZipFile(tmp_path / "more.zip", "w") as archive:
        archive.write(tmp_path / "a.flac", "a.flac")
        archive.writestr("words.pdf", "no sound")
    return [str(folder), str(tmp_path / "more.zip")]


def test_every_reference_is_heard_and_the_first_tells_who_it_is(
    loaded, speech, tmp_path, monkeypatch
):
    known, heard = tiny_voice().profile, []

    def measured(self, voice):
        return replace(voice, profile=known)

    def target(self, voice, told):
        heard.extend(round(audio.seconds) for audio in voice.recordings)
        return Target(profile=known)

    monkeypatch.setattr(CoverModels, "measured", measured)
    monkeypatch.setattr(CoverModels, "target", target)
    given = ["--reference", f"{speech[0]}/a.wav", "--reference", str(tmp_path / "a.flac")]
    out = str(tmp_path / "out.flac")
    assert main(["convert", f"{speech[0]}/a.wav", *given, "--output", out]) == 0
    assert heard == [4, 3]


def rows_of(folder):
    with (folder / "index.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_many_recordings_are_converted_and_those_that_fail_are_listed(
    loaded, speech, tmp_path, capsys
):
    out, stems = tmp_path / "out", tmp_path / "stems"
    options = ["--index-rate", "0", "--transpose", "0", "--stems", str(stems), "--format", "flac"]
    assert main(["convert", *speech, *options, "--output", str(out)]) == 2
    assert {path.name for path in out.iterdir()} == {"a.flac", "a-2.flac", "index.csv"}
    assert {path.name: [one.name for one in path.iterdir()] for path in stems.iterdir()} == {
        "a": ["f0.csv"],
        "a-2": ["f0.csv"],
    }
    rows = rows_of(out)
    told = [(row["source"], row["file"], row["status"], row["error"]) for row in rows]
    assert told == [
        ("a.wav", "a.flac", "succeeded", ""),
        ("silent.wav", "", "failed", "song_silent"),
        ("a.flac", "a-2.flac", "succeeded", ""),
    ]
    assert rows[0]["seconds"] == "4.0"
    assert "silent" in rows[1]["message"]
    assert any("а" <= letter <= "я" for letter in rows[1]["message"])
    said = capsys.readouterr()
    assert "2 of 3, silent.wav: song_silent" in said.out
    assert "1 of 3 recordings failed" in said.err.splitlines()[-1]
    assert loaded == ["auto"], "models are loaded once"


def test_many_recordings_of_which_none_fails_end_well(loaded, speech, tmp_path):
    options = ["--index-rate", "0", "--transpose", "0"]
    assert main(["convert", speech[1], *options, "--output", str(tmp_path / "out")]) == 0
    assert [row["status"] for row in rows_of(tmp_path / "out")] == ["succeeded"]
    assert is_tagged_as_generated((tmp_path / "out" / "a.mp3").read_bytes())


def test_one_recording_may_go_into_a_folder_too(loaded, speech, tmp_path):
    options = ["--index-rate", "0", "--transpose", "0", "--output", str(tmp_path / "out")]
    assert main(["convert", f"{speech[0]}/a.wav", *options]) == 0
    assert {path.name for path in (tmp_path / "out").iterdir()} == {"a.mp3", "index.csv"}


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["--f0-file", "a.csv"], "one recording"),
        (["--vocals", "a.wav", "--song"], "one recording"),
        (["--transpose", "30"], "transpose is 30"),
        (["--reference", "none.wav"], "no file none.wav"),
        (["--output", "in"], "among the recordings"),
        (["--output", "in/deep"], "among the recordings"),
        (["--output", "out.mp3"], "need a folder"),
    ],
)
def test_what_is_wrong_for_all_of_them_is_told_once(
    loaded, speech, tmp_path, monkeypatch, capsys, options, told
):
    monkeypatch.chdir(tmp_path)
    before = sorted(tmp_path.rglob("*"))
    assert main(["convert", *speech, "--output", "out", *options]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert told in said.err
    assert said.err.count("\n") == 1
    assert sorted(tmp_path.rglob("*")) == before


def test_results_of_one_recording_do_not_come_beside_it(loaded, speech, capsys):
    before = sorted(Path(speech[0]).iterdir())
    assert main(["convert", f"{speech[0]}/a.wav", "--output", speech[0]]) == 2
    assert "among the recordings" in capsys.readouterr().err
    assert sorted(Path(speech[0]).iterdir()) == before
    assert loaded == []


def test_a_folder_without_recordings_is_told(loaded, tmp_path, capsys):
    (tmp_path / "in").mkdir()
    assert main(["convert", str(tmp_path / "in"), "--output", str(tmp_path / "out")]) == 2
    assert "no recordings" in capsys.readouterr().err
    assert loaded == []
