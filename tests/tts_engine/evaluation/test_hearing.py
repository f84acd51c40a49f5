"""Phoneme errors of groups of people, as a recognizer hears them."""

import argparse

import numpy as np
import pytest
import torch

from tests.tts_engine.tiny_corpus import write_corpus, write_tiny_features
from tts_engine.checkpoints import save_checkpoint
from tts_engine.evaluation import hearing
from tts_engine.recognizer.config import BILSTM, RecognizerConfig
from tts_engine.recognizer.inference import Recognizer, build_network
from tts_engine.recognizer.model import CLASSES, RecognizerNetwork, phonemes_to_classes
from tts_engine.weights import list_folder

TINY = RecognizerConfig(channels=16, blocks=2, slow_blocks=0, feature_block=1, kernel=3)
TINY_JUDGE = RecognizerConfig(
    kind=BILSTM, channels=12, stem_channels=4, blocks=1, slow_blocks=0, feature_block=1
)


def recognizer(config):
    torch.manual_seed(0)
    return Recognizer(build_network(config), config, torch.device("cpu"))


def test_only_what_is_held_out_is_heard(tmp_path):
    write_corpus(tmp_path)
    write_tiny_features(tmp_path)
    groups = hearing.check(tmp_path, recognizer(TINY))
    assert {name: group.clips for name, group in groups.items()} == {"features": 1, "tiny": 1}
    assert set(hearing.check(tmp_path, recognizer(TINY_JUDGE))) == {"tiny"}


def test_rates_are_of_phonemes_and_the_worst_person_is_told(tmp_path, monkeypatch):
    (clip,) = [clip for clip in write_tiny_features(tmp_path) if clip.split == "heldout"]
    write_corpus(tmp_path)
    said = np.full((6, CLASSES), -9.0, np.float32)
    said[2, phonemes_to_classes(["a"])[0]] = said[4, phonemes_to_classes(["o"])[0]] = 0
    said[[0, 1, 3, 5], 0] = 0
    ear = recognizer(TINY)
    monkeypatch.setattr(ear, "log_posteriors_of_cepstra", lambda _cepstra: said)
    group = hearing.check(tmp_path, ear)["features"]
    assert clip.tokens == ("^", "a", "i", ".")
    assert group.rate == group.worst == 0.5


def test_the_worst_person_is_not_hidden_by_the_mean():
    group = hearing.Group(clips=3, speakers={"a": (1, 10), "b": (9, 10), "c": (2, 20)})
    assert group.rate == pytest.approx(12 / 40)
    assert group.worst == 0.9


def test_the_command_prints_a_line_per_group(tmp_path, capsys):
    write_corpus(tmp_path / "corpus")
    save_checkpoint(tmp_path / "ear", TINY, RecognizerNetwork(TINY).state_dict())
    list_folder(tmp_path / "ear")
    arguments = {"corpus": tmp_path / "corpus", "recognizer": tmp_path / "ear"}
    hearing.run(argparse.Namespace(**arguments))
    head, line = capsys.readouterr().out.splitlines()
    assert head.split()[:3] == ["group", "clips", "people"]
    assert line.split()[:3] == ["tiny", "1", "1"]
