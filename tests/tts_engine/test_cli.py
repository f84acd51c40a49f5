"""The command line: bad input is one line and status 2; commands do what they say."""

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import soundfile as sf

from tests.tts_engine.espeak_speech import espeak_speech
from tts_engine.cli import COMMANDS, TRAINABLE, main
from tts_engine.errors import RequestError
from tts_engine.speaking.cloning import VoiceCloner
from tts_engine.speaking.saving import write_whole
from tts_engine.speaking.voicebank import get_voice
from tts_engine.studio.voice_file import Bases, StudioVoice, write_voice
from tts_engine.synthesizer.deltas import make_delta
from tts_engine.weights import weights_folder

ROOT = Path(__file__).resolve().parent.parent.parent


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


def test_phonemes_know_marks_and_a_dictionary(capsys, tmp_path):
    words = tmp_path / "words.txt"
    words.write_text("замок = зам+ок", "utf-8")
    text = "anna:: Замок. ((пауза)) З+амок."
    status, shown, _ = run(capsys, "phonemes", text, "--dictionary", str(words))
    assert status == 0
    assert shown.splitlines()[::2] == ["зам+ок", "з+амок"]


@pytest.mark.parametrize(
    "arguments",
    [
        ("say", "   ", "--output", "x.mp3"),
        ("say", "🙂", "--output", "x.mp3"),
        ("say", "Привет", "--voice", "nobody", "--output", "x.mp3"),
        ("say", "Привет", "--speed", "5", "--output", "x.mp3"),
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


@pytest.mark.parametrize(
    "arguments",
    [
        ("Привет", "--output", "x.xyz"),
        ("Привет", "--output", "missing/x.mp3"),
        ("При\x07вет", "--output", "x.mp3"),
        ("Привет", "--speed", "nan", "--output", "x.mp3"),
        ("Привет", "--pitch", "13", "--output", "x.mp3"),
        ("Привет", "--variation", "1.5", "--output", "x.mp3"),
        ("Привет", "--seed", "-1", "--output", "x.mp3"),
        ("Привет", "--seed", "99999999999999999999", "--output", "x.mp3"),
        ("Привет", "--voice", "nobody", "--output", "x.mp3"),
        ("Привет", "--reference", "text.wav", "--output", "x.mp3"),
    ],
)
@pytest.mark.weights
def test_bad_input_is_refused_before_the_models_are_loaded(
    capsys, tmp_path, monkeypatch, arguments
):
    def load(**_options):
        raise AssertionError("the models were loaded")

    monkeypatch.setattr(VoiceCloner, "load", load)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "text.wav").write_text("не звук")
    status, _, err = run(capsys, "say", *arguments)
    assert status == 2
    assert len(err.strip().splitlines()) == 1
    assert " / " in err
    assert [path.name for path in tmp_path.iterdir()] == ["text.wav"]


def imported_by(*arguments):
    """Which of the heavy packages a command has imported when it ends."""
    code = (
        "import sys; from tts_engine.cli import main\n"
        "try: main(sys.argv[1:])\n"
        "except SystemExit: pass\n"
        "print('imported', *({'torch', 'numpy', 'pymorphy3', 'soundfile'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments], capture_output=True, text=True, check=True
    )
    return set(done.stdout.splitlines()[-1].split()[1:])


def test_a_command_imports_what_it_needs():
    assert imported_by("--help") == set()
    assert imported_by("train", "--help") == set()
    assert imported_by("train", "manifest", "--help") == set()
    assert "torch" not in imported_by("say", "--help")


@pytest.mark.parametrize(
    "arguments", [*([name] for name in COMMANDS), *(["train", name] for name in TRAINABLE)]
)
def test_every_command_tells_its_options(capsys, arguments):
    with pytest.raises(SystemExit) as caught:
        main([*arguments, "--help"])
    assert caught.value.code == 0
    assert capsys.readouterr().out.startswith(f"usage: python -m tts_engine {' '.join(arguments)}")


def test_the_manifest_lists_what_is_there(capsys, tmp_path):
    (tmp_path / "ear").mkdir()
    (tmp_path / "ear" / "config.json").write_text("{}")
    assert run(capsys, "train", "manifest", "--weights", tmp_path)[0] == 0
    assert list(json.loads((tmp_path / "manifest.json").read_text())) == ["ear/config.json"]


def test_control_characters_have_no_phonemes(capsys):
    status, _, err = run(capsys, "phonemes", "за\x07мок")
    assert status == 2
    assert "U+0007" in err


def test_a_file_that_cannot_be_replaced_leaves_nothing(tmp_path):
    (tmp_path / "x.mp3").mkdir()
    with pytest.raises(RequestError, match=r"x\.mp3 cannot be written: Is a directory"):
        write_whole(tmp_path / "x.mp3", b"sound")
    assert [path.name for path in tmp_path.iterdir()] == ["x.mp3"]


def test_ctrl_c_ends_quietly(capsys, monkeypatch):
    def interrupted(*_arguments):
        raise KeyboardInterrupt

    monkeypatch.setattr("tts_engine.markup.reading.read_script", interrupted)
    assert run(capsys, "phonemes", "замок") == (130, "", "")


def test_packages_below_log_warnings_only():
    code = (
        "import logging, tts_engine.cli as cli\n"
        "cli.main(['phonemes', 'замок'])\n"
        "for name in 'pymorphy3', 'matplotlib', 'tts_engine': logging.getLogger(name).info(name)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert [line.split()[-1] for line in done.stderr.splitlines()] == ["tts_engine"]


@pytest.mark.weights
def test_voices_lists_the_bank(capsys):
    status, out, _ = run(capsys, "voices")
    assert status == 0
    assert "anna\tAnna / Анна\t" in out


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
    run(capsys, "say", text, "--voice", "Анна", "--output", again)
    assert output.read_bytes() == again.read_bytes()
    _, heard, _ = run(capsys, "recognize", output)
    assert len(heard.split()) > 10
    status, row, _ = run(capsys, "embed", output)
    if status == 0:  # long enough to be a reference
        assert np.linalg.norm(json.loads(row)["embedding"]) == pytest.approx(1.0, abs=1e-3)


@pytest.mark.parametrize(
    ("more", "words"),
    [
        (["--block-seconds", "3"], "block_seconds is 3.0; expected 0.06 … 0.5"),
        (["--input", "a.wav"], "--input and --output belong together"),
        (["--input", "a.wav", "--output", "o.doc"], "unknown format"),
        (["--input", "missing.wav", "--output", "o.flac"], "no file missing.wav"),
    ],
)
def test_live_refuses_what_it_cannot_do(capsys, more, words):
    status, _, told = run(capsys, "live", *more)
    assert status == 2
    assert words in told


def test_live_needs_a_package_for_a_microphone(capsys, monkeypatch):
    monkeypatch.setitem(sys.modules, "sounddevice", None)
    status, _, told = run(capsys, "live", "--voice", "anna")
    assert status == 2
    assert "pip install sounddevice" in told


@pytest.mark.weights
@pytest.mark.parametrize("how", ["reference", "reference, drawn to it", "voice file"])
def test_live_speaks_in_a_voice_that_is_given(capsys, tmp_path, how):
    """In a recording's, with an index of it and without, and in a trained one's."""
    speech, bases = espeak_speech(), Bases.of(weights_folder())
    delta, converting = (
        make_delta(base, {"output.bias.add": np.zeros(80, np.float32)})
        for base in (bases.synthesizer, bases.conversion)
    )
    one = replace(get_voice("anna").profile, delta=delta, conversion_delta=converting)
    sf.write(tmp_path / "he.wav", speech.waveform, speech.sample_rate_hz)
    write_voice(tmp_path / "she.voice", StudioVoice(profile=one))
    given = {
        "reference": ["--reference", tmp_path / "he.wav"],
        "reference, drawn to it": ["--reference", tmp_path / "he.wav", "--index-rate", "0.5"],
        "voice file": ["--voice-file", tmp_path / "she.voice"],
    }[how]
    status, out, told = run(
        capsys, "live", *given, "--input", tmp_path / "he.wav", "--output", tmp_path / "out.flac",
        "--seconds", "4", "--device", "cpu",
    )  # fmt: skip
    assert status == 0, told
    moved = float(out.rsplit("semitones ", 1)[1])
    assert moved == 0 if how != "voice file" else moved > 6
    heard, _ = sf.read(tmp_path / "out.flac")
    assert np.abs(heard).max() > 0.1


@pytest.mark.weights
def test_live_hears_a_file_and_tells_what_the_delay_is_made_of(capsys, tmp_path):
    time = np.arange(3 * 48_000) / 48_000
    buzz = sum(np.sin(2 * np.pi * 130 * k * time) / k for k in range(1, 9)) * 0.1
    sf.write(tmp_path / "in.wav", buzz, 48_000)
    status, out, _ = run(
        capsys, "live", "--input", tmp_path / "in.wav", "--output", tmp_path / "out.flac",
        "--record", tmp_path / "kept",
    )  # fmt: skip
    assert status == 0
    assert "delay" in out
    assert "block 104 + ahead 93" in out
    assert " 0 dropped; semitones +" in out
    heard, rate = sf.read(tmp_path / "out.flac")
    assert rate == 48_000
    assert 2.9 < heard.size / rate < 3.3
    assert sorted(path.name for path in (tmp_path / "kept").iterdir()) == [
        "heard.flac",
        "said.flac",
    ]
