"""Weights on disk."""

import json
import os
from dataclasses import dataclass

import pytest
import torch

from tts_engine.checkpoints import load_checkpoint, load_into, save_checkpoint, write_manifest
from tts_engine.errors import CheckpointError


@dataclass(frozen=True, kw_only=True)
class Inner:
    width: int = 3


@dataclass(frozen=True, kw_only=True)
class Config:
    inner: Inner = Inner()
    rates: tuple[int, ...] = (2, 4)


def test_saved_config_and_weights_come_back(tmp_path):
    weights = {"a": torch.tensor([1.5, -2.25]), "n": torch.tensor([7])}
    save_checkpoint(tmp_path / "x", Config(inner=Inner(width=9), rates=(1,)), weights)
    config, loaded = load_checkpoint(tmp_path / "x", Config)
    assert config == Config(inner=Inner(width=9), rates=(1,))
    assert loaded["a"].dtype == torch.float32
    assert loaded["a"].tolist() == [1.5, -2.25]
    assert loaded["n"].tolist() == [7]


def test_saved_files_follow_the_umask(tmp_path):
    before = os.umask(0o022)
    try:
        save_checkpoint(tmp_path, Config(), {"a": torch.zeros(2)})
    finally:
        os.umask(before)
    modes = {path.name: path.stat().st_mode & 0o777 for path in tmp_path.iterdir()}
    assert modes == {"model.safetensors": 0o644, "config.json": 0o644}


def test_missing_weights_are_named(tmp_path):
    with pytest.raises(CheckpointError, match="no weights file") as caught:
        load_checkpoint(tmp_path, Config)
    assert caught.value.code == "weights_missing"


def test_changed_file_does_not_pass_the_manifest(tmp_path):
    save_checkpoint(tmp_path / "x", Config(), {"a": torch.zeros(2)})
    write_manifest(tmp_path)
    load_checkpoint(tmp_path / "x", Config)
    save_checkpoint(tmp_path / "x", Config(), {"a": torch.ones(2)})
    with pytest.raises(CheckpointError, match="sha256"):
        load_checkpoint(tmp_path / "x", Config)


def test_config_of_another_version_is_refused(tmp_path):
    save_checkpoint(tmp_path, Config(), {"a": torch.zeros(2)})
    path = tmp_path / "config.json"
    path.write_text(json.dumps({"unknown": 1}))
    with pytest.raises(CheckpointError) as caught:
        load_checkpoint(tmp_path, Config)
    assert caught.value.code == "weights_damaged"


def test_weights_of_another_network_are_refused(tmp_path):
    with pytest.raises(CheckpointError, match="do not fit"):
        load_into(torch.nn.Linear(2, 2), {"weight": torch.zeros(2, 2)}, tmp_path)
