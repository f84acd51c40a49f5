"""Variation of wide bands: throats, singing, noises; what a source lacks stays lacking."""

import random

import numpy as np
import torch

from tts_engine.audio.cepstra import BANDS, COEFFICIENTS, LOW_BANDS, cepstra_to_bands
from tts_engine.recognizer.wide_variation import (
    accompaniment,
    add_echo,
    even_times,
    lacks_high_bands,
    noise,
    read_at,
    sung_times,
    vary_wide,
    warped_rows,
)


def syllables(count=4, frames=20):
    """Loudness that rises and falls `count` times, (22, T)."""
    swing = -4 * torch.cos(torch.linspace(0, 2 * torch.pi * count, count * frames))
    return swing.expand(BANDS, -1) + 0.01 * torch.randn(BANDS, count * frames)


def test_a_batch_keeps_its_bands_and_has_one_pace():
    batch = [torch.randn(BANDS, 100), torch.randn(BANDS, 200)]
    seen = set()
    for seed in range(12):
        short, long = vary_wide(batch, random.Random(seed))
        assert short.shape[0] == long.shape[0] == BANDS
        assert torch.isfinite(short).all()
        seen.add(short.shape[1])
        if short.shape[1] < 130:  # not sung
            assert abs(long.shape[1] / short.shape[1] - 2) < 0.05
    assert len(seen) > 5


def test_features_of_the_telephone_band_gain_nothing_above_it():
    clip = cepstra_to_bands(torch.randn(COEFFICIENTS, 90) * 5)
    assert lacks_high_bands(clip)
    assert not lacks_high_bands(torch.randn(BANDS, 90))
    for seed in range(20):
        varied = vary_wide([clip], random.Random(seed))[0]
        assert lacks_high_bands(varied)
        assert varied[LOW_BANDS:].max() < varied[:LOW_BANDS].min()


def test_some_full_recordings_are_heard_by_telephone():
    heard = [
        lacks_high_bands(vary_wide([torch.randn(BANDS, 60)], random.Random(seed))[0])
        for seed in range(60)
    ]
    assert 3 < sum(heard) < 25


def test_singing_holds_the_loud_middles_of_syllables_and_no_more():
    bands = syllables()
    times = sung_times(bands, random.Random(1), 1.0)
    lengths = np.bincount(times.astype(int), minlength=bands.shape[1])
    loud = (bands.mean(dim=0) > 3.5).numpy()
    soft = (bands.mean(dim=0) < -3.5).numpy()
    assert times.size > 1.5 * bands.shape[1]
    assert (np.diff(times) > 0).all()
    assert lengths[loud].mean() > 2 * lengths[soft].mean()
    assert abs(lengths[soft].mean() - 1) < 0.35


def test_a_shorter_vocal_tract_moves_resonances_up():
    bands = torch.full((BANDS, 10), -5.0)
    bands[8] = 0.0
    moved = read_at(bands, warped_rows(1.15, BANDS), even_times(10, 1.0))
    assert moved.mean(dim=1).argmax() == 9
    lower = read_at(bands, warped_rows(0.87, BANDS), even_times(10, 1.0))
    assert lower.mean(dim=1).argmax() == 7
    same = read_at(bands, warped_rows(1.0, BANDS), even_times(10, 1.0))
    torch.testing.assert_close(same, bands, atol=1e-3, rtol=0)


def test_an_echo_rings_on_in_power_and_adds_to_what_follows():
    bands = torch.full((BANDS, 30), -40.0)
    bands[:, 5] = 2.0
    bands[:, 7] = 2.0
    power = (add_echo(bands, 0.5) - 2.0).exp()
    expected = torch.tensor([0.0, 1.0, 0.5, 1.25, 0.625])
    torch.testing.assert_close(power[0, 4:9], expected, atol=1e-4, rtol=0)


def test_noise_is_steady_and_accompaniment_is_struck_and_fades():
    torch.manual_seed(0)
    hiss = noise(400, random.Random(0))
    assert hiss.shape == (BANDS, 400)
    assert (hiss[:, :200].mean(dim=1) - hiss[:, 200:].mean(dim=1)).abs().max() < 0.3
    music = accompaniment(400, random.Random(2))
    change = music.diff(dim=1).abs().mean(dim=0)
    strikes = int((change > 0.5).sum())
    assert 5 < strikes < 40
    assert (music.diff(dim=1)[:, change < 0.5] <= 1e-6).all()
