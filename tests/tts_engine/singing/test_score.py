"""Scores read: notes, seconds, syllables, and refusals with a reason."""

import zipfile
from pathlib import Path

import mido
import pytest

from tests.tts_engine.singing.made import KALINKA, measure, musicxml, note, write_midi
from tts_engine.errors import RequestError
from tts_engine.singing import musicxml as xml
from tts_engine.singing import songs
from tts_engine.singing.midi import split_words, with_lyrics
from tts_engine.singing.score import Note, Part, Score, one_voice, parse_score, read_score
from tts_engine.singing.syllables import sung_syllables

NOTES = [(0, 1, 64), (1, 1, 65), (2, 2, 67), (4, 1, 69), (5, 1, 67), (6, 1, 65)]
LYRICS = [(0, "Ка-"), (1, "лин-"), (2, "ка"), (4, "мо-"), (6, "я")]


def written(tmp_path, text, name="song.musicxml"):
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return path


def summary(part):
    return [
        (round(n.start_seconds, 2), round(n.seconds, 2), n.midi, n.syllable, n.begins_word)
        for n in part.notes
    ]


EXPECTED = [
    (0.0, 0.5, 64, "Ка", True),
    (0.5, 0.5, 65, "лин", False),
    (1.0, 1.0, 67, "ка", False),
    (2.0, 1.0, 69, "мо", True),
    (3.0, 1.0, 67, "", True),
    (4.0, 1.0, 65, "я", False),
]


def without_held(rows):
    return [(*row[:4], row[4] if row[3] else None) for row in rows]


def test_musicxml_with_a_change_of_tempo(tmp_path):
    score = read_score(written(tmp_path, musicxml(KALINKA)))
    assert score.title == "Песня"
    assert without_held(summary(score.sung())) == without_held(EXPECTED)


def test_zipped_musicxml(tmp_path):
    path = tmp_path / "song.mxl"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(
            xml.CONTAINER,
            "<container><rootfiles><rootfile full-path='a/score.xml'/></rootfiles></container>",
        )
        archive.writestr("a/score.xml", musicxml(KALINKA))
    assert without_held(summary(read_score(path).sung())) == without_held(EXPECTED)


@pytest.mark.parametrize("encoding", ["utf-8", "cp1251"])
@pytest.mark.parametrize("apart", [False, True])
def test_midi_in_both_encodings_and_lyrics_of_a_track_of_their_own(tmp_path, encoding, apart):
    path = write_midi(tmp_path / "song.mid", NOTES, LYRICS, encoding=encoding, apart=apart)
    assert without_held(summary(read_score(path).sung())) == without_held(EXPECTED)


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (["Ка", "лин", "ка ", "мо", "я"], [("Ка", 1), ("лин", 0), ("ка", 0), ("мо", 1), ("я", 0)]),
        (
            ["Ка-", "лин-", "ка", "мо-", "я"],
            [("Ка", 1), ("лин", 0), ("ка", 0), ("мо", 1), ("я", 0)],
        ),
        (
            ["\\Ка", "лин", "ка", "/мо", "я"],
            [("Ка", 1), ("лин", 0), ("ка", 0), ("мо", 1), ("я", 0)],
        ),
        (["да", "+", "нет"], [("да", 1), ("", 0), ("нет", 1)]),
    ],
)
def test_where_words_begin(texts, expected):
    assert split_words(texts) == [(text, bool(begins)) for text, begins in expected]


def test_a_tie_is_one_note_and_a_chord_sings_its_highest(tmp_path):
    tied = (
        note("C", 5, 2, "о", extra="<tie type='start'/>")
        + note("C", 5, 1, extra="<tie type='stop'/>")
        + note("E", 4, 1, "да")
        + note("G", 4, 1, extra="<chord/>")
    )
    part = read_score(written(tmp_path, musicxml(measure(1, tied)))).sung()
    assert [(n.midi, round(n.seconds, 2), n.syllable) for n in part.notes] == [
        (72, 1.5, "о"),
        (67, 0.5, "да"),
    ]


def test_repeats_are_sung_again_and_ornaments_are_not_sung(tmp_path):
    grace = "<note><grace/><pitch><step>D</step><octave>4</octave></pitch></note>"
    back = "<barline location='right'><bar-style>light-heavy</bar-style><repeat direction='backward'/></barline>"
    bar = measure(1, grace + note("C", 4, 2, "да") + note("E", 4, 2, "да") + back)
    part = read_score(written(tmp_path, musicxml(bar))).sung()
    assert [n.midi for n in part.notes] == [60, 64, 60, 64]
    assert [n.start_seconds for n in part.notes] == pytest.approx([0, 1, 2, 3])


def test_drums_are_played_but_not_sung(tmp_path):
    path = write_midi(tmp_path / "song.mid", NOTES, LYRICS)
    file = mido.MidiFile(path)
    drums = mido.MidiTrack([mido.Message("note_on", channel=9, note=36, velocity=90)])
    drums.append(mido.Message("note_off", channel=9, note=36, time=50))
    file.tracks.append(drums)
    file.save(path)
    voice, drum = read_score(path).parts
    assert [note.midi for note in drum.played] == [36]
    assert drum.drums
    assert not drum.notes
    assert len(voice.played) == len(NOTES)


def test_the_part_that_has_words_is_sung(tmp_path):
    silent = measure(1, note("C", 3, 4))
    score = read_score(written(tmp_path, musicxml(silent, KALINKA)))
    assert score.sung().name == "Голос 2"
    with pytest.raises(RequestError, match="no syllables"):
        score.sung(1)
    with pytest.raises(RequestError, match="no part 3"):
        score.sung(3)


def test_two_voices_in_one_part_are_refused():
    notes = [
        Note(start_seconds=0, seconds=2, midi=60, syllable="а"),
        Note(start_seconds=1, seconds=2, midi=64),
    ]
    kept, polyphonic = one_voice(notes)
    assert polyphonic == 1.0
    score = Score(title="", parts=(Part(name="a", notes=kept, polyphonic_seconds=polyphonic),))
    with pytest.raises(RequestError, match=r"two voices at 1\.00 s"):
        score.sung()
    ringing = [notes[0], Note(start_seconds=1.9, seconds=1, midi=64)]
    kept, polyphonic = one_voice(ringing)
    assert polyphonic is None
    assert kept[0].seconds == pytest.approx(1.9)


def test_an_accompaniment_of_two_voices_does_not_hinder_the_song(tmp_path):
    back = "<backup><duration>12</duration></backup>"
    piano = measure(1, note("C", 3, 4) + back + note("E", 3, 1) + note("G", 3, 2))
    score = read_score(written(tmp_path, musicxml(piano, KALINKA)))
    assert score.sung().name == "Голос 2"
    accompaniment = score.parts[0]
    assert accompaniment.polyphonic_seconds is not None
    assert sorted(note.midi for note in accompaniment.played) == [48, 52, 55]
    assert score.number_of(score.sung()) == 2


def test_lyrics_given_as_a_text():
    part = Part(name="a", notes=tuple(Note(start_seconds=i, seconds=1, midi=60) for i in range(3)))
    given = with_lyrics(part, [("да", True), ("же", False)])
    assert [n.syllable for n in given.notes] == ["да", "же", ""]
    with pytest.raises(RequestError, match="only 3 notes"):
        with_lyrics(part, [("да", True)] * 4)


BOMB = """<?xml version="1.0"?><!DOCTYPE score-partwise [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>
<score-partwise><part>&b;</part></score-partwise>"""
OUTSIDE = """<?xml version="1.0"?><!DOCTYPE score-partwise [<!ENTITY a SYSTEM "file:///etc/passwd">]>
<score-partwise><part>&a;</part></score-partwise>"""


@pytest.mark.parametrize("text", [BOMB, OUTSIDE, "<html/>", "no xml", ""])
def test_bombs_and_what_is_no_score(tmp_path, text):
    with pytest.raises(RequestError, match="cannot be read as a score"):
        read_score(written(tmp_path, text))


def test_other_refusals(tmp_path, monkeypatch):
    with pytest.raises(RequestError, match="no file"):
        read_score(tmp_path / "none.mid")
    with pytest.raises(RequestError, match="no score that can be read"):
        read_score(written(tmp_path, "x", "song.pdf"))
    with pytest.raises(RequestError, match="cannot be read"):
        read_score(written(tmp_path, "MThd", "song.mid"))
    with pytest.raises(RequestError, match="no notes"):
        read_score(written(tmp_path, musicxml(measure(1, note("R", 4, 4)))))
    monkeypatch.setattr("tts_engine.singing.score.MOST_NOTES", 3)
    with pytest.raises(RequestError, match="at most 3 notes"):
        read_score(written(tmp_path, musicxml(KALINKA)))
    monkeypatch.setattr(xml, "MOST_BYTES", 100)
    with pytest.raises(RequestError, match="more than"):
        read_score(written(tmp_path, musicxml(KALINKA)))


@pytest.mark.parametrize(
    ("name", "title", "syllables"),
    [
        ("beryoza", "Во поле берёза стояла", 33),
        ("kalinka", "Калинка", 24),
        ("ukhnem", "Эй, ухнем", 16),
    ],
)
def test_the_shipped_songs(name, title, syllables):
    score = read_score(Path(songs.__path__[0]) / f"{name}.musicxml")
    assert score.title == title
    assert [part.has_lyrics for part in score.parts] == [True, False]
    assert len(sung_syllables(score.sung())) == syllables


def test_dynamics_and_wedges_are_the_loudness_of_notes():
    def sign(inner):
        return f"<direction><direction-type>{inner}</direction-type></direction>"

    soft, loud = (sign(f"<dynamics><{name}/></dynamics>") for name in ("p", "f"))
    rise, fall, stop = (
        sign(f"<wedge type='{kind}'/>") for kind in ("crescendo", "diminuendo", "stop")
    )
    quarter = note("E", 4, 1, "ля")
    written = (
        measure(1, soft + quarter + rise + quarter + quarter + quarter + stop)
        + measure(2, loud + quarter + quarter + fall + quarter + quarter + stop)
        + measure(3, quarter)
    )
    notes = parse_score(musicxml(written).encode(), "song.musicxml").parts[0].notes
    told = [one.loudness for one in notes]
    assert told[0] == told[1] < told[2] < told[3] < told[4] == told[5] == told[6]
    assert told[2] - told[1] == pytest.approx((told[4] - told[1]) / 3)
    assert told[6] > told[7] > told[6] - 0.15
    assert told[8] == told[6], "nothing is written behind it: the level comes back"
