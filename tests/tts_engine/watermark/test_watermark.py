"""The mark: found again with its key, and only with it, after what files go through."""

import json
import math
import subprocess
import sys

import numpy as np
import pytest

from tests.tts_engine.espeak_speech import espeak_speech
from tts_engine.audio.io import decode_audio, encode_audio
from tts_engine.audio.resample import resample_audio
from tts_engine.errors import ResourceError
from tts_engine.types import Audio
from tts_engine.watermark import marking
from tts_engine.watermark.detection import detect_mark
from tts_engine.watermark.key import installation_key
from tts_engine.watermark.marking import Marker
from tts_engine.watermark.pattern import BANDS, HIGHEST_HZ, PERIOD_CHIPS, Pattern, band_of_bins
from tts_engine.watermark.residual import residual

KEY = b"a key"
TEXT = (
    "Вчера вечером мы долго гуляли вдоль реки и говорили о том, какой будет зима. "
    "Потом пошёл дождь, и все разошлись по домам."
)


@pytest.fixture(scope="module")
def speech():
    return espeak_speech(TEXT)


@pytest.fixture(scope="module")
def marked(speech):
    return Marker(KEY).mark(speech)


def test_long_speech_is_marked_in_chunks_as_in_one(speech, marked, monkeypatch):
    monkeypatch.setattr(marking, "CHUNK_FRAMES", 60)
    again = Marker(KEY).mark(speech).waveform
    np.testing.assert_allclose(again, marked.waveform, rtol=0, atol=1e-6)  # sums round otherwise


def trimmed(audio):
    return Audio(audio.waveform[12_345:-6_789], audio.sample_rate_hz)


def noisy(audio):
    noise = np.random.default_rng(0).standard_normal(audio.waveform.size)
    level = np.sqrt(np.mean(audio.waveform**2)) * 10 ** (-30 / 20)
    return Audio((audio.waveform + level * noise).astype(np.float32), audio.sample_rate_hz)


CHANGES = {
    "untouched": lambda audio: audio,
    "trimmed": trimmed,
    "mp3": lambda audio: decode_audio(encode_audio(audio, "mp3")),
    "opus": lambda audio: decode_audio(encode_audio(audio, "ogg")),
    "16 kHz": lambda audio: resample_audio(audio, 16_000),
    "44.1 kHz": lambda audio: resample_audio(audio, 44_100),
    "quiet": lambda audio: Audio(audio.waveform * np.float32(0.05), audio.sample_rate_hz),
    "noisy": noisy,
}


@pytest.mark.parametrize("change", CHANGES)
def test_the_mark_is_found_after(change, marked):
    assert detect_mark(CHANGES[change](marked), KEY).made_here


def test_nothing_is_found_without_a_mark_or_with_another_key(speech, marked):
    assert not detect_mark(speech, KEY).made_here
    assert not detect_mark(marked, b"another key").made_here


def test_the_mark_is_quiet_and_changes_neither_length_nor_rate(speech, marked):
    change = marked.waveform - speech.waveform
    assert marked.waveform.shape == speech.waveform.shape
    assert marked.sample_rate_hz == speech.sample_rate_hz
    assert 15 < 10 * np.log10(np.sum(speech.waveform**2) / np.sum(change**2)) < 30


def test_parts_marked_one_by_one_make_one_mark(speech):
    marker, parts, begins = Marker(KEY), np.array_split(speech.waveform, 5), 0
    marked = []
    for part in parts:
        start_seconds = begins / speech.sample_rate_hz
        piece = Audio(part, speech.sample_rate_hz)
        marked.append(marker.mark(piece, start_seconds=start_seconds).waveform)
        begins += part.size
    whole = Audio(np.concatenate(marked), speech.sample_rate_hz)
    assert detect_mark(whole, KEY).made_here


def test_a_marked_part_is_found_in_a_longer_recording(speech, marked):
    other = np.tile(speech.waveform[::-1], 5)
    mixed = Audio(np.concatenate([other, marked.waveform, other]), speech.sample_rate_hz)
    assert detect_mark(mixed, KEY).made_here


def test_signs_follow_from_the_key_and_cancel_in_pairs():
    signs = Pattern(KEY).signs
    assert signs.shape == (PERIOD_CHIPS, BANDS)
    assert set(np.unique(signs)) == {-1.0, 1.0}
    np.testing.assert_array_equal(signs[0::2], -signs[1::2])
    assert (signs != Pattern(b"another").signs).mean() == pytest.approx(0.5, abs=0.1)


def test_bands_have_bins_and_nothing_lies_above_the_last():
    bands = band_of_bins(512, 16_000)
    assert set(bands) >= {*range(1, BANDS + 1)}  # the lowest is narrower than a bin
    bins_hz = np.arange(257) * 16_000 / 512
    assert (bands[bins_hz > HIGHEST_HZ] == BANDS).all()


def test_the_residual_is_white_over_the_bands(speech):
    heard = residual(speech)
    assert heard.shape[1] == BANDS
    heard = heard[:, heard.std(axis=0) > 0]  # the lowest bands may lie between two bins
    assert heard.shape[1] > 0.8 * BANDS
    correlation = np.corrcoef(heard.T)
    assert np.abs(correlation - np.eye(heard.shape[1])).mean() < 0.15


@pytest.mark.parametrize("size", [1, 100, 30_000])
def test_silence_stays_silence_and_is_not_ours(size):
    silence = Audio(np.zeros(size, dtype=np.float32), 22_050)
    assert not Marker(KEY).mark(silence).waveform.any()
    assert not detect_mark(silence, KEY).made_here


def test_a_click_keeps_its_length():
    click = Audio(np.ones(3, dtype=np.float32), 22_050)
    assert Marker(KEY).mark(click).waveform.shape == (3,)


def test_the_key_is_made_once_for_an_installation(monkeypatch, tmp_path):
    for name in (
        "VOICECLONE_WATERMARK_KEY",
        "VOICECLONE_WATERMARK_KEY_FILE",
        "VOICECLONE_PRODUCTION",
    ):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("VOICECLONE_VAR", str(tmp_path / "one"))
    first = installation_key()
    assert first == installation_key()
    assert (tmp_path / "one" / "watermark_key").stat().st_mode & 0o077 == 0
    monkeypatch.setenv("VOICECLONE_VAR", str(tmp_path / "two"))
    assert installation_key() != first


def test_the_key_can_be_given_or_follows_from_the_secret(monkeypatch, tmp_path):
    monkeypatch.delenv("VOICECLONE_WATERMARK_KEY_FILE", raising=False)
    monkeypatch.setenv("VOICECLONE_WATERMARK_KEY", "given")
    assert installation_key() == b"given"
    monkeypatch.delenv("VOICECLONE_WATERMARK_KEY")
    monkeypatch.setenv("VOICECLONE_PRODUCTION", "1")
    monkeypatch.setenv("VOICECLONE_VAR", str(tmp_path))
    monkeypatch.setenv("VOICECLONE_SECRET_KEY", "one")
    one = installation_key()
    monkeypatch.setenv("VOICECLONE_SECRET_KEY", "two")
    assert installation_key() != one
    assert not list(tmp_path.iterdir())
    monkeypatch.delenv("VOICECLONE_SECRET_KEY")
    with pytest.raises(ResourceError):
        installation_key()


def test_the_command_line_tells_what_is_ours(marked, tmp_path, monkeypatch):
    path = tmp_path / "ours.mp3"
    path.write_bytes(encode_audio(marked, "mp3"))
    monkeypatch.setenv("VOICECLONE_WATERMARK_KEY", KEY.decode())
    command = [sys.executable, "-m", "tts_engine", "detect", str(path)]
    told = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert '"made_here": true' in told
    assert '"tagged_as_generated": false' in told
    judgement = json.loads(told)["judgement"]
    assert judgement["speaker"] in {"machine", "unknown"}  # espeak spoke
    assert len(judgement["curve"]) == math.ceil(marked.seconds)
