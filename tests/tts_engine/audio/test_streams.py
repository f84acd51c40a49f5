"""Pieces of a stream, put together as a listener does."""

import io

import mutagen
import numpy as np
import pytest
import soundfile

from tts_engine.audio.io import decode_audio
from tts_engine.audio.streams import encode_piece
from tts_engine.audio.tags import AI_FIELD, AudioTags, is_tagged_as_generated
from tts_engine.types import Audio

RATE_HZ = 22_050


def tone(hz, seconds=0.5):
    time = np.arange(int(seconds * RATE_HZ)) / RATE_HZ
    return Audio((0.5 * np.sin(2 * np.pi * hz * time)).astype(np.float32), RATE_HZ)


def stream(audio_format):
    tags = AudioTags(title="Три звука", voice="Anna")
    return b"".join(
        encode_piece(tone(hz), audio_format, first=hz == 200, tags=tags) for hz in (200, 400, 800)
    )


@pytest.mark.parametrize("audio_format", ["mp3", "wav", "aac"])
def test_all_pieces_are_heard_in_order(audio_format):
    audio = decode_audio(stream(audio_format))
    assert audio.seconds == pytest.approx(1.5, abs=0.25)
    third = audio.waveform.size // 3
    peaks = [
        np.argmax(np.abs(np.fft.rfft(part[third // 4 : -third // 4])))
        for part in np.array_split(audio.waveform, 3)
    ]
    assert peaks[1] == pytest.approx(2 * peaks[0], rel=0.1)
    assert peaks[2] == pytest.approx(2 * peaks[1], rel=0.1)


def test_a_strict_reader_hears_the_whole_mp3():
    assert soundfile.info(io.BytesIO(stream("mp3"))).duration == pytest.approx(1.5, abs=0.3)


@pytest.mark.parametrize("audio_format", ["mp3", "ogg", "wav", "aac"])
def test_the_stream_says_once_that_a_machine_made_it(audio_format):
    content = stream(audio_format)
    assert content.count(AI_FIELD.encode()) == 1
    assert is_tagged_as_generated(content)
    if audio_format not in ("wav", "aac"):  # mutagen reads no LIST chunk, nor ID3 before AAC
        assert "Три звука" in mutagen.File(io.BytesIO(content)).tags.pprint()


def test_wav_has_one_header():
    content = stream("wav")
    assert content.count(b"RIFF") == 1
    head = content.index(b"data") + 8
    assert content[36:40] == b"LIST"
    assert len(content) == head + 3 * 2 * int(0.5 * RATE_HZ)


def test_ogg_pieces_are_a_chain():
    assert stream("ogg").count(b"OpusHead") == 3


def test_flac_cannot_be_sent_so():
    with pytest.raises(ValueError, match="flac"):
        encode_piece(tone(200), "flac", first=True)
