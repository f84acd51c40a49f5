"""People's recordings in pieces, and what machines make of them."""

import argparse

import numpy as np
import pytest
import soundfile

from tests.tts_engine.espeak_speech import espeak_speech
from tests.tts_engine.tiny_corpus import write_corpus
from tts_engine.audio.resample import resample_audio
from tts_engine.dataset import machine_speech
from tts_engine.dataset.formants import espeak
from tts_engine.dataset.machine_speech import (
    SAMPLE_RATE_HZ,
    griffin_lim,
    machines_of_folders,
    people,
    run,
    sent,
    world,
)
from tts_engine.detection.material import CALIBRATION, PERSON, TEST, TRAIN, Material, Piece
from tts_engine.detection.treatments import CODED
from tts_engine.training.corpus import Corpus
from tts_engine.types import Audio
from tts_engine.watermark.detection import detect_mark


@pytest.fixture(scope="module")
def speech():
    return resample_audio(espeak_speech(), SAMPLE_RATE_HZ).waveform


@pytest.fixture
def corpus(tmp_path):
    write_corpus(tmp_path / "corpus")
    return Corpus(tmp_path / "corpus")


def write_folder(root, folder, sounds, name="voice"):
    (root / folder).mkdir(parents=True)
    for number, sound in enumerate(sounds):
        soundfile.write(root / folder / f"{name}_{number}.wav", sound, SAMPLE_RATE_HZ)


@pytest.mark.parametrize("copier", [world, griffin_lim])
def test_copies_say_the_same_in_another_way(copier, speech):
    made = copier(speech, np.random.default_rng(0))
    size = min(made.size, speech.size)
    assert size > 0.95 * speech.size
    envelopes = [
        np.sqrt((x[: size // 2205 * 2205].reshape(-1, 2205) ** 2).mean(axis=1))
        for x in (speech, made)
    ]
    assert np.corrcoef(*envelopes)[0, 1] > 0.85
    assert np.abs(np.corrcoef(made[:size], speech[:size])[0, 1]) < 0.9


def test_short_recordings_are_joined_and_people_split_as_named(corpus, speech, tmp_path):
    short = speech[:SAMPLE_RATE_HZ]
    write_folder(tmp_path / "people", "somebody", [short] * 12)
    write_folder(tmp_path / "people", "klettres-ru", [short] * 12)
    found = {}
    for piece, waveform in people(corpus, tmp_path / "people"):
        found.setdefault(piece.speaker, []).append((piece, waveform.size / SAMPLE_RATE_HZ))
    assert {piece.split for piece, _ in found["somebody"]} == {TRAIN}
    assert {piece.split for piece, _ in found["klettres-ru"]} == {TEST}
    assert all(
        piece.source == PERSON and 2.0 < seconds < 5.1 for piece, seconds in found["somebody"]
    )
    assert len(found["somebody"]) >= 2
    assert found["klettres-ru"][0][1] == pytest.approx(8.0, abs=0.3)


def test_machines_that_are_held_out_only_measure(speech, tmp_path):
    for name in ("melgan", "something-else"):
        write_folder(tmp_path, name, [speech])
    splits = {piece.source: piece.split for piece, _ in machines_of_folders(tmp_path)}
    assert splits == {"melgan": TEST, "something-else": TRAIN}


def test_voices_of_people_who_are_held_out_are_so_in_machines_too(speech, tmp_path):
    write_folder(tmp_path, "something-else", [speech], name="vctk-p225")
    write_folder(tmp_path, "another", [speech], name="ljspeech")
    write_folder(tmp_path, "third", [speech], name="librispeech-125")
    splits = {piece.speaker: piece.split for piece, _ in machines_of_folders(tmp_path)}
    assert splits == {"vctk-p225": TRAIN, "ljspeech": TEST, "librispeech-125": CALIBRATION}


def test_training_hears_every_piece_through_a_codec_too_and_marks_are_a_sign_of_nothing(
    speech, monkeypatch
):
    keys = []
    monkeypatch.setattr(
        machine_speech, "Marker", lambda key: keys.append(key) or original(key), raising=True
    )
    pieces = [
        Piece(id=f"{source}/{split}/{n}", source=source, speaker="x", split=split)
        for source in (PERSON, "world")
        for split in (TRAIN, TEST)
        for n in range(4)
    ]
    found = list(sent(iter([(piece, speech) for piece in pieces])))
    plain = [piece for piece, _ in found if piece.way == "plain"]
    coded = [piece for piece, _ in found if piece.way in CODED]
    assert plain == pieces
    assert [piece.source for piece in coded] == [PERSON] * 4 + ["world"] * 4
    assert all(piece.split == TRAIN for piece in coded)
    assert 0 < len(keys) < len(pieces)
    sounds = {piece.id: waveform for piece, waveform in found}
    marked = [
        piece.is_machine
        for piece in plain
        if any(detect_mark(Audio(sounds[piece.id], 16_000), key).made_here for key in keys)
    ]
    assert len(marked) == len(keys)
    assert set(marked) == {True, False}


original = machine_speech.Marker


def test_parts_that_are_there_are_not_made_again(corpus, tmp_path, speech):
    write_folder(tmp_path / "machines", "buzzer", [speech])
    arguments = argparse.Namespace(
        corpus=corpus.folder,
        people=None,
        machines=tmp_path / "machines",
        output=tmp_path / "out",
        parts=["folders"],
    )
    run(arguments)
    material = Material(arguments.output)
    assert [piece.source for piece in material.pieces] == ["buzzer"] * 2
    assert np.abs(material.waveform(material.pieces[0])).max() > 0.01
    (tmp_path / "machines" / "buzzer" / "voice_0.wav").unlink()
    run(arguments)
    assert len(Material(arguments.output).pieces) == 2


def test_espeak_speaks_other_voices_to_each_split():
    made = list(espeak(["Раз, два, три, четыре, пять."], 8))
    splits = [split for split, _, _ in made]
    assert splits == [TRAIN] * 8 + ["calibration"] * 2 + [TEST] * 2
    voices = {split: {voice for one, voice, _ in made if one == split} for split in set(splits)}
    assert not voices[TRAIN] & voices[TEST]
    assert all(
        waveform.size > SAMPLE_RATE_HZ and np.abs(waveform).max() > 0.05 for _, _, waveform in made
    )
