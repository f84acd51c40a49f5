"""Sounds at their times on one track."""

import io

import numpy as np
import pytest

from tts_engine.audio.io import decode_audio
from tts_engine.audio.track import TrackWriter
from tts_engine.types import Audio

RATE_HZ = 22_050


def tone(seconds):
    time = np.arange(int(seconds * RATE_HZ)) / RATE_HZ
    return Audio((0.5 * np.sin(2 * np.pi * 300 * time)).astype(np.float32), RATE_HZ)


def loud_spans(audio):
    """(begin, end) in seconds of what is heard."""
    step = audio.sample_rate_hz // 100
    blocks = audio.waveform[: audio.waveform.size // step * step].reshape(-1, step)
    heard = np.concatenate([[False], np.abs(blocks).max(axis=1) > 0.05, [False]])
    edges = np.flatnonzero(np.diff(heard.astype(int)))
    return [(begin / 100, end / 100) for begin, end in edges.reshape(-1, 2)]


@pytest.mark.parametrize("audio_format", ["mp3", "wav", "flac", "ogg", "aac"])
def test_sounds_begin_at_their_times_in_every_format(audio_format):
    stream = io.BytesIO()
    track = TrackWriter(stream, audio_format)
    assert track.place(tone(0.5), start_seconds=1.0, room_seconds=2.0) == 0
    assert track.place(tone(0.5), start_seconds=25.0, room_seconds=None) == 0
    track.close()
    audio = decode_audio(stream.getvalue())
    assert audio.seconds == pytest.approx(25.5, abs=0.1)
    (first, until), (second, _) = loud_spans(audio)
    # an ADTS stream has nowhere to say that its first frame is the encoder's own
    late = 1024 / track.rate_hz if audio_format == "aac" else 0.0
    assert first == pytest.approx(1.0 + late, abs=0.06)
    assert until == pytest.approx(1.5 + late, abs=0.06)
    assert second == pytest.approx(25.0 + late, abs=0.06)


def test_what_is_longer_than_its_room_is_faded_out():
    stream = io.BytesIO()
    track = TrackWriter(stream, "wav")
    assert track.place(tone(1.0), start_seconds=0.0, room_seconds=0.4) == pytest.approx(0.6)
    track.place(tone(0.2), start_seconds=0.4, room_seconds=None)
    track.close()
    audio = decode_audio(stream.getvalue())
    assert audio.seconds == pytest.approx(0.6, abs=0.001)
    rate = audio.sample_rate_hz
    last = audio.waveform[round(0.395 * rate) : round(0.4 * rate)]
    assert np.abs(last).max() < 0.06


def test_sounds_out_of_order_are_refused():
    track = TrackWriter(io.BytesIO(), "wav")
    track.place(tone(1.0), start_seconds=0.0, room_seconds=None)
    with pytest.raises(ValueError, match="before the end"):
        track.place(tone(1.0), start_seconds=0.5, room_seconds=None)
