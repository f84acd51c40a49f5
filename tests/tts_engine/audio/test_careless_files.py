"""Files as phones, recorders and careless tools make them: players read them, so do we."""

import io
import struct
import subprocess
from pathlib import Path

import imageio_ffmpeg
import numpy as np
import pytest
import soundfile as sf
from mutagen.id3 import APIC, ID3, TIT2

from tts_engine.audio.reading import _soundfile_blocks
from tts_engine.audio.untrusted import decode_untrusted
from tts_engine.errors import AudioError

RATE = 16_000
SECONDS = 6.0
TIME = np.arange(int(SECONDS * RATE)) / RATE
# a tone whose loudness changes, so that a variable bitrate varies
TONE = (np.sin(2 * np.pi * 440 * TIME) * np.where(TIME < 3, 0.5, 0.05)).astype(np.float32)


def wav(samples=TONE, **options):
    stream = io.BytesIO()
    sf.write(stream, samples, RATE, format="WAV", **options)
    return stream.getvalue()


def by_ffmpeg(tmp_path: Path, name: str, *options: object) -> bytes:
    source, target = tmp_path / "a.wav", tmp_path / name
    source.write_bytes(wav())
    program = imageio_ffmpeg.get_ffmpeg_exe()
    subprocess.run([program, "-v", "error", "-y", "-i", source, *options, target], check=True)
    return target.read_bytes()


def tag(padding=200):
    stream = io.BytesIO()
    tags = ID3()
    tags.add(TIT2(text="Запись"))
    tags.save(stream, padding=lambda _: padding)
    return stream.getvalue()


def assert_whole(content: bytes, seconds: float = SECONDS) -> None:
    audio = decode_untrusted(content)
    assert audio.seconds == pytest.approx(seconds, rel=0.025)
    strongest = np.argmax(np.abs(np.fft.rfft(audio.waveform))) / audio.seconds
    assert strongest == pytest.approx(440, abs=2)


@pytest.mark.parametrize("xing", ["0", "1"])
@pytest.mark.parametrize("quality", ["0", "9"])
def test_an_mp3_of_variable_bitrate_is_whole(tmp_path, xing, quality):
    assert_whole(by_ffmpeg(tmp_path, "a.mp3", "-q:a", quality, "-write_xing", xing))


@pytest.mark.parametrize("xing", ["0", "1"])
def test_mp3s_joined_together_are_all_heard(tmp_path, xing):
    one = by_ffmpeg(tmp_path, "a.mp3", "-write_xing", xing)
    assert_whole(one + one, 2 * SECONDS)
    assert_whole(one + one + one, 3 * SECONDS)


@pytest.mark.parametrize("before", [b"\0" * 417, b"HTTP/1.1 200 OK\r\n\r\n", bytes(range(256)) * 8])
def test_what_stands_before_the_first_frame_is_passed_over(tmp_path, before):
    assert_whole(before + by_ffmpeg(tmp_path, "a.mp3"))


def test_the_picture_in_an_mp3_is_not_its_sound(tmp_path):
    path = tmp_path / "cover.mp3"
    path.write_bytes(by_ffmpeg(tmp_path, "a.mp3"))
    tags = ID3()
    picture = by_ffmpeg(tmp_path, "a.png", "-lavfi", "color=red:s=64x64", "-frames:v", "1")
    tags.add(APIC(mime="image/png", type=3, data=picture))
    tags.save(path)
    assert_whole(path.read_bytes())


def test_a_wav_whose_recorder_crashed_is_read_to_its_end():
    content = wav()
    at = content.index(b"data") + 4
    without_length = content[:at] + struct.pack("<I", 0) + content[at + 4 :]
    assert_whole(without_length)
    assert_whole(without_length[:4] + struct.pack("<I", 0) + without_length[8:])


def test_an_mp3_in_a_wav_is_read(tmp_path):
    assert_whole(by_ffmpeg(tmp_path, "b.wav", "-c:a", "libmp3lame"))


def test_flac_in_ogg_is_read(tmp_path):
    assert_whole(by_ffmpeg(tmp_path, "a.ogg", "-c:a", "flac"))


class Promising(io.BytesIO):
    """An open file whose header promises a tenth of a second more than it holds."""

    samplerate, frames = RATE, RATE

    def __init__(self, container):
        super().__init__()
        self.format = container
        self.left = [np.zeros((RATE * 9 // 10, 1), np.float32), np.zeros((0, 1), np.float32)]

    def read(self, *_, **__):
        return self.left.pop(0)


def test_the_times_of_an_ogg_promise_nothing():
    """Music that players read; whether it was cut its last page tells."""
    [samples] = _soundfile_blocks(Promising("OGG"), 600.0)
    assert len(samples) == RATE * 9 // 10
    with pytest.raises(AudioError):
        list(_soundfile_blocks(Promising("FLAC"), 600.0))


@pytest.mark.parametrize(
    ("name", "options"),
    [("b.wav", ()), ("a.flac", ()), ("a.ogg", ("-c:a", "libopus")), ("a.m4a", ("-c:a", "aac"))],
)
def test_a_tag_before_any_kind_of_file_is_passed_over(tmp_path, name, options):
    assert_whole(tag() + by_ffmpeg(tmp_path, name, *options))


def test_a_cut_wav_behind_a_tag_is_still_told(tmp_path):
    with pytest.raises(AudioError) as caught:
        decode_untrusted(tag() + wav()[:-40_000])
    assert caught.value.code == "truncated_audio"


@pytest.mark.parametrize(
    ("head", "frame", "rate"), [(b"#!AMR\n", 0x3C, 8000), (b"#!AMR-WB\n", 0x44, 16_000)]
)
def test_a_phone_s_bare_amr_is_read(head, frame, rate):
    size = {0x3C: 31, 0x44: 60}[frame]
    bits = np.random.default_rng(0).integers(0, 256, (100, size), dtype=np.uint8)
    audio = decode_untrusted(head + b"".join(bytes([frame]) + row.tobytes() for row in bits))
    assert audio.sample_rate_hz == rate
    assert audio.seconds == pytest.approx(2.0, abs=0.1)
    assert np.abs(audio.waveform).max() > 0.01


@pytest.mark.parametrize("right", [-1.0, -0.6])
def test_channels_that_cancel_each_other_are_heard(right):
    content = wav(np.stack([TONE, right * TONE], axis=1))
    assert_whole(content)
    assert np.abs(decode_untrusted(content).waveform).max() > 0.35


def test_channels_that_differ_are_averaged():
    noise = np.random.default_rng(0).normal(0, 0.1, (2, TIME.size)).astype(np.float32)
    heard = decode_untrusted(wav(noise.T, subtype="FLOAT")).waveform
    np.testing.assert_allclose(heard, noise.mean(axis=0), atol=1e-6)


@pytest.mark.parametrize("order", ["[s][0:a]", "[0:a][s]"])
@pytest.mark.parametrize("suffix", ["m4a", "webm"])
def test_of_several_tracks_the_one_with_sound_is_heard(tmp_path, order, suffix):
    silent = f"anullsrc=r={RATE}:cl=mono,atrim=duration={SECONDS}"
    first, second = order.strip("[]").split("][")
    codec = {"m4a": "aac", "webm": "libopus"}[suffix]
    mapped = [f"[{one}]" if one == "s" else one for one in (first, second)]
    options = ["-filter_complex", f"{silent}[s]", "-map", mapped[0], "-map", mapped[1]]
    assert_whole(by_ffmpeg(tmp_path, f"a.{suffix}", *options, "-c:a", codec))
