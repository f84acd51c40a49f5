"""Which voice suits a song: by range and key, and by listening."""

from dataclasses import replace

import numpy as np
import pytest

from tests.tts_engine.singing.made import KALINKA, musicxml
from tts_engine.cli import main
from tts_engine.errors import RequestError
from tts_engine.singing.score import Note, Part
from tts_engine.singing.suits import Heard, Suit, beginning, heard, ranked, suits
from tts_engine.speaking.cloning import VoiceCloner
from tts_engine.speaking.voicebank import get_voice
from tts_engine.types import VoiceProfile


def voice(f0_hz: float) -> VoiceProfile:
    return VoiceProfile(embedding=np.ones(256, np.float32) / 16, f0_median_hz=f0_hz)


def part(*midi: float) -> Part:
    notes = [Note(start_seconds=i, seconds=1, midi=m, syllable="ла") for i, m in enumerate(midi)]
    return Part(name="a", notes=tuple(notes))


def test_a_song_within_the_tessitura_in_its_own_key_suits_best():
    assert suits(part(57, 60, 64), voice(220)) == Suit(
        semitones=0, beyond=0.0, strained=0.0, key_semitones=0, number=100
    )
    octave = suits(part(69, 72, 76), voice(220))
    assert (octave.semitones, octave.key_semitones, octave.number) == (-12, 0, 100)


def test_a_key_far_from_the_songs_own_counts_against_a_voice():
    whole = part(52, 57, 61, 66)  # fourteen semitones fit in one place only
    fitting, moved = suits(whole, voice(220)), suits(whole, voice(220 * 2 ** (6 / 12)))
    assert fitting.key_semitones == 0
    assert moved.key_semitones == 6
    assert moved.number == 75


def test_notes_outside_are_counted_by_their_time():
    wide = suits(part(*[57] * 9, 84), voice(220))  # the last is 27 above the others
    assert wide.beyond == pytest.approx(0.1)
    assert wide.number < suits(part(*[57] * 9, 75), voice(220)).number < 100
    bearable = suits(part(*[57] * 9, *[63] * 9, 74, 75), voice(220))
    assert bearable.strained > bearable.beyond == 0.0


def test_a_song_that_cannot_be_sung_at_all_gets_nothing():
    low = replace(voice(70), f0_median_hz=70.0)
    assert suits(part(*[57] * 30, 10), low).number == 0


def test_the_best_is_first_and_a_voice_without_pitch_is_last():
    rows = ranked(
        part(52, 57, 61, 66), [("odd", voice(0)), ("far", voice(311)), ("near", voice(220))]
    )
    assert [name for name, _ in rows] == ["near", "far", "odd"]
    assert isinstance(rows[-1][1], RequestError)


def test_the_beginning_starts_with_the_first_syllable():
    song = part(*[60] * 20)
    hummed = replace(song, notes=(replace(song.notes[0], syllable=""), *song.notes[1:]))
    kept = beginning(hummed, 5.0)
    assert [note.start_seconds for note in kept.notes] == [0, 1, 2, 3, 4]


@pytest.mark.weights
def test_listening_measures_the_voice_as_it_sings():
    cloner = VoiceCloner.load(device="cpu")
    song = part(57, 60, 57, 60)
    anna, dmitry = get_voice("anna").profile, get_voice("dmitry").profile
    own = heard(cloner, song, anna)
    assert isinstance(own, Heard)
    assert own.likeness > 0.6
    other = replace(anna, embedding=dmitry.embedding)  # sung by anna's pitch and spectrum
    assert heard(cloner, song, replace(other, fitted=())).likeness != own.likeness


@pytest.mark.weights
def test_the_command_ranks_the_bank(tmp_path, capsys):
    path = tmp_path / "song.musicxml"
    path.write_text(musicxml(KALINKA), encoding="utf-8")
    assert main(["suits", str(path)]) == 0
    rows = [line.split("\t") for line in capsys.readouterr().out.splitlines()]
    assert rows[0][:3] == ["voice", "number", "semitones"]
    numbers = [int(row[1]) for row in rows[1:]]
    assert numbers == sorted(numbers, reverse=True)
    assert len(numbers) >= 10
    assert main(["suits", str(tmp_path / "no.mid")]) == 2
