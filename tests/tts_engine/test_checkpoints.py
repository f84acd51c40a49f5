"""Weights on disk."""

import json
import os
from dataclasses import dataclass

import pytest
import torch

from tts_engine.checkpoints import load_checkpoint, load_into, save_checkpoint
from tts_engine.errors import CheckpointError
from tts_engine.speaking.voicebank import get_voice
from tts_engine.weights import (
    list_folder,
    sha256_of,
    verify_folder,
    weights_folder,
    write_manifest,
)


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
    list_folder(tmp_path / "x")
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


def shipped(root):
    """A folder of weights with its card, listed in the manifest beside it."""
    save_checkpoint(root / "x", Config(), {"a": torch.zeros(2)})
    (root / "x" / "card.md").write_text("what it is")
    write_manifest(root)
    load_checkpoint(root / "x", Config)
    return root / "x"


def test_changed_file_does_not_pass_the_manifest(tmp_path):
    folder = shipped(tmp_path)
    save_checkpoint(folder, Config(), {"a": torch.ones(2)})
    with pytest.raises(CheckpointError, match=r"model\.safetensors does not match its sha256"):
        load_checkpoint(folder, Config)


@pytest.mark.parametrize("name", ["config.json", "card.md"])
def test_no_file_of_the_folder_may_differ(tmp_path, name):
    folder = shipped(tmp_path)
    path = folder / name
    path.write_text(path.read_text() + " ")
    with pytest.raises(CheckpointError) as caught:
        load_checkpoint(folder, Config)
    assert (caught.value.code, name in str(caught.value)) == ("weights_damaged", True)


@pytest.mark.parametrize("name", ["more.json", "model.pt", "deeper/config.json"])
def test_a_file_that_is_not_listed_is_an_error(tmp_path, name):
    folder = shipped(tmp_path)
    (folder / name).parent.mkdir(exist_ok=True)
    (folder / name).write_text("{}")
    with pytest.raises(CheckpointError, match=r"not listed in manifest\.json") as caught:
        load_checkpoint(folder, Config)
    assert caught.value.code == "weights_unlisted"


def test_weights_of_a_folder_that_the_manifest_does_not_know_are_not_loaded(tmp_path):
    shipped(tmp_path)
    save_checkpoint(tmp_path / "other", Config(), {"a": torch.zeros(2)})
    with pytest.raises(CheckpointError) as caught:
        load_checkpoint(tmp_path / "other", Config)
    assert caught.value.code == "weights_unlisted"


def test_weights_without_a_manifest_are_not_loaded(tmp_path):
    save_checkpoint(tmp_path / "x", Config(), {"a": torch.zeros(2)})
    with pytest.raises(CheckpointError, match="train manifest --weights") as caught:
        load_checkpoint(tmp_path / "x", Config)
    assert caught.value.code == "weights_unlisted"


def test_listing_one_folder_leaves_the_others_as_they_were(tmp_path):
    folder = shipped(tmp_path)
    (folder / "card.md").write_text("changed since")
    save_checkpoint(tmp_path / "other", Config(), {"a": torch.zeros(2)})
    list_folder(tmp_path / "other")
    load_checkpoint(tmp_path / "other", Config)
    with pytest.raises(CheckpointError, match=r"card\.md does not match"):
        load_checkpoint(folder, Config)


def test_digests_kept_elsewhere_stand_for_the_manifest(tmp_path):
    folder = tmp_path / "version"
    save_checkpoint(folder, Config(), {"a": torch.ones(2)})
    digests = {path.name: sha256_of(path) for path in folder.iterdir()}
    _, weights = load_checkpoint(folder, Config, digests=digests)
    assert weights["a"].tolist() == [1, 1]
    for wrong, code in (
        ({"config.json": digests["config.json"]}, "weights_unlisted"),
        ({**digests, "card.md": "0" * 64}, "weights_missing"),
        ({**digests, "model.safetensors": "0" * 64}, "weights_damaged"),
        ({}, "weights_unlisted"),
    ):
        with pytest.raises(CheckpointError) as caught:
            load_checkpoint(folder, Config, digests=wrong)
        assert caught.value.code == code


def test_a_listed_file_that_is_gone_is_named(tmp_path):
    folder = shipped(tmp_path)
    (folder / "card.md").unlink()
    with pytest.raises(CheckpointError, match=r"card\.md") as caught:
        load_checkpoint(folder, Config)
    assert caught.value.code == "weights_missing"


def test_a_manifest_that_cannot_be_read_is_named(tmp_path):
    folder = shipped(tmp_path)
    (tmp_path / "manifest.json").write_text("nonsense")
    with pytest.raises(CheckpointError, match="not a list of checksums"):
        load_checkpoint(folder, Config)


def test_all_that_is_shipped_is_listed_and_whole():
    root = weights_folder()
    folders = [folder for folder in root.iterdir() if folder.is_dir()]
    assert len(folders) >= 6
    for folder in folders:
        verify_folder(folder)
    names = {name.split("/")[0] for name in json.loads((root / "manifest.json").read_text())}
    assert names == {folder.name for folder in folders}


def test_config_of_another_version_is_refused(tmp_path):
    folder = tmp_path / "x"
    save_checkpoint(folder, Config(), {"a": torch.zeros(2)})
    (folder / "config.json").write_text(json.dumps({"unknown": 1}))
    list_folder(folder)
    with pytest.raises(CheckpointError) as caught:
        load_checkpoint(folder, Config)
    assert caught.value.code == "weights_damaged"


def test_weights_of_another_network_are_refused(tmp_path):
    with pytest.raises(CheckpointError, match="do not fit"):
        load_into(torch.nn.Linear(2, 2), {"weight": torch.zeros(2, 2)}, tmp_path)


def test_the_operator_names_the_folder_of_weights(tmp_path, monkeypatch):
    monkeypatch.setenv("VOICECLONE_WEIGHTS", str(tmp_path))
    assert weights_folder() == tmp_path
    with pytest.raises(CheckpointError, match=str(tmp_path)):
        get_voice("anna")  # the bank is looked for there too
    monkeypatch.setenv("VOICECLONE_WEIGHTS", "")
    assert (weights_folder() / "recognizer" / "model.safetensors").is_file()
