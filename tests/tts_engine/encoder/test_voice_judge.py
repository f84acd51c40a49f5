"""The voice judge: what it hears, what it teaches, and its training."""

import numpy as np
import pytest
import torch

from tests.tts_engine.espeak_speech import espeak_speech
from tests.tts_engine.tiny_corpus import write_corpus, write_tiny_features
from tts_engine.audio.mel import MelConfig, log_mel
from tts_engine.audio.resample import resample_audio
from tts_engine.checkpoints import save_checkpoint
from tts_engine.encoder.config import VoiceJudgeConfig
from tts_engine.encoder.losses import Ge2eLoss
from tts_engine.encoder.train import PRESETS, EncoderTraining, build, train
from tts_engine.encoder.voice_data import THROATS, VoiceSampler, warped_rows
from tts_engine.encoder.voice_judge import VoiceJudge, VoiceJudgeNetwork
from tts_engine.errors import AudioError, CheckpointError
from tts_engine.training.corpus import HELD_OUT
from tts_engine.training.loop import RunConfig
from tts_engine.types import Audio
from tts_engine.weights import list_folder, weights_folder

TINY = VoiceJudgeConfig(channels=16, blocks=2, kernel=3, embedding=8, window_frames=32)


@pytest.fixture
def corpus(tmp_path):
    write_corpus(tmp_path / "corpus")
    write_tiny_features(tmp_path / "corpus")
    return tmp_path / "corpus"


def test_vectors_have_unit_length_and_do_not_hear_how_loud_it_is():
    network = VoiceJudgeNetwork(TINY).eval()
    mels = torch.randn(3, 80, 40) - 5
    vectors = network(mels)
    torch.testing.assert_close(vectors.norm(dim=1), torch.ones(3))
    torch.testing.assert_close(network(mels + 1.5), vectors, atol=1e-4, rtol=1e-3)


def test_a_saved_judge_teaches_mels_and_learns_nothing(tmp_path):
    save_checkpoint(tmp_path / "judge", TINY, VoiceJudgeNetwork(TINY).state_dict())
    list_folder(tmp_path / "judge")
    judge = VoiceJudge.load(tmp_path / "judge", MelConfig())
    mels = (torch.randn(2, 80, 48) - 5).requires_grad_()
    judge(mels)[:, 0].sum().backward()
    assert (mels.grad.flatten(1).abs().amax(dim=1) > 0).all()
    assert torch.isfinite(mels.grad).all()
    assert not any(parameter.requires_grad for parameter in judge.parameters())


def test_mels_of_another_analysis_are_refused(tmp_path):
    save_checkpoint(tmp_path / "judge", TINY, VoiceJudgeNetwork(TINY).state_dict())
    list_folder(tmp_path / "judge")
    with pytest.raises(CheckpointError) as caught:
        VoiceJudge.load(tmp_path / "judge", MelConfig(hop_samples=128))
    assert caught.value.code == "mel_mismatch"


def test_one_batch_is_learned():
    torch.manual_seed(0)
    network, criterion = VoiceJudgeNetwork(TINY), Ge2eLoss()
    mels = torch.randn(4, 1, 80, 1) + 0.3 * torch.randn(4, 3, 80, 32) - 5
    optimizer = torch.optim.Adam([*network.parameters(), *criterion.parameters()], lr=3e-3)
    losses = []
    for _ in range(60):
        loss = criterion(network(mels.flatten(0, 1)).unflatten(0, (4, 3)))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    assert losses[-1] < 0.3 * losses[0]


def test_rows_move_all_frequencies_by_a_factor():
    mel = MelConfig()
    tones = [
        int(
            log_mel(torch.sin(torch.arange(8192) * 2 * torch.pi * hz / 22_050)[None], mel)[0]
            .mean(dim=1)
            .argmax()
        )
        for hz in (1500, 1500 * 1.16)
    ]
    assert warped_rows(1.16, mel)[tones[1]] == pytest.approx(tones[0], abs=0.7)
    np.testing.assert_allclose(warped_rows(1.0, mel), np.arange(80), atol=1e-9)


def test_a_batch_has_voices_of_training_clips_alone(corpus):
    sampler = VoiceSampler(corpus, TINY)
    voices = 2 * len(THROATS)
    batch = sampler.draw(voices, 3, np.random.default_rng(0))
    assert batch.shape == (voices, 3, 80, 32)
    assert torch.isfinite(batch).all()
    held_out = {clip.id for clip in sampler.clips(HELD_OUT)}
    assert held_out
    assert not held_out & set(sampler._mels)
    with pytest.raises(AudioError) as caught:
        sampler.draw(voices + 1, 3, np.random.default_rng(0))
    assert caught.value.code == "too_few_speakers"


def test_training_writes_what_loads(corpus, tmp_path):
    settings = EncoderTraining(
        run=RunConfig(folder=tmp_path / "run", steps=2, device="cpu", precision="32-true"),
        corpus=corpus,
        model=TINY,
        speakers=4,
        utterances=2,
    )
    assert np.isfinite(train(settings))
    VoiceJudge.load(tmp_path / "run" / "weights", TINY.mel)


def test_the_preset_builds_the_judge(corpus):
    network, sampler = build(PRESETS["voice-judge"].model, corpus)
    assert isinstance(network, VoiceJudgeNetwork)
    assert isinstance(sampler, VoiceSampler)


@pytest.mark.weights
def test_the_shipped_judge_tells_voices_apart():
    judge = VoiceJudge.load(weights_folder() / "voice_judge", MelConfig())
    speech = resample_audio(espeak_speech(), 22_050)
    higher = resample_audio(Audio(speech.waveform, 22_050), 18_000)
    vectors = []
    for waveform in (speech.waveform, higher.waveform):
        mel = log_mel(torch.from_numpy(waveform)[None], MelConfig())[0]
        windows = mel.unfold(1, judge.window_frames, 40).transpose(0, 1)
        halves = windows[: len(windows) // 2], windows[len(windows) // 2 :]
        vectors += [
            torch.nn.functional.normalize(judge(half).mean(dim=0), dim=0) for half in halves
        ]
    cosines = torch.stack(vectors) @ torch.stack(vectors).T
    assert (
        min(cosines[0, 1], cosines[2, 3]) > max(cosines[0, 3], cosines[1, 2], cosines[0, 2]) + 0.1
    )
