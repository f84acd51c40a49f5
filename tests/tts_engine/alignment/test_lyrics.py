"""Lyrics laid over a song: a part that was sung here is found again, other lyrics are refused."""

import json

import numpy as np
import parselmouth
import pysubs2
import pytest
import soundfile
from parselmouth.praat import call

from tts_engine.alignment.formats import FORMATS, format_of, write_lyrics
from tts_engine.alignment.lyrics import align_lyrics, checked, written
from tts_engine.alignment.words import AlignedLyrics, SungLine, SungWord
from tts_engine.errors import RequestError, TextError
from tts_engine.separation.inference import Separated
from tts_engine.singing.score import Note, Part
from tts_engine.singing.singing import sing
from tts_engine.speaking.cloning import VoiceCloner
from tts_engine.speaking.voicebank import get_voice

WORDS = ["Во", "по ле", "бе рё за", "сто я ла", "во", "по ле", "куд ря ва я", "сто я ла"]
LYRICS = "Во поле берёза стояла,\nво поле кудрявая стояла."
OTHER = "Калинка, калинка, калинка моя,\nв саду ягода малинка, малинка моя."
MELODY = (57, 57, 57, 57, 55, 53, 53, 52, 50)


def birch() -> tuple[Part, list[float]]:
    """Two lines, half a second for each syllable, and where the words begin."""
    notes, starts, now = [], [], 0.5
    for index, word in enumerate(WORDS):
        if index == 4:
            now += 1.0
        starts.append(now)
        for place, syllable in enumerate(word.split()):
            notes.append(
                Note(
                    start_seconds=now,
                    seconds=0.5,
                    midi=MELODY[len(notes) % len(MELODY)],
                    syllable=syllable,
                    begins_word=place == 0,
                )
            )
            now += 0.5
    return Part(name="a", notes=tuple(notes)), starts


@pytest.fixture(scope="module")
def sung(tmp_path_factory):
    part, starts = birch()
    song = sing(VoiceCloner.load(device="cpu"), part, get_voice("aleksandr").profile)
    path = tmp_path_factory.mktemp("song") / "birch.wav"
    soundfile.write(path, song.audio.waveform, song.audio.sample_rate_hz)
    return path, starts


@pytest.mark.weights
def test_what_was_sung_is_found_again(sung):
    path, starts = sung
    found = align_lyrics(path, LYRICS, separate=False, device="cpu")
    assert [line.text for line in found.lines] == [
        "Во поле берёза стояла",
        "во поле кудрявая стояла",
    ]
    words = [word for line in found.sung for word in line.words]
    assert [word.text for word in words][:4] == ["Во", "поле", "берёза", "стояла"]
    errors = np.abs([word.start - start for word, start in zip(words, starts, strict=True)])
    assert np.median(errors) < 0.15
    assert all(0 <= word.certainty <= 1 and word.end > word.start for word in words)


@pytest.mark.weights
def test_of_a_song_the_vocals_are_heard(sung, tmp_path, monkeypatch):
    taken, (path, _) = [], sung

    def separate_song(source, folder, *, device, told):
        taken.append(source)
        told(1.0, 2.0)
        return Separated(
            vocals=path,
            accompaniment=path,
            start_seconds=0,
            seconds=1,
            vocals_db=-20,
            accompaniment_db=-20,
        )

    monkeypatch.setattr("tts_engine.separation.inference.separate_song", separate_song)
    stages = []
    found = align_lyrics(
        tmp_path / "song.mp3",
        LYRICS,
        device="cpu",
        told=lambda stage, done, total: stages.append(stage),
    )
    assert taken == [tmp_path / "song.mp3"]
    assert stages == ["separation", "listening", "listening"]
    assert len(found.sung) == 2


@pytest.mark.weights
def test_lyrics_of_another_song_and_none_at_all(sung):
    with pytest.raises(RequestError, match="are these its lyrics"):
        align_lyrics(sung[0], OTHER, separate=False, device="cpu")
    with pytest.raises(TextError, match="nothing"):
        align_lyrics(sung[0], "…", separate=False, device="cpu")
    with pytest.raises(RequestError, match="at most"):
        align_lyrics(sung[0], "да " * 10_001, separate=False, device="cpu")


def made() -> AlignedLyrics:
    first = SungLine(
        text="Раз, два",
        words=(
            SungWord(text="Раз,", start=1.0, end=1.5, certainty=0.8),
            SungWord(text="два", start=2.0, end=62.25, certainty=0.6),
        ),
    )
    return AlignedLyrics(lines=(first, SungLine(text="нет", words=())), seconds=70.0)


def test_lines_that_are_hardly_heard_lose_their_times():
    faint = SungLine(text="а", words=(SungWord(text="а", start=0, end=1, certainty=0.1),))
    kept = checked([made().lines[0], made().lines[0], faint], 10.0)
    assert [bool(line.words) for line in kept.lines] == [True, True, False]


@pytest.mark.parametrize(
    ("source", "spoken", "expected"),
    [
        ("Раз, два!", ["Раз", "два"], ["Раз,", "два!"]),
        ("2 раза", ["два", "раза"], ["два", "раза"]),
    ],
)
def test_words_as_they_are_written(source, spoken, expected):
    assert written(source, spoken) == expected


@pytest.mark.parametrize("suffix", FORMATS)
def test_every_format_is_read_by_others(tmp_path, suffix):
    path = tmp_path / f"song{suffix}"
    write_lyrics(path, made())
    text = path.read_text(encoding="utf-8")
    if suffix == ".lrc":
        assert text == "[00:01.00]<00:01.00>Раз, <00:02.00>два <01:02.25>\n"
    elif suffix == ".json":
        rows = json.loads(text)["lines"]
        assert rows[0]["words"][1] == {"text": "два", "start": 2.0, "end": 62.25, "certainty": 0.6}
        assert rows[1]["words"] == []
    elif suffix == ".textgrid":
        grid = parselmouth.read(str(path))
        assert call(grid, "Get number of tiers") == 2
        assert call(grid, "Get label of interval", 2, 4) == "два"
        assert call(grid, "Get start time of interval", 2, 4) == pytest.approx(2.0)
    else:
        (event,) = pysubs2.load(str(path)).events
        assert event.end == 62_250
        assert event.plaintext == "Раз, два"
        assert event.start == (700 if suffix == ".ass" else 1000)
        if suffix == ".ass":  # words light up from their own times on, in hundredths of a second
            assert event.text == r"{\k30}{\kf50}Раз, {\k50}{\kf6025}два"


def test_an_unknown_format_is_refused(tmp_path):
    with pytest.raises(RequestError, match="expected one of"):
        format_of(tmp_path / "song.doc")
