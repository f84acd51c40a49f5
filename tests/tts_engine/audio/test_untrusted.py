"""Sound of strangers: the same samples and refusals as at home, and damage stays contained."""

import io

import numpy as np
import pytest

from tests.hostile_files import hostile_files, real_sounds
from tts_engine.audio.ffmpeg import ffmpeg_path
from tts_engine.audio.ffmpeg_reading import ffmpeg_opened
from tts_engine.audio.io import decode_audio
from tts_engine.audio.untrusted import decode_untrusted
from tts_engine.errors import AudioError


def decoded(decode, content):
    try:
        return decode(content)
    except AudioError as error:
        return error.code


@pytest.mark.parametrize("file", real_sounds(), ids=lambda file: file.name)
def test_every_format_comes_out_as_when_decoded_here(file):
    assert ffmpeg_path()
    here, apart = decoded(decode_audio, file.content), decoded(decode_untrusted, file.content)
    if isinstance(here, str) or here.sample_rate_hz > 48_000:
        return
    assert apart.sample_rate_hz == here.sample_rate_hz
    assert np.array_equal(apart.waveform, here.waveform)


def test_what_ffmpeg_would_open_by_name_has_no_name():
    [webm] = [file for file in real_sounds() if file.name == "me.mka"]
    with ffmpeg_opened(io.BytesIO(webm.content), "webm", 600) as (rate_hz, blocks):
        assert rate_hz == decode_audio(webm.content).sample_rate_hz
        assert sum(map(len, blocks)) > rate_hz
    with pytest.raises(AudioError), ffmpeg_opened(io.BytesIO(b"#EXTM3U\nfile:///x"), "webm", 600):
        pass


def test_what_is_no_sound_is_refused_alike():
    refused = {file.name: decoded(decode_untrusted, file.content) for file in real_sounds()}
    codes = {name: code for name, code in refused.items() if isinstance(code, str)}
    assert set(codes.values()) == {"not_audio"}
    assert set(codes) == {"me.aiff", "me.au", "me.caf", "me.w64", "me.wma", "me.ac3"}


def test_a_high_rate_comes_down_and_keeps_its_length():
    [stereo] = [file for file in real_sounds() if file.name == "stereo.flac"]
    audio, same = decode_untrusted(stereo.content), decode_audio(stereo.content)
    assert audio.sample_rate_hz == 48_000
    assert audio.seconds == pytest.approx(same.seconds, abs=0.001)
    assert np.abs(audio.waveform).max() == pytest.approx(np.abs(same.waveform).max(), rel=0.1)


def test_damaged_files_are_sound_or_a_named_refusal():
    files = [file for file in hostile_files(60, seed=3, bombs=False) if not file.texts][:40]
    for file in files:
        audio = decoded(decode_untrusted, file.content)
        assert isinstance(audio, str) or np.isfinite(audio.waveform).all()
