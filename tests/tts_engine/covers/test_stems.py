"""Stems given apart, and what is wrong with recordings."""

import numpy as np
import pytest
import soundfile as sf

from tests.tts_engine.covers.tiny import RATE, TinyEncoder, band, sung_stereo
from tts_engine.audio.resample import resample
from tts_engine.covers import remarks
from tts_engine.covers import stems as stems_module
from tts_engine.covers.remarks import Excerpt, notes_of_excerpt, overtones
from tts_engine.covers.settings import CoverSettings, CoverSource
from tts_engine.covers.stems import sources_opened, take_apart
from tts_engine.errors import AudioError, RequestError
from tts_engine.recording.speakers import Speakers
from tts_engine.types import Audio

SONG = CoverSettings()


def written(path, samples, rate=RATE):
    sf.write(path, samples, rate, subtype="PCM_24")
    return path


def taken(source, settings, folder):
    with sources_opened(source, settings) as opened:
        return take_apart(opened, settings, folder, "cpu", lambda done, total: None)


def test_an_instrumental_of_another_length_is_noted_and_fitted(tmp_path):
    source = CoverSource(
        vocals=written(tmp_path / "a.wav", band(3.0)),
        accompaniment=written(tmp_path / "b.wav", band(2.0)),
    )
    stems = taken(source, SONG, tmp_path)
    assert stems.samples == 3 * RATE
    assert sf.info(stems.accompaniment).frames == 3 * RATE
    assert [note.code for note in stems.notes] == ["stem_of_another_length"]
    assert "1.0 s shorter" in stems.notes[0].en
    assert "1,0 с короче" in stems.notes[0].ru


@pytest.mark.parametrize("seconds", [3.0, 31.0])
def test_what_an_instrumental_has_over_is_cut_and_noted(tmp_path, seconds):
    source = CoverSource(
        vocals=written(tmp_path / "a.wav", band(seconds)),
        accompaniment=written(tmp_path / "b.wav", band(seconds + 2)),
    )
    stems = taken(source, SONG, tmp_path)
    assert sf.info(stems.accompaniment).frames == seconds * RATE
    assert [note.code for note in stems.notes] == ["stem_of_another_length"]
    assert "2.0 s longer" in stems.notes[0].en


def test_a_preview_of_own_stems_is_half_a_minute_of_both(tmp_path):
    samples = band(40.0)
    source = CoverSource(
        vocals=written(tmp_path / "a.wav", samples),
        accompaniment=written(tmp_path / "b.wav", samples),
    )
    stems = taken(source, CoverSettings(preview_from=5.0), tmp_path)
    assert (stems.start_seconds, stems.seconds) == (5.0, 30.0)
    assert not stems.notes
    heard = sf.read(stems.accompaniment)[0]
    np.testing.assert_allclose(heard, samples[5 * RATE : 35 * RATE], atol=1e-6)


@pytest.mark.parametrize(
    ("samples", "code"), [(band(0.5), "song_too_short"), (0 * band(2.0), "song_silent")]
)
def test_what_cannot_be_a_voice_is_named(tmp_path, samples, code):
    source = CoverSource(song=written(tmp_path / "a.wav", samples))
    with pytest.raises(AudioError) as caught:
        taken(source, CoverSettings(preset="speech"), tmp_path)
    assert caught.value.code == code


@pytest.mark.parametrize("own", ["vocals", "accompaniment"])
def test_own_files_are_looked_at_before_the_song_is_separated(tmp_path, monkeypatch, own):
    monkeypatch.setattr(stems_module, "separate_opened", pytest.fail)
    song, silent = (
        written(tmp_path / "a.wav", band(2.0)),
        written(tmp_path / "b.wav", 0 * band(2.0)),
    )
    with pytest.raises(AudioError) as caught:
        taken(CoverSource(song=song, **{own: silent}), SONG, tmp_path)
    assert caught.value.code == "song_silent"


def test_nothing_given_is_named():
    with pytest.raises(RequestError) as caught:
        CoverSource(accompaniment="b.wav").check(SONG)
    assert caught.value.code == "no_source"


def test_a_telephone_is_noted(tmp_path):
    source = CoverSource(song=written(tmp_path / "a.wav", band(2.0)[:16_000], 8000))
    stems = taken(source, CoverSettings(preset="speech"), tmp_path)
    assert [note.code for note in stems.notes] == ["narrow_band"]
    assert stems.accompaniment is None


def heard_in(song, voice, hz=130.0):
    mono = Audio(resample(voice.mean(axis=1), RATE, 22_050), 22_050)
    f0_hz = np.full(len(voice) // 512, hz, np.float32)
    f0_hz[::5] = 0
    excerpt = Excerpt(song=song, voice=voice, mono=mono, f0_hz=f0_hz)
    return {note.code for note in notes_of_excerpt(excerpt, TinyEncoder(), SONG)}


def test_what_is_heard_in_a_song_is_noted():
    voice, music = sung_stereo(2.0, 0.0, 2.0, 0.5, 0.5), band(2.0)
    assert not heard_in(voice + music, voice)
    assert heard_in(voice, voice) == {"no_music", "mono"}
    assert heard_in(np.clip(20 * (voice + music), -1, 1), voice) == {"clipped"}
    choir = voice + 0.3 * band(2.0, seed=4)
    choir[:, 1] = -choir[:, 0] * 0.9
    assert heard_in(choir + music, choir) == {"several_voices"}
    both = voice + music.mean(axis=1, keepdims=True)
    assert heard_in(both, voice) == {"mono"}


@pytest.mark.parametrize(
    ("second", "codes"), [(0.02, {"whistled"}), (0.2, set())], ids=["a whistle", "a hum"]
)
def test_a_whistle_is_told_from_a_voice_by_its_overtones(second, codes):
    time = np.arange(2 * RATE) / RATE
    tone = 0.2 * (np.sin(2 * np.pi * 700 * time) + second * np.sin(2 * np.pi * 1400 * time))
    voice = np.stack([tone, 0.8 * tone], axis=1).astype(np.float32)
    assert heard_in(voice + band(2.0), voice, 700.0) == codes


def test_what_has_no_pitch_is_no_whistle():
    noise = Audio(band(1.0)[:, 0], RATE)
    assert overtones(noise, np.zeros(80, np.float32)) == 1.0


@pytest.mark.parametrize(
    ("likeness", "share", "codes"),
    [(0.5, 0.6, {"second_voice"}), (0.75, 0.6, set()), (0.5, 0.85, set())],
)
def test_two_singers_are_noted(monkeypatch, likeness, share, codes):
    people = Speakers(several=True, likeness=likeness, main_share=share, main=np.ones(1, bool))
    monkeypatch.setattr(remarks, "find_speakers", lambda audio, encoder: people)
    voice = sung_stereo(2.0, 0.0, 2.0)
    assert heard_in(voice + band(2.0), voice) == codes
