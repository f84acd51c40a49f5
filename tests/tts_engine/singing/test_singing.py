"""A part sung by a bank voice: in time, on its notes, in the voice's range."""

import numpy as np
import pytest

from tests.tts_engine.singing.made import KALINKA, musicxml
from tts_engine.commands import sing as command
from tts_engine.errors import RequestError
from tts_engine.f0 import SINGING, track_f0
from tts_engine.singing.ranges import check_transposition, strain, transposition
from tts_engine.singing.score import Note, Part, read_score
from tts_engine.singing.singing import _spoken_frames, sing, sing_line
from tts_engine.singing.syllables import sung_syllables
from tts_engine.singing.timing import Style, lay_out
from tts_engine.speaking.cloning import VoiceCloner
from tts_engine.speaking.voicebank import get_voice
from tts_engine.text.symbols import VOWELS
from tts_engine.types import VoiceProfile

pytestmark = pytest.mark.weights


def voice(f0_hz: float) -> VoiceProfile:
    return VoiceProfile(embedding=np.ones(256, np.float32) / 16, f0_median_hz=f0_hz)


def test_a_score_is_moved_to_where_the_voice_is_at_home():
    notes = tuple(Note(start_seconds=i, seconds=1, midi=m) for i, m in enumerate((60, 64, 67)))
    part = Part(name="a", notes=notes)
    low, high = transposition(part, voice(100)), transposition(part, voice(220))
    assert low < -6 < high <= 0
    assert strain(part, voice(100), low) <= strain(part, voice(100), 0)
    assert transposition(part, voice(261)) == 0
    with pytest.raises(RequestError, match="not known"):
        transposition(part, voice(0))


def test_notes_that_nobody_can_sing():
    part = Part(name="a", notes=(Note(start_seconds=0, seconds=1, midi=90),))
    with pytest.raises(RequestError, match="can be sung"):
        check_transposition(part, 0)
    check_transposition(part, -24)
    with pytest.raises(RequestError, match="expected"):
        check_transposition(part, 36)


def test_sung_in_time_and_on_the_notes(tmp_path):
    path = tmp_path / "song.musicxml"
    path.write_text(musicxml(KALINKA), encoding="utf-8")
    part, told = read_score(path).sung(), []
    cloner = VoiceCloner.load(device="cpu")
    song = sing(
        cloner,
        part,
        get_voice("anna").profile,
        on_progress=lambda done, total: told.append((done, total)),
    )
    assert told[-1][0] == told[-1][1]
    assert song.sentences == ("Калинка моя",)
    (first, second) = song.words
    assert (first[0], second[0]) == ("Калинка", "моя")
    assert first[1] == pytest.approx(0, abs=0.02)  # no room before the first beat
    assert 1.85 < second[1] < 2.0 < second[2] == song.sounds[-1][2] <= 5.05
    assert [sound for sound, *_ in song.sounds[:3]] == ["k", "ɐ", "lʲ"]
    for (syllable, seconds), word in zip(song.syllables[::3], (first, second), strict=False):
        assert word[1] <= seconds
        assert syllable.begins_word
    assert song.audio.seconds == pytest.approx(5.0, abs=0.2)
    heard = track_f0(song.audio, song.f0_hz.size, SINGING)
    both = (heard > 0) & (song.f0_hz > 0)
    assert both.sum() > 0.8 * (song.f0_hz > 0).sum()
    cents = 1200 * np.abs(np.log2(heard[both] / song.f0_hz[both]))
    assert np.mean(cents < 50) > 0.95
    for (_, seconds), expected in zip(song.syllables, (0, 0.5, 1, 2, 4), strict=True):
        assert seconds == pytest.approx(expected, abs=0.1)


def test_lines_lie_where_the_score_has_them_and_are_as_loud_as_their_notes():
    notes = [
        Note(start_seconds=1.0, seconds=1.0, midi=55, syllable="ла", loudness=0.9),
        Note(start_seconds=4.0, seconds=1.0, midi=55, syllable="ла", loudness=0.4),
    ]
    cloner = VoiceCloner.load(device="cpu")
    song = sing(cloner, Part(name="a", notes=tuple(notes)), get_voice("anna").profile, transpose=0)
    rate = song.audio.sample_rate_hz

    def level(start, end):
        return float(np.std(song.audio.waveform[int(start * rate) : int(end * rate)]))

    loud, quiet = level(1.2, 1.8), level(4.2, 4.8)
    assert level(0, 0.6) < 0.001 * loud
    assert level(2.4, 3.5) < 0.001 * loud
    for start in (1.0, 4.0):  # a breath before each
        assert -40 < 20 * np.log10(level(start - 0.35, start - 0.15) / loud) < -20
    assert 20 * np.log10(loud / quiet) == pytest.approx(6.0, abs=1.5)


def test_a_line_is_spoken_at_the_voices_pace_and_its_sounds_are_held(monkeypatch):
    cloner, asked = VoiceCloner.load(device="cpu"), []
    synthesize = cloner.synthesizer.synthesize
    monkeypatch.setattr(
        cloner.synthesizer,
        "synthesize",
        lambda requests: asked.extend(requests) or synthesize(requests),
    )
    for seconds in (2.0, 0.12):
        notes = [
            Note(
                start_seconds=1 + i * seconds,
                seconds=seconds,
                midi=55,
                syllable=text,
                begins_word=i == 0,
            )
            for i, text in enumerate(("ко", "ро", "ва"))
        ]
        (line,) = lay_out(sung_syllables(Part(name="a", notes=tuple(notes))), 86.0, Style())
        waveform = sing_line(cloner, line, get_voice("anna").profile)
        assert waveform.size == 256 * sum(line.frames)
    slow, fast = (np.array(request.durations_frames) for request in asked)
    vowels = np.isin(line.tokens, list(VOWELS))
    assert (slow[vowels] > fast[vowels]).all()
    assert (slow[vowels] < 30).all()  # of 150 or more that are sung
    assert (fast <= line.frames).all()


def test_bad_orders_are_refused_before_anything_is_loaded(tmp_path):
    with pytest.raises(RequestError, match="whole number"):
        command._semitones("high")
    assert command._semitones("-3") == -3


def test_a_sound_is_spoken_longer_by_the_fourth_root_of_how_much_longer_it_is_sung():
    usual, wanted = np.array([4, 4, 4, 10, 0]), np.array([4, 64, 2, 5, 16])
    assert _spoken_frames(usual, wanted).tolist() == [4, 8, 2, 5, 2]
