"""Contrast: flat bands are stretched about their mean, lively ones and short sounds are left."""

import dataclasses

import numpy as np
import pytest
import torch

from tests.tts_engine.synthesizer.tiny import TINY, request, tiny_network
from tts_engine.synthesizer.contrast import (
    LARGEST_FACTOR,
    SHARE,
    restore_contrast,
    typical_spread,
)
from tts_engine.synthesizer.inference import Synthesizer


def noise(deviation, frames=400, bands=8):
    random = np.random.default_rng(3)
    return (random.normal(0, deviation, (bands, frames)) - 5).astype(np.float32)


def test_spread_is_each_bands_deviation_in_the_middle_recording():
    mels = [noise(deviation, frames=4000) for deviation in (1.0, 2.0, 9.0)]
    np.testing.assert_allclose(typical_spread(mels), 2.0, rtol=0.1)


def test_a_flat_mel_is_stretched_about_its_mean_by_a_share_of_what_is_missing():
    mel = noise(1.0)
    made = restore_contrast(mel, (1.5,) * 8)
    np.testing.assert_allclose(made.mean(axis=1), mel.mean(axis=1), atol=1e-4)
    np.testing.assert_allclose(made.std(axis=1), 1.5**SHARE, rtol=0.1)
    assert made.dtype == np.float32


def test_no_band_is_stretched_without_bound():
    mel = noise(0.1)
    made = restore_contrast(mel, (2.0,) * 8)
    np.testing.assert_allclose(made.std(axis=1) / mel.std(axis=1), LARGEST_FACTOR, rtol=1e-3)


def test_a_band_livelier_than_recordings_stays_as_it_is():
    mel = noise(2.0)
    np.testing.assert_allclose(restore_contrast(mel, (1.0,) * 8), mel, atol=1e-5)


def test_a_short_sound_is_stretched_less():
    short, long = noise(1.0, frames=12), noise(1.0)
    gains = [
        (restore_contrast(mel, (1.5,) * 8).std(axis=1) / mel.std(axis=1)).mean()
        for mel in (short, long)
    ]
    assert 1 < gains[0] < 1 + 0.5 * (gains[1] - 1)


def test_nothing_known_changes_nothing():
    mel = noise(1.0)
    assert restore_contrast(mel, ()) is mel


def test_the_synthesizer_speaks_with_the_contrast_of_its_config():
    spoken = {}
    for spread in ((), (50.0,) * TINY.mel.n_mels):
        torch.manual_seed(0)
        network = tiny_network()
        network.config = dataclasses.replace(TINY, band_spread=spread)
        (result,) = Synthesizer(network, torch.device("cpu")).synthesize([request()])
        spoken[bool(spread)] = result.mel
    np.testing.assert_allclose(
        spoken[True], restore_contrast(spoken[False], (50.0,) * TINY.mel.n_mels), atol=1e-4
    )
    assert spoken[True].std() > 1.05 * spoken[False].std()


def test_a_spread_of_other_bands_is_refused():
    with pytest.raises(ValueError, match="band_spread"):
        dataclasses.replace(TINY, band_spread=(1.0, 2.0))
