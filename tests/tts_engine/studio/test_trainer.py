"""Adapters begin at nothing and learn; sentences beside the dataset are laid under its clips."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from torch.func import functional_call

from tests.tts_engine.synthesizer.fakes import write_corpus
from tests.tts_engine.synthesizer.tiny import SENTENCE, TINY, tiny_network, tiny_synthesizer, voice
from tts_engine.studio.adapters import RATES, Adapters, thinned
from tts_engine.studio.data import in_voice, told_of
from tts_engine.studio.rehearsal import Rehearsal
from tts_engine.studio.settings import LAYERS, StudioSettings
from tts_engine.studio.trainer import Trainer
from tts_engine.synthesizer.data import AlignedCorpus
from tts_engine.synthesizer.merged import merge
from tts_engine.training.corpus import TRAIN, Corpus
from tts_engine.training.loop import RunConfig, TrainingRun

SETTINGS = StudioSettings(epochs=1000, batch_frames=2000, base_share=0.0, rank=4, device="cpu")


@pytest.fixture
def aligned(tmp_path):
    corpus, folder = write_corpus(tmp_path, speakers=1)
    return AlignedCorpus(Corpus(corpus), folder, TINY.mel, TINY.spectrum_size)


@pytest.fixture
def profile():
    return voice(f0_median_hz=140.0, f0_spread_semitones=2.0, phonemes_per_second=12.0)


def trainer(aligned, profile, **settings):
    chosen = replace(SETTINGS, **settings)
    return Trainer(chosen, tiny_synthesizer(), None, aligned, aligned.split(TRAIN), profile)


@pytest.mark.parametrize("layers", LAYERS)
def test_before_the_first_step_nothing_is_added(layers):
    network = tiny_network()
    adapters = Adapters(network, layers, rank=4)
    weights = adapters.weights(network)
    parameters = dict(network.named_parameters())
    for name, value in weights.items():
        torch.testing.assert_close(value, parameters[name])
    names = {
        "voice": {"conditioner.output.bias"},
        "norms": {"decoder.first_norm.from_speaker.weight", "decoder.first_norm.scale"},
        "low_rank": {"decoder.first.weight_ih_l0", "encoder.lstm.weight_hh_l0_reverse"},
        "all": {"decoder.first.weight_ih_l0", "postnet.output.bias"},
    }[layers]
    assert names <= weights.keys()
    assert not any(name.startswith(("language", "encoder.embedding")) for name in weights)
    merge(network, adapters.delta("base"))


def test_more_layers_have_more_numbers_and_low_rank_fewer_than_all():
    sizes = [
        sum(p.numel() for p in Adapters(tiny_network(), layers, rank=2).parameters())
        for layers in LAYERS
    ]
    assert sizes == sorted(sizes)
    assert sizes[2] < 0.5 * sizes[3]


def test_a_whole_matrix_is_stored_as_the_nearest_of_its_rank():
    torch.manual_seed(0)
    exact = torch.randn(40, 3) @ torch.randn(3, 60)
    parts = thinned("draft.weight.add", exact, rank=4)
    assert {name: tuple(v.shape) for name, v in parts.items()} == {
        "draft.weight.up": (40, 4),
        "draft.weight.down": (4, 60),
    }
    product = parts["draft.weight.up"] @ parts["draft.weight.down"]
    torch.testing.assert_close(product, exact, atol=1e-3, rtol=1e-3)
    again = thinned("draft.weight.add", exact, rank=4)
    assert torch.equal(again["draft.weight.up"], parts["draft.weight.up"])
    assert thinned("draft.weight.add", exact, rank=30).keys() == {"draft.weight.add"}
    assert thinned("draft.bias.add", exact[0], rank=1).keys() == {"draft.bias.add"}


def test_what_is_trained_is_what_the_merged_network_says(aligned, profile):
    work = trainer(aligned, profile, layers="low_rank")
    torch.manual_seed(1)
    for value in work.adapters.parameters():
        value.data += 0.03 * torch.randn_like(value)
    items = aligned.split(TRAIN)
    batch = aligned.collate(items, [work.voice for _ in items])
    steps = work.network.to_steps(batch.mel)
    network = work.network
    masks = torch.ones(len(items), steps.shape[1], 2, TINY.prenet_size)
    weights = work.adapters.weights(network)
    merged, _ = merge(network, work.adapters.delta("base"))
    with torch.no_grad():
        *_, here = functional_call(network, weights, (batch, steps, masks))
        *_, there = merged(batch, steps, masks)
    torch.testing.assert_close(here.after, there.after, atol=2e-2, rtol=1e-2)  # stored as float16


@pytest.mark.parametrize("layers", ["norms", "low_rank", "all"])
def test_a_batch_is_learned_by_heart(aligned, profile, tmp_path, layers):
    work = trainer(aligned, profile, layers=layers, learning_rate=2e-2 / RATES[layers])
    run = TrainingRun(RunConfig(folder=tmp_path, steps=1000, device="cpu", precision="32-true"))
    before = {name: value.clone() for name, value in work.network.named_parameters()}
    losses = [work.step(number, run)["after"] for number in range(1, 31)]
    assert losses[-1] < 0.8 * losses[0]
    for name, value in work.network.named_parameters():
        assert torch.equal(value, before[name])
        assert value.grad is None


def test_a_step_depends_on_its_number_alone(aligned, profile, tmp_path):
    run = TrainingRun(RunConfig(folder=tmp_path, steps=1000, device="cpu", precision="32-true"))
    first, second = trainer(aligned, profile), trainer(aligned, profile)
    first.step(1, run)
    second.step(1, run)
    torch.manual_seed(99)
    assert first.step(2, run) == second.step(2, run)


def test_sentences_are_laid_under_the_clips_in_the_pitch_of_the_voice(aligned, profile):
    synthesizer = tiny_synthesizer()
    rehearsal = Rehearsal(synthesizer, profile, [SENTENCE, SENTENCE[:9]])
    items = aligned.split(TRAIN)
    told = told_of(profile, TINY.spectrum_size)
    own = aligned.collate(items, [told for _ in items])
    batch = rehearsal.add_to(own, 2, torch.Generator().manual_seed(0))
    count = len(items)
    assert batch.crossed == 2
    assert len(batch.ids) == batch.tokens.shape[0] == batch.mel.shape[0] == count + 2
    torch.testing.assert_close(batch.mel[:count, :, : own.mel.shape[2]], own.mel)
    assert (batch.mel[count:] == 0).all()
    assert batch.mel.shape[2] >= batch.frames.max()
    for row in range(count, count + 2):
        assert batch.durations[row].sum() == batch.frames[row]
        voiced = batch.f0_hz[row] > 0
        spoken = 140.0 * 2 ** (batch.pitch[row][voiced] * 2.0 / 12)
        torch.testing.assert_close(batch.f0_hz[row][voiced], spoken, rtol=1e-3, atol=0.1)
    assert (batch.voices < count).all()
    assert rehearsal.add_to(own, 0, torch.Generator()) is own


def test_pitch_is_counted_from_the_voice_not_from_each_clip(aligned, profile):
    (item, *_) = in_voice(aligned.split(TRAIN), profile)
    voiced = item.f0_hz > 0
    expected = np.clip(12 * np.log2(item.f0_hz[voiced] / 140.0) / 2.0, -4, 4)
    np.testing.assert_allclose(item.pitch[voiced], expected, rtol=1e-4)
    assert (item.pitch[~voiced] == 0).all()
