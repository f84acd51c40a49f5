"""Stereo files in other formats."""

import numpy as np
import pytest
import soundfile as sf

from tts_engine.audio.songs import encode_song
from tts_engine.errors import RequestError

RATE_HZ = 44_100


@pytest.fixture
def song(tmp_path):
    """Two tones, one on each side, in flac of 24 bits."""
    seconds = np.arange(RATE_HZ) / RATE_HZ
    sides = [0.3 * np.sin(2 * np.pi * hz * seconds) for hz in (220, 440)]
    sf.write(tmp_path / "song.flac", np.stack(sides, axis=1), RATE_HZ, "PCM_24")
    return tmp_path / "song.flac"


@pytest.mark.parametrize(("audio_format", "most"), [("mp3", 0.05), ("wav", 1e-4), ("flac", 1e-4)])
def test_both_sides_come_through(song, tmp_path, audio_format, most):
    target = tmp_path / f"made.{audio_format}"
    encode_song(song, target, audio_format)
    made, rate_hz = sf.read(target)
    whole, _ = sf.read(song)
    assert (rate_hz, made.shape) == (RATE_HZ, whole.shape)
    inner = slice(4000, -4000)
    assert np.abs(made - whole)[inner].max() < most


def test_what_cannot_be_written_is_refused(song, tmp_path):
    with pytest.raises(RequestError, match="unknown format"):
        encode_song(song, tmp_path / "made.xyz", "xyz")
    with pytest.raises(ValueError, match="44100"):
        encode_song(song, tmp_path / "made.ogg", "ogg")
