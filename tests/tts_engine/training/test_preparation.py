"""From recordings to aligned training data and a bank voice."""

import argparse
import json

import numpy as np
import pytest
import torch

from tests.tts_engine.tiny_corpus import SOUNDS, tone, write_corpus
from tts_engine import weights
from tts_engine.checkpoints import load_checkpoint, save_checkpoint
from tts_engine.dataset.aligning import token_f0
from tts_engine.dataset.bank import mean_profile
from tts_engine.dataset.corpora import (
    SPEECH_LEVEL,
    prepare_waveform,
    text_to_tokens,
    trim_bounds,
)
from tts_engine.encoder.config import EncoderConfig
from tts_engine.evaluation.alignment import matched_ends, read_labels
from tts_engine.recognizer.align import Alignment
from tts_engine.training.aligned import AlignedRow
from tts_engine.training.arguments import add_run_arguments, run_config
from tts_engine.training.corpus import HELD_OUT, Corpus


def test_preparation_trims_resamples_and_levels():
    speech = np.tile(tone("a"), 8)
    silence = np.zeros(20_000, np.float32)
    ready = prepare_waveform(np.concatenate([silence, 0.1 * speech, silence]), 44_100)
    assert ready.size == pytest.approx(speech.size / 2, abs=4500)
    assert np.sqrt((ready**2).mean()) == pytest.approx(SPEECH_LEVEL, rel=0.25)


def test_trimming_keeps_a_margin():
    silence = np.zeros(22_050, np.float32)
    first, last = trim_bounds(np.concatenate([silence, tone("a", 1.0), silence]))
    assert 20_000 < first < 22_050
    assert 44_100 < last < 46_500


def test_transcripts_become_tokens_and_an_empty_one_nothing():
    assert text_to_tokens("з+амок", "ru") == ("^", "z", "a", "m", "ə", "k", ".")
    assert text_to_tokens("", "ru") == ()
    english = text_to_tokens("hello world", "en")
    assert english[0] == "^"
    assert english[-1] == "."
    assert len(english) > 6


def test_pitch_of_a_token_is_the_median_of_its_voiced_frames():
    alignment = Alignment(("^", "a", "s", "."), (1, 4, 3, 2), -0.1)
    track = np.array([0, 100, 110, 0, 120, 90, 90, 90, 0, 0], np.float32)
    assert token_f0(alignment, track) == (0.0, 110.0, 0.0, 0.0)


def test_label_files_are_compared_at_matched_ends(tmp_path):
    path = tmp_path / "a.lab"
    path.write_text("#\n0.10 125 pau\n0.20 125 sh\n0.35 125 aa\n0.50 125 t\n")
    labels = read_labels(path)
    assert labels == [("S", 0.2), ("V", 0.35), ("t", 0.5)]
    ends = matched_ends([("S", 0.21), ("V", 0.33), ("t", 0.5)], labels)
    assert list(ends) == [(0, 0.2), (1, 0.35)]


def test_a_bank_voice_is_the_mean_of_its_clips(tmp_path):
    rows = write_corpus(tmp_path)
    vectors = np.eye(256, dtype=np.float32)[:2]
    aligned = [
        AlignedRow(
            id=clip.id,
            tokens=("^", *list(SOUNDS)[:2], "."),
            durations=(0, 10, 20, 0),
            f0_hz=(0.0, f0, f0, 0.0),
            f0_median_hz=f0,
            f0_spread_semitones=2.0,
            score=0.0,
        )
        for clip, f0 in zip(rows[:2], (100.0, 140.0), strict=True)
    ]
    profile = mean_profile(Corpus(tmp_path), list(zip(rows[:2], aligned, vectors, strict=True)))
    assert profile.f0_median_hz == 120
    assert profile.embedding[:2] == pytest.approx([2**-0.5] * 2)
    assert profile.phonemes_per_second == pytest.approx(22_050 / 256 / 15, abs=0.01)
    assert rows[-1].split == HELD_OUT


def test_the_manifest_lists_what_is_shipped(tmp_path):
    save_checkpoint(tmp_path / "encoder", EncoderConfig(), {"a": torch.zeros(1)})
    (tmp_path / "encoder" / "card.md").write_text("what it is")
    weights.run(argparse.Namespace(weights=tmp_path))
    listed = json.loads((tmp_path / "manifest.json").read_text())
    assert set(listed) == {
        f"encoder/{name}" for name in ("model.safetensors", "config.json", "card.md")
    }
    load_checkpoint(tmp_path / "encoder", EncoderConfig)


def test_options_become_a_run():
    parser = argparse.ArgumentParser()
    add_run_arguments(parser, folder="runs/x", steps=7)
    config = run_config(parser.parse_args(["--minutes", "3", "--device", "cpu"]))
    assert (config.steps, config.minutes, config.device) == (7, 3.0, "cpu")
