"""The attention aligner: windows that wait for sharp attention, learning, times, and a training that goes on."""

import random

import numpy as np
import pytest
import torch

from tests.tts_engine.tiny_corpus import spell, write_corpus
from tts_engine.aligner.config import AlignerConfig
from tts_engine.aligner.data import aligner_batches, as_batch, clips_of, vary_sung
from tts_engine.aligner.inference import Aligner, best_way
from tts_engine.aligner.losses import guided_loss, phoneme_loss
from tts_engine.aligner.model import AlignerNetwork, Decoded, attention_score, encoder_steps
from tts_engine.aligner.train import AlignerTrainer, AlignerTraining, attention_figure
from tts_engine.errors import AudioError
from tts_engine.training.corpus import SAMPLE_RATE_HZ, TRAIN
from tts_engine.training.listeners import TrainingListener
from tts_engine.training.loop import RunConfig
from tts_engine.types import Audio

TINY = AlignerConfig(
    channels=24,
    embedding=8,
    decoder=32,
    attention=16,
    location_filters=4,
    location_kernel=5,
    dropout=0.0,
    window_tokens=4,
)


def batch_of(frames: int, labels: int, seed: int = 0):
    generator = torch.Generator().manual_seed(seed)
    bands = torch.randn(22, frames, generator=generator)
    classes = torch.randint(1, 40, (labels,), generator=generator).tolist()
    return as_batch(bands, classes)


def read(network, batch, **options):
    return network(batch.inputs, batch.frames, batch.targets, batch.target_lengths, **options)


def test_only_sharp_attention_opens_the_next_window():
    torch.manual_seed(0)
    network, batch = AlignerNetwork(TINY).eval(), batch_of(200, 10)
    dull = read(network, batch)
    assert dull.reached.shape == (1, 4)
    assert dull.score[0] < TINY.enough
    whole = read(network, batch, whole=True)
    assert whole.reached.shape == (1, 10)
    assert whole.reached.all()
    with torch.no_grad():
        network.energy.weight.mul_(1e4)
    sharp = read(network, batch)
    assert sharp.score[0] > TINY.enough
    assert sharp.reached.shape == (1, 10)


def test_of_a_batch_each_clip_waits_for_itself_and_padding_changes_nothing():
    torch.manual_seed(1)
    network = AlignerNetwork(TINY).eval()
    short, long = batch_of(80, 3, 1), batch_of(160, 9, 2)
    frames = torch.tensor([80, 160])
    bands = torch.zeros(2, 22, 160)
    bands[0, :, :80], bands[1] = short.inputs[0], long.inputs[0]
    targets = torch.zeros(2, 9, dtype=torch.long)
    targets[0, :3], targets[1] = short.targets[0], long.targets[0]
    both = network(bands, frames, targets, torch.tensor([3, 9]), whole=True)
    alone = read(network, short, whole=True)
    assert both.reached.sum(dim=1).tolist() == [3, 9]
    torch.testing.assert_close(both.logits[0, :3], alone.logits[0], atol=1e-4, rtol=1e-3)
    torch.testing.assert_close(both.attention[0, :3, :20], alone.attention[0], atol=1e-4, rtol=1e-3)
    assert both.attention[0, :, 20:].max() < 1e-6


def test_the_score_is_one_for_a_peak_and_low_for_what_is_spread():
    sharp = torch.zeros(1, 3, 30)
    sharp[0, :, 7] = 1.0
    edge = torch.zeros(1, 3, 30)
    edge[0, :, 7:9] = 0.5
    flat = torch.full((1, 3, 30), 1 / 30)
    inside = torch.ones(1, 3, dtype=torch.bool)
    assert attention_score(sharp, inside).item() == pytest.approx(1)
    assert attention_score(edge, inside).item() == pytest.approx(1)
    assert attention_score(flat, inside).item() == pytest.approx(0.1)


def test_attention_on_the_diagonal_costs_less_than_off_it():
    steps = torch.eye(20)[None]
    inside = torch.ones(1, 20, dtype=torch.bool)
    frames, lengths = torch.tensor([80]), torch.tensor([20])
    logits = torch.zeros(1, 20, 48)
    near = guided_loss(Decoded(logits, steps, inside, torch.ones(1)), frames, lengths)
    far = guided_loss(Decoded(logits, steps.flip(2), inside, torch.ones(1)), frames, lengths)
    assert near < 1e-6 < 0.3 < far


def test_what_was_not_reached_is_not_learned_from():
    logits = torch.zeros(1, 4, 5)
    logits[0, 2:, 0] = 50.0  # sure of the wrong class
    reached = torch.tensor([[True, True, False, False]])
    targets = torch.tensor([[1, 2, 3, 4, 4, 4]])
    loss = phoneme_loss(Decoded(logits, torch.zeros(1, 4, 2), reached, torch.ones(1)), targets)
    assert loss.item() == pytest.approx(np.log(5), abs=1e-5)


def test_the_best_way_gives_every_phoneme_a_run():
    weights = np.zeros((3, 8), np.float32)
    weights[0, :2], weights[1, 2:7], weights[2, 7] = 1, 0.5, 1
    assert best_way(weights).tolist() == [[0, 2], [2, 7], [7, 8]]
    weights[1] = 0  # nowhere, but between the others
    first, second, third = best_way(weights).tolist()
    assert first[1] == second[0] < second[1] == third[0]
    with pytest.raises(AudioError, match="do not fit"):
        best_way(np.zeros((5, 4), np.float32))


def test_times_cover_the_clip_and_no_phonemes_are_an_error():
    torch.manual_seed(0)
    aligner = Aligner(AlignerNetwork(TINY), torch.device("cpu"))
    audio = Audio(spell(["a", "i", "o"]), SAMPLE_RATE_HZ)
    times, score = aligner.times(audio, ["a", "i", "o"])
    assert times.shape == (3, 2)
    assert times[0, 0] == 0
    assert times[-1, 1] == pytest.approx(audio.seconds, abs=aligner.step_seconds)
    assert 0 <= score <= 1
    with pytest.raises(AudioError, match="no phonemes"):
        aligner.times(audio, [])


class Watcher(TrainingListener):
    def __init__(self):
        self.pictures, self.measures, self.steps = [], [], []

    def on_step(self, step, values):
        self.steps.append(values)

    def on_measure(self, step, values):
        self.measures.append(values)

    def on_picture(self, step, name, figure):
        self.pictures.append(name)


def settings(tmp_path, steps, watcher):
    run = RunConfig(
        folder=tmp_path / "run",
        steps=steps,
        device="cpu",
        precision="32-true",
        listeners=(watcher,),
    )
    return AlignerTraining(
        run=run,
        corpus=tmp_path / "corpus",
        model=TINY,
        learning_rate=1e-2,
        frames_per_batch=600,
        evaluate_every=20,
    )


def test_a_tiny_training_learns_draws_and_goes_on_after_a_stop(tmp_path):
    write_corpus(tmp_path / "corpus")
    watcher = Watcher()
    first = AlignerTrainer(settings(tmp_path, 20, watcher))
    first.fit()
    second = AlignerTrainer(settings(tmp_path, 80, watcher))
    second.fit()
    assert second.run.step == 80
    losses = [values["loss/phonemes"] for values in watcher.steps]
    assert np.mean(losses[-10:]) < 0.7 * np.mean(losses[:3])
    assert {"attention", "reached", "loss/guided"} <= watcher.steps[0].keys()
    assert "attention/0" in watcher.pictures
    assert {"heldout/attention", "heldout/phonemes"} == watcher.measures[-1].keys()
    aligner = Aligner.load(tmp_path / "run" / "weights", device=torch.device("cpu"))
    assert aligner.config == TINY
    spoken = Audio(spell(["a", "s", "i", "o"]), SAMPLE_RATE_HZ)
    assert aligner.attention(spoken, ["a", "s", "i", "o"])[0].shape[0] == 4


def test_batches_are_of_short_clips_and_half_of_them_are_held(tmp_path):
    rows = write_corpus(tmp_path)
    trainer_cache = AlignerTrainer(
        AlignerTraining(
            run=RunConfig(folder=tmp_path / "r", steps=1, device="cpu"), corpus=tmp_path
        )
    ).cache
    longest = max(clip.seconds for clip in rows)
    assert clips_of(trainer_cache, TRAIN, 0.1) == []
    clips = clips_of(trainer_cache, TRAIN, longest)
    assert len(clips) == len(rows) - 1
    batch = next(aligner_batches(clips, trainer_cache, frames_per_batch=600, seed=0))
    assert batch.inputs.shape[1] == 22
    bands = trainer_cache.input(clips[0])
    lengths = [vary_sung([bands], random.Random(seed))[0].shape[1] for seed in range(20)]
    assert max(lengths) > 1.25 * bands.shape[1]  # beyond what pace alone does
    assert int(encoder_steps(torch.tensor([9]))[0]) == 3


def test_a_picture_of_attention_has_its_axes():
    figure = attention_figure(torch.rand(5, 9), "да")
    assert figure.axes[0].get_ylabel() == "phoneme"
