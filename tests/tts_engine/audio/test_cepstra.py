"""Wide bands and cepstra: the same front end for sound and for files of features."""

import numpy as np
import pytest
import torch

from tts_engine.audio.cepstra import (
    BANDS,
    COEFFICIENTS,
    FEATURES,
    HIGH_BANDS,
    LOW_BANDS,
    band_centres,
    bands_to_features,
    cepstra_to_bands,
    cosines,
    mel_to_bands,
    place_of,
    wide_bands,
)
from tts_engine.audio.mel import MelConfig, log_mel


def speechlike(frames=60):
    """Loud and soft frames of changing colour, (1, 22, T)."""
    generator = torch.Generator().manual_seed(3)
    loudness = torch.sin(torch.linspace(0, 12, frames)) * 3
    return (torch.randn(BANDS, frames, generator=generator) + loudness)[None]


def test_a_tone_is_loudest_in_the_band_around_it():
    for band in (2, 9, 14, 20):
        hz = band_centres()[band]
        tone = np.sin(2 * np.pi * hz * np.arange(22_050) / 22_050).astype(np.float32)
        mel = log_mel(torch.from_numpy(tone)[None], MelConfig())
        assert mel_to_bands(mel, MelConfig())[0].mean(dim=1).argmax() == band


def test_the_first_fifteen_bands_are_the_telephone_band():
    assert place_of(np.array([200.0]))[0] == pytest.approx(-1)
    assert place_of(np.array([3500.0]))[0] == pytest.approx(LOW_BANDS)
    np.testing.assert_allclose(place_of(band_centres()), np.arange(BANDS), atol=1e-9)
    torch.testing.assert_close(wide_bands(MelConfig()).sum(dim=1), torch.ones(BANDS))


def test_the_transform_is_the_liftered_cosine_transform_of_sphinx():
    scipy_fft = pytest.importorskip("scipy.fft")
    logs = np.random.default_rng(0).normal(size=(LOW_BANDS, 4))
    lifter = 1 + 11 * np.sin(np.pi * np.arange(COEFFICIENTS) / 22)
    expected = scipy_fft.dct(logs, axis=0, norm="ortho")[:COEFFICIENTS] * lifter[:, None]
    found = cosines().double() @ torch.from_numpy(logs)
    np.testing.assert_allclose(found.numpy(), expected, atol=1e-5)


def test_bands_made_of_cepstra_have_these_cepstra_and_are_silent_above():
    cepstra = torch.randn(2, COEFFICIENTS, 30)
    bands = cepstra_to_bands(cepstra)
    torch.testing.assert_close(cosines() @ bands[:, :LOW_BANDS], cepstra, atol=1e-4, rtol=1e-4)
    for clip in bands:
        high = clip[LOW_BANDS:]
        assert high.max() == high.min()
        assert high.max() < clip[:LOW_BANDS].min() - 10


def test_the_level_changes_nothing():
    bands, frames = speechlike() / 2, torch.tensor([60])  # nothing lies below the deepest silence
    torch.testing.assert_close(
        bands_to_features(bands + 2.5, frames),
        bands_to_features(bands, frames),
        atol=1e-4,
        rtol=1e-4,
    )


def test_the_line_s_colour_is_heard_in_a_word_and_hardly_in_a_minute():
    colour = torch.linspace(-1, 1, BANDS)[:, None]
    left = []
    for repeats in (1, 100):
        bands = speechlike().repeat(1, 1, repeats) / 2
        frames = torch.tensor([bands.shape[2]])
        change = bands_to_features(bands + colour, frames) - bands_to_features(bands, frames)
        left.append(float(change[:, :COEFFICIENTS].abs().amax()))
    assert left[1] < 0.2 * left[0]


def test_one_word_is_read_more_as_within_its_sentence():
    """A high vowel alone is not a neutral one: what is usual tells where the middle lies."""
    sentence = speechlike().repeat(1, 1, 20)
    sentence[:, :6, 200:230] += 4  # a sound with a deep formant
    word = sentence[:, :, 200:230]
    within = bands_to_features(sentence, torch.tensor([sentence.shape[2]]))[0, 1, 200:230].mean()
    alone = bands_to_features(word, torch.tensor([30]))[0, 1].mean()
    assert within > 0.3
    assert alone > 0.1  # nothing, if the word alone told its middle


def test_silence_before_and_after_changes_nothing_in_the_speech():
    bands = speechlike()
    silence = torch.full((1, BANDS, 40), -30.0)
    longer = torch.cat([silence, bands, silence], dim=2)
    inner = bands_to_features(longer, torch.tensor([140]))[:, :, 44:96]
    alone = bands_to_features(bands, torch.tensor([60]))[:, :, 4:56]
    torch.testing.assert_close(inner, alone, atol=1e-4, rtol=1e-4)


def test_a_silent_high_band_reads_as_zero():
    bands = cepstra_to_bands(torch.randn(1, COEFFICIENTS, 50) * 8)
    features = bands_to_features(bands, torch.tensor([50]))
    high = features.unflatten(1, (3, -1))[:, :, COEFFICIENTS:]
    assert high.shape[2] == HIGH_BANDS
    assert high.abs().max() < 1e-4
    assert features.shape == (1, FEATURES, 50)


def test_padding_is_not_read():
    bands = speechlike()
    padded = torch.cat([bands, torch.full((1, BANDS, 25), 50.0)], dim=2)
    features = bands_to_features(padded, torch.tensor([60]))
    torch.testing.assert_close(features[:, :, :60], bands_to_features(bands, torch.tensor([60])))
    assert features[:, :, 60:].abs().max() == 0


def test_a_training_may_use_filters_that_were_first_asked_for_while_listening():
    for made in (wide_bands, cosines):
        made.cache_clear()
    with torch.inference_mode():
        wide_bands(MelConfig())
        cosines()
    assert not wide_bands(MelConfig()).is_inference()
    assert not cosines().is_inference()


def test_a_silent_band_teaches_nothing_and_spoils_nothing():
    bands = torch.randn(1, 22, 30)
    bands[:, 15:] = -40.0
    bands.requires_grad_()
    bands_to_features(bands, torch.tensor([30])).square().sum().backward()
    assert bands.grad.isfinite().all()
    assert bands.grad[:, :15].abs().max() > 0
