"""Training on a tiny corpus: it learns, resumes, measures itself and writes mels for the vocoder."""

import argparse

import numpy as np
import pytest
import torch

from tests.tts_engine.synthesizer.fakes import write_corpus
from tests.tts_engine.synthesizer.tiny import TINY, request
from tts_engine.errors import CheckpointError
from tts_engine.synthesizer import train
from tts_engine.synthesizer.contrast import restore_contrast
from tts_engine.synthesizer.data import SamplingConfig
from tts_engine.synthesizer.export import free_running, write_mels
from tts_engine.synthesizer.inference import Synthesizer
from tts_engine.synthesizer.losses import LossWeights, weighted_sum
from tts_engine.synthesizer.train import SynthesizerTrainer, SynthesizerTraining
from tts_engine.synthesizer.validation import mel_error
from tts_engine.training.loop import RunConfig


def settings(tmp_path, steps, **options):
    return SynthesizerTraining(
        run=RunConfig(folder=tmp_path / "run", steps=steps, save_every=3, device="cpu"),
        corpus=tmp_path / "corpus",
        aligned=tmp_path / "aligned",
        model=TINY,
        sampling=SamplingConfig(batch_frames=500),
        learning_rate=5e-3,
        warmup=5,
        **options,
    )


def test_one_batch_is_learned(tmp_path):
    write_corpus(tmp_path)
    trainer = SynthesizerTrainer(settings(tmp_path, 1))
    batch = next(trainer.sampler.batches(np.random.default_rng(0)))
    sums, after, strayed = [], [], mel_error(free_running(trainer.network, batch)[0], batch)
    for _ in range(40):
        terms = trainer.losses(trainer.network, batch, 1e-3)
        loss = weighted_sum(terms, LossWeights())
        loss.backward()
        trainer.optimizer.step()
        trainer.optimizer.zero_grad()
        sums.append(loss.item())
        after.append(terms["after"].item())
    assert np.isfinite(sums).all()
    assert np.mean(after[-5:]) < 0.7 * after[0]
    assert np.mean(sums[-5:]) < 0.7 * sums[0]
    assert mel_error(free_running(trainer.network, batch)[0], batch) < 0.7 * strayed


def test_run_stops_resumes_and_leaves_weights_that_speak(tmp_path):
    write_corpus(tmp_path)
    SynthesizerTrainer(settings(tmp_path, 3, adversarial_from=1)).fit()
    second = SynthesizerTrainer(settings(tmp_path, 5, adversarial_from=1))
    untaught = second.critic.network.exit.bias.clone()
    second.fit()
    assert not torch.equal(second.critic.network.exit.bias, untaught)
    spread = Synthesizer.load(tmp_path / "run" / "weights", device=torch.device("cpu"))
    assert np.shape(spread.config.band_spread) == (TINY.mel.n_mels,)
    assert min(spread.config.band_spread) > 0
    assert second.run.step == 5
    folder = tmp_path / "run"
    assert (folder / "mel_fake0.png").is_file()
    synthesizer = Synthesizer.load(folder / "weights", device=torch.device("cpu"))
    (result,) = synthesizer.synthesize([request()])
    assert np.isfinite(result.mel).all()

    count = write_mels(
        folder / "weights",
        corpus=tmp_path / "corpus",
        aligned=tmp_path / "aligned",
        output=tmp_path / "mels",
        device="cpu",
    )
    assert count == len(second.aligned.clips)
    item = second.aligned.clips[0]
    mel = np.load(tmp_path / "mels" / f"{item.clip.id}.npy")
    assert mel.shape == (80, item.frames)
    assert mel.dtype == np.float16
    batch = second.aligned.collate([item], [second.aligned.own_voice(item)])
    plain = free_running(synthesizer.network, batch)[0][0, :, : item.frames].numpy()
    restored = restore_contrast(plain, synthesizer.config.band_spread)
    assert np.abs(mel - restored).max() < 0.02
    assert np.abs(mel - plain).max() > 0.1

    write_corpus(tmp_path / "tuned")
    tuned = SynthesizerTrainer(settings(tmp_path / "tuned", 1, start_from=folder / "weights"))
    stored = synthesizer.network.state_dict()
    started = tuned.network.state_dict()
    assert all(torch.equal(started[name], value) for name, value in stored.items())


def test_without_crossed_sentences_no_other_stage_is_needed(tmp_path, monkeypatch):
    write_corpus(tmp_path)
    monkeypatch.setattr(train, "weights_folder", lambda: tmp_path / "nothing")
    SynthesizerTrainer(settings(tmp_path, 1, crossed=0.0)).fit()
    assert (tmp_path / "run" / "weights" / "model.safetensors").is_file()
    with pytest.raises(CheckpointError):
        SynthesizerTrainer(settings(tmp_path, 1))


def test_command_line_options_reach_the_training(monkeypatch):
    parser = argparse.ArgumentParser()
    train.add_arguments(parser)
    seen = []
    monkeypatch.setattr(train, "SynthesizerTrainer", lambda given: seen.append(given) or _Fit())
    train.run(parser.parse_args(["--corpus-weight", "festvox=2.5", "--batch-frames", "700"]))
    assert seen[0].sampling.corpus_weights == {"festvox": 2.5}
    assert seen[0].sampling.batch_frames == 700


class _Fit:
    def fit(self):
        """Nothing to train here."""
