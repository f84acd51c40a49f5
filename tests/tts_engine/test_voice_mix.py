"""Voices mixed of others."""

import numpy as np
import pytest

from tts_engine.cli import main
from tts_engine.errors import VoiceError
from tts_engine.speaking.voice_mix import bank_profile, mix_profiles
from tts_engine.speaking.voicebank import get_voice
from tts_engine.types import VoiceProfile


def profile(index, **facts):
    embedding = np.zeros(256, dtype=np.float32)
    embedding[index] = 1.0
    return VoiceProfile(embedding=embedding, **facts)


LOW = profile(
    0, f0_median_hz=100.0, f0_spread_semitones=2.0, phonemes_per_second=10.0, spectrum=(1.0, 0.0)
)
HIGH = profile(
    1, f0_median_hz=400.0, f0_spread_semitones=4.0, phonemes_per_second=14.0, spectrum=(0.0, 3.0)
)


def test_pitch_is_mixed_in_octaves_and_the_rest_as_it_is():
    mixed = mix_profiles([(LOW, 1.0), (HIGH, 1.0)])
    assert mixed.f0_median_hz == pytest.approx(200.0)
    assert mixed.f0_spread_semitones == pytest.approx(3.0)
    assert mixed.phonemes_per_second == pytest.approx(12.0)
    assert mixed.spectrum == pytest.approx((0.5, 1.5))


def test_weights_count_by_their_proportion():
    mixed = mix_profiles([(LOW, 3.0), (HIGH, 1.0)])
    assert mixed.f0_median_hz == pytest.approx(100.0 * 2**0.5)
    assert mixed.embedding[0] == pytest.approx(3 * mixed.embedding[1])
    same = mix_profiles([(LOW, 0.75), (HIGH, 0.25)])
    np.testing.assert_allclose(same.embedding, mixed.embedding)


def test_a_mix_is_of_unit_length():
    mixed = mix_profiles([(LOW, 2.0), (HIGH, 5.0)])
    assert mixed.embedding.dtype == np.float32
    assert np.linalg.norm(mixed.embedding) == pytest.approx(1.0)


def test_what_is_unknown_of_one_is_the_other_s():
    mixed = mix_profiles([(LOW, 1.0), (profile(1), 9.0)])
    assert mixed.f0_median_hz == pytest.approx(100.0)
    assert mixed.spectrum == pytest.approx((1.0, 0.0))


def test_a_mix_of_a_voice_with_itself_is_that_voice():
    voice = get_voice("anna").profile
    mixed = bank_profile("anna(2)+Anna(1)")
    np.testing.assert_allclose(mixed.embedding, voice.embedding, atol=1e-6)
    assert mixed.f0_median_hz == pytest.approx(voice.f0_median_hz)
    assert mixed.spectrum == pytest.approx(voice.spectrum)


def test_a_mix_of_the_bank_lies_between_its_voices():
    anna, mikhail = get_voice("anna").profile, get_voice("mikhail").profile
    near, far = bank_profile("anna(0.7)+mikhail(0.3)"), bank_profile("anna(0.3)+mikhail(0.7)")
    assert mikhail.f0_median_hz < far.f0_median_hz < near.f0_median_hz < anna.f0_median_hz
    assert near.embedding @ anna.embedding > far.embedding @ anna.embedding


def test_one_name_is_the_voice_itself():
    assert bank_profile("anna").spectrum == get_voice("anna").profile.spectrum


def test_names_that_voices_are_shown_by_stand_in_mixes():
    mixed, shown = bank_profile("anna(2)+mikhail"), bank_profile("Анна(2)+Mikhail")
    assert shown.embedding == pytest.approx(mixed.embedding)


def test_a_mix_with_a_stranger_names_the_stranger():
    with pytest.raises(VoiceError, match="nobody"):
        bank_profile("anna+nobody")


@pytest.mark.parametrize("arguments", [["--voice", "anna+"], ["anna(0)+elena:: Привет."]])
def test_the_command_line_refuses_what_is_no_mix(arguments, capsys, tmp_path):
    text = [] if ":" in arguments[0] else ["Привет."]
    assert main(["say", *text, *arguments, "--output", str(tmp_path / "a.mp3")]) == 2
    assert "mix such as anna(2)+elena" in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


@pytest.mark.weights
def test_the_command_line_speaks_in_a_mix(tmp_path):
    import soundfile

    output = tmp_path / "a.wav"
    assert main(["say", "Добрый день.", "--voice", "anna(2)+elena", "--output", str(output)]) == 0
    assert soundfile.info(output).duration > 0.5
