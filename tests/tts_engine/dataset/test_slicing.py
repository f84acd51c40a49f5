"""Cuts lie in silences, at their quietest frames, and clips keep to their lengths."""

import numpy as np
import pytest

from tts_engine.dataset.slicing import SliceSettings, slice_frames
from tts_engine.errors import RequestError

SETTINGS = SliceSettings(min_length_ms=2000, max_length_ms=6000)


def levels(*parts):
    """Levels of 10 ms frames from (seconds, dB); speech moves by some dB as speech does."""
    rng = np.random.default_rng(0)
    found = []
    for seconds, decibels in parts:
        spread = 4.0 if decibels > -40 else 0.3
        found.append(decibels + rng.normal(0, spread, round(100 * seconds)))
    return np.concatenate(found).astype(np.float32)


def seconds(clips):
    return [(a / 100, b / 100) for a, b in clips]


def test_a_cut_lies_at_the_quietest_frame_of_a_silence():
    heard = levels((3, -20), (0.4, -70), (3, -20))
    heard[325] = -90
    assert seconds(slice_frames(heard, SETTINGS)) == [(0.0, 3.25), (3.25, 6.4)]


def test_of_a_long_silence_the_middle_goes():
    first, second = seconds(slice_frames(levels((3, -20), (5, -70), (3, -20)), SETTINGS))
    assert first[0] == 0
    assert 3.0 <= first[1] <= 3.52
    assert 7.48 <= second[0] <= 8.0
    assert second[1] == 11


def test_short_silences_and_short_clips_are_not_cut():
    assert len(slice_frames(levels((1.5, -20), (0.4, -70), (1.5, -20)), SETTINGS)) == 1
    assert len(slice_frames(levels((3, -20), (0.2, -70), (2.5, -20)), SETTINGS)) == 1


def test_silence_at_the_edges_is_kept_so_far_as_was_said():
    ((start, end),) = seconds(slice_frames(levels((4, -70), (3, -20), (4, -70)), SETTINGS))
    assert start == pytest.approx(3.5, abs=0.03)
    assert end == pytest.approx(7.5, abs=0.03)


def test_a_clip_that_never_pauses_is_cut_before_it_is_too_long():
    heard = levels((20, -20))
    heard[440:446] = -38
    clips = slice_frames(heard, SETTINGS)
    assert clips[0][1] in range(440, 447)
    assert all(0 < b - a <= 600 for a, b in clips)
    assert [b for _, b in clips[:-1]] == [a for a, _ in clips[1:]]
    assert clips[-1][1] == 2000


def test_where_the_background_is_loud_the_threshold_moves_up():
    quiet = slice_frames(levels((3, -20), (0.5, -70), (3, -20), (0.5, -70), (3, -20)), SETTINGS)
    noisy = slice_frames(levels((3, -20), (0.5, -38), (3, -20), (0.5, -38), (3, -20)), SETTINGS)
    assert len(noisy) == len(quiet) == 3


def test_level_of_the_recording_does_not_matter():
    heard = levels((3, -20), (1, -60), (3, -20))
    assert slice_frames(heard - 25, SETTINGS) == slice_frames(heard, SETTINGS)


def test_silence_alone_gives_no_clip():
    assert slice_frames(np.full(500, -95, np.float32), SETTINGS) == []


def test_regions_are_sliced_each_for_itself():
    heard = levels((10, -20))
    settings = SliceSettings()
    assert slice_frames(heard, settings, [(100, 300), (500, 800)]) == [(100, 300), (500, 800)]


@pytest.mark.parametrize(
    "wrong",
    [
        {"hop_ms": 0},
        {"min_interval_ms": 5},
        {"min_length_ms": 20_000},
        {"threshold_db": -5.0},
        {"max_sil_kept_ms": -1},
    ],
)
def test_settings_that_contradict_each_other_are_refused(wrong):
    with pytest.raises(RequestError) as caught:
        SliceSettings(**wrong)
    assert caught.value.code == "slicing_out_of_range"
