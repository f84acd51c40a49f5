"""The voice bank."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tts_engine.errors import CheckpointError, VoiceError
from tts_engine.speaking.voicebank import BankVoice, get_voice, list_voices, write_voice
from tts_engine.types import VoiceProfile
from tts_engine.weights import list_folder, write_manifest


def voice(slug):
    embedding = np.zeros(256, dtype=np.float32)
    embedding[3] = 1.0
    return BankVoice(
        slug=slug,
        name="Name",
        name_ru="Имя",
        description="d",
        description_ru="о",
        gender="female",
        language="ru",
        licence="CC0",
        attribution="nobody",
        profile=VoiceProfile(embedding=embedding, f0_median_hz=201.5, spectrum=(0.5, -1.0)),
    )


def test_written_voice_is_read_back(tmp_path):
    write_voice(voice("vera"), tmp_path / "voices")
    list_folder(tmp_path / "voices")
    found = get_voice("Vera", tmp_path / "voices")
    assert found.name_ru == "Имя"
    assert found.profile.f0_median_hz == 201.5
    assert found.profile.spectrum == (0.5, -1.0)
    assert found.profile.embedding[3] == 1.0


@pytest.mark.parametrize("name", ["vera", "VERA", " Name ", "name", "Алёна", "алена"])
def test_a_voice_is_found_by_its_slug_and_by_the_names_it_is_shown_by(tmp_path, name):
    write_voice(replace(voice("vera"), name_ru="Алёна"), tmp_path / "voices")
    list_folder(tmp_path / "voices")
    assert get_voice(name, tmp_path / "voices").slug == "vera"


def test_unknown_voice_names_the_known_ones(tmp_path):
    write_voice(voice("vera"), tmp_path / "voices")
    list_folder(tmp_path / "voices")
    with pytest.raises(VoiceError, match="vera"):
        get_voice("nobody", tmp_path / "voices")


def test_damaged_voice_is_an_error(tmp_path):
    (tmp_path / "voices").mkdir()
    (tmp_path / "voices" / "x.json").write_text('{"slug": "x"}')
    list_folder(tmp_path / "voices")
    with pytest.raises(CheckpointError, match="not a voice"):
        list_voices(tmp_path / "voices")


@pytest.mark.parametrize("name", ["anna.json", "stranger.json"])
def test_a_voice_that_was_changed_or_slipped_in_is_an_error(tmp_path, name):
    write_voice(voice("anna"), tmp_path / "voices")
    write_manifest(tmp_path)
    assert list_voices(tmp_path / "voices")
    changed = voice(Path(name).stem)
    write_voice(replace(changed, name_ru="Не та"), tmp_path / "voices")
    with pytest.raises(CheckpointError, match=name):
        list_voices(tmp_path / "voices")


def test_empty_bank_is_an_error(tmp_path):
    with pytest.raises(CheckpointError):
        list_voices(tmp_path)


@pytest.mark.weights
def test_shipped_bank_has_at_least_eight_voices_of_both_genders():
    voices = list_voices()
    assert len(voices) >= 8
    assert {v.gender for v in voices} == {"female", "male"}
    for v in voices:
        assert np.linalg.norm(v.profile.embedding) == pytest.approx(1.0, abs=1e-3)
        assert v.licence
        assert v.attribution
