"""Decoding whatever people upload, encoding what they asked for."""

import io
import subprocess
import tracemalloc

import imageio_ffmpeg
import mutagen
import numpy as np
import pytest
import soundfile as sf
from mutagen.id3 import ID3

from tts_engine.audio import io as audio_io
from tts_engine.audio.formats import FORMATS
from tts_engine.audio.io import decode_audio, encode_audio
from tts_engine.audio.refusals import check_header
from tts_engine.audio.sniff import sniff_container
from tts_engine.audio.tags import AudioTags
from tts_engine.errors import AudioError, RequestError
from tts_engine.types import Audio

RATE = 22_050


def tone(seconds=1.0, rate=RATE):
    time = np.arange(int(seconds * rate)) / rate
    return (0.4 * np.sin(2 * np.pi * 330 * time)).astype(np.float32)


def written(samples, rate=RATE, audio_format="WAV", **options):
    stream = io.BytesIO()
    sf.write(stream, samples, rate, format=audio_format, **options)
    return stream.getvalue()


def by_ffmpeg(tmp_path, suffix, *options):
    source, target = tmp_path / "a.wav", tmp_path / f"a.{suffix}"
    source.write_bytes(written(tone()))
    ffmpeg = imageio_ffmpeg.get_ffmpeg_exe()
    subprocess.run([ffmpeg, "-v", "error", "-y", "-i", source, *options, target], check=True)
    return target


@pytest.mark.parametrize("audio_format", ["WAV", "FLAC", "MP3", "OGG"])
def test_soundfile_formats_are_decoded(audio_format):
    audio = decode_audio(written(tone(), audio_format=audio_format))
    assert audio.sample_rate_hz == RATE
    assert audio.seconds == pytest.approx(1.0, abs=0.1)
    assert np.abs(audio.waveform).max() == pytest.approx(0.4, abs=0.05)


@pytest.mark.parametrize(
    ("suffix", "options"),
    [("m4a", ("-c:a", "aac")), ("webm", ("-c:a", "libopus")), ("opus", ("-c:a", "libopus"))],
)
def test_what_browsers_and_phones_record_is_decoded(tmp_path, suffix, options):
    audio = decode_audio(by_ffmpeg(tmp_path, suffix, *options))
    assert audio.seconds == pytest.approx(1.0, abs=0.15)
    assert np.abs(audio.waveform).max() > 0.3


@pytest.mark.parametrize("audio_format", FORMATS)
def test_a_file_written_in_blocks_is_the_same_to_the_byte(audio_format, monkeypatch):
    whole = encode_audio(Audio(tone(), RATE), audio_format)
    monkeypatch.setattr(audio_io, "BLOCK_SAMPLES", 1000)
    assert encode_audio(Audio(tone(), RATE), audio_format) == whole


def test_stereo_becomes_mono():
    both = np.stack([tone(), np.zeros_like(tone())], axis=1)
    assert np.abs(decode_audio(written(both)).waveform).max() == pytest.approx(0.2, abs=0.02)


def test_samples_beyond_full_scale_are_brought_down_to_it():
    loud = written(5 * tone(), subtype="FLOAT")
    assert np.abs(decode_audio(loud).waveform).max() == 1.0


def test_ten_minutes_are_in_memory_once(tmp_path):
    path = tmp_path / "long.wav"
    sf.write(path, 3 * np.tile(tone(60), 10), RATE, subtype="FLOAT")
    tracemalloc.start()
    try:
        decode_audio(path)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 1.2 * 4 * 600 * RATE


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty_file"),
        ("просто текст".encode() * 100, "not_audio"),
        (written(np.zeros((1000, 8), np.float32)), "too_many_channels"),
        (written(tone(0.1, 384_000), 384_000), "unsupported_sample_rate"),
        (written(np.full(8000, np.nan, np.float32), subtype="FLOAT"), "not_finite_samples"),
        (written(tone(3), audio_format="MP3")[:-2000], "truncated_audio"),
    ],
)
def test_unusable_files_are_named(content, code):
    with pytest.raises(AudioError) as caught:
        decode_audio(content)
    assert caught.value.code == code
    assert str(caught.value)
    assert caught.value.message_ru


def test_a_recording_over_the_limit_is_refused():
    with pytest.raises(AudioError) as caught:
        decode_audio(written(tone(3)), max_seconds=2)
    assert caught.value.code == "audio_too_long"
    with pytest.raises(AudioError):
        check_header(channels=1, rate_hz=RATE, seconds=10_800, max_seconds=600)


def test_the_content_counts_and_not_the_name(tmp_path):
    path = tmp_path / "song.wav"
    path.write_bytes(written(tone(), audio_format="FLAC"))
    assert decode_audio(path).seconds == pytest.approx(1.0, abs=0.01)
    with path.open("rb") as stream:
        assert sniff_container(stream) == "flac"


@pytest.mark.parametrize("audio_format", ["mp3", "wav", "ogg", "flac", "aac"])
def test_encoded_files_say_who_speaks_and_that_a_machine_does(tmp_path, audio_format):
    tags = AudioTags(title="Привет", voice="Анна")
    content = encode_audio(Audio(tone(), RATE), audio_format, tags=tags)
    assert content == encode_audio(Audio(tone(), RATE), audio_format, tags=tags)
    assert decode_audio(content).seconds == pytest.approx(1.0, abs=0.1)
    path = tmp_path / f"a.{audio_format}"
    path.write_bytes(content)
    tags = ID3(path) if audio_format == "aac" else mutagen.File(path).tags
    shown = str(dict(tags))
    assert "Привет" in shown
    assert "Анна" in shown
    assert "AI" in shown.upper()


def test_unknown_format_is_an_error():
    with pytest.raises(RequestError) as caught:
        encode_audio(Audio(tone(), RATE), "xyz")
    assert caught.value.code == "unknown_format"


@pytest.mark.parametrize("bitrate", [32, 64, 128, 160, 192, 320])
def test_mp3_has_the_bitrate_asked_for(bitrate):
    content = encode_audio(Audio(tone(), RATE), "mp3", bitrate_kbps=bitrate)
    info = mutagen.File(io.BytesIO(content)).info
    assert info.bitrate == pytest.approx(bitrate * 1000, rel=0.01)
    assert decode_audio(content).seconds == pytest.approx(1.0, abs=0.1)


@pytest.mark.parametrize(("audio_format", "bitrate"), [("mp3", 100), ("wav", 128)])
def test_other_bitrates_are_refused(audio_format, bitrate):
    with pytest.raises(RequestError) as caught:
        encode_audio(Audio(tone(), RATE), audio_format, bitrate_kbps=bitrate)
    assert caught.value.code == "bitrate_out_of_range"


def test_a_voice_message_is_opus_in_ogg_mono_at_48_khz():
    content = encode_audio(Audio(tone(), RATE), "voice_message")
    head = content[content.index(b"OpusHead") :]
    assert content[:4] == b"OggS"
    assert head[9] == 1  # channels
    assert int.from_bytes(head[12:16], "little") == 48_000
    assert decode_audio(content).seconds == pytest.approx(1.0, abs=0.1)


def test_pcm_is_bare_samples_at_24_khz():
    samples = np.frombuffer(encode_audio(Audio(tone(), RATE), "pcm"), "<i2")
    assert samples.size / 24_000 == pytest.approx(1.0, abs=0.001)
    assert np.abs(samples).max() > 1000
