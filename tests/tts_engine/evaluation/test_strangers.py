"""Encoders are judged by people whom no training heard."""

import argparse
from dataclasses import replace

import numpy as np
import pytest

from tests.tts_engine.tiny_corpus import write_corpus
from tts_engine.checkpoints import save_checkpoint
from tts_engine.encoder.config import VoiceJudgeConfig
from tts_engine.encoder.voice_judge import VoiceJudgeNetwork
from tts_engine.evaluation import strangers
from tts_engine.evaluation.strangers import STRETCH_SAMPLES, Stretch, check
from tts_engine.training.corpus import CLIPS_FILE, write_clips
from tts_engine.weights import list_folder

TINY = VoiceJudgeConfig(channels=16, blocks=1, kernel=3, embedding=8)


def stretch(person, clip, value):
    return Stretch("tiny", person, clip, np.full(4, value, np.float32))


def by_value(waveforms):
    """Unit vectors that turn with the first sample."""
    angles = np.array([waveform[0] for waveform in waveforms])
    return np.stack([np.cos(angles), np.sin(angles)], axis=1).astype(np.float32)


@pytest.fixture
def corpus(tmp_path, monkeypatch):
    """Two held-out people with two clips each, beside people of the training."""
    monkeypatch.setattr(strangers, "STRETCH_SAMPLES", 12_800)
    rows = write_corpus(tmp_path)
    rows = [
        *rows[:3],
        *(replace(row, split="heldout", speaker=f"new-{i % 2}") for i, row in enumerate(rows[3:7])),
        replace(rows[7], split="heldout"),  # a new sentence of somebody known
    ]
    write_clips(tmp_path / CLIPS_FILE, rows)
    return tmp_path


def test_only_people_without_a_training_clip_are_heard(corpus):
    heard = list(strangers.strangers(corpus))
    assert {one.person for one in heard} == {"new-0", "new-1"}
    assert len(heard) == 4
    assert all(one.waveform.size == 12_800 for one in heard)


def test_trials_are_of_two_clips_where_people_have_two():
    apart = check(
        [
            stretch("a", "1", 0.0),
            stretch("a", "1", 1.0),
            stretch("a", "2", 0.1),
            stretch("b", "3", 1.5),
        ],
        by_value,
    )["tiny"]
    assert apart.people == 2
    np.testing.assert_allclose(np.sort(apart.own), np.sort(np.cos([0.1, 0.9])), atol=1e-5)
    np.testing.assert_allclose(np.sort(apart.others), np.sort(np.cos([1.5, 0.5, 1.4])), atol=1e-5)


def test_of_one_clip_each_its_stretches_are_compared():
    apart = check(
        [stretch("a", "1", 0.0), stretch("a", "1", 0.2), stretch("b", "2", 1.5)], by_value
    )["tiny"]
    np.testing.assert_allclose(apart.own, np.cos([0.2]), atol=1e-5)
    assert apart.error_rate == 0.0


def test_the_command_prints_every_encoder(corpus, tmp_path, capsys, monkeypatch):
    save_checkpoint(tmp_path / "judge", TINY, VoiceJudgeNetwork(TINY).state_dict())
    list_folder(tmp_path / "judge")
    monkeypatch.setattr(strangers, "second_encoder", lambda: by_value)
    strangers.run(argparse.Namespace(corpus=corpus, judge=tmp_path / "judge"))
    _, *lines = capsys.readouterr().out.splitlines()
    assert [line[:21].strip() for line in lines] == [
        "voice judge",
        "GE2E",
        "voice judge, varied",
        "GE2E, varied",
        "second encoder",
    ]


def test_a_stretch_is_what_the_judge_was_trained_on():
    assert VoiceJudgeConfig().window_frames * VoiceJudgeConfig().mel.hop_samples == STRETCH_SAMPLES
