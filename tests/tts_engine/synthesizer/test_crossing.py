"""Sentences in other people's voices: who says what, and what the listeners teach."""

import numpy as np
import pytest
import torch

from tests.tts_engine.synthesizer.fakes import write_corpus
from tests.tts_engine.synthesizer.tiny import TINY, tiny_network
from tts_engine.audio.mel import MelConfig
from tts_engine.recognizer.config import WIDE, RecognizerConfig
from tts_engine.recognizer.model import RecognizerNetwork
from tts_engine.synthesizer.crossing import Listeners, add_crossed, token_classes
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


EAR = RecognizerConfig(bands=WIDE, channels=16, blocks=4, slow_blocks=2, feature_block=1)


@pytest.mark.parametrize("ear", [None, EAR], ids=["shipped", "wide bands"])
def test_listeners_judge_the_crossed_rows_alone_and_teach_them(batch, ear):
    listeners = load_listeners(TINY, torch.device("cpu"))
    if ear is not None:
        words = RecognizerNetwork(ear)
        listeners = Listeners(voice=listeners.voice, words=words).to(torch.device("cpu"))
    crossed = add_crossed(batch, 0.5)
    own = len(batch.ids)
    mels = crossed.mel.clone().requires_grad_()
    terms = listeners.losses(mels, crossed)
    assert set(terms) == {"voice", "words"}
    assert 0 < terms["voice"].item() < 2
    sum(terms.values()).backward()
    assert float(mels.grad[:own].abs().max()) == 0.0
    assert (mels.grad[own:].flatten(1).abs().amax(dim=1) > 0).all()
    assert all(
        p.grad is None for p in (*listeners.words.parameters(), *listeners.voice.parameters())
    )


def test_token_classes_leave_pauses_out_and_keep_the_order():
    first = symbols_to_ids([START, PHONEMES[3], COMMA, PHONEMES[0], PERIOD])
    second = symbols_to_ids([START, PHONEMES[7], PERIOD])
    tokens = torch.tensor([first, [*second, 0, 0]])
    classes, lengths = token_classes(tokens)
    assert lengths.tolist() == [2, 1]
    assert classes.tolist() == [[4, 1], [8, 0]]
