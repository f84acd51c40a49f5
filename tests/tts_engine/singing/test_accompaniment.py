"""What sounds beside the voice: other parts by a soundfont, tracks of one's own, and the mix."""

import io

import mido
import numpy as np
import pytest
import soundfile

from tests.tts_engine.singing.made import KALINKA, measure, musicxml, note
from tts_engine.audio.loudness import TARGET_LUFS, loudness_lufs
from tts_engine.audio.tags import AudioTags
from tts_engine.cli import main
from tts_engine.errors import RequestError, ResourceError
from tts_engine.singing import accompaniment
from tts_engine.singing.accompaniment import (
    installed_soundfont,
    key_of,
    mixed,
    opened_track,
    rendered,
    save_mix,
)
from tts_engine.singing.midi_writing import played_midi
from tts_engine.singing.score import Note, Part, Score, parse_score, score_at_tempo
from tts_engine.types import Audio

RATE = 44_100
CHORD = measure(1, note("C", 3, 4) + note("E", 3, 4, extra="<chord/>"), bpm=120)


def score() -> Score:
    return parse_score(musicxml(KALINKA, CHORD).encode(), "song.musicxml")


def tone(hz: float, seconds: float, rate: int = RATE, level: float = 0.1) -> np.ndarray:
    return (level * np.sin(2 * np.pi * hz * np.arange(int(seconds * rate)) / rate)).astype("f4")


def loudest_hz(samples: np.ndarray, low: float, high: float) -> float:
    spectrum = np.abs(np.fft.rfft(samples * np.hanning(samples.size)))
    hz = np.fft.rfftfreq(samples.size, 1 / RATE)
    inside = (hz > low) & (hz < high)
    return float(hz[inside][spectrum[inside].argmax()])


def test_the_other_parts_are_played_in_the_key_that_is_sung():
    for semitones, expected in ((0, 130.8), (3, 155.6), (-12, 130.8)):
        played = rendered(score(), 1, semitones=semitones)
        assert played.shape[1] == 2
        assert len(played) / RATE > 2.0
        heard = loudest_hz(played[: 2 * RATE].mean(axis=1), 100, 160)
        assert heard == pytest.approx(expected, rel=0.02)


def test_the_sung_part_is_not_played():
    played = rendered(score(), 2)  # the tune alone, whose first note is E4
    heard = loudest_hz(played[: RATE // 2].mean(axis=1), 100, 400)
    assert heard == pytest.approx(329.6, rel=0.02)
    with pytest.raises(RequestError, match="no part beside"):
        rendered(parse_score(musicxml(KALINKA).encode(), "a.xml"), 1)


def test_tempo_goes_for_all_parts():
    faster = score_at_tempo(score(), 2.0)
    assert [note.seconds for note in faster.parts[1].played] == [1.0, 1.0]


@pytest.mark.parametrize(
    ("semitones", "key"), [(0, 0), (-12, 0), (24, 0), (-7, 5), (7, -5), (6, -6), (-14, -2)]
)
def test_octaves_are_left_out_of_a_key(semitones, key):
    assert key_of(semitones) == key


def test_what_instruments_play_is_midi_of_a_track_each():
    drum = Part(name="d", notes=(), played=(Note(start_seconds=1, seconds=0, midi=36),), drums=True)
    high = Part(name="h", notes=(), played=(Note(start_seconds=0, seconds=1, midi=126),), program=5)
    file = mido.MidiFile(file=io.BytesIO(played_midi([drum, high], 3)))
    events = [m for track in file.tracks for m in track if not m.is_meta]
    struck = [(m.channel, m.note) for m in events if m.type == "note_on"]
    assert struck == [(9, 36)]  # drums have no key, and 129 is none
    assert [(m.channel, m.program) for m in events if m.type == "program_change"] == [(1, 5)]
    assert file.length == pytest.approx(3.0, abs=0.01)


def test_a_track_is_taken_in_the_key_that_is_sung(tmp_path):
    path = tmp_path / "track.wav"
    soundfile.write(path, tone(440, 2.0, 22_050), 22_050)
    same = opened_track(path, semitones=-12)
    assert same.shape == (2 * RATE, 2)
    assert loudest_hz(same[:, 0], 200, 900) == pytest.approx(440, rel=0.01)
    moved = opened_track(path, semitones=-10)
    assert loudest_hz(moved[:, 0], 200, 900) == pytest.approx(493.9, rel=0.01)
    with pytest.raises(RequestError, match="no file"):
        opened_track(tmp_path / "none.wav")


def test_the_accompaniment_stays_under_the_voice_and_nothing_clips():
    voice = Audio(tone(300, 3.0, 22_050, 0.02), 22_050)
    backing = np.stack([tone(1000, 4.0, level=0.9)] * 2, axis=1)
    mix = mixed(voice, backing)
    assert mix.shape == (4 * RATE, 2)
    assert np.abs(mix).max() <= 1.0
    spectrum = np.abs(np.fft.rfft(mix[: 3 * RATE, 0]))
    sung, played = spectrum[3 * 300], spectrum[3 * 1000]
    assert 20 * np.log10(sung / played) == pytest.approx(
        accompaniment.BELOW_VOICE_LU, abs=1.5
    )  # K-weighting lifts 1 kHz by a little
    assert loudness_lufs(Audio(mix.mean(axis=1), RATE)) == pytest.approx(TARGET_LUFS, abs=0.5)
    with pytest.raises(RequestError, match="silent"):
        mixed(voice, np.zeros((RATE, 2), np.float32))


def test_too_long_a_song_and_a_broken_soundfont_are_refused(tmp_path, monkeypatch):
    broken = tmp_path / "font.sf2"
    broken.write_bytes(b"RIFF nothing")
    with pytest.raises(RequestError, match="soundfont cannot be played"):
        rendered(score(), 1, soundfont=broken)
    monkeypatch.setattr(accompaniment, "LONGEST_SECONDS", 1.0)
    with pytest.raises(RequestError, match="at most 1 s"):
        rendered(score(), 1)


def test_what_is_not_installed_is_named(monkeypatch):
    assert installed_soundfont().suffix == ".sf2"
    monkeypatch.setattr(accompaniment, "find_spec", lambda name: None)
    monkeypatch.setattr(accompaniment, "SYSTEM_FONTS", ())
    with pytest.raises(ResourceError, match="pip install pretty_midi"):
        installed_soundfont()
    monkeypatch.setitem(__import__("sys").modules, "midirenderer", None)
    with pytest.raises(ResourceError, match="pip install midirenderer"):
        accompaniment.renderer()


@pytest.mark.parametrize("audio_format", ["mp3", "wav", "ogg", "flac"])
def test_a_mix_is_written_in_stereo(tmp_path, audio_format):
    path = tmp_path / f"mix.{audio_format}"
    mix = np.stack([tone(300, 1.0), tone(600, 1.0)], axis=1)
    save_mix(path, mix, AudioTags(title="a", voice="b"), audio_format)
    samples, rate = soundfile.read(path)
    assert samples.shape[1] == 2
    assert samples.shape[0] / rate == pytest.approx(1.0, abs=0.1)
    assert list(tmp_path.iterdir()) == [path]
    with pytest.raises(RequestError, match="cannot be written"):
        save_mix(tmp_path / "none" / "a.wav", mix, AudioTags(title="a", voice="b"), "wav")


@pytest.mark.weights
def test_the_command_sings_with_its_accompaniment(tmp_path):
    path = tmp_path / "song.musicxml"
    path.write_text(musicxml(KALINKA, CHORD), encoding="utf-8")
    alone, together = tmp_path / "alone.wav", tmp_path / "together.wav"
    assert main(["sing", str(path), "--output", str(alone)]) == 0
    order = ["sing", str(path), "--accompaniment", "render", "--output", str(together)]
    assert main(order) == 0
    assert soundfile.info(alone).channels == 1
    assert soundfile.info(together).channels == 2
    lost = ["sing", str(path), "--accompaniment", "none.mp3", "--output", str(tmp_path / "x.wav")]
    assert main(lost) == 2
