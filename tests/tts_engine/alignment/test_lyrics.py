"""Lyrics laid over a song: a part that was sung here is found again, other lyrics are refused."""

import json
from importlib.resources import files
from pathlib import Path

import numpy as np
import parselmouth
import pysubs2
import pytest
import soundfile
from parselmouth.praat import call

from tts_engine.alignment.formats import FORMATS, as_json, format_of, write_lyrics
from tts_engine.alignment.lyrics import (
    align_lyrics,
    fit_of,
    judged,
    laid_again,
    lyrics_heard,
    written,
)
from tts_engine.alignment.words import (
    AlignedLyrics,
    SungLine,
    SungSound,
    SungWord,
    lyrics_from_dict,
    written_syllables,
)
from tts_engine.audio.io import decode_audio
from tts_engine.dataset.transcripts import Laid, WordAt
from tts_engine.errors import RequestError, TextError
from tts_engine.f0 import SINGING, track_f0
from tts_engine.separation.inference import Separated
from tts_engine.singing.score import Note, Part, read_score
from tts_engine.singing.singing import sing
from tts_engine.speaking.cloning import VoiceCloner
from tts_engine.speaking.voicebank import get_voice

SONGS = files("tts_engine.singing.songs")
RECORDING = Path(__file__).parents[2] / "end_to_end" / "recordings" / "ru_0103.ogg"
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
    birch = words[2]
    assert [sound.text for sound in birch.sounds] == ["bʲ", "ɪ", "rʲ", "o", "z", "ə"]
    assert [one.text for one in birch.syllables] == ["бе", "рё", "за"]
    assert (birch.syllables[0].start, birch.syllables[-1].end) == (birch.start, birch.end)
    assert birch.syllables[1].start == pytest.approx(starts[2] + 0.5, abs=0.15)
    ends = [sound.end for sound in birch.sounds]
    assert [sound.start for sound in birch.sounds[1:]] == ends[:-1]


@pytest.mark.weights
def test_a_shipped_song_in_the_voice_of_a_recording_is_as_good_as_it_should_be(tmp_path):
    cloner = VoiceCloner.load(device="cpu")
    voice, _ = cloner.profile(decode_audio(RECORDING))
    song = sing(cloner, read_score(SONGS / "kalinka.musicxml").sung(), voice)
    path = tmp_path / "kalinka.wav"
    soundfile.write(path, song.audio.waveform, song.audio.sample_rate_hz)

    heard = track_f0(song.audio, song.f0_hz.size, SINGING)
    both = (heard > 0) & (song.f0_hz > 0)
    assert np.mean(1200 * np.abs(np.log2(heard[both] / song.f0_hz[both])) < 50) >= 0.95
    assert cloner.encoder.embed(song.audio) @ voice.embedding >= 0.7

    found = align_lyrics(path, "\n".join(song.sentences), separate=False, device="cpu")
    starts = {w.text: w.start for line in found.sung for w in line.words}
    asked = {text: begin for text, begin, _ in song.words}  # of each word, its last time
    errors = np.array([abs(starts[text] - asked[text]) for text in starts.keys() & asked.keys()])
    assert errors.size >= 5
    assert errors.mean() <= 0.1
    assert np.mean(errors <= 0.3) >= 0.95


@pytest.mark.weights
def test_a_line_that_is_not_sung_takes_no_time_from_the_others(sung):
    path, starts = sung
    extra = "Выпьем за друзей весёлых наших,"
    first, second = LYRICS.split("\n")
    found = align_lyrics(path, "\n".join([first, extra, second]), separate=False, device="cpu")
    assert [bool(line.words) for line in found.lines] == [True, False, True]
    words = [word for line in found.sung for word in line.words]
    errors = np.abs([word.start - start for word, start in zip(words, starts, strict=True)])
    assert np.median(errors) < 0.15


def test_between_sure_lines_the_rest_is_laid_again_without_what_is_not_heard(monkeypatch):
    told = []

    def lines(certainties, names):
        return tuple(
            SungLine(
                text=name,
                words=(SungWord(text=name, start=i, end=i + 0.5, certainty=certainty),),
            )
            for i, (name, certainty) in enumerate(zip(names, certainties, strict=True))
        )

    class Listener:
        def lay(self, cues):
            told.extend(cues)

    def lines_of(listener, laid):
        return lines((0.34, 0.2), "вг")

    monkeypatch.setattr("tts_engine.alignment.lyrics.lines_of", lines_of)
    found = laid_again(Listener(), lines((0.9, 0.1, 0.3, 0.33, 0.8), "абвгд"), 9.0)
    assert told == [(0.5, 4, "в.\nг.")]
    assert [round(line.certainty, 2) for line in found] == [0.9, 0.1, 0.34, 0.33, 0.8]


@pytest.mark.parametrize(("certainty", "taken"), [(0.3, True), (0.1, False)])
def test_lyrics_of_which_hardly_a_line_is_sung_are_another_song_s(monkeypatch, certainty, taken):
    """However well they fit: in a song of minutes some place is always found for a few words."""

    class Listener:
        def lay(self, cues):
            return Laid(words=(), sentences=(), differing=(), sounds=1)

        def backwards(self):
            return self

    def lines_of(listener, laid):
        sound = SungSound(text="a", start=0.0, end=0.5, certainty=certainty)
        word = SungWord(text="а", start=0.0, end=0.5, certainty=certainty, sounds=(sound,))
        return (SungLine(text="а", words=(word,)),)

    monkeypatch.setattr("tts_engine.alignment.lyrics.lines_of", lines_of)
    monkeypatch.setattr("tts_engine.alignment.lyrics.fit_of", lambda laid, turned: 0.9)
    if taken:
        assert len(lyrics_heard(Listener(), "а", 9.0)[0].sung) == 1
    else:
        with pytest.raises(RequestError) as caught:
            lyrics_heard(Listener(), "а", 9.0)
        assert (caught.value.code, caught.value.details) == (
            "lyrics_of_another_song",
            {"sung": 0.0},
        )


def line_of(certainty, sounds):
    sound = SungSound(text="a", start=0.0, end=0.1, certainty=certainty)
    word = SungWord(text="а", start=0.0, end=1.0, certainty=certainty, sounds=(sound,) * sounds)
    return SungLine(text="а", words=(word,))


def test_a_line_of_one_word_is_told_by_its_neighbours_as_well():
    lines = [line_of(0.5, 12), line_of(0.1, 4), line_of(0.1, 4), line_of(0.4, 8)]
    assert judged(lines) == pytest.approx([0.5, 6.8 / 20, 4.0 / 16, 0.4])
    assert judged([line_of(0.5, 12), line_of(0.1, 6)]) == pytest.approx([0.5, 0.1])
    assert judged([line_of(0.1, 4)]) == pytest.approx([0.1])
    assert judged([SungLine(text="а", words=())]) == [0.0]


def test_lyrics_fit_by_what_they_lose_less_than_by_chance():
    def laid(lost, sounds=10):
        word = WordAt(phonemes=("a",), start=0, end=1, sentence=0, place=0, lost=lost / 2)
        return Laid(words=(word, word), sentences=(), differing=(), sounds=sounds)

    assert fit_of(laid(10.0), laid(40.0)) == pytest.approx(0.75)
    assert fit_of(laid(39.0), laid(40.0)) == pytest.approx(0.025)
    # «ля-ля-ля» reads alike from its end: it is sung all the same
    assert fit_of(laid(5.0), laid(5.0)) == pytest.approx(0.75)


@pytest.mark.parametrize(
    ("word", "phonemes", "expected"),
    [
        ("Эй", "ɛ j", [("Эй", 0, 2)]),
        ("ух", "u x", [("ух", 0, 2)]),
        ("нем", "nʲ e m", [("нем", 0, 3)]),
        ("ухнем", "u x nʲ ɪ m", [("у", 0, 1), ("хнем", 1, 5)]),
        (
            "дубинушкам",
            "d u bʲ i n ʊ ʂ k ə m",
            [("ду", 0, 2), ("би", 2, 4), ("ну", 4, 6), ("шкам", 6, 10)],
        ),
        ("берёза", "bʲ ɪ rʲ o z ə", [("бе", 0, 2), ("рё", 2, 4), ("за", 4, 6)]),
        ("в", "v", [("в", 0, 1)]),
    ],
)
def test_the_last_consonants_go_with_the_last_vowel(word, phonemes, expected):
    sounds = tuple(
        SungSound(text=text, start=at, end=at + 1, certainty=1.0)
        for at, text in enumerate(phonemes.split())
    )
    found = SungWord(text=word, start=0, end=len(sounds), certainty=1.0, sounds=sounds).syllables
    assert [(one.text, one.start, one.end) for one in found] == expected


@pytest.mark.parametrize(
    ("word", "count", "expected"),
    [
        ("кудрявая,", 4, ["ку", "дря", "ва", "я,"]),
        ("всклянь", 1, ["всклянь"]),
        ("раз!", 1, ["раз!"]),
        ("2", 1, ["2"]),
        ("20", 3, []),
    ],
)
def test_written_syllables(word, count, expected):
    assert written_syllables(word, count) == expected


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
    with pytest.raises(RequestError, match="are these its lyrics") as refused:
        align_lyrics(sung[0], OTHER, separate=False, device="cpu")
    assert refused.value.details["fit"] < 0.2
    with pytest.raises(TextError, match="no words"):
        align_lyrics(sung[0], "…", separate=False, device="cpu")
    with pytest.raises(RequestError, match="at most"):
        align_lyrics(sung[0], "да " * 10_001, separate=False, device="cpu")


def made() -> AlignedLyrics:
    first = SungLine(
        text="Раз, два",
        words=(
            SungWord(text="Раз,", start=1.0, end=1.5, certainty=0.8),
            SungWord(
                text="два",
                start=2.0,
                end=62.25,
                certainty=0.6,
                sounds=(
                    SungSound(text="d", start=2.0, end=2.1, certainty=0.5),
                    SungSound(text="v", start=2.1, end=2.25, certainty=0.6),
                    SungSound(text="a", start=2.25, end=62.25, certainty=0.7),
                ),
            ),
        ),
    )
    return AlignedLyrics(lines=(first, SungLine(text="нет", words=())), seconds=70.0)


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
        word = rows[0]["words"][1]
        whole = {"text": "два", "start": 2.0, "end": 62.25, "certainty": 0.6}
        assert {key: word[key] for key in whole} == whole
        assert word["syllables"] == [whole]
        assert word["phonemes"][1] == {"text": "v", "start": 2.1, "end": 2.25, "certainty": 0.6}
        assert rows[0]["words"][0]["phonemes"] == []
        assert rows[1]["words"] == []
    elif suffix == ".textgrid":
        grid = parselmouth.read(str(path))
        assert call(grid, "Get number of tiers") == 4
        assert call(grid, "Get label of interval", 3, 2) == "два"
        assert call(grid, "Get label of interval", 4, 4) == "a"
        assert call(grid, "Get start time of interval", 4, 4) == pytest.approx(2.25)
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


def test_sounds_come_back_unless_the_word_was_moved():
    told = json.loads(as_json(made()))
    again = lyrics_from_dict(told, 70.0)
    assert again.lines[0].words[1].sounds == made().lines[0].words[1].sounds
    word = told["lines"][0]["words"][1]
    for wrong in ({"start": 3.0}, {"phonemes": 5}, {"phonemes": [{"text": "d"}]}):
        changed = {"lines": [{"text": "два", "words": [{**word, **wrong}]}]}
        assert lyrics_from_dict(changed, 70.0).lines[0].words[0].sounds == ()
