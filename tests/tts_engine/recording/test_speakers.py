"""Telling people apart by the d-vectors of windows, with an encoder that names who speaks by amplitude."""

import numpy as np
import pytest

from tts_engine.recording.speakers import find_speakers
from tts_engine.types import Audio

RATE = 16_000
STEP, WINDOW = int(0.4 * RATE), int(1.6 * RATE)


class LevelEncoder:
    """A window's vector turns with its mean level: people here differ in nothing else."""

    def embed_windows(self, audio, *, step_seconds):
        assert step_seconds * RATE == STEP
        starts = range(0, audio.waveform.size - WINDOW + 1, STEP)
        levels = np.array([audio.waveform[s : s + WINDOW].mean() for s in starts])
        vectors = np.stack([np.cos(levels), np.sin(levels)], axis=1).astype(np.float32)
        return vectors, np.arange(audio.waveform.size // 480)  # all of it is speech


def people(*turns):
    """A recording of (level, seconds) turns."""
    return Audio(
        np.concatenate([np.full(int(s * RATE), level, np.float32) for level, s in turns]), RATE
    )


@pytest.mark.parametrize("order", [((0.0, 8), (1.2, 4)), ((1.2, 4), (0.0, 8))])
def test_the_other_person_is_cut_out_with_a_margin(order):
    audio = people(*order)
    found = find_speakers(audio, LevelEncoder())
    assert found.several
    assert found.likeness < 0.6
    assert found.main_share == pytest.approx(2 / 3, abs=0.06)
    assert found.main.shape == audio.waveform.shape
    kept = audio.waveform[found.main]
    assert not kept.any()
    assert 6.5 <= kept.size / RATE <= 8.0


def test_who_is_interrupted_is_kept_on_both_sides():
    audio = people((0.0, 6), (1.2, 3), (0.0, 6))
    found = find_speakers(audio, LevelEncoder())
    kept = audio.waveform[found.main]
    assert not kept.any()
    assert kept.size / RATE > 10
    assert found.main[0]
    assert found.main[-1]


def test_moods_of_one_person_and_short_recordings_are_one_speaker():
    for audio in (people((0.0, 8), (0.5, 4)), people((0.0, 1.5), (1.2, 1)), people((0.0, 12))):
        found = find_speakers(audio, LevelEncoder())
        assert not found.several
        assert found.main_share == 1
        assert found.main.all()
