"""What sound goes through keeps its length, and is another sound."""

import numpy as np
import pytest

from tests.tts_engine.espeak_speech import espeak_speech
from tts_engine.audio.resample import resample_audio
from tts_engine.detection.treatments import (
    CODED,
    PLAIN,
    RATE_HZ,
    coloured,
    noisy,
    reverberated,
    treat,
)


@pytest.fixture(scope="module")
def speech():
    return resample_audio(espeak_speech(), RATE_HZ).waveform[: 2 * RATE_HZ]


def power_above(waveform, hz):
    spectrum = np.abs(np.fft.rfft(waveform)) ** 2
    first = int(hz * waveform.size / RATE_HZ)
    return spectrum[first:].sum() / spectrum.sum()


@pytest.mark.parametrize("way", CODED)
def test_codecs_keep_time_and_words(way, speech):
    sent = treat(speech, way)
    assert sent.shape == speech.shape
    assert sent.dtype == np.float32
    assert not np.array_equal(sent, speech)
    envelopes = [np.abs(x).reshape(-1, 800).mean(axis=1) for x in (speech, sent)]
    assert np.corrcoef(*envelopes)[0, 1] > 0.9


@pytest.mark.parametrize("way", ["telephone", "mobile"])
def test_telephones_are_narrow(way, speech):
    assert power_above(speech, 4300.0) > 30 * power_above(treat(speech, way), 4300.0)


def test_plain_is_plain(speech):
    assert treat(speech, PLAIN) is speech


def test_noise_is_as_loud_as_asked(speech):
    noise = noisy(speech, np.random.default_rng(0), snr_db=20.0) - speech
    assert 10 * np.log10(np.mean(speech**2) / np.mean(noise**2)) == pytest.approx(20.0, abs=0.1)


def test_a_room_answers_after_the_click():
    click = np.zeros(RATE_HZ, np.float32)
    click[100] = 1.0
    heard = reverberated(click, np.random.default_rng(0))
    assert heard[100] == pytest.approx(1.0, abs=1e-3)
    assert np.abs(heard[:100]).max() < 1e-5
    assert np.abs(heard[132:1000]).max() > 1e-3


def test_lost_bands_are_as_quiet_as_the_quietest():
    levels = np.random.default_rng(0).normal(0, 1, (50, 80)).astype(np.float32)
    lost = [coloured(levels, np.random.default_rng(seed)) for seed in range(20)]
    changed = [found != levels for found in lost]
    assert any(where.any() for where in changed)
    for found, where in zip(lost, changed, strict=True):
        assert (found[where] == levels.min()).all()
        assert (
            where.all(axis=0) | ~where.any(axis=0)
        ).sum() >= 79  # whole bands; one holds the minimum
