"""Training segments of the vocoder, and what they teach."""

import dataclasses

import numpy as np
import pytest
import torch

from tests.tts_engine.tiny_corpus import write_corpus
from tests.tts_engine.vocoder.test_vocoder import TINY
from tts_engine.audio.mel import MelConfig, log_mel
from tts_engine.f0 import SINGING, track_f0
from tts_engine.training.corpus import Corpus
from tts_engine.training.loop import RunConfig
from tts_engine.types import Audio
from tts_engine.vocoder.data import SegmentSampler, pitch_tracks, read_track
from tts_engine.vocoder.source_filter import pulse_train
from tts_engine.vocoder.train import VocoderTrainConfig, VocoderTraining


def test_the_pitch_between_frames_is_read_where_both_are_voiced():
    f0 = np.linspace(100, 200, 400).astype(np.float32)
    f0[100:120] = 0
    f0_hz, bridged_hz = read_track(f0, np.array([50.0, 110.2, 300.5]))
    assert f0_hz == pytest.approx([f0[50], 0, (f0[300] + f0[301]) / 2])
    assert bridged_hz[[0, 2]] == pytest.approx(f0_hz[[0, 2]])
    assert f0[99] < bridged_hz[1] < f0[120]


def test_segments_played_faster_and_slower_have_the_pitch_of_their_sound(tmp_path, monkeypatch):
    clips = write_corpus(tmp_path / "corpus")
    corpus = Corpus(tmp_path / "corpus")
    buzz = pulse_train(torch.full((1, 400), 150.0), hop_samples=256, sample_rate_hz=22_050)[0] / 50
    monkeypatch.setattr(
        corpus, "segment", lambda _, first, size: buzz[first : first + size].numpy()
    )
    sampler = SegmentSampler(
        corpus,
        clips,
        {clip.id: np.full(clip.samples // 256, 150, np.float32) for clip in clips},
        config=MelConfig(),
        frames=24,
        weights={"tiny": 1.0},
    )
    batch = sampler.draw(24, np.random.default_rng(0))
    assert batch.f0_hz.min() < 140
    assert batch.f0_hz.max() > 300
    for waveform, f0_hz, band_hz in zip(batch.waveform, batch.f0_hz, batch.band_hz, strict=True):
        heard = track_f0(Audio(waveform.numpy(), 22_050), 24, SINGING)
        assert np.median(heard) == pytest.approx(f0_hz.mean().item(), rel=0.01)
        slower = min(1.0, f0_hz.mean().item() / 150)
        assert band_hz.item() == pytest.approx(clips[0].band_hz * slower, rel=0.01)


@pytest.fixture
def spoken_batch(tmp_path):
    """Three recorded rows and three whose mel is a flat -3."""
    clips = write_corpus(tmp_path / "corpus")
    for clip in clips[:2]:
        (tmp_path / "mels" / clip.id).parent.mkdir(parents=True, exist_ok=True)
        flat = np.full((80, clip.samples // 256), -3, np.float16)
        np.save(tmp_path / "mels" / f"{clip.id}.npy", flat)
    corpus = Corpus(tmp_path / "corpus")
    sampler = SegmentSampler(
        corpus,
        clips,
        pitch_tracks(corpus, clips, MelConfig(), tmp_path),
        config=MelConfig(),
        frames=24,
        weights={"tiny": 1.0},
        mels=tmp_path / "mels",
    )
    assert len(sampler.clips) == 2
    return sampler.draw(6, np.random.default_rng(0))


def test_half_of_a_tuning_batch_has_a_spoken_mel(spoken_batch):
    assert (spoken_batch.recorded, spoken_batch.spoken) == (3, 3)
    assert (spoken_batch.mel[3:] == -3).all()
    own = log_mel(spoken_batch.waveform, MelConfig())[:, :, 4:-4]
    assert (own[:3] - spoken_batch.mel[:3, :, 4:-4]).abs().max() < 1e-3
    assert (own[3:] - spoken_batch.mel[3:, :, 4:-4]).abs().mean() > 0.5


def test_a_spoken_mel_teaches_without_its_recording(spoken_batch, tmp_path):
    config = VocoderTrainConfig(
        run=RunConfig(folder=tmp_path / "run", steps=9, device="cpu", precision="32-true"),
        corpus=tmp_path / "corpus",
        vocoder=TINY,
    )

    def learned(batch, **options):
        training = VocoderTraining(dataclasses.replace(config, **options))
        torch.manual_seed(3)
        values = training.generator_step(batch, training.speak(batch, 2))
        return values, torch.cat([p.detach().flatten() for p in training.generator.parameters()])

    values, weights = learned(spoken_batch)
    assert values["mel"] > 0
    assert values["voice"] > 0
    other = dataclasses.replace(spoken_batch, waveform=spoken_batch.waveform.clone())
    other.waveform[3:] = 0.5
    same_values, same_weights = learned(other)
    assert same_values == values
    assert torch.equal(same_weights, weights)
    louder = dataclasses.replace(spoken_batch, mel=spoken_batch.mel.clone())
    louder.mel[3:] += 1
    assert not torch.equal(learned(louder)[1], weights)
    for term in ("mel_weight", "voice_weight"):
        assert not torch.equal(learned(spoken_batch, **{term: 0.0})[1], weights)
