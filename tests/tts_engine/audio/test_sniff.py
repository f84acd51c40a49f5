"""Containers by their content, files that end too early, headers that lie."""

import io
import struct

import numpy as np
import pytest
import soundfile as sf

from tests.tts_engine.audio.test_io import by_ffmpeg, tone, written
from tts_engine.audio.io import decode_audio
from tts_engine.audio.sniff import is_cut_short, sniff_container
from tts_engine.errors import AudioError

RATE = 22_050


def code_of(content):
    with pytest.raises(AudioError) as caught:
        decode_audio(content)
    return caught.value.code


def promising(content, data_bytes):
    """A WAV whose header promises another length of samples."""
    at = content.index(b"data") + 4
    return content[:at] + struct.pack("<I", data_bytes) + content[at + 4 :]


@pytest.mark.parametrize("audio_format", ["WAV", "FLAC", "MP3", "OGG"])
@pytest.mark.parametrize("kept", [0.3, 0.9])
def test_a_file_that_ends_too_early_is_named(audio_format, kept):
    rng = np.random.default_rng(0)
    content = written(rng.normal(0, 0.1, 2 * RATE).astype(np.float32), audio_format=audio_format)
    assert code_of(content[: int(kept * len(content))]) in ("truncated_audio", "damaged_audio")


@pytest.mark.parametrize("options", [(), ("-movflags", "+faststart")])
def test_an_m4a_that_ends_too_early_is_named(tmp_path, options):
    content = by_ffmpeg(tmp_path, "m4a", "-c:a", "aac", *options).read_bytes()
    assert code_of(content[: len(content) // 2]) == "truncated_audio"


@pytest.mark.parametrize(("suffix", "codec"), [("webm", "libopus"), ("m4a", "aac")])
def test_a_recording_with_a_gap_in_its_times_is_whole_and_silent_there(tmp_path, suffix, codec):
    gap = "aloop=-1:22050,atrim=end=8,aselect='not(between(t,3,4.2))'"  # as a busy browser records
    path = by_ffmpeg(tmp_path, suffix, "-af", gap, "-c:a", codec)
    audio = decode_audio(path)
    rate = audio.sample_rate_hz
    assert audio.seconds == pytest.approx(8.0, abs=0.1)
    assert not audio.waveform[round(3.1 * rate) : round(4.1 * rate)].any()
    assert np.abs(audio.waveform[round(4.4 * rate) :]).max() > 0.3
    if suffix == "webm":
        content = path.read_bytes()
        assert code_of(content[: len(content) * 6 // 10]) == "truncated_audio"


def test_an_mp3_without_a_length_in_its_header_is_read_to_its_end(tmp_path):
    path = by_ffmpeg(tmp_path, "mp3", "-write_xing", "0")
    assert decode_audio(path).seconds == pytest.approx(1.0, abs=0.1)
    assert code_of(path.read_bytes()[:-50]) == "truncated_audio"


def test_a_wav_streamed_by_a_program_that_cannot_seek_is_read():
    content = promising(written(tone(), subtype="PCM_16"), 0xFFFFFFFF)
    assert not is_cut_short(io.BytesIO(content), "wav")
    assert decode_audio(content).seconds == pytest.approx(1.0, abs=0.01)


def test_three_hours_are_refused_without_decoding_them(tmp_path):
    path = tmp_path / "long.wav"
    rate, seconds = 8000, 3 * 3600
    with path.open("wb") as stream:
        stream.write(promising(written(np.zeros(0, np.float32), rate), 2 * rate * seconds))
        stream.truncate(stream.tell() + 2 * rate * seconds)  # a hole: no bytes on the disk
    with pytest.raises(AudioError) as caught:
        decode_audio(path)
    assert caught.value.code == "audio_too_long"
    assert caught.value.details["seconds"] == pytest.approx(seconds, rel=0.01)
    assert caught.value.details["max_seconds"] == 600


def test_text_zeros_and_random_bytes_are_no_audio():
    rng = np.random.default_rng(0)
    for content in (b"RIFFxxxxAVI LIST", bytes(5000), rng.bytes(50_000), b"\xff\xfb"):
        assert sniff_container(io.BytesIO(content)) is None


def test_an_id3_tag_before_the_sound_is_passed_over():
    content = written(tone(), audio_format="MP3")
    tagged = b"ID3\x04\x00\x00\x00\x00\x02\x00" + bytes(256) + content
    assert sniff_container(io.BytesIO(tagged)) == "mp3"
    assert decode_audio(tagged).seconds == pytest.approx(1.0, abs=0.1)


def test_a_header_without_samples_holds_no_sound():
    stream = io.BytesIO()
    sf.write(stream, np.zeros(0, np.float32), RATE, format="WAV")
    assert code_of(stream.getvalue()) == "no_audio_stream"
