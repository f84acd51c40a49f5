"""Working copies: what they hold, what was seen on the way, and stretches of them."""

import numpy as np
import pytest
import soundfile as sf

from tests.tts_engine.espeak_speech import espeak_speech
from tts_engine.audio.resample import resample
from tts_engine.dataset.opening import LEVEL_HOP, open_recording, read_copy
from tts_engine.errors import AudioError

RATE = 44_100


def speech(seconds):
    heard = espeak_speech()
    waveform = 0.3 * resample(heard.waveform, heard.sample_rate_hz, RATE)
    return np.resize(waveform, round(seconds * RATE))


def opened(tmp_path, waveform, **options):
    source = tmp_path / "запись.wav"
    sf.write(source, waveform, RATE)
    return open_recording(source, tmp_path / "copy.flac", **options)


def test_a_copy_holds_the_recording_without_rumble(tmp_path):
    clean = speech(23.0)
    rumble = 0.2 * np.sin(2 * np.pi * 15 * np.arange(clean.size) / RATE)
    seen = opened(tmp_path, clean + rumble)
    assert (seen.rate_hz, seen.channel, seen.clicks, seen.clipped) == (RATE, "mix", (), ())
    assert seen.seconds == pytest.approx(23.0, abs=0.01)
    copy, rate = sf.read(seen.path)
    assert rate == 22_050
    wanted = resample(clean.astype(np.float32), RATE, rate)
    size = min(copy.size, wanted.size)
    inner = slice(rate, size - rate)
    likeness = np.corrcoef(copy[inner], wanted[inner])[0, 1]
    assert likeness > 0.85  # the filter turns the phases of low tones
    spectrum = np.abs(np.fft.rfft(copy[: 10 * rate]))
    assert spectrum[140:160].max() < 0.01 * 0.2 * (10 * rate / 2)  # of what it was at 15 Hz
    assert seen.levels_db.size == copy.size // LEVEL_HOP


def test_clicks_are_mended_also_where_blocks_meet(tmp_path):
    broken = speech(21.0)
    places = [3.0, 10.0, 15.5]  # blocks are ten seconds long
    for place in places:
        at, around = round(place * RATE), round(0.06 * RATE)
        # in a fricative a click is not heard; an abrupt silence would be one
        broken[at - around : at + around] *= 1 - 0.98 * np.hanning(2 * around)
        broken[at] += 0.5
    seen = opened(tmp_path, broken)
    assert seen.clicks == pytest.approx(places, abs=0.003)


def test_overdriven_stretches_have_their_times(tmp_path):
    waveform = speech(21.0)
    driven = slice(8 * RATE, 12 * RATE)
    waveform[driven] = np.clip(20 * waveform[driven], -0.6, 0.6)
    ((start, end),) = opened(tmp_path, waveform).clipped
    assert start == pytest.approx(8.0, abs=0.6)
    assert end == pytest.approx(12.0, abs=0.6)


def test_a_stretch_is_cut_at_the_end_of_the_copy(tmp_path):
    seen = opened(tmp_path, speech(3.0))
    assert read_copy(seen.path, 1.0, 2.5).seconds == pytest.approx(1.5, abs=1e-3)
    assert read_copy(seen.path, -5.0, 1.0).seconds == pytest.approx(1.0, abs=1e-3)
    assert read_copy(seen.path, 2.0, 9.0).seconds == pytest.approx(1.0, abs=0.01)
    assert read_copy(seen.path, 7.0, 9.0).waveform.size == 0


def test_what_is_no_sound_leaves_no_copy(tmp_path):
    source = tmp_path / "x.wav"
    source.write_bytes(b"no sound at all")
    with pytest.raises(AudioError):
        open_recording(source, tmp_path / "copy.flac")
    assert not (tmp_path / "copy.flac").exists()
