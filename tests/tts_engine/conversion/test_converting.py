"""The chain of a conversion: time, level, pitch, silence and loudness of the source."""

import numpy as np
import pytest
import torch

from tests.tts_engine.conversion.tiny import tiny_ear, tiny_network
from tts_engine.conversion import converting
from tts_engine.conversion.converting import (
    ConversionSettings,
    Target,
    VoiceConverter,
    cuts,
    levelled,
    mix_envelopes,
    moved,
    silence_gate,
    transposition,
)
from tts_engine.conversion.inference import Converter
from tts_engine.errors import AudioError, RequestError
from tts_engine.types import Audio, VoiceProfile
from tts_engine.vocoder.config import SourceFilterConfig, VocoderConfig
from tts_engine.vocoder.inference import Vocoder
from tts_engine.vocoder.model import build_generator

RATE = 22_050


def buzz(seconds: float, f0_hz: float = 130.0, rate: int = RATE) -> np.ndarray:
    time = np.arange(int(seconds * rate)) / rate
    tone = sum(np.sin(2 * np.pi * f0_hz * k * time) / k for k in range(1, 12))
    return (0.1 * tone).astype(np.float32)


def voice(f0_hz: float = 200.0) -> VoiceProfile:
    vector = np.random.default_rng(0).normal(size=256).astype(np.float32)
    return VoiceProfile(embedding=vector / np.linalg.norm(vector), f0_median_hz=f0_hz)


@pytest.fixture(scope="module")
def chain() -> VoiceConverter:
    torch.manual_seed(0)
    config = VocoderConfig(
        source_filter=SourceFilterConfig(channels=16, hidden_channels=32, blocks=2)
    )
    vocoder = Vocoder(config, build_generator(config), torch.device("cpu"))
    converter = Converter(tiny_network(), tiny_ear(), torch.device("cpu"))
    return VoiceConverter(converter, vocoder)


@pytest.mark.parametrize("seconds", [0.7, 2.013])
def test_as_long_as_the_source_to_the_sample(chain, seconds):
    source = Audio(buzz(seconds, rate=16_000), 16_000)
    made = chain.convert(source, Target(profile=voice()), ConversionSettings())
    expected = round(source.waveform.size * RATE / 16_000)
    assert abs(made.audio.waveform.size - expected) <= 1
    assert made.audio.sample_rate_hz == RATE
    assert np.isfinite(made.audio.waveform).all()
    assert made.f0_hz.size == -(-made.audio.waveform.size // 256)


def test_pitch_is_brought_to_the_voice(chain):
    made = chain.convert(Audio(buzz(1.0), RATE), Target(profile=voice()), ConversionSettings())
    assert made.semitones == 7  # 130 to 200 Hz
    heard = made.f0_hz[made.f0_hz > 0]
    assert np.median(heard) == pytest.approx(130 * 2 ** (7 / 12), rel=0.02)


def test_own_f0_is_taken_and_must_fit(chain):
    source, target = Audio(buzz(1.0), RATE), Target(profile=voice())
    own = np.full(-(-RATE // 256), 100.0, np.float32)
    settings = ConversionSettings(transpose=12)
    made = chain.convert(source, target, settings, own)
    np.testing.assert_allclose(made.f0_hz, 200.0, rtol=1e-5)
    with pytest.raises(RequestError, match="values"):
        chain.convert(source, target, settings, own[:-5])


def test_an_index_of_another_voice_changes_what_is_said(chain):
    source = Audio(buzz(1.0), RATE)
    noise = np.random.default_rng(0).normal(0, 0.1, RATE).astype(np.float32)
    index = chain.index_of([Audio(noise, RATE)])
    plain, drawn, off = (
        chain.convert(source, Target(profile=voice(), index=i), ConversionSettings(index_rate=r))
        for i, r in ((None, 1.0), (index, 1.0), (index, 0.0))
    )
    assert np.abs(plain.audio.waveform - drawn.audio.waveform).max() > 1e-4
    np.testing.assert_array_equal(plain.audio.waveform, off.audio.waveform)


def test_pieces_keep_their_place_and_are_told(chain, monkeypatch):
    monkeypatch.setattr(converting, "PIECE_SECONDS", 1.0)
    monkeypatch.setattr(converting, "QUIET_WITHIN_SECONDS", 0.3)
    told = []
    made = chain.convert(
        Audio(buzz(3.5), RATE),
        Target(profile=voice()),
        ConversionSettings(),
        on_progress=lambda done, total: told.append((done, total)),
    )
    assert told[-1][0] == told[-1][1] == len(told) >= 3
    assert made.audio.waveform.size == int(3.5 * RATE)


def test_every_piece_is_said_at_its_own_pitch(chain, monkeypatch):
    monkeypatch.setattr(converting, "PIECE_SECONDS", 1.0)
    monkeypatch.setattr(converting, "QUIET_WITHIN_SECONDS", 0.3)
    said, vocode = [], chain.vocoder.vocode

    def spy(mels, f0_hz):
        said.extend(f0_hz)
        return vocode(mels, f0_hz=f0_hz)

    monkeypatch.setattr(chain.vocoder, "vocode", spy)
    own = np.linspace(90, 180, -(-3 * RATE // 256)).astype(np.float32)
    settings = ConversionSettings(transpose=0)
    chain.convert(Audio(buzz(3.0), RATE), Target(profile=voice()), settings, own)
    assert len(said) > 1
    np.testing.assert_array_equal(np.concatenate(said), own)


def test_silence_is_silent_and_the_rest_as_loud_as_it_was(chain):
    sound = np.concatenate([buzz(1.0), np.zeros(RATE, np.float32), buzz(1.0)])
    for gain in (0.1, 0.3):
        source = Audio(gain * sound, RATE)
        settings = ConversionSettings(rms_mix=0)
        made = chain.convert(source, Target(profile=voice()), settings).audio.waveform
        assert np.abs(made[int(1.3 * RATE) : int(1.7 * RATE)]).max() == 0
        inside = slice(RATE // 3, 2 * RATE // 3)
        decibels = 20 * np.log10(np.std(made[inside]) / np.std(source.waveform[inside]))
        assert abs(decibels) < 1.5


def test_silence_is_no_content_of_a_voice(chain):
    sound = np.concatenate([buzz(1.0), np.zeros(2 * RATE, np.float32)])
    frames = chain.index_of([Audio(sound, RATE)]).frames
    assert 0.8 * RATE / 256 < len(frames) < 1.3 * RATE / 256


def test_cuts_lie_where_it_is_quiet(monkeypatch):
    monkeypatch.setattr(converting, "PIECE_SECONDS", 2.0)
    monkeypatch.setattr(converting, "QUIET_WITHIN_SECONDS", 0.5)
    sound = buzz(6.0)
    sound[int(2.2 * RATE) : int(2.3 * RATE)] = 0
    found = cuts(sound, RATE, 256)
    assert found[0] == 0
    assert found[-1] == sound.size
    assert 2.19 <= found[1] / RATE <= 2.3
    assert all(place % 256 == 0 for place in found[:-1])


@pytest.mark.parametrize(
    ("song", "to_hz", "semitones"), [(False, 200.0, 7), (True, 200.0, 12), (True, 140.0, 0)]
)
def test_automatic_transposition(song, to_hz, semitones):
    track = np.full(50, 130.0, np.float32)
    assert transposition(track, voice(to_hz), ConversionSettings(song=song)) == semitones


def test_what_has_no_pitch_is_refused():
    with pytest.raises(AudioError, match="no voice"):
        transposition(np.zeros(100, np.float32), voice(), ConversionSettings())
    with pytest.raises(RequestError, match="not known"):
        transposition(np.full(50, 130.0, np.float32), voice(0.0), ConversionSettings())
    with pytest.raises(AudioError, match="no voice"):
        levelled(np.zeros(1000, np.float32), RATE)


def test_f0_stays_within_what_the_vocoder_says():
    track = moved(np.array([0, 40, 100, 900], np.float32), 12)
    np.testing.assert_allclose(track, [0, 80, 200, 900], rtol=1e-5)


def test_level_rumble_and_gain():
    loud = buzz(1.0) * 4 + 0.3 * np.sin(2 * np.pi * 15 * np.arange(RATE) / RATE)
    clean, gain = levelled(loud.astype(np.float32), RATE)
    spectrum = np.abs(np.fft.rfft(clean))
    assert spectrum[15] < 0.02 * spectrum[130]
    assert np.sqrt(np.mean(clean[RATE // 2 :] ** 2)) == pytest.approx(0.08, rel=0.15)
    inside = slice(RATE // 2, None)
    sung = (buzz(1.0) * 4)[inside]
    assert np.std(clean[inside]) == pytest.approx(gain * np.std(sung), rel=0.1)


def test_silence_stays_silence():
    sound = np.concatenate([buzz(0.5), np.zeros(RATE // 2, np.float32), buzz(0.5)])
    gate = silence_gate(sound, RATE)
    assert gate[RATE // 4] == 1
    assert gate[3 * RATE // 4] == 0


@pytest.mark.parametrize("mix", [0.0, 1.0])
def test_whose_loudness_it_has(mix):
    source = buzz(4.0) * np.repeat([1.0, 0.1], 2 * RATE).astype(np.float32)
    made = 0.5 * buzz(4.0, 210)
    mixed = mix_envelopes(source, made, mix, RATE)
    quiet, loud = (np.std(mixed[a * RATE : (a + 1) * RATE]) for a in (3, 0))
    assert loud / quiet == pytest.approx(1.0 if mix else 10.0, rel=0.1)


@pytest.mark.parametrize(
    "wrong", [{"transpose": 30}, {"index_rate": 1.5}, {"protect": 0.7}, {"rms_mix": -1}]
)
def test_settings_out_of_range(wrong):
    with pytest.raises(RequestError, match="expected"):
        ConversionSettings(**wrong).check()
