"""The AAC that ffmpeg writes for us."""

import io

import numpy as np
import pytest

from tts_engine.audio import ffmpeg
from tts_engine.audio.ffmpeg import AacFile
from tts_engine.audio.io import decode_audio
from tts_engine.audio.sniff import sniff_container
from tts_engine.errors import ResourceError

RATE_HZ = 22_050


def written(*pieces):
    stream = io.BytesIO()
    file = AacFile(stream, RATE_HZ)
    for piece in pieces:
        file.write(piece)
    file.close()
    return stream.getvalue()


def tone(hz, seconds=1.0):
    time = np.arange(int(seconds * RATE_HZ)) / RATE_HZ
    return (16_000 * np.sin(2 * np.pi * hz * time)).astype(np.int16)


def test_samples_come_back_as_they_were_in_pitch_and_length():
    content = written(tone(440))
    assert sniff_container(io.BytesIO(content)) == "aac"
    audio = decode_audio(content)
    assert audio.sample_rate_hz == RATE_HZ
    assert audio.seconds == pytest.approx(1.0, abs=0.1)
    peak = np.argmax(np.abs(np.fft.rfft(audio.waveform))) / audio.seconds
    assert peak == pytest.approx(440, abs=2)


def test_pieces_and_the_whole_are_the_same_bytes():
    whole = tone(300)
    assert written(whole[:5000], whole[5000:]) == written(whole)


def test_a_program_that_ends_early_is_told(monkeypatch):
    monkeypatch.setattr(ffmpeg, "ffmpeg_path", lambda: "false")
    with pytest.raises(ResourceError) as caught:
        written(*[tone(300)] * 5)
    assert caught.value.code == "encoder_died"
