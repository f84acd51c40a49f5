"""The ear for songs: what sounds in every step, however long it is held."""

import random
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
import torch

from tests.tts_engine.recognizer.test_train import TINY
from tests.tts_engine.tiny_corpus import SOUND_SECONDS, write_corpus
from tts_engine.checkpoints import load_checkpoint, save_checkpoint
from tts_engine.recognizer.config import RecognizerConfig
from tts_engine.recognizer.frames import (
    NO_LABEL,
    FrameBatch,
    collate_frames,
    frame_batches,
    frame_labels,
    frame_loss,
    held_times,
    labelled,
)
from tts_engine.recognizer.inference import build_network
from tts_engine.recognizer.model import BLANK, phonemes_to_classes
from tts_engine.recognizer.song_train import SongTrainer, SongTraining
from tts_engine.text.symbols import PERIOD, START
from tts_engine.training.aligned import AlignedRow, write_aligned
from tts_engine.training.corpus import CLIPS_FILE, TRAIN, write_clips
from tts_engine.training.loop import RunConfig
from tts_engine.weights import list_folder

FPS = 22_050 / 256
A, S = phonemes_to_classes(["a", "s"])


def row(tokens, durations, name="tiny/0"):
    return AlignedRow(
        id=name,
        tokens=tuple(tokens),
        durations=tuple(durations),
        f0_hz=(0.0,) * len(tokens),
        f0_median_hz=200.0,
        f0_spread_semitones=1.0,
        score=0.0,
    )


ROW = row([START, "s", "a", PERIOD], [4, 6, 20, 5])


def test_every_frame_has_its_sound_and_pauses_are_the_blank():
    assert frame_labels(ROW).tolist() == [BLANK] * 4 + [S] * 6 + [A] * 20 + [BLANK] * 5


def test_vowels_are_held_and_consonants_are_not():
    lengths = {}
    for held in (False, True):
        labels = frame_labels(ROW)
        times = [held_times(ROW, random.Random(seed), 1.0, held=held) for seed in range(40)]
        told = [labels[np.round(one).astype(int)] for one in times]
        lengths[held] = [np.mean([(one == c).sum() for one in told]) for c in (S, A)]
    assert lengths[False] == pytest.approx([6, 20], abs=1)
    assert lengths[True][0] == pytest.approx(6, abs=1)
    assert lengths[True][1] > 35


def test_a_voice_wobbles_about_what_it_holds():
    for seed in range(20):
        times = held_times(ROW, random.Random(seed), 1.0, held=True)
        if len(times) > 120:
            break
    assert (np.diff(times) < 0).any()
    assert times.min() >= 0
    assert times.max() <= 34


def test_a_held_vowel_counts_for_more_than_a_short_one_and_for_less_than_its_steps():
    bands = torch.zeros(22, 35)
    sums = []
    for frames in (20, 200):
        long = row(ROW.tokens, [4, 6, frames, 5])
        _, labels, weights = labelled(
            torch.zeros(22, 15 + frames), long, random.Random(1), pace=1.0, held=False
        )
        sums.append(float(weights[labels == A].sum()))
        assert float(weights[labels == S].min()) == 1.0
    assert 1.5 * sums[0] < sums[1] < 5 * sums[0]
    assert bands.shape[1] == sum(ROW.durations)


def test_the_loss_looks_at_labels_and_passes_over_the_padding():
    log_probs = torch.full((1, 4, 3), -50.0)
    log_probs[0, torch.arange(4), torch.tensor([0, 1, 2, 2])] = 0.0
    labels = torch.tensor([[0, 1, 2, NO_LABEL]])
    batch = FrameBatch(torch.zeros(1, 22, 8), torch.tensor([6]), labels, torch.ones(1, 4))
    assert frame_loss(log_probs, batch).item() == 0.0
    labels[0, 1] = 2
    assert frame_loss(log_probs, batch).item() == pytest.approx(50 / 4)


def test_a_batch_that_holding_made_too_long_loses_its_last_clips():
    made = [(torch.zeros(22, 100), torch.zeros(50), torch.ones(50))] * 5
    assert collate_frames(made, 150).inputs.shape == (3, 22, 100)
    assert collate_frames(made, 10).inputs.shape == (1, 22, 100)


def test_speech_is_held_in_half_of_the_batches_and_what_is_sung_never(monkeypatch, tmp_path):
    spoken = write_corpus(tmp_path)
    clips = [*spoken, *(replace(clip, id=f"sung/{clip.id}", corpus="sung") for clip in spoken)]
    told = []

    def labelled(bands, row, rng, *, pace, held):
        told.append((row, held))
        return torch.zeros(22, 8), torch.zeros(4), torch.ones(4)

    monkeypatch.setattr("tts_engine.recognizer.frames.labelled", labelled)
    cache = SimpleNamespace(input=lambda clip: torch.zeros(22, 8))
    batches = frame_batches(
        clips,
        {clip.id: clip.corpus for clip in clips},
        {"tiny": cache, "sung": cache},
        frames_per_batch=1,
        seed=0,
    )
    for _ in range(20 * len(clips)):
        next(batches)
    assert not any(held for corpus, held in told if corpus == "sung")
    speech = [held for corpus, held in told if corpus == "tiny"]
    assert 0.3 < np.mean(speech) < 0.7


def test_it_learns_and_goes_on_after_a_stop(tmp_path):
    clips = write_corpus(tmp_path / "corpus")
    rows = []
    for clip in clips:
        edges = np.round(FPS * (0.1 + SOUND_SECONDS * np.arange(7))).astype(int)
        frames = [edges[0], *np.diff(edges), 1 + clip.samples // 256 - edges[-1]]
        rows.append((row(clip.tokens, map(int, frames), clip.id), np.zeros(256, np.float32)))
    write_aligned(tmp_path / "aligned", iter(rows))
    sung = tmp_path / "sung"
    write_corpus(sung)
    write_clips(sung / CLIPS_FILE, [])
    write_aligned(sung, iter(rows[:1]))
    save_checkpoint(tmp_path / "start", TINY, build_network(TINY).state_dict())
    list_folder(tmp_path / "start")

    def trainer(steps):
        return SongTrainer(
            SongTraining(
                run=RunConfig(
                    folder=tmp_path / "run", steps=steps, device="cpu", precision="32-true"
                ),
                corpus=tmp_path / "corpus",
                aligned=tmp_path / "aligned",
                sung=sung,
                start_from=tmp_path / "start",
                corpora=("tiny", "sung"),
                learning_rate=1e-2,
                frames_per_batch=600,
            )
        )

    first = trainer(40)
    before = first._wrong(first.clips(TRAIN))
    first.fit()
    second = trainer(80)
    second.fit()
    assert second.run.step == 80
    assert second._wrong(second.clips(TRAIN)) < 0.5 * before
    config, _ = load_checkpoint(tmp_path / "run" / "weights", RecognizerConfig)
    assert config.by_frames
