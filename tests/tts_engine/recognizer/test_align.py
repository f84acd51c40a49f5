"""Forced alignment: the Viterbi path against brute force, boundaries against known sounds."""

import itertools
import tracemalloc

import numpy as np
import pytest
import torch

from tests.tts_engine.tiny_corpus import SOUND_SECONDS, spell, tone
from tts_engine.audio.mel import MelConfig, log_mel
from tts_engine.errors import AudioError
from tts_engine.recognizer.align import align, ctc_path, silent_frames
from tts_engine.recognizer.model import CLASSES, phonemes_to_classes

HOP_SECONDS = 256 / 22_050


def mel_of(waveform):
    return log_mel(torch.from_numpy(waveform)[None], MelConfig())[0].numpy()


def posteriors_for(sounds, frames, start_seconds=0.1):
    """Peaky posteriors: each sound is seen in the middle of its time, blanks elsewhere."""
    posteriors = np.full(((frames + 1) // 2, CLASSES), -9.0, dtype=np.float32)
    posteriors[:, 0] = -0.01
    for index, label in enumerate(phonemes_to_classes(list(sounds))):
        middle = start_seconds + (index + 0.5) * SOUND_SECONDS
        step = round(middle / HOP_SECONDS / 2)
        posteriors[step] = -9.0
        posteriors[step, label] = -0.01
    return posteriors


def brute_force(log_posteriors, labels):
    """Best score over all state sequences that spell the labels."""
    best = -np.inf
    steps, classes = log_posteriors.shape
    for path in itertools.product(range(classes), repeat=steps):
        collapsed = [p for p, _ in itertools.groupby(path) if p != 0]
        if collapsed == labels:
            best = max(best, sum(log_posteriors[t, c] for t, c in enumerate(path)))
    return best / steps


@pytest.mark.parametrize("labels", [[1, 2], [1, 1], [2], [2, 1, 2]])
def test_path_is_the_best_of_all_paths(labels):
    rng = np.random.default_rng(3)
    scores = np.log(rng.dirichlet(np.ones(3), size=5)).astype(np.float32)
    _, score = ctc_path(scores, labels)
    assert score == pytest.approx(brute_force(scores, labels), abs=1e-5)


@pytest.mark.parametrize("least", [(1, 1), (2, 1), (3, 2)])
@pytest.mark.parametrize("labels", [[1, 2], [1, 1]])
def test_path_of_labels_that_last(labels, least):
    """The best of all ways to let the labels last, with or without blanks around each, none needed between."""
    scores = np.log(np.random.default_rng(4).dirichlet(np.ones(3), size=7)).astype(np.float32)
    path, score = ctc_path(scores, labels, least)
    best = -np.inf
    for edges in itertools.combinations_with_replacement(range(8), 4):
        stays = edges[1] - edges[0] >= least[0] and edges[3] - edges[2] >= least[1]
        if not stays:
            continue
        states = np.zeros(7, dtype=int)
        states[edges[0] : edges[1]], states[edges[2] : edges[3]] = labels
        best = max(best, scores[np.arange(7), states].sum())
    assert score * 7 == pytest.approx(best, abs=1e-4)
    assert ((path == 1).sum(), (path == 3).sum()) >= least
    emitted = np.array([0, labels[0], 0, labels[1], 0])[path]
    assert scores[np.arange(7), emitted].sum() == pytest.approx(best, abs=1e-4)


def test_labels_that_last_too_long_are_refused():
    with pytest.raises(AudioError) as caught:
        ctc_path(np.zeros((5, 3), np.float32), [1, 2], [3, 3])
    assert caught.value.code == "text_too_long_for_audio"


def plain_path(log_posteriors, labels):
    """Viterbi that notes the choices of all steps."""
    states = np.zeros(2 * len(labels) + 1, dtype=int)
    states[1::2] = labels
    score = np.full(states.size, -np.inf)
    score[:2] = log_posteriors[0, states[:2]]
    back = np.zeros((len(log_posteriors), states.size), dtype=int)
    for step in range(1, len(log_posteriors)):
        candidates = np.full((3, states.size), -np.inf)
        candidates[0] = score
        candidates[1, 1:] = score[:-1]
        for state in range(3, states.size, 2):
            if states[state] != states[state - 2]:
                candidates[2, state] = score[state - 2]
        back[step] = candidates.argmax(axis=0)
        score = candidates.max(axis=0) + log_posteriors[step, states]
    path = [states.size - 1 if score[-1] >= score[-2] else states.size - 2]
    for step in range(len(log_posteriors) - 1, 0, -1):
        path.append(path[-1] - back[step, path[-1]])
    return path[::-1]


@pytest.mark.parametrize("steps", [1, 2, 3, 9, 10, 50, 120])
def test_the_path_in_blocks_is_that_of_all_choices_noted(steps):
    rng = np.random.default_rng(steps)
    for labels in {1, max(1, steps // 4), max(1, steps // 2)}:
        classes = rng.integers(1, 4, labels).tolist()
        if labels + sum(a == b for a, b in itertools.pairwise(classes)) > steps:
            continue
        # coarse values: many paths are equally good, and the same one must be taken
        scores = rng.integers(-4, 0, (steps, 4)).astype(np.float32)
        path, _ = ctc_path(scores, classes)
        assert path.tolist() == plain_path(scores, classes)


def test_a_long_recording_takes_little_memory():
    steps, labels = (
        12_000,
        3_600,
    )  # five minutes; the choices alone would take 86 MB, their scores 1 GB
    rng = np.random.default_rng(0)
    scores = np.log(rng.dirichlet(np.ones(12), size=steps)).astype(np.float32)
    tracemalloc.start()
    try:
        path, _ = ctc_path(scores, rng.integers(1, 12, labels).tolist())
        assert tracemalloc.get_traced_memory()[1] < 12e6
    finally:
        tracemalloc.stop()
    assert path[0] in (0, 1)
    assert path[-1] in (2 * labels - 1, 2 * labels)
    assert set(np.diff(path)) <= {0, 1, 2}


def test_text_longer_than_the_audio_is_refused():
    with pytest.raises(AudioError, match="do not fit"):
        ctc_path(np.zeros((3, CLASSES), dtype=np.float32), [1, 2, 3, 4, 5])


def test_a_change_that_is_hardly_heard_is_no_boundary():
    mel = np.full((80, 40), -11.0, dtype=np.float32)
    mel[10, :22], mel[40, 22:] = 0.0, 0.0  # the sound changes
    mel[45:, 14:] = -7.0  # a faint hiss comes on earlier, in many bands
    posteriors = np.full((20, CLASSES), -9.0, dtype=np.float32)
    posteriors[:, 0] = -0.01
    for step, label in zip((4, 15), phonemes_to_classes(["a", "i"]), strict=True):
        posteriors[step, 0], posteriors[step, label] = -9.0, -0.01
    alignment = align(mel, posteriors, ["a", "i"])
    start, first, *_ = alignment.durations
    assert start + first == 22


def test_boundaries_lie_where_the_sound_changes():
    sounds = ["a", "s", "i", "o"]
    mel = mel_of(spell(sounds))
    tokens = ["^", *sounds, "."]
    alignment = align(mel, posteriors_for(sounds, mel.shape[1]), tokens)
    assert alignment.tokens == tuple(tokens)
    ends = np.cumsum(alignment.durations) * HOP_SECONDS
    true_ends = 0.1 + SOUND_SECONDS * np.arange(5)
    np.testing.assert_allclose(ends[:5], true_ends, atol=0.03)


def test_durations_sum_to_the_frames():
    sounds = ["a", "o", "a"]
    mel = mel_of(spell(sounds))
    alignment = align(mel, posteriors_for(sounds, mel.shape[1]), ["^", "a", ",", "o", "a", "!"])
    assert sum(alignment.durations) == mel.shape[1]
    assert alignment.durations[alignment.tokens.index(",")] == 0  # nobody paused there


def test_silence_becomes_the_pause_that_is_written_or_a_comma():
    silence = np.zeros(int(0.3 * 22_050), dtype=np.float32)
    waveform = np.concatenate([spell(["a"]), silence, spell(["i"])])
    mel = mel_of(waveform)
    posteriors = posteriors_for(["a"], mel.shape[1])
    second = round((0.1 + 0.15 + 0.1 + 0.3 + 0.1 + 0.075) / HOP_SECONDS / 2)
    posteriors[second, 0] = -9.0
    posteriors[second, phonemes_to_classes(["i"])[0]] = -0.01
    written = align(mel, posteriors, ["^", "a", "—", "i", "."])
    unwritten = align(mel, posteriors, ["^", "a", "i", "."])
    assert written.tokens[2] == "—"
    assert unwritten.tokens[2] == ","
    assert written.durations[2] * HOP_SECONDS == pytest.approx(0.5, abs=0.06)


def test_only_silence_is_silent():
    waveform = np.concatenate(
        [np.zeros(4410, np.float32), tone("a", 0.3), np.zeros(4410, np.float32)]
    )
    silent = silent_frames(mel_of(waveform))
    assert silent[:12].all()
    assert not silent[20:40].any()


def test_a_text_without_phonemes_is_refused():
    with pytest.raises(AudioError, match="no phonemes"):
        align(np.zeros((80, 10), np.float32), np.zeros((5, CLASSES), np.float32), ["^", "."])


def test_a_learned_boundary_is_drawn_from_where_the_sound_changes():
    sounds = ["s", "a"]
    mel = mel_of(spell(sounds))
    posteriors = posteriors_for(sounds, mel.shape[1])
    plain = align(mel, posteriors, sounds)
    drawn = align(mel, posteriors, sounds, {"s-a": (-2.0, 0.0, 0.0)})
    assert drawn.durations[1] == plain.durations[1] - 2
    assert drawn.durations[2] == plain.durations[2] + 2
    assert align(mel, posteriors, sounds, {"a-s": (-2.0, 0.0, 0.0)}) == plain
