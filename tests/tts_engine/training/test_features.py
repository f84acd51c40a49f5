"""Files of Sphinx features, and how they stand beside a prepared corpus."""

import argparse

import numpy as np
import pytest

from tests.tts_engine.tiny_corpus import write_sphinx, write_tiny_features
from tts_engine.dataset import corpora as prepare
from tts_engine.errors import AudioError
from tts_engine.training.corpus import TRAIN
from tts_engine.training.features import Features, read_sphinx, to_mel_frames


@pytest.mark.parametrize("order", ["<", ">"])
def test_features_of_either_byte_order_are_read(tmp_path, order):
    values = np.random.default_rng(0).normal(size=(13, 40)).astype(np.float32)
    write_sphinx(tmp_path / "a.mfc", values, order)
    np.testing.assert_array_equal(read_sphinx(tmp_path / "a.mfc"), values)


@pytest.mark.parametrize("content", [b"", b"abc", b"\x07\0\0\0" + bytes(40)])
def test_a_damaged_file_of_features_is_named(tmp_path, content):
    (tmp_path / "a.mfc").write_bytes(content)
    with pytest.raises(AudioError, match=r"a\.mfc"):
        read_sphinx(tmp_path / "a.mfc")


def test_features_come_to_the_frames_of_the_mel():
    seconds = np.arange(500) / 100
    slow = np.tile(np.sin(2 * np.pi * seconds), (13, 1)).astype(np.float32)
    moved = to_mel_frames(slow)
    assert moved.shape == (13, int(5 * 22_050 / 256))
    expected = np.sin(2 * np.pi * np.arange(moved.shape[1]) * 256 / 22_050)
    np.testing.assert_allclose(moved[4, 2:-2], expected[2:-2], atol=0.01)


def test_written_features_are_read_back(tmp_path):
    clips = write_tiny_features(tmp_path)
    features = Features(tmp_path)
    assert features.clips == clips
    for index, clip in enumerate(clips):
        expected = to_mel_frames(read_sphinx(tmp_path / f"{index}.mfc"))
        np.testing.assert_allclose(features.cepstra(clip), expected, atol=0.02)


def test_a_corpus_without_features_has_none(tmp_path):
    assert Features(tmp_path).clips == []


def test_voxforge_is_prepared_beside_what_is_there(tmp_path):
    voxforge, output = tmp_path / "voxforge", tmp_path / "corpus"
    write_sphinx(voxforge / "feat/zend-20110516-leg/wav/ru_0001.mfc", np.ones((13, 200)))
    (voxforge / "etc").mkdir()
    (voxforge / "etc/PROMPTS_all").write_text(
        "<s> мама <sil> мыла раму </s> (zend-20110516-leg/wav/ru_0001)\n", encoding="utf-8"
    )
    parser = argparse.ArgumentParser()
    prepare.add_arguments(parser)
    prepare.run(parser.parse_args(["--voxforge", str(voxforge), "--output", str(output)]))
    (clip,) = Features(output).clips
    assert (clip.corpus, clip.speaker, clip.split) == ("voxforge", "voxforge-zend", TRAIN)
    assert "".join(clip.tokens).startswith("^mamə,")
    assert clip.seconds == pytest.approx(2, abs=0.02)
    assert not (output / "audio.i16").exists()
