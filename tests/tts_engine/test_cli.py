"""The command line: bad input is one line and status 2; commands do what they say."""

import json

import numpy as np
import pytest
import soundfile as sf

from tts_engine.cli import main


def run(capsys, *arguments):
    status = main([str(argument) for argument in arguments])
    captured = capsys.readouterr()
    return status, captured.out, captured.err


@pytest.fixture
def noise_file(tmp_path):
    path = tmp_path / "silence.wav"
    sf.write(path, np.zeros(48_000, np.float32), 16_000)
    return path


def test_phonemes_show_the_given_stress(capsys):
    status, first, _ = run(capsys, "phonemes", "з+амок")
    assert status == 0
    _, second, _ = run(capsys, "phonemes", "зам+ок")
    assert first.splitlines()[1] == "zˈamək"
    assert second.splitlines()[1] == "zɐmˈok"


@pytest.mark.parametrize(
    "arguments",
    [
        ("say", "   ", "--output", "x.mp3"),
        ("say", "🙂", "--output", "x.mp3"),
        ("say", "Привет", "--voice", "nobody", "--output", "x.mp3"),
        ("say", "Привет", "--speed", "3", "--output", "x.mp3"),
        ("say", "Привет", "--output", "x.xyz"),
        ("say", "--text-file", "missing.txt", "--output", "x.mp3"),
        ("say", "Привет", "--reference", "missing.wav", "--output", "x.mp3"),
        ("recognize", "missing.wav"),
    ],
)
@pytest.mark.weights
def test_bad_input_is_one_line_in_two_languages(capsys, tmp_path, monkeypatch, arguments):
    monkeypatch.chdir(tmp_path)
    status, out, err = run(capsys, *arguments)
    assert status == 2
    assert out == ""
    assert len(err.strip().splitlines()) == 1
    assert " / " in err
    assert list(tmp_path.iterdir()) == []


def test_silence_cannot_be_embedded(capsys, noise_file):
    status, _, err = run(capsys, "embed", noise_file)
    assert status == 2
    assert "silent" in err


def test_unknown_option_is_one_line(capsys):
    with pytest.raises(SystemExit) as caught:
        main(["say", "Привет", "--output", "x.mp3", "--colour", "red"])
    assert caught.value.code == 2
    assert len(capsys.readouterr().err.strip().splitlines()) == 1


@pytest.mark.weights
def test_spoken_text_is_heard_again(capsys, tmp_path):
    output = tmp_path / "hello.mp3"
    text = "Сегодня хорошая погода."
    assert run(capsys, "say", text, "--voice", "anna", "--output", output)[0] == 0
    again = tmp_path / "again.mp3"
    run(capsys, "say", text, "--voice", "anna", "--output", again)
    assert output.read_bytes() == again.read_bytes()
    _, heard, _ = run(capsys, "recognize", output)
    assert len(heard.split()) > 10
    status, row, _ = run(capsys, "embed", output)
    if status == 0:  # long enough to be a reference
        assert np.linalg.norm(json.loads(row)["embedding"]) == pytest.approx(1.0, abs=1e-3)
