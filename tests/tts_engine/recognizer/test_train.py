"""Training of the recognizer on a tiny corpus: it learns, resumes, and its batches are varied."""

import random
from dataclasses import replace

import pytest
import torch

from tests.tts_engine.tiny_corpus import write_corpus, write_tiny_features
from tts_engine.checkpoints import load_checkpoint
from tts_engine.recognizer.config import BILSTM, JUDGE, RecognizerConfig
from tts_engine.recognizer.data import LOW, InputCache, collate, training_batches
from tts_engine.recognizer.train import (
    PRESETS,
    RecognizerTrainer,
    RecognizerTraining,
    follow,
)
from tts_engine.recognizer.variation import add_echo, mask, vary_rooms
from tts_engine.recognizer.wide_variation import vary_wide
from tts_engine.training.corpus import HELD_OUT, TRAIN
from tts_engine.training.loop import RunConfig

TINY = RecognizerConfig(
    channels=24, blocks=4, slow_blocks=2, feature_block=1, kernel=3, dropout=0.0
)
TINY_JUDGE = RecognizerConfig(
    kind=BILSTM,
    channels=24,
    stem_channels=4,
    blocks=1,
    slow_blocks=0,
    feature_block=1,
    dropout=0.0,
)


def settings(tmp_path, steps, model=TINY):
    return RecognizerTraining(
        run=RunConfig(folder=tmp_path / "run", steps=steps, device="cpu", precision="32-true"),
        corpus=tmp_path / "corpus",
        model=model,
        variation=vary_wide if model.wide else vary_rooms,
        learning_rate=1e-2,
        frames_per_batch=600,
    )


@pytest.mark.parametrize("model", [TINY, TINY_JUDGE])
def test_tiny_training_learns_and_goes_on_after_a_stop(tmp_path, model):
    write_corpus(tmp_path / "corpus")
    if model.wide:
        write_tiny_features(tmp_path / "corpus")
    first = RecognizerTrainer(settings(tmp_path, 30, model))
    clips = first.train_clips
    batch = collate([first.cache.input(clip) for clip in clips], clips)
    before = first._loss(first.network.eval(), batch).item()
    first.network.train()
    first.fit()
    second = RecognizerTrainer(settings(tmp_path, 60, model))
    second.fit()
    assert second.run.step == 60
    after = second._loss(second.network.eval(), batch).item()
    assert after < 0.6 * before
    config, weights = load_checkpoint(tmp_path / "run" / "weights", RecognizerConfig)
    assert config == model
    assert set(weights) == set(second.network.state_dict())


def test_variation_keeps_the_bins_and_changes_the_pace(tmp_path):
    rows = write_corpus(tmp_path / "corpus")
    mel = InputCache(tmp_path / "corpus", TINY_JUDGE).input(rows[0])
    lengths = {vary_rooms([mel], random.Random(seed))[0].shape for seed in range(5)}
    assert {shape[0] for shape in lengths} == {80}
    assert len(lengths) > 1


def test_only_an_ear_of_wide_bands_learns_from_features(tmp_path):
    spoken = write_corpus(tmp_path)
    features = write_tiny_features(tmp_path)
    ear, mel_reader = InputCache(tmp_path, TINY), InputCache(tmp_path, TINY_JUDGE)
    assert len(mel_reader.clips(TRAIN)) == len(spoken) - 1
    assert len(ear.clips(TRAIN)) == len(spoken) - 1 + len(features) - 1
    assert [clip.id for clip in ear.clips(HELD_OUT)] == [spoken[-1].id, features[-1].id]
    assert ear.input(features[0]).shape == (22, features[0].samples // 256)
    assert ear.input(spoken[0]).shape[0] == 22


def test_what_is_measured_and_exported_is_the_mean_of_the_weights(tmp_path):
    write_corpus(tmp_path / "corpus")
    trainer = RecognizerTrainer(settings(tmp_path, 40))
    trainer.fit()
    _, weights = load_checkpoint(tmp_path / "run" / "weights", RecognizerConfig)
    mean = trainer.mean.module.state_dict()["head.weight"]
    torch.testing.assert_close(weights["head.weight"], mean, atol=1e-3, rtol=1e-3)
    assert (mean - trainer.network.head.weight).abs().max() > 1e-3


def test_a_training_begins_with_given_weights(tmp_path):
    write_corpus(tmp_path / "corpus")
    first = RecognizerTrainer(settings(tmp_path, 5))
    first.fit()
    folder = tmp_path / "run" / "weights"
    second = RecognizerTrainer(
        replace(settings(tmp_path / "next", 5), corpus=first.settings.corpus, start_from=folder)
    )
    _, weights = load_checkpoint(folder, RecognizerConfig)
    torch.testing.assert_close(second.network.state_dict(), weights)
    torch.testing.assert_close(second.mean.module.state_dict(), weights)


def test_mean_weights_forget_their_beginning():
    means, weights = [torch.zeros(1)], [torch.ones(1)]
    for steps in range(200):
        follow(means, weights, steps)
    assert means[0] > 0.99


def test_an_echo_rings_on_in_power_and_adds_to_what_follows():
    mel = torch.full((80, 30), LOW)
    mel[:, 5] = 0.0  # power 1
    mel[:, 7] = 0.0
    power = add_echo(mel, 0.5).mul(2).exp()
    expected = torch.tensor([0.0, 1.0, 0.5, 0.25 + 1.0, 0.625])
    torch.testing.assert_close(power[0, 4:9], expected, atol=1e-4, rtol=0)


def test_masks_hide_no_more_than_they_may():
    mel = torch.randn(80, 100)
    for seed in range(10):
        hidden = mask(mel, random.Random(seed), bands=2, widest_band=5, widest_gap=7) != mel
        assert hidden.all(dim=1).sum() <= 10
        assert hidden.all(dim=0).sum() <= 7
    assert hidden.any()


def test_every_preset_is_trained_on_its_own_variations():
    assert PRESETS["judge"] == (JUDGE, vary_rooms)
    assert PRESETS["recognizer"] == (RecognizerConfig(), vary_wide)


def test_same_seed_gives_the_same_batches(tmp_path):
    clips = write_corpus(tmp_path / "corpus")

    def first_batch():
        torch.manual_seed(0)
        cache = InputCache(tmp_path / "corpus", TINY)
        return next(
            training_batches(clips, cache, frames_per_batch=600, seed=4, variation=vary_rooms)
        )

    torch.testing.assert_close(first_batch().inputs, first_batch().inputs)
