"""Aligned clips: batches, balance of speakers, refusals."""

import json

import numpy as np
import pytest
import torch

from tests.tts_engine.synthesizer.fakes import write_corpus
from tts_engine.audio.mel import MelConfig
from tts_engine.errors import AudioError
from tts_engine.synthesizer.data import (
    SHORTEST_STRETCH_FRAMES,
    AlignedCorpus,
    BatchSampler,
    SamplingConfig,
    clip_probabilities,
    length_groups,
    split_at_pauses,
)
from tts_engine.text.symbols import COMMA, START, symbols_to_ids
from tts_engine.training.corpus import Corpus


def open_aligned(tmp_path, **options):
    corpus, aligned = write_corpus(tmp_path, **options)
    return AlignedCorpus(Corpus(corpus), aligned, MelConfig(), 20)


def test_durations_fill_the_mel_of_every_clip(tmp_path):
    aligned = open_aligned(tmp_path)
    for item in aligned.clips:
        assert aligned.mel(item).shape == (80, item.frames)
        assert item.token_ids.size == item.durations.size == item.f0_hz.size


def test_batches_are_padded_within_the_limit_and_repeat_with_the_seed(tmp_path):
    aligned = open_aligned(tmp_path)
    config = SamplingConfig(batch_frames=400)
    sampler = BatchSampler(aligned, aligned.split("train"), config)
    batch = next(sampler.batches(np.random.default_rng(5)))
    again = next(sampler.batches(np.random.default_rng(5)))
    assert batch.mel.shape[0] * batch.mel.shape[2] <= 400
    assert torch.equal(batch.embedding, again.embedding)
    torch.testing.assert_close(batch.durations.sum(dim=1).long(), batch.frames)
    torch.testing.assert_close(batch.embedding.norm(dim=1), torch.ones(len(batch.ids)))
    assert all("_2" not in name for name in batch.ids)  # the held-out ones


def test_balance_gives_a_rare_speaker_more_than_its_minutes(tmp_path):
    aligned = open_aligned(tmp_path, speakers=2, clips_each=6)
    rare = [item for item in aligned.clips if item.clip.speaker == "speaker-0"][:1]
    common = [item for item in aligned.clips if item.clip.speaker == "speaker-1"]
    items = rare + common
    lengths = np.array([item.frames for item in items])

    def share_of_rare(balance):
        chance = clip_probabilities(items, SamplingConfig(speaker_balance=balance))
        return float(chance[0] * lengths[0] / (chance @ lengths))

    assert share_of_rare(1.0) == pytest.approx(lengths[0] / lengths.sum())
    assert share_of_rare(0.0) == pytest.approx(0.5)
    assert clip_probabilities(items, SamplingConfig(corpus_weights={"fake1": 0}))[0] == 1.0


def test_groups_keep_to_the_limit_and_lose_nothing():
    frames = [50, 400, 90, 120, 60, 380]
    groups = length_groups(frames, 500)
    assert sorted(index for group in groups for index in group) == list(range(6))
    assert all(len(group) * max(frames[i] for i in group) <= 500 for group in groups)


def test_missing_alignment_is_named(tmp_path):
    corpus, aligned = write_corpus(tmp_path)
    (aligned / "embeddings.npy").unlink()
    with pytest.raises(AudioError, match="train align"):
        AlignedCorpus(Corpus(corpus), aligned, MelConfig(), 20)


def test_alignment_of_other_audio_is_refused(tmp_path):
    corpus, aligned = write_corpus(tmp_path)
    rows = (aligned / "aligned.jsonl").read_text(encoding="utf-8").splitlines()
    row = json.loads(rows[0])
    row["durations"][1] += 1
    rows[0] = json.dumps(row)
    (aligned / "aligned.jsonl").write_text("\n".join(rows), encoding="utf-8")
    with pytest.raises(AudioError, match="align again"):
        AlignedCorpus(Corpus(corpus), aligned, MelConfig(), 20)


def test_stretches_are_pieces_of_the_clip_in_step_with_its_sound(tmp_path):
    aligned = open_aligned(tmp_path, speakers=1, clips_each=2, tokens=70)
    item = aligned.clips[0]
    commas = [9, 38, 60]
    item.token_ids[commas] = symbols_to_ids([COMMA])[0]
    item.durations[commas] = 30, 30, 4
    whole = aligned._clip_mel(item.clip)
    first, second = split_at_pauses(item)
    assert first.token_ids.size + second.token_ids.size == item.token_ids.size + 1
    assert second.token_ids[0] == symbols_to_ids([START])[0]
    assert (first.durations[-1], second.durations[0]) == (12, 5)
    np.testing.assert_array_equal(first.durations[:-1], item.durations[:38])
    np.testing.assert_array_equal(second.durations[1:], item.durations[39:])
    start = int(item.durations[:39].sum()) - 5
    np.testing.assert_array_equal(aligned.mel(second), whole[:, start : start + second.frames])
    assert first.frames >= SHORTEST_STRETCH_FRAMES
