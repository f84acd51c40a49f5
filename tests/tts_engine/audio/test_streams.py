"""What is sent piece by piece, put together as a listener does."""

import io
import shutil
import subprocess

import mutagen
import numpy as np
import pytest
import soundfile

from tts_engine.audio.ffmpeg import ffmpeg_path
from tts_engine.audio.io import decode_audio, encode_audio
from tts_engine.audio.streams import STREAMABLE, encode_stream
from tts_engine.audio.tags import AI_FIELD, AudioTags, is_tagged_as_generated
from tts_engine.types import Audio

RATE_HZ, PCM_HZ = 22_050, 24_000
HZ = (200, 400, 800, 1600, 3200)
SECONDS = 0.7  # no page of Ogg is full after it
TAGS = AudioTags(title="Пять звуков", voice="Anna")


def tone(hz, seconds=SECONDS):
    time = np.arange(round(seconds * RATE_HZ)) / RATE_HZ
    return Audio((0.5 * np.sin(2 * np.pi * hz * time)).astype(np.float32), RATE_HZ)


def stream(audio_format, **options):
    pieces = (tone(hz) for hz in HZ)
    return b"".join(encode_stream(pieces, audio_format, tags=TAGS, **options))


def heard_by_ffmpeg(content, audio_format):
    kind = ["-f", "s16le", "-ar", str(PCM_HZ), "-ac", "1"] if audio_format == "pcm" else []
    command = [ffmpeg_path(), "-v", "error", *kind, "-i", "pipe:0", "-f", "s16le", "-ac", "1",
               "-ar", str(PCM_HZ), "pipe:1"]  # fmt: skip
    done = subprocess.run(command, input=content, capture_output=True, check=True)
    return Audio(np.frombuffer(done.stdout, "<i2").astype(np.float32) / 32768.0, PCM_HZ)


def assert_all_heard(audio, *, slack_seconds):
    """Nothing is lost, and what codecs add between pieces is no more than they need."""
    whole = SECONDS * len(HZ)
    assert whole - 0.01 <= audio.seconds <= whole + slack_seconds
    third = audio.waveform.size // len(HZ)
    for index, hz in enumerate(HZ):
        middle = audio.waveform[index * third + third // 3 : index * third + third * 2 // 3]
        peak = np.argmax(np.abs(np.fft.rfft(middle * np.hanning(middle.size))))
        assert peak * audio.sample_rate_hz / middle.size == pytest.approx(hz, rel=0.03)


@pytest.mark.parametrize("audio_format", STREAMABLE)
def test_ffmpeg_hears_all_pieces_in_order(audio_format):
    slack = {"aac": 0.5, "mp3": 0.1}.get(audio_format, 0.001)
    heard = heard_by_ffmpeg(stream(audio_format), audio_format)
    assert_all_heard(heard, slack_seconds=slack)


@pytest.mark.parametrize("audio_format", ["mp3", "wav", "ogg", "voice_message"])
def test_libsndfile_hears_all_pieces_in_order(audio_format):
    samples, rate = soundfile.read(io.BytesIO(stream(audio_format)), dtype="float32")
    assert_all_heard(Audio(samples, rate), slack_seconds=0.1)


@pytest.mark.parametrize("audio_format", ["mp3", "wav", "ogg", "aac", "voice_message"])
def test_the_service_hears_its_own_stream(audio_format):
    assert_all_heard(decode_audio(stream(audio_format)), slack_seconds=0.5)


@pytest.mark.parametrize("audio_format", ["ogg", "voice_message"])
def test_ogg_is_one_logical_stream(audio_format):
    content = stream(audio_format)
    assert content.count(b"OpusHead") == 1
    assert mutagen.File(io.BytesIO(content)).info.length == pytest.approx(3.5, abs=0.01)


@pytest.mark.skipif(shutil.which("opusinfo") is None, reason="opusinfo is not installed")
@pytest.mark.parametrize("audio_format", ["ogg", "voice_message"])
def test_opusinfo_has_nothing_to_complain_of(audio_format, tmp_path):
    path = tmp_path / "stream.ogg"
    path.write_bytes(stream(audio_format))
    told = subprocess.run(["opusinfo", path], capture_output=True, text=True, check=True)
    assert "WARNING" not in told.stdout + told.stderr
    assert "Playback length: 0m:03.4" in told.stdout or "Playback length: 0m:03.5" in told.stdout


@pytest.mark.parametrize("audio_format", STREAMABLE)
def test_a_piece_leaves_before_the_next_is_made(audio_format):
    made = []

    def pieces():
        for hz in (200, 400):
            made.append(hz)
            yield tone(hz, seconds=1.5)

    first = next(encode_stream(pieces(), audio_format))
    assert made == [200]
    assert len(first) > 0.3 * len(encode_audio(tone(200, seconds=1.5), audio_format))


@pytest.mark.parametrize("audio_format", STREAMABLE)
def test_the_same_pieces_are_the_same_bytes(audio_format):
    assert stream(audio_format) == stream(audio_format)


@pytest.mark.parametrize("kbps", [32, 64, 160, 320])
def test_a_strict_reader_hears_the_whole_mp3_at_every_bitrate(kbps):
    content = stream("mp3", bitrate_kbps=kbps)
    assert soundfile.info(io.BytesIO(content)).duration == pytest.approx(3.5, abs=0.15)
    assert len(content) == pytest.approx(3.5 * kbps * 125, rel=0.05)


@pytest.mark.parametrize("audio_format", ["mp3", "ogg", "wav", "aac", "voice_message"])
def test_the_stream_says_once_that_a_machine_made_it(audio_format):
    content = stream(audio_format)
    assert content.count(AI_FIELD.encode()) == 1
    assert is_tagged_as_generated(content)
    if audio_format not in ("wav", "aac"):  # mutagen reads no LIST chunk, nor ID3 before AAC
        assert "Пять звуков" in mutagen.File(io.BytesIO(content)).tags.pprint()


def test_wav_has_one_header_and_the_rate_of_pcm():
    content = stream("wav")
    assert content.count(b"RIFF") == 1
    assert int.from_bytes(content[24:28], "little") == PCM_HZ
    assert content[36:40] == b"LIST"
    assert content[content.index(b"data") + 8 :] == stream("pcm")


def test_flac_cannot_be_sent_so():
    with pytest.raises(ValueError, match="flac"):
        list(encode_stream([tone(200)], "flac"))
