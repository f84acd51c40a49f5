"""Judging recordings."""

import re

import numpy as np
import pytest
import torch

from tests.tts_engine.audio.test_levels import buzz
from tests.tts_engine.recording.test_measures import with_noise
from tts_engine.encoder.inference import SpeakerEncoder
from tts_engine.errors import AudioError
from tts_engine.recording.reference import analyze_reference
from tts_engine.recording.stretch import LONGEST_SECONDS
from tts_engine.speaking.cloning import VoiceCloner
from tts_engine.speaking.requests import SpeechRequest
from tts_engine.speaking.voicebank import get_voice
from tts_engine.types import Audio
from tts_engine.weights import weights_folder

pytestmark = pytest.mark.weights
RATE = 16_000
TEXT = (
    "Вчера вечером мы долго гуляли по набережной. Вода была тёмная и спокойная, "
    "а над городом медленно поднималась большая луна."
)


@pytest.fixture(scope="module")
def encoder():
    return SpeakerEncoder.load(weights_folder() / "encoder", device=torch.device("cpu"))


@pytest.fixture(scope="module")
def voices():
    """A woman and a man, 8 s each."""
    cloner = VoiceCloner.load(device="cpu")
    return [
        cloner.speak(SpeechRequest(text=TEXT, voice=get_voice(slug).profile)).audio
        for slug in ("elena", "nikolay")
    ]


def test_a_clean_recording_is_accepted_with_its_seconds(encoder):
    report = analyze_reference(Audio(buzz(8.0), RATE), encoder)
    assert report.speech_seconds == pytest.approx(8.0, abs=1.0)
    assert report.notes == ()
    assert report.denoising is None
    assert report.main_speaker_share == 1


def test_a_short_one_is_refused_with_the_limit(encoder):
    short = np.concatenate([buzz(1.0), np.zeros(RATE * 3, np.float32)])
    with pytest.raises(AudioError) as caught:
        analyze_reference(Audio(short, RATE), encoder)
    assert caught.value.code == "reference_too_short"
    assert caught.value.details["required_seconds"] == 2.0
    assert re.match(r"найдено \d,\d с речи, .+; запишите 10–20 секунд", caught.value.message_ru)


def test_silence_is_refused(encoder):
    with pytest.raises(AudioError) as caught:
        analyze_reference(Audio(np.zeros(RATE * 5, np.float32), RATE), encoder)
    assert caught.value.code == "reference_silent"
    assert "запишите ещё раз" in caught.value.message_ru


def test_overdriven_and_short_recordings_get_advice(encoder):
    loud = np.clip(30 * buzz(3.0), -1, 1).astype(np.float32)
    report = analyze_reference(Audio(loud, RATE), encoder)
    assert len(report.notes) >= 2
    assert "overdriven" in " ".join(str(note) for note in report.notes)


def test_of_a_long_recording_a_minute_at_most_is_taken(encoder):
    silence = np.zeros(RATE * 40, np.float32)
    report = analyze_reference(Audio(np.concatenate([silence, buzz(62.0)]), RATE), encoder)
    assert report.audio.seconds <= LONGEST_SECONDS
    assert report.speech_seconds > 28


def test_one_person_is_one_speaker_and_two_are_two(encoder, voices):
    she, he = voices
    alone = analyze_reference(she, encoder)
    assert alone.main_speaker_share == 1
    both = Audio(np.concatenate([she.waveform, he.waveform[: he.waveform.size // 2]]), 22_050)
    report = analyze_reference(both, encoder)
    assert 0.5 < report.main_speaker_share < 0.9
    assert report.speaker_likeness < 0.78 < alone.speaker_likeness
    assert "somebody else" in report.notes[0].en
    taken = encoder.embed(report.audio)
    assert taken @ encoder.embed(she) > 0.97
    assert taken @ encoder.embed(he) < taken @ encoder.embed(she) - 0.2
    assert report.audio.seconds < she.seconds + 1


def test_a_noisy_recording_is_cleaned_and_both_figures_are_kept(encoder, voices):
    she, _ = voices
    noisy = with_noise(she, 8.0)
    report = analyze_reference(noisy, encoder)
    denoising = report.denoising
    assert denoising is not None
    assert denoising.used
    assert denoising.denoised_snr_db > denoising.snr_db == report.snr_db
    assert report.snr_db == pytest.approx(8.0, abs=3.0)
    truth = encoder.embed(she)
    assert encoder.embed(report.audio) @ truth > encoder.embed(noisy) @ truth + 0.05
    figures = report.figures()
    assert figures["denoised"] is True
    assert figures["snr_db"] < figures["denoised_snr_db"]
