"""The chain of a cover on sounds small enough to be known to the sample."""

import numpy as np
import pytest
import soundfile as sf

from tests.tts_engine.covers.tiny import RATE, band, sung_stereo, tiny_models, tiny_voice
from tts_engine.audio.tags import is_tagged_as_generated
from tts_engine.covers import listening
from tts_engine.covers.making import STAGES, make_cover
from tts_engine.covers.settings import CoverSettings, CoverSource
from tts_engine.errors import AudioError, RequestError

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
    assert set(cover.files) >= {"mix", "converted", "vocals", "accompaniment", "f0"}
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
