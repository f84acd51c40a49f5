"""The chain of a cover on sounds small enough to be known to the sample."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
import soundfile as sf

from tests.tts_engine.covers.tiny import RATE, band, sung_stereo, tiny_models, tiny_voice
from tts_engine.audio.tags import is_tagged_as_generated
from tts_engine.covers import listening, reporting
from tts_engine.covers import stems as stems_module
from tts_engine.covers.making import STAGES, make_cover
from tts_engine.covers.pitch import write_f0
from tts_engine.covers.settings import CoverSettings, CoverSource
from tts_engine.errors import AudioError, RequestError
from tts_engine.types import Audio
from tts_engine.watermark.detection import detect_mark
from tts_engine.watermark.key import installation_key

FAST = CoverSettings(transpose=0.0)


@pytest.fixture(scope="module")
def models():
    made = tiny_models()
    return lambda: made


@pytest.fixture
def singing(monkeypatch):
    """The detector hears a voice where there is any sound."""

    def voiced(waveform, frames):
        return listening.frame_powers(waveform, frames) > 1e-6

    monkeypatch.setattr(listening, "_voiced", voiced)


@pytest.fixture
def stems(tmp_path):
    """An acapella and an instrumental."""
    folder = tmp_path / "in"
    folder.mkdir()
    sf.write(folder / "a.wav", sung_stereo(), RATE, subtype="PCM_24")
    sf.write(folder / "b.wav", band(), RATE, subtype="PCM_24")
    return CoverSource(vocals=folder / "a.wav", accompaniment=folder / "b.wav")


def test_what_is_not_sung_stays_to_the_sample(singing, stems, models, tmp_path):
    told = []
    out = tmp_path / "out"
    cover = make_cover(
        stems, tiny_voice(), FAST, out, models=models, told=lambda *at: told.append(at)
    )
    assert set(cover.files) >= {"mix", "converted", "vocals", "accompaniment", "f0", "report"}
    assert {path.name for path in out.iterdir()} == {path.name for path in cover.files.values()}
    song = sf.read(stems.vocals)[0] + sf.read(stems.accompaniment)[0]
    mix, rate = sf.read(cover.files["mix"])
    assert (mix.shape, rate) == (song.shape, RATE)
    quiet = np.r_[0 : round(1.8 * RATE), round(5.3 * RATE) : len(song)]
    np.testing.assert_array_equal(mix[quiet], song[quiet])
    middle = slice(round(2.3 * RATE), round(4.7 * RATE))
    assert np.abs(mix[middle] - song[middle]).max() > 0.01
    assert cover.sung_seconds == pytest.approx(3.1, abs=0.2)
    seen = list(dict.fromkeys(stage for stage, _, _ in told))
    assert seen == [stage for stage in STAGES if stage in seen]
    assert all(done <= total for _, done, total in told)


def test_the_new_voice_stands_where_the_old_one_did(singing, stems, models, tmp_path):
    cover = make_cover(stems, tiny_voice(), FAST, tmp_path / "out", models=models)
    voice = sf.read(cover.files["converted"])[0][round(2.5 * RATE) : round(4.5 * RATE)]
    old = sf.read(stems.vocals)[0][round(2.5 * RATE) : round(4.5 * RATE)]
    levels, before = np.sqrt(np.mean(voice**2, axis=0)), np.sqrt(np.mean(old**2, axis=0))
    assert 20 * np.log10(levels[0] / levels[1]) == pytest.approx(20 * np.log10(0.9 / 0.4), abs=0.7)
    assert 20 * np.log10(np.linalg.norm(levels) / np.linalg.norm(before)) == pytest.approx(0, abs=1)
    assert is_tagged_as_generated(cover.files["mix"].read_bytes())
    assert is_tagged_as_generated(cover.files["converted"].read_bytes())


def test_who_is_told_may_stop_it_and_nothing_is_left(singing, stems, models, tmp_path):
    out = tmp_path / "out"
    out.mkdir()
    (out / "mix.flac").write_bytes(b"of before")

    def stop(stage, done, total):
        if stage == "mixing":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        make_cover(stems, tiny_voice(), FAST, out, models=models, told=stop)
    assert [path.name for path in out.iterdir()] == ["mix.flac"]
    assert (out / "mix.flac").read_bytes() == b"of before"


def test_a_report_that_fails_leaves_nothing(singing, stems, models, monkeypatch, tmp_path):
    def fail(told, sounds, excerpt):
        raise MemoryError

    monkeypatch.setattr(reporting, "render", fail)
    with pytest.raises(MemoryError):
        make_cover(stems, tiny_voice(), FAST, tmp_path / "out", models=models)
    assert not list((tmp_path / "out").iterdir())


def test_music_without_a_voice_is_named(monkeypatch, stems, tmp_path):
    monkeypatch.setattr(listening, "_voiced", lambda waveform, frames: np.zeros(frames, bool))
    with pytest.raises(AudioError) as caught:
        make_cover(stems, tiny_voice(), FAST, tmp_path / "out", models=pytest.fail)
    assert caught.value.code == "no_voice_in_song"
    assert not list((tmp_path / "out").iterdir())


@pytest.mark.parametrize(
    ("settings", "code"),
    [
        (CoverSettings(transpose=20.0, key_shift=5), "bad_conversion_settings"),
        (CoverSettings(preset="opera"), "bad_conversion_settings"),
        (CoverSettings(rate_hz=8000), "bad_conversion_settings"),
        (CoverSettings(protect=0.7), "bad_conversion_settings"),
        (CoverSettings(preset="speech", key_shift=1), "bad_conversion_settings"),
        (CoverSettings(audio_format="wma"), "unknown_format"),
        (CoverSettings(f0_method="magic"), "unknown_f0_method"),
        (CoverSettings(preset="speech"), "stems_of_speech"),
        (CoverSettings(preview_from=30.0), "preview_outside_song"),
    ],
)
def test_bad_wishes_are_refused_before_models_load(settings, code, stems, tmp_path):
    with pytest.raises(RequestError) as caught:
        make_cover(stems, tiny_voice(), settings, tmp_path / "out", models=pytest.fail)
    assert caught.value.code == code
    assert not any(tmp_path.glob("out/*"))


@pytest.mark.parametrize("preset", ["song", "speech"])
def test_a_silent_recording_is_refused_before_a_reference_is_measured(preset, tmp_path):
    sf.write(tmp_path / "a.wav", np.zeros((2 * RATE, 2)), RATE)
    voice = replace(tiny_voice(), profile=None)
    with pytest.raises(AudioError) as caught:
        make_cover(
            CoverSource(song=tmp_path / "a.wav"),
            voice,
            CoverSettings(preset=preset),
            tmp_path / "out",
            models=pytest.fail,
        )
    assert caught.value.code == "song_silent"


def test_a_reference_is_measured_before_a_song_is_separated(monkeypatch, tmp_path):
    monkeypatch.setattr(stems_module, "separate_opened", pytest.fail)
    sf.write(tmp_path / "a.wav", band(), RATE)
    models = tiny_models()

    def profile(audio):
        raise AudioError("too_little_speech", "too little", "слишком мало")

    models.cloner.profile = profile
    with pytest.raises(AudioError, match="too little"):
        make_cover(
            CoverSource(song=tmp_path / "a.wav"),
            replace(tiny_voice(), profile=None),
            FAST,
            tmp_path / "out",
            models=lambda: models,
        )


def test_a_song_in_another_key_is_as_long_and_its_music_shifted(singing, stems, models, tmp_path):
    settings = replace(FAST, key_shift=3, audio_format="wav")
    cover = make_cover(stems, tiny_voice(), settings, tmp_path / "out", models=models)
    assert cover.semitones == 3
    assert sf.info(cover.files["mix"]).frames == 8 * RATE
    music = sf.read(cover.files["accompaniment"])[0]
    assert np.abs(music - sf.read(stems.accompaniment)[0]).max() > 0.05
    np.testing.assert_allclose(
        sf.read(cover.files["mix"])[0][:RATE], music[:RATE], atol=1e-4
    )  # the acapella is silent there


def test_an_own_instrumental_gets_nothing_of_the_old_song(singing, monkeypatch, models, tmp_path):
    song = sung_stereo() + band()
    sf.write(tmp_path / "song.wav", song, RATE, subtype="PCM_24")
    sf.write(tmp_path / "own.wav", band(seed=5), RATE, subtype="PCM_24")

    def separated(song, folder, *, preview_from, device, told):
        made = {"vocals": folder / "vocals.flac", "accompaniment": folder / "accompaniment.flac"}
        sf.write(made["vocals"], sung_stereo(), RATE, subtype="PCM_24")
        sf.write(made["accompaniment"], band(), RATE, subtype="PCM_24")
        return SimpleNamespace(**made, start_seconds=0.0, seconds=8.0)

    monkeypatch.setattr(stems_module, "separate_opened", separated)
    source = CoverSource(song=tmp_path / "song.wav", accompaniment=tmp_path / "own.wav")
    cover = make_cover(source, tiny_voice(), FAST, tmp_path / "out", models=models)
    mix, own = sf.read(cover.files["mix"])[0], sf.read(tmp_path / "own.wav")[0]
    np.testing.assert_array_equal(mix[: round(1.8 * RATE)], own[: round(1.8 * RATE)])
    whole = make_cover(
        replace(source, accompaniment=None), tiny_voice(), FAST, tmp_path / "whole", models=models
    )
    mix = sf.read(whole.files["mix"])[0]
    np.testing.assert_allclose(mix[: round(1.8 * RATE)], song[: round(1.8 * RATE)], atol=1e-6)


def test_music_is_not_converted_as_speech(monkeypatch, tmp_path):
    monkeypatch.setattr(listening, "_voiced", lambda waveform, frames: np.arange(frames) < 20)
    sf.write(tmp_path / "a.wav", band(6.0), RATE)
    with pytest.raises(AudioError) as caught:
        make_cover(
            CoverSource(song=tmp_path / "a.wav"),
            tiny_voice(),
            CoverSettings(preset="speech"),
            tmp_path / "out",
            models=pytest.fail,
        )
    assert caught.value.code == "no_voice_in_song"


def test_speech_is_converted_whole_and_marked(singing, models, tmp_path):
    sf.write(tmp_path / "a.wav", sung_stereo(6.0, 0.5, 5.5)[:, 0], RATE)
    cover = make_cover(
        CoverSource(song=tmp_path / "a.wav"),
        tiny_voice(),
        CoverSettings(preset="speech", audio_format="mp3", rate_hz=24_000, report=False),
        tmp_path / "out",
        models=models,
    )
    assert set(cover.files) == {"mix", "f0"}
    assert not cover.figures
    assert cover.semitones == 7
    heard, rate = sf.read(cover.files["mix"])
    assert (len(heard) / rate, rate) == (pytest.approx(6.0, abs=1e-3), 24_000)
    assert np.abs(heard[rate : 5 * rate]).max() > 0.01
    assert detect_mark(Audio(heard.mean(axis=1), rate), installation_key()).score > 6.0


def test_the_report_needs_nothing_else(singing, stems, models, tmp_path):
    settings = replace(FAST, transpose=None)
    cover = make_cover(stems, tiny_voice(), settings, tmp_path / "out", models=models)
    page = cover.files["report"].read_text(encoding="utf-8")
    assert page.count("data:audio/mpeg;base64,") == 5
    assert page.count("data:image/png;base64,") == 2
    assert "auto (+12)" in page
    assert "http" not in page.split("base64")[0]
    assert cover.figures["level_db"] == pytest.approx(0.0, abs=2.0)
    assert {"likeness", "likeness_before", "watermark"} <= set(cover.figures)


def test_an_f0_of_another_song_is_refused_before_anything_is_done(stems, tmp_path):
    write_f0(np.full(1000, 150.0, np.float32), 0.0, tmp_path / "f0.csv")
    settings = replace(FAST, f0_file=tmp_path / "f0.csv")
    told = []
    with pytest.raises(RequestError) as caught:
        make_cover(
            stems,
            tiny_voice(),
            settings,
            tmp_path / "out",
            models=pytest.fail,
            told=lambda *at: told.append(at),
        )
    assert caught.value.code == "f0_file_of_another_length"
    assert not told
