"""A voice fitted to a recording, from the recording to the sentence; and when it counts as better."""

import json

import pytest

from tts_engine.cli import main
from tts_engine.speaking import fitting
from tts_engine.speaking.cloning import VoiceCloner
from tts_engine.speaking.fitting import FittedVoice, Measures
from tts_engine.speaking.voicebank import get_voice, profile_from_dict, profile_to_dict
from tts_engine.synthesizer.fitting import FittingConfig

MEASURED = Measures(likeness=0.70, others=0.55, misheard=0.10)


@pytest.mark.parametrize(
    ("likeness", "others", "misheard", "better"),
    [
        (0.74, 0.55, 0.10, True),
        (0.74, 0.60, 0.10, False),  # nearer to everybody
        (0.70, 0.50, 0.12, True),  # like fewer others
        (0.80, 0.55, 0.20, False),  # hardly understood
        (0.70, 0.55, 0.02, False),  # no nearer
    ],
)
def test_better_is_nearer_to_the_person_and_as_well_understood(likeness, others, misheard, better):
    fitted = Measures(likeness=likeness, others=others, misheard=misheard)
    found = FittedVoice(profile=None, measured=MEASURED, fitted=fitted, steps=1)
    assert found.better is better
    assert found.figures()["better"] is better


@pytest.fixture
def quickly(monkeypatch):
    """Two steps and one sentence show the way as well."""
    monkeypatch.setattr(fitting, "JUDGED", fitting.JUDGED[:1])
    few = FittingConfig(steps=2, sentences=1)
    monkeypatch.setattr(fitting.Fitter.__init__, "__defaults__", (few,))


@pytest.mark.weights
def test_a_recording_becomes_a_fitted_voice_that_speaks_from_a_file(quickly, tmp_path, capsys):
    recording, kept, said = (tmp_path / name for name in ("me.wav", "me.json", "said.wav"))
    cloner = VoiceCloner.load(device="cpu")
    cloner.say("Съешь ещё этих мягких французских булок да выпей чаю.", "nikolay").save(recording)
    assert main(["embed", str(recording), "--fit"]) == 0
    printed = capsys.readouterr().out
    figures = json.loads(printed)["fitting"]
    assert 0.5 < figures["likeness_before"] <= 1
    assert figures["misheard"] < 0.5
    kept.write_text(printed, encoding="utf-8")
    assert main(["say", "Привет.", "--voice-file", str(kept), "--output", str(said)]) == 0
    assert said.stat().st_size > 10_000


def test_a_file_without_a_voice_is_named(tmp_path, capsys):
    empty = tmp_path / "empty.json"
    empty.write_text("{}")
    asked = ["say", "Привет.", "--voice-file", str(empty), "--output", str(tmp_path / "x.wav")]
    assert main(asked) == 2
    assert "empty.json does not hold a voice" in capsys.readouterr().err


def test_what_was_fitted_is_kept_in_files_and_mixed_by_its_share():
    anna, elena = get_voice("anna").profile, get_voice("elena").profile
    row = {**profile_to_dict(anna), "fitted": [0.5] * 276}
    fitted = profile_from_dict(json.loads(json.dumps(row)))
    assert profile_to_dict(fitted)["fitted"] == (0.5,) * 276
    from tts_engine.speaking.voice_mix import mix_profiles

    mixed = mix_profiles([(fitted, 1.0), (elena, 3.0)])
    assert mixed.fitted == pytest.approx((0.125,) * 276)
    assert mix_profiles([(anna, 1.0), (elena, 1.0)]).fitted == ()
