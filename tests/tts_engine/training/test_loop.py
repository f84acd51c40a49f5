"""The shared training loop and the corpus format."""

from itertools import pairwise

import numpy as np
import pytest
import torch

from tests.tts_engine.tiny_corpus import write_corpus
from tts_engine.errors import AudioError, ResourceError
from tts_engine.training.corpus import HELD_OUT, TRAIN, Corpus
from tts_engine.training.loop import RunConfig, TrainingRun, warmup_cosine


def run_config(tmp_path, steps):
    return RunConfig(folder=tmp_path, steps=steps, device="cpu", precision="32-true")


def test_rate_rises_to_one_and_falls_to_the_floor():
    rates = [warmup_cosine(step, warmup=10, total=100) for step in range(101)]
    assert rates[9] == pytest.approx(1.0)
    assert max(rates) <= 1.0
    assert rates[100] == pytest.approx(0.02)
    assert all(a >= b for a, b in pairwise(rates[10:]))


@pytest.mark.parametrize(
    ("able", "dtype"), [({"amx_bf16": True}, torch.bfloat16), ({}, torch.float32)]
)
def test_products_are_made_in_bfloat16_where_the_processor_does_that(
    tmp_path, monkeypatch, able, dtype
):
    monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: able)
    run = TrainingRun(RunConfig(folder=tmp_path, steps=1, device="cpu"))
    with run.fabric.autocast():
        assert (torch.eye(2) @ torch.eye(2)).dtype is dtype


def test_a_stopped_run_goes_on_where_it_was(tmp_path):
    def work(steps):
        run = TrainingRun(run_config(tmp_path, steps))
        weight = torch.nn.Linear(1, 1, bias=False)
        torch.nn.init.zeros_(weight.weight)
        run.resume({"weight": weight})
        done = []
        for step in run.steps():
            with torch.no_grad():
                weight.weight += 1
            done.append(step)
            run.save({"weight": weight})
        return done, weight.weight.item()

    assert work(3) == ([1, 2, 3], 3.0)
    assert work(5) == ([4, 5], 5.0)


def test_asking_for_a_missing_gpu_is_an_error(tmp_path):
    if torch.cuda.is_available():
        pytest.skip("this machine has a GPU")
    with pytest.raises(ResourceError):
        TrainingRun(RunConfig(folder=tmp_path, steps=1, device="cuda"))


def test_corpus_gives_back_what_was_written(tmp_path):
    rows = write_corpus(tmp_path)
    corpus = Corpus(tmp_path)
    assert corpus.clips == rows
    assert len(corpus.select(split=HELD_OUT)) == 1
    assert len(corpus.select(split=TRAIN)) == len(rows) - 1
    waveform = corpus.waveform(rows[1])
    assert waveform.shape == (rows[1].samples,)
    assert 0.2 < np.abs(waveform).max() <= 1.0
    np.testing.assert_array_equal(corpus.segment(rows[1], 100, 50), waveform[100:150])


def test_missing_corpus_says_how_to_make_one(tmp_path):
    with pytest.raises(AudioError, match="prepare"):
        Corpus(tmp_path)
