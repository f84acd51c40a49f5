"""Recordings played at another speed as other people."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import soundfile as sf

from tts_engine.dataset.corpora import prepare
from tts_engine.dataset.relatives import CLIPS_PER_SPEAKER, SPEEDS, relatives
from tts_engine.dataset.sources import Source
from tts_engine.f0 import track_f0
from tts_engine.f0.tracking import HOP_SAMPLES
from tts_engine.training.corpus import (
    CLIPS_FILE,
    HELD_OUT,
    SAMPLE_RATE_HZ,
    TRAIN,
    Corpus,
    write_clips,
)
from tts_engine.types import Audio

TONE_HZ = 150.0


def source(folder: Path, name: str, *, speaker: str, split: str = TRAIN, rate: int = 24_000):
    path = folder / f"{name}.wav"
    if not path.exists():
        time = np.arange(2 * rate) / rate
        harmonics = sum(np.sin(2 * np.pi * TONE_HZ * k * time) / k for k in range(1, 20))
        sf.write(path, 0.2 * np.asarray(harmonics), rate)
    return Source(
        path=path, id=name, corpus="made", speaker=speaker, language="ru", text="", split=split
    )


def test_each_training_speaker_gets_as_many_others(tmp_path: Path) -> None:
    sources = [source(tmp_path, f"{s}{i}", speaker=s) for s in "abc" for i in range(2)]
    made = list(relatives(sources, 3))
    assert len({clip.speaker for clip in made}) == 9
    assert {clip.speed for clip in made} == set(SPEEDS)
    assert all(clip.corpus == "relatives" and clip.text == "" for clip in made)
    assert list(relatives(sources, 0)) == []


def test_nobody_related_to_who_is_held_out(tmp_path: Path) -> None:
    assert list(relatives([source(tmp_path, "a", speaker="a", split=HELD_OUT)], 3)) == []


def test_narrow_recordings_are_not_made_narrower(tmp_path: Path) -> None:
    made = list(relatives([source(tmp_path, "a", speaker="a", rate=16_000)], 5))
    assert made
    assert min(clip.speed for clip in made) > 1
    assert list(relatives([source(tmp_path, "t", speaker="t", rate=8_000)], 5)) == []


def test_of_many_clips_some(tmp_path: Path) -> None:
    many = [source(tmp_path, "a", speaker="a")] * 100
    made = list(relatives(many, 1))
    assert CLIPS_PER_SPEAKER / 2 < len(made) <= CLIPS_PER_SPEAKER


def test_pitch_and_length_move_together(tmp_path: Path) -> None:
    own = source(tmp_path, "a", speaker="a")
    faster = next(one for one in relatives([own], 5) if one.speed > 1.1)
    clips = prepare([own, faster], tmp_path / "corpus")
    write_clips(tmp_path / "corpus" / CLIPS_FILE, clips)
    corpus = Corpus(tmp_path / "corpus")
    pitches = []
    for clip in corpus.clips:
        sound = Audio(corpus.waveform(clip), SAMPLE_RATE_HZ)
        f0_hz = track_f0(sound, clip.samples // HOP_SAMPLES)
        pitches.append(float(np.median(f0_hz[f0_hz > 0])))
    assert pitches[0] == pytest.approx(TONE_HZ, rel=0.02)
    assert pitches[1] == pytest.approx(TONE_HZ * faster.speed, rel=0.02)
    assert clips[1].samples == pytest.approx(clips[0].samples / faster.speed, rel=0.05)
    assert clips[1].band_hz == pytest.approx(12_000 * faster.speed, abs=1)


def test_recordings_that_follow_make_one_clip(tmp_path: Path) -> None:
    own = source(tmp_path, "a", speaker="a")
    (alone,) = prepare([own], tmp_path / "alone")
    samples, rate = sf.read(own.path)
    sf.write(tmp_path / "stereo.wav", np.stack([0 * samples, samples], axis=1), rate)
    others = (tmp_path / "stereo.wav", own.path)
    (joined,) = prepare([replace(own, followed_by=others)], tmp_path / "joined")
    write_clips(tmp_path / "joined" / CLIPS_FILE, [joined])
    third = joined.samples // 3
    middle = Corpus(tmp_path / "joined").segment(joined, third, third)
    assert float(np.abs(middle).max()) > 0.02  # also of the right channel alone
    longer = joined.samples - 3 * alone.samples
    assert 0 < longer / SAMPLE_RATE_HZ < 0.5  # pauses, and margins that are no longer at an end
