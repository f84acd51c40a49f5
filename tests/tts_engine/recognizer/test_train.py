"""Training of the recognizer on a tiny corpus: it learns, resumes, and its batches are varied."""

import random

import torch

from tests.tts_engine.tiny_corpus import write_corpus
from tts_engine.audio.mel import MelConfig
from tts_engine.checkpoints import load_checkpoint
from tts_engine.recognizer.config import RecognizerConfig
from tts_engine.recognizer.data import MelCache, collate, training_batches, vary
from tts_engine.recognizer.train import RecognizerTrainer, RecognizerTraining
from tts_engine.training.corpus import Corpus
from tts_engine.training.loop import RunConfig

TINY = RecognizerConfig(channels=24, blocks=2, feature_block=1, kernel=3, dropout=0.0)


def settings(tmp_path, steps):
    return RecognizerTraining(
        run=RunConfig(folder=tmp_path / "run", steps=steps, device="cpu", precision="32-true"),
        corpus=tmp_path / "corpus",
        model=TINY,
        learning_rate=1e-2,
        frames_per_batch=600,
    )


def test_tiny_training_learns_and_goes_on_after_a_stop(tmp_path):
    write_corpus(tmp_path / "corpus")
    first = RecognizerTrainer(settings(tmp_path, 30))
    clips = first.train_clips
    batch = collate([first.cache.mel(clip) for clip in clips], clips)
    before = first._loss(first.network.eval(), batch).item()
    first.network.train()
    first.fit()
    second = RecognizerTrainer(settings(tmp_path, 60))
    second.fit()
    assert second.run.step == 60
    after = second._loss(second.network.eval(), batch).item()
    assert after < 0.6 * before
    config, weights = load_checkpoint(tmp_path / "run" / "weights", RecognizerConfig)
    assert config == TINY
    assert set(weights) == set(second.network.state_dict())


def test_variation_keeps_the_bins_and_changes_the_pace(tmp_path):
    rows = write_corpus(tmp_path / "corpus")
    mel = MelCache(Corpus(tmp_path / "corpus"), MelConfig()).mel(rows[0])
    lengths = {vary(mel, random.Random(seed)).shape for seed in range(5)}
    assert {shape[0] for shape in lengths} == {80}
    assert len(lengths) > 1


def test_same_seed_gives_the_same_batches(tmp_path):
    write_corpus(tmp_path / "corpus")
    corpus = Corpus(tmp_path / "corpus")

    def first_batch():
        torch.manual_seed(0)
        cache = MelCache(corpus, MelConfig())
        return next(training_batches(corpus.clips, cache, frames_per_batch=600, seed=4))

    torch.testing.assert_close(first_batch().mels, first_batch().mels)
