"""Sentences in other people's voices: who says what, and what the listeners teach."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from tests.tts_engine.synthesizer.fakes import write_corpus
from tests.tts_engine.synthesizer.tiny import TINY, tiny_network
from tts_engine.audio.mel import MelConfig
from tts_engine.synthesizer import crossing
from tts_engine.synthesizer.crossing import add_crossed, stretches, token_classes
from tts_engine.synthesizer.data import AlignedCorpus, BatchSampler, SamplingConfig
from tts_engine.synthesizer.durations import shift_steps
from tts_engine.synthesizer.profile import MIDDLE_HZ
from tts_engine.synthesizer.train import load_listeners
from tts_engine.text.symbols import COMMA, PERIOD, PHONEMES, START, symbols_to_ids
from tts_engine.training.corpus import Corpus

OWN_FIELDS = ("tokens", "durations", "f0_hz", "embedding", "facts", "known", "mel", "frames")


@pytest.fixture
def batch(tmp_path):
    corpus, aligned = write_corpus(tmp_path, speakers=4, clips_each=4)
    opened = AlignedCorpus(Corpus(corpus), aligned, MelConfig(), TINY.spectrum_size)
    items = opened.split("train")
    sampler = BatchSampler(opened, items, SamplingConfig(unknown_share=0.0))
    rng = np.random.default_rng(0)
    torch.manual_seed(0)
    return opened.collate(items, [sampler.voice(item, rng) for item in items])


def test_own_rows_stay_and_crossed_rows_join_a_russian_text_with_a_voice(batch):
    count = len(batch.ids)
    crossed = add_crossed(batch, 0.5)
    assert crossed.crossed == count // 2
    for name in OWN_FIELDS:
        assert torch.equal(getattr(crossed, name)[:count], getattr(batch, name))
    assert (crossed.language[count:] == 0).all()
    for row in range(count, count + crossed.crossed):
        texts = [i for i in range(count) if torch.equal(batch.tokens[i], crossed.tokens[row])]
        voices = [
            i for i in range(count) if torch.equal(batch.embedding[i], crossed.embedding[row])
        ]
        assert texts
        assert len(voices) == 1
        assert crossed.ids[row] == batch.ids[texts[0]]
        assert torch.equal(crossed.durations[row], batch.durations[texts[0]])


def test_the_melody_moves_to_the_other_voice(batch):
    count = len(batch.ids)
    crossed = add_crossed(batch, 0.5)
    for row in range(count, count + crossed.crossed):
        text = crossed.ids.index(crossed.ids[row])
        voiced = batch.f0_hz[text] > 0
        assert torch.equal(crossed.f0_hz[row] > 0, voiced)
        octaves = torch.log2(crossed.f0_hz[row][voiced] / MIDDLE_HZ) - crossed.facts[row, 0]
        melody = batch.pitch[text][voiced]
        assert torch.corrcoef(torch.stack([octaves, melody]))[0, 1] > 0.999
        assert abs(12 * octaves.mean()) < 2.5


def test_nothing_is_crossed_without_a_share_or_without_russian(batch):
    assert add_crossed(batch, 0.0) is batch
    batch.language = torch.ones_like(batch.language)
    assert add_crossed(batch, 0.5) is batch


def test_crossed_rows_do_not_hear_the_recording_of_another_voice(batch):
    network = tiny_network()
    crossed = add_crossed(batch, 0.5)
    own = len(batch.ids)
    steps = network.to_steps(crossed.mel)
    previous = shift_steps(steps)
    other = previous.clone()
    other[own:] += 1.0
    mel, again = (network(crossed, given)[2].after for given in (previous, other))
    torch.testing.assert_close(mel, again)
    other[:own] += 1.0
    assert (network(crossed, other)[2].after[:own] - mel[:own]).abs().max() > 1e-3


def test_listeners_judge_the_crossed_rows_alone_and_teach_them(batch):
    listeners = load_listeners(TINY.mel, torch.device("cpu"))
    crossed = add_crossed(batch, 0.5)
    own = len(batch.ids)
    mels = crossed.mel.clone().requires_grad_()
    terms = listeners.losses(mels, crossed)
    assert set(terms) == {"voice", "second_voice", "words"}
    assert all(0 < terms[name].item() < 2 for name in ("voice", "second_voice"))
    for term in terms.values():
        (taught,) = torch.autograd.grad(term, mels, retain_graph=True)
        assert float(taught[:own].abs().max()) == 0.0
        assert (taught[own:].flatten(1).abs().amax(dim=1) > 0).all()
    judges = (listeners.words, listeners.voice, listeners.second_voice)
    assert not any(p.requires_grad for judge in judges for p in judge.parameters())


def test_the_second_judge_compares_with_the_clip_whose_voice_is_asked_for(batch, monkeypatch):
    monkeypatch.setattr(crossing, "LISTENING_NOISE", 0.0)
    listeners = load_listeners(TINY.mel, torch.device("cpu"))
    crossed = add_crossed(batch, 0.5)
    mels = crossed.mel.clone()
    mels[len(batch.ids) :] = batch.mel[crossed.voices]  # as if each voice had spoken its own clip
    own = replace(crossed, frames=torch.cat([batch.frames, batch.frames[crossed.voices]]))
    away = listeners.losses(crossed.mel, crossed)["second_voice"]
    assert listeners.losses(mels, own)["second_voice"] < away


def test_stretches_are_of_the_clip_and_no_longer_than_the_shortest():
    mels = torch.arange(40.0).expand(2, 3, 40)
    cut = stretches(mels, torch.tensor([30, 12]), 20)
    assert cut.shape == (2, 3, 12)
    assert (cut.diff(dim=2) == 1).all()
    assert cut[1].max() == 11
    assert cut[0].max() < 30
    assert stretches(mels, torch.tensor([30, 40]), 20).shape == (2, 3, 20)


def test_token_classes_leave_pauses_out_and_keep_the_order():
    first = symbols_to_ids([START, PHONEMES[3], COMMA, PHONEMES[0], PERIOD])
    second = symbols_to_ids([START, PHONEMES[7], PERIOD])
    tokens = torch.tensor([first, [*second, 0, 0]])
    classes, lengths = token_classes(tokens)
    assert lengths.tolist() == [2, 1]
    assert classes.tolist() == [[4, 1], [8, 0]]
