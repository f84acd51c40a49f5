"""The new voice laid into the song, block by block."""

import numpy as np
import pytest
import soundfile as sf

from tests.tts_engine.covers.tiny import RATE, band, buzz
from tts_engine.audio.tags import AudioTags
from tts_engine.covers import mixing
from tts_engine.covers.effects import room
from tts_engine.covers.mixing import Exit, Laid, VoiceTrack, laid_voice, limited, write_mix
from tts_engine.covers.stems import Stems

TAGS = AudioTags(title="a", voice="b")


@pytest.fixture
def track(tmp_path):
    made = VoiceTrack(tmp_path / "voice.raw", 3 * RATE)
    yield made
    made.close()


def laid(gate=1.0, response=None, frames=259):
    return Laid(
        gate=np.full(frames, gate), balance=np.ones((frames, 2)), level=1.0, response=response
    )


def stems_in(folder, music, refilled=False):
    sf.write(folder / "v.flac", np.zeros_like(music), RATE, subtype="PCM_24")
    sf.write(folder / "a.flac", music, RATE, subtype="PCM_24")
    return Stems(
        vocals=folder / "v.flac",
        accompaniment=folder / "a.flac",
        refilled=refilled,
        start_seconds=0.0,
        samples=len(music),
    )


def test_a_track_is_silent_where_nothing_was_placed(track):
    sound = buzz(0.5)
    track.place(RATE, sound)
    track.place(3 * RATE - 100, sound)
    read = track.read(-10, 3 * RATE + 10)
    assert read.size == 3 * RATE + 20
    np.testing.assert_array_equal(read[RATE + 10 : RATE + 10 + sound.size], sound)
    np.testing.assert_array_equal(read[3 * RATE - 90 : 3 * RATE + 10], sound[:100])
    assert not read[: RATE + 10].any()


def test_a_voice_in_a_room_is_the_same_in_whatever_blocks(track):
    track.place(0, buzz(3.0))
    settings = laid(response=room(-10.0))
    whole = laid_voice(track, settings, 0, 3 * RATE)
    parts = [
        laid_voice(track, settings, at, at + RATE // 2) for at in range(0, 3 * RATE, RATE // 2)
    ]
    np.testing.assert_allclose(np.concatenate(parts), whole, atol=1e-6)


def test_full_scale_is_kept_and_nothing_else_is_touched():
    sound = np.stack([buzz(1.0), buzz(1.0)], axis=1)
    np.testing.assert_array_equal(limited(sound), sound)
    sound[20_000:20_050] *= 20
    held = limited(sound)
    assert np.abs(held).max() <= 1.0
    np.testing.assert_array_equal(held[:19_000], sound[:19_000])
    np.testing.assert_array_equal(held[21_000:], sound[21_000:])


@pytest.mark.parametrize("audio_format", ["flac", "wav", "mp3", "ogg", "aac"])
def test_every_format_is_stereo_and_as_long(track, tmp_path, monkeypatch, audio_format):
    monkeypatch.setattr(mixing, "BLOCK_SECONDS", 0.7)
    music = band(3.0)
    music[:, 1] *= 0.25
    path = tmp_path / f"mix.{audio_format}"
    exits = {"mix": Exit(path=path, audio_format=audio_format, tags=TAGS)}
    stems = stems_in(tmp_path, music)
    write_mix(stems, track, laid(), exits, RATE, lambda done, total: None)
    if audio_format == "aac":
        assert path.read_bytes()[:3] == b"ID3"
        return
    heard, rate = sf.read(path)
    assert len(heard) / rate == pytest.approx(3.0, abs=1e-3)
    levels = np.sqrt(np.mean(heard**2, axis=0))
    assert levels[0] / levels[1] == pytest.approx(4.0, rel=0.1)
    if audio_format == "flac":
        np.testing.assert_array_equal(heard, sf.read(stems.accompaniment)[0])


def test_another_rate_has_the_same_length(track, tmp_path, monkeypatch):
    monkeypatch.setattr(mixing, "BLOCK_SECONDS", 0.7)
    path = tmp_path / "mix.flac"
    exits = {"mix": Exit(path=path, audio_format="flac", tags=TAGS)}
    write_mix(stems_in(tmp_path, band(3.0)), track, laid(), exits, 24_000, lambda *at: None)
    assert sf.info(path).samplerate == 24_000
    assert sf.info(path).frames == 3 * 24_000
