"""Songs become clips of their lines: what is kept fits its words, what is not is told with its reason."""

from types import SimpleNamespace

import numpy as np
import pytest
import soundfile as sf

from tests.tts_engine.alignment.test_lyrics import LYRICS, OTHER, birch
from tests.tts_engine.recording.test_measures import chords
from tts_engine.alignment import songs
from tts_engine.alignment.lyrics import by_lines
from tts_engine.alignment.songs import Heard as HeardSong
from tts_engine.alignment.songs import (
    forget_unfinished,
    of_one_singer,
    prepare_songs,
    song_pieces,
)
from tts_engine.alignment.words import AlignedLyrics, SungLine, SungSound, SungWord
from tts_engine.cli import main
from tts_engine.dataset.corpora import text_to_tokens
from tts_engine.dataset.intake import Given
from tts_engine.dataset.known import Known, read_known
from tts_engine.dataset.plan import Plan, Recording, read_plan
from tts_engine.dataset.transcripts import Heard, Laid, Listener
from tts_engine.device import resolve_device
from tts_engine.recognizer.inference import Recognizer
from tts_engine.singing.singing import sing
from tts_engine.speaking.cloning import VoiceCloner
from tts_engine.speaking.voicebank import get_voice
from tts_engine.text.frontend import get_frontend
from tts_engine.text.symbols import phonemes_only
from tts_engine.training.corpus import Corpus
from tts_engine.weights import weights_folder

SECONDS = 30.0
RATE = 22_050


def song_of(lines, *, sung, heard=(), instead=None):
    """A song that was heard: lines as (text, start, end, certainty), start None for what is not sung."""
    sentences = get_frontend().spoken(by_lines("\n".join(text for text, *_ in lines)))
    found = []
    for (text, start, end, certainty), sentence in zip(lines, sentences, strict=True):
        words = []
        if start is not None:
            edges = np.linspace(start, end, len(sentence.words) + 1)
            for word, first, stop in zip(sentence.words, edges, edges[1:], strict=False):
                marks = np.linspace(first, stop, len(word.phonemes) + 1)
                sounds = tuple(
                    SungSound(text=sound, start=a, end=b, certainty=certainty)
                    for sound, a, b in zip(word.phonemes, marks, marks[1:], strict=False)
                )
                words.append(
                    SungWord(
                        text=word.text, start=first, end=stop, certainty=certainty, sounds=sounds
                    )
                )
        found.append(SungLine(text=text, words=tuple(words)))
    lyrics = AlignedLyrics(lines=tuple(found), seconds=SECONDS)
    own = [(s.text, s.start) for line in found for word in line.words for s in word.sounds]
    heard = sorted([*(own if instead is None else instead), *heard], key=lambda row: row[1])
    laid = Laid(words=(), sentences=tuple(sentences), differing=(), sounds=1)
    return HeardSong(
        recording=Recording(file="a.mp3"),
        copy=None,
        sung=sung,
        lyrics=lyrics,
        known=Known(
            heard=Heard(phonemes=tuple(s for s, _ in heard), times=tuple(t for _, t in heard)),
            laid=songs._laid_where(laid, lyrics),
            text="",
        ),
    )


def told(song):
    return [
        (round(one.start_seconds, 1), round(one.end_seconds, 1), one.text, one.reasons)
        for one in song_pieces(song)
    ]


def test_what_lies_between_lines_is_music_or_other_words():
    song = song_of(
        [("Во поле берёза", 3.0, 5.0, 0.6), ("люли люли", 12.0, 14.0, 0.6)],
        sung=[(2.9, 5.0), (8.0, 10.0), (11.9, 14.0)],
    )
    assert told(song) == [
        (0.0, 2.9, "", ("no_voice",)),
        (2.9, 5.1, "Во поле берёза.", ()),
        (5.1, 8.0, "", ("no_voice",)),
        (8.0, 10.0, "", ("not_in_lyrics",)),
        (10.0, 11.9, "", ("no_voice",)),
        (11.9, 14.1, "люли люли.", ()),
        (14.1, 30.0, "", ("no_voice",)),
    ]


def test_a_clip_ends_with_its_last_sound_or_before_the_next_line():
    lines = [("Во поле берёза", 1.0, 3.0, 0.6)]
    alone = song_of(lines, sung=[(0.9, 5.0)])
    assert told(alone)[1][1] == pytest.approx(3.12, abs=0.03)
    close = song_of([*lines, ("люли люли", 3.1, 5.0, 0.6)], sung=[(0.9, 5.0)])
    assert told(close)[1][1] == pytest.approx(3.06, abs=0.05)
    unheard = [*lines, ("люли", None, None, 0.0), ("люли люли", 3.1, 5.0, 0.6)]
    assert told(song_of(unheard, sung=[(0.9, 5.0)]))[1][1] == pytest.approx(3.06, abs=0.05)


@pytest.mark.parametrize(
    ("line", "options", "reason"),
    [
        (("Во поле берёза", 1.0, 4.0, 0.1), {}, "uncertain"),
        (("Во поле берёза", 1.0, 1.5, 0.6), {"sung": [(1.0, 1.5)]}, "too_short"),
        (("Во поле берёза", 1.0, 25.0, 0.6), {"sung": [(1.0, 25.0)]}, "too_long"),
        (("Во поле берёза", 1.0, 4.0, 0.6), {"sung": [(3.5, 4.0)]}, "no_voice"),
        (("Во поле берёза", None, None, 0.0), {}, "not_sung"),
    ],
)
def test_a_line_that_is_no_good_is_dropped_by_name(line, options, reason):
    pieces = list(song_pieces(song_of([line], **{"sung": [(1.0, 4.0)], **options})))
    (found,) = [piece for piece in pieces if piece.text]
    assert found.reasons == (reason,)
    assert not found.kept


def test_what_is_heard_otherwise_is_not_sure_either():
    instead = [("ʂ", 1.0 + at / 10) for at in range(30)]
    (found,) = (
        piece
        for piece in song_pieces(
            song_of([("Во поле берёза", 1.0, 4.0, 0.6)], sung=[(1.0, 4.0)], instead=instead)
        )
        if piece.text
    )
    assert found.reasons == ("uncertain",)


def test_a_line_that_is_not_heard_may_follow_the_one_before_it():
    lines = [("Во поле берёза", 1.0, 3.0, 0.6), ("люли люли", None, None, 0.0)]
    assert told(song_of(lines, sung=[(0.9, 7.0)], heard=[("a", 3.5)]))[1][1] == pytest.approx(3.1)


def test_lines_of_somebody_else_are_dropped_and_moods_of_one_person_are_not(tmp_path):
    sf.write(tmp_path / "a.flac", np.zeros(int(SECONDS * RATE), np.float32), RATE)
    lines = [
        (text, 4.0 * n, 4.0 * n + 3, 0.6) for n, text in enumerate(["Во поле", "берёза", "люли"])
    ]
    pieces = [one for one in song_pieces(song_of(lines, sung=[(0.0, 12.0)])) if one.text]

    def kept(*vectors):
        rows = iter(np.array(vectors, np.float32))
        models = SimpleNamespace(encoder=SimpleNamespace(embed=lambda audio: next(rows)))
        return [piece.kept for piece in of_one_singer(pieces, tmp_path / "a.flac", models)]

    assert kept((1, 0), (0.2, 0.98), (0.98, 0.2)) == [True, False, True]
    assert kept((1, 0), (0.8, 0.6), (0.98, 0.2)) == [True, True, True]


def test_a_line_tells_its_sounds_their_times_and_language():
    song = song_of([("Во поле", 1.0, 3.0, 0.6), ("little star", 4.0, 6.0, 0.6)], sung=[(1.0, 6.0)])
    russian, english = (piece for piece in song_pieces(song) if piece.kept)
    assert (russian.language, english.language) == ("ru", "en")
    for piece in (russian, english):
        spans = [tuple(map(float, one.split("-"))) for one in piece.times.split()]
        assert len(spans) == len(piece.phonemes.split()) > 3
        assert spans == sorted(spans)
        assert piece.start_seconds < spans[0][0] < spans[-1][1] < piece.end_seconds
    assert tuple(russian.phonemes.split()) == tuple(phonemes_only(text_to_tokens("Во поле", "ru")))


def test_one_bad_song_stops_no_other_and_leaves_nothing(tmp_path):
    (tmp_path / "text.mp3").write_text("Это не песня", encoding="utf-8")
    (tmp_path / "words.txt").write_text("Во поле берёза", encoding="utf-8")
    (tmp_path / "empty.txt").write_text(" \n", encoding="utf-8")
    (tmp_path / "binary.txt").write_bytes(b"\xff\x98")
    sf.write(tmp_path / "long.wav", np.zeros(11 * 60 * 8000, np.int16), 8000)
    given = [
        Given(path=tmp_path / "text.mp3", transcript=tmp_path / "words.txt"),
        Given(path=tmp_path / "long.wav", transcript=tmp_path / "words.txt"),
        Given(path=tmp_path / "long.wav"),
        Given(path=tmp_path / "long.wav", transcript=tmp_path / "empty.txt"),
        Given(path=tmp_path / "long.wav", transcript=tmp_path / "binary.txt"),
    ]
    plan = prepare_songs(given, tmp_path / "out", models=None)
    assert [recording.refused[0] for recording in plan.recordings] == [
        "not_audio",
        "audio_too_long",
        "lyrics_missing",
        "nothing_to_say",
        "transcript_unreadable",
    ]
    assert not any((tmp_path / "out" / "sources").iterdir())


def test_what_was_interrupted_goes_on_and_a_changed_song_is_made_anew(tmp_path, monkeypatch):
    made = []

    def part(given, index, *_):
        made.append(given.path.name)
        return Plan(settings={}, recordings=(Recording(file=given.path.name),), pieces=())

    def stopped(name, *_):
        if name == "b.wav":
            raise KeyboardInterrupt

    monkeypatch.setattr(songs, "_part", part)
    given = []
    for name in "abc":
        (tmp_path / f"{name}.wav").write_bytes(name.encode())
        (tmp_path / f"{name}.txt").write_text(name, encoding="utf-8")
        given.append(Given(path=tmp_path / f"{name}.wav", transcript=tmp_path / f"{name}.txt"))
    with pytest.raises(KeyboardInterrupt):
        prepare_songs(given, tmp_path / "out", models=None, told=stopped)
    prepare_songs(given, tmp_path / "out", models=None)
    assert made == ["a.wav", "b.wav", "c.wav"]
    (tmp_path / "b.txt").write_text("other words", encoding="utf-8")
    (tmp_path / "out" / "clips" / "0002-0009.flac").touch()  # of before
    plan = prepare_songs(given, tmp_path / "out", models=None)
    assert made == ["a.wav", "b.wav", "c.wav", "b.wav"]
    assert not any((tmp_path / "out" / "clips").iterdir())
    assert [recording.file for recording in plan.recordings] == ["a.wav", "b.wav", "c.wav"]
    forget_unfinished(tmp_path / "out")
    assert not (tmp_path / "out" / "unfinished").exists()


def test_a_folder_with_other_files_is_left_alone(tmp_path, capsys):
    (tmp_path / "clips").mkdir()
    (tmp_path / "clips" / "0001-0001.flac").write_bytes(b"mine")
    assert main(["songs", str(tmp_path), "--output", str(tmp_path)]) == 2
    assert "holds other files" in capsys.readouterr().err
    assert (tmp_path / "clips" / "0001-0001.flac").read_bytes() == b"mine"


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A folder of a song over chords, and songs that are none; what the command made of it."""
    part, starts = birch()
    song = sing(VoiceCloner.load(device="cpu"), part, get_voice("aleksandr").profile)
    voice = np.pad(song.audio.waveform, (0, 2 * RATE))
    music = chords(voice.size / RATE, RATE)[: voice.size]
    both = voice + 0.15 * music / np.std(music) * np.std(voice)
    folder = tmp_path_factory.mktemp("songs")
    source = folder / "in"
    source.mkdir()
    for name, samples in (
        ("good", both),
        ("other", both),
        ("silent", both),
        ("music", music[: 6 * RATE]),
    ):
        sf.write(source / f"{name}.flac", 0.5 * samples / np.abs(samples).max(), RATE)
    lines = LYRICS.split("\n")
    (source / "good.lrc").write_text(f"[00:00.10]{lines[0]}\n[00:09.00]{lines[1]}\n", "utf-8")
    (source / "other.txt").write_text(OTHER, "utf-8")
    (source / "music.txt").write_text(LYRICS, "utf-8")
    output = folder / "out"
    status = main(["songs", str(source), "--output", str(output), "--device", "cpu"])
    return status, source, output, starts


@pytest.mark.weights
def test_a_folder_of_songs_becomes_clips_with_their_words(made, capsys):
    status, source, output, starts = made
    assert status == 0
    plan = read_plan(output)
    assert {recording.file: recording.refused[:1] for recording in plan.recordings} == {
        "good.flac": (),
        "music.flac": ("no_singing",),
        "other.flac": ("lyrics_of_another_song",),
        "silent.flac": ("lyrics_missing",),
    }
    assert [piece.text.strip(".") for piece in plan.kept] == LYRICS.replace(",", "").strip(
        "."
    ).split("\n")
    for piece, start in zip(plan.kept, (starts[0], starts[4]), strict=True):
        assert float(piece.times.split("-")[0]) == pytest.approx(start, abs=0.3)
        samples, rate = sf.read(output / "clips" / f"{piece.id}.flac")
        assert (rate, samples.size / rate) == (RATE, pytest.approx(piece.seconds, abs=0.01))
        assert 50 < piece.figures["f0_low_hz"] < piece.figures["f0_high_hz"] < 500
    assert {path.stem for path in (output / "clips").iterdir()} == {one.id for one in plan.kept}
    assert {path.name for path in (output / "sources").iterdir()} == {"0001.flac", "0001.json"}
    page = (output / "report.html").read_text("utf-8")
    assert "the words are not heard in the song" in page
    assert main(["songs", str(source), "--output", str(output)]) == 2
    assert "holds a dataset already" in capsys.readouterr().err


@pytest.mark.weights
def test_what_laid_the_lines_does_not_judge_them(made):
    """What is compared with the words is heard by the recognizer, not by the ear for songs."""
    copy = made[2] / "sources" / "0001.flac"
    device = resolve_device("cpu")
    judge, ear = (
        Listener(Recognizer.load(weights_folder() / name, device=device), copy).heard
        for name in ("recognizer", "song_recognizer")
    )
    assert judge.phonemes != ear.phonemes
    assert read_known(copy).heard == judge


@pytest.mark.weights
def test_a_corpus_takes_the_lines_of_songs(made, tmp_path):
    _, _, output, _ = made
    assert main(["train", "prepare", "--songs", str(output), "--output", str(tmp_path)]) == 0
    corpus = Corpus(tmp_path)
    kept = read_plan(output).kept
    assert [clip.id for clip in corpus.clips] == [f"songs/{piece.id}" for piece in kept]
    for clip, piece in zip(corpus.clips, kept, strict=True):
        assert (clip.speaker, clip.language, clip.split) == ("songs-good", "ru", "train")
        assert tuple(phonemes_only(clip.tokens)) == tuple(piece.phonemes.split())
        assert clip.seconds == pytest.approx(piece.seconds, abs=0.6)
