"""The door to the engine's singing and aligning: plain values in, files and plain values out."""

from pathlib import Path
from types import SimpleNamespace

import mido
import numpy as np
import pytest
import soundfile as sf

from tests.tts_engine.singing.made import KALINKA, measure, musicxml, note
from tests.voices.song_engine import RATE_HZ, tone
from tts_engine.alignment import lyrics as aligning
from tts_engine.alignment.words import AlignedLyrics, SungLine, SungWord
from tts_engine.singing import singing
from tts_engine.singing.score import Note
from tts_engine.singing.singing import Song
from tts_engine.singing.syllables import Sung
from tts_engine.types import Audio
from voices import engine
from voices.engine import singing as door
from voices.errors import BadInput, TooLarge, Unusable

PROFILE = {"embedding": [1.0] + [0.0] * 255, "f0_median_hz": 200.0}
TOLD = ["Ка", "лин", "ка,"], ["ма", "лин", "ка"], ["мо", "я."], ["Эй"]


def syllables(*words):
    """Half a second each."""
    made, now = [], 0.0
    for word in words:
        for place, text in enumerate(word):
            held = Note(start_seconds=now, seconds=0.5, midi=60.0, syllable=text)
            made.append(Sung(text=text, notes=[held], begins_word=not place))
            now += 0.5
    made[-1].ends_line = True
    return made


@pytest.fixture
def sung(monkeypatch):
    """What `sing` was called with."""
    calls = []

    def sing(cloner, part, voice, *, style=None, transpose=None, on_progress=lambda *_: None):
        calls.append((part, voice, style, transpose))
        on_progress(1, 1)
        wave = tone(seconds=4.5)[:, 0].astype(np.float32)
        return Song(
            audio=Audio(wave, RATE_HZ),
            f0_hz=np.zeros(4, np.float32),
            frames_per_second=86.0,
            sounds=(),
            semitones=-3,
            syllables=tuple((one, one.start_seconds) for one in syllables(*TOLD)),
            sentences=(),
        )

    marker = SimpleNamespace(mark=lambda audio: audio)
    cloner = SimpleNamespace(joiner=SimpleNamespace(marker=marker))
    monkeypatch.setattr(singing, "sing", sing)
    monkeypatch.setattr(door, "load_cloner", lambda: cloner)
    return calls


def score(*more):
    return engine.score_read(musicxml(KALINKA, *more).encode(), "a.musicxml")


def order(document, **fields):
    settings = {
        "part": 1,
        "transpose": -3,
        "tempo": 2.0,
        "vibrato": 0.1,
        **fields.pop("settings", {}),
    }
    return engine.SongOrder(
        score=document, voice="Anna", settings=settings, profile=PROFILE, **fields
    )


def test_an_order_becomes_a_song_with_its_files(sung, tmp_path):
    told = []
    made = engine.sing_score(order(score()), tmp_path, lambda *values: told.append(values))
    [(part, voice, style, transpose)] = sung
    assert (transpose, style.vibrato, voice.f0_median_hz) == (-3, 0.1, 200.0)
    assert part.notes[1].start_seconds == 0.25, "twice as fast"
    assert made.files.keys() == {"mix", "vocals", "midi", "lrc"}
    assert (made.seconds, made.semitones, made.lines) == (4.5, -3, 2)
    assert made.files["lrc"].read_text(encoding="utf-8").splitlines() == [
        "[00:00.00]<00:00.00>Калинка, <00:01.50>малинка <00:03.00>моя. <00:04.00>",
        "[00:04.00]<00:04.00>Эй <00:04.50>",
    ]
    keys = [m.note for m in mido.MidiFile(made.files["midi"]) if m.type == "note_on"]
    assert keys[0] == part.notes[0].midi - 3
    assert told == [(1, 1, "singing"), (0, 1, "encoding")]
    for name in ("mix", "vocals"):
        assert sf.info(made.files[name]).duration == pytest.approx(4.5, abs=0.1)


def test_an_own_track_is_mixed_in(sung, tmp_path):
    track = tmp_path / "track.wav"
    sf.write(track, tone(440, seconds=6.0), RATE_HZ)
    made = engine.sing_score(order(score(), track=track), tmp_path, lambda *told: None)
    assert made.seconds == pytest.approx(6.0, abs=0.01)
    assert sf.info(made.files["mix"]).channels == 2
    assert sf.info(made.files["accompaniment"]).duration == pytest.approx(6.0, abs=0.1)


def test_what_cannot_be_sung_is_said_without_any_model(sung):
    for settings, error, code in (
        ({"part": 3}, BadInput, "no_such_part"),
        ({"tempo": 9.0}, BadInput, "out_of_range"),
        ({"transpose": 24}, Unusable, "note_out_of_range"),
        ({"render": True}, BadInput, "nothing_to_play"),
    ):
        with pytest.raises(error) as caught:
            engine.song_check(score(), settings)
        assert caught.value.code == code
    engine.song_check(score(measure(1, note("C", 3, 4))), {"render": True})
    assert sung == []


def test_a_score_of_too_many_bytes_is_not_read():
    with pytest.raises(TooLarge) as caught:
        engine.score_read(b" " * (engine.SCORE_BYTES + 1), "a.musicxml")
    assert caught.value.code == "score_too_large"


def test_found_words_are_plain_values(monkeypatch, tmp_path):
    calls = []

    def align_lyrics(source, lyrics, *, separate=True, device="auto", told=None):
        calls.append((source, lyrics, separate))
        told("listening", 1, 2)
        word = SungWord(text="ля", start=0.5, end=1.0, certainty=0.75)
        return AlignedLyrics(lines=(SungLine(text="ля", words=(word,)),), seconds=2.0)

    monkeypatch.setattr(aligning, "align_lyrics", align_lyrics)
    told = []
    found = engine.lyrics_align(
        Path("a.wav"), "ля", separate=False, told=lambda *values: told.append(values)
    )
    assert calls == [(Path("a.wav"), "ля", False)]
    assert told == [(1, 2, "listening")]
    assert found["lines"][0]["words"][0]["start"] == 0.5
    assert b"<00:00.50>" in engine.lyrics_file(found, found["seconds"], "lrc")
