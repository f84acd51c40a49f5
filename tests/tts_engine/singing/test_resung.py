"""Recordings that WORLD sings: the times that are told are those at which it sings."""

from argparse import Namespace
from dataclasses import replace

import numpy as np
import pytest

from tts_engine.singing.resung import Tune, course, run, sung_clip
from tts_engine.text.symbols import PERIOD, START, is_phoneme
from tts_engine.training.aligned import AlignedRow, read_aligned, write_aligned
from tts_engine.training.corpus import (
    AUDIO_FILE,
    CLIPS_FILE,
    HELD_OUT,
    TRAIN,
    Clip,
    Corpus,
    write_clips,
)

FPS, HOP = 22_050 / 256, 256


def voice(hz=150.0):
    """1.2 s: 0.2 s of silence, 0.2 s of hiss, 0.6 s of a buzz, silence."""
    rng, rate = np.random.default_rng(0), 22_050
    time = np.arange(int(1.2 * rate)) / rate
    buzz = sum(np.sin(2 * np.pi * hz * k * time) / k for k in range(1, 20))
    sound = np.where((time > 0.4) & (time < 1.0), 0.2 * buzz, 0.0)
    return (
        sound + np.where((time > 0.2) & (time < 0.4), 0.1, 0) * rng.normal(size=time.size)
    ).astype(np.float32)


ROW = AlignedRow(
    id="festvox/one",
    tokens=(START, "s", "a", PERIOD),
    durations=(17, 17, 52, 18),
    f0_hz=(0.0, 0.0, 150.0, 0.0),
    f0_median_hz=150.0,
    f0_spread_semitones=1.0,
    score=0.0,
)


def test_the_frames_told_are_those_of_the_sound():
    made, tokens, frames = sung_clip(voice(), ROW, np.random.default_rng(3), FPS)
    assert [token for token in tokens if is_phoneme(token)] == ["s", "a"]
    assert sum(frames) == pytest.approx(len(made) / HOP, abs=2)
    edges = np.cumsum([0, *frames])
    power = {}
    for token, first, stop in zip(tokens, edges, edges[1:], strict=False):
        part = made[(first + 2) * HOP : (stop - 2) * HOP]
        power[token] = float((part**2).mean()) if part.size else 0.0
    assert power["a"] > 100 * power[START]
    vowel = tokens.index("a")
    held = made[edges[vowel] * HOP : edges[vowel + 1] * HOP]
    assert np.abs(held).max() > 0.1


def test_a_slow_tune_holds_vowels_and_leaves_consonants():
    quick, slow = (
        course(ROW, np.random.default_rng(1), FPS, Tune(slower=slower)) for slower in (1.0, 4.0)
    )
    (first,), (second,) = quick.lines, slow.lines
    lengths = [dict(zip(line.tokens, line.frames, strict=True)) for line in (first, second)]
    assert lengths[0]["s"] == lengths[1]["s"]
    assert lengths[1]["a"] > 3 * lengths[0]["a"]


def test_the_command_writes_a_corpus_of_sung_clips_and_their_times(tmp_path):
    sound = (voice() * 32767).astype(np.int16)
    clips = [
        Clip(
            id=f"festvox/{split}",
            corpus="festvox",
            speaker="nsh",
            language=language,
            split=split,
            band_hz=8000,
            text="",
            tokens=ROW.tokens,
            start=index * sound.size,
            samples=sound.size,
        )
        for index, (split, language) in enumerate(
            [(TRAIN, "ru"), (HELD_OUT, "ru"), ("english", "en")]
        )
    ]
    quiet = (sound // 4).tobytes()  # the second
    (tmp_path / AUDIO_FILE).write_bytes(sound.tobytes() + quiet + quiet)
    write_clips(tmp_path / CLIPS_FILE, clips)
    rows = ((replace(ROW, id=clip.id), np.full(256, 0.5, np.float32)) for clip in clips)
    write_aligned(tmp_path, rows)
    output = tmp_path / "sung"
    run(Namespace(corpus=tmp_path, aligned=tmp_path, output=output, clips=100, seed=0))
    corpus, aligned = Corpus(output), {row.id: row for row, _ in read_aligned(output)}
    assert {(clip.id, clip.corpus, clip.split) for clip in corpus.clips} == {
        ("sung/festvox/train", "sung", TRAIN),
        ("sung/festvox/heldout", "sung", HELD_OUT),
    }
    loudest = {}
    for clip in corpus.clips:
        row = aligned[clip.id]
        assert row.tokens == clip.tokens
        assert sum(row.durations) == pytest.approx(clip.samples / HOP, abs=2)
        first = HOP * sum(row.durations[: row.tokens.index("a")])
        loudest[clip.split] = np.abs(corpus.waveform(clip)[first : first + 40 * HOP]).max()
    assert loudest[TRAIN] == pytest.approx(4 * loudest[HELD_OUT], rel=0.2)
    assert loudest[HELD_OUT] > 0.03
