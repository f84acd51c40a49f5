"""Voices are let in; music, noise and songs are not."""

import numpy as np
import pytest

from tests.tts_engine.espeak_speech import espeak_speech
from tts_engine.audio.resample import resample
from tts_engine.errors import AudioError
from tts_engine.recording.voice_check import Heard, hear, require_voice
from tts_engine.types import Audio

RATE = 16_000


def verdict(heard, speech_seconds=10.0):
    try:
        require_voice(heard, speech_seconds)
    except AudioError as error:
        return error.code
    return "voice"


def heard(speech=0.0, singing=0.0, music=0.0, seconds=10.0):
    return Heard(seconds=seconds, speech=speech, singing=singing, music=music)


def chords(seconds=6.0):
    time = np.arange(int(seconds * RATE)) / RATE
    sound = np.zeros(time.size)
    for beat, root in enumerate((220.0, 174.6, 261.6, 196.0) * 3):
        inside = (time >= beat / 2) & (time < (beat + 1) / 2)
        fall = np.exp(-4 * (time - beat / 2))
        for ratio in (1.0, 1.25, 1.5):
            for part in range(1, 6):
                sound += inside * fall * np.sin(2 * np.pi * root * ratio * part * time) / part
    return Audio((0.1 * sound).astype(np.float32), RATE)


def noise(seconds=6.0):
    rng = np.random.default_rng(0)
    return Audio(rng.normal(0, 0.1, int(seconds * RATE)).astype(np.float32), RATE)


@pytest.mark.parametrize(
    ("sounds", "said"),
    [
        ({"speech": 9.0}, "voice"),
        ({"speech": 4.0, "music": 10.0}, "voice"),  # music behind it is a note, no refusal
        ({"speech": 1.0, "singing": 8.0}, "voice"),
        ({"speech": 1.0, "singing": 8.0, "music": 9.0}, "voice_with_music"),
        ({"speech": 1.0, "singing": 1.0, "music": 9.0}, "no_voice"),
        ({"music": 10.0}, "no_voice"),
        ({}, "no_voice"),
    ],
)
def test_who_may_become_a_voice(sounds, said):
    assert verdict(heard(**sounds)) == said


def test_some_seconds_of_speech_in_much_noise_are_enough_and_in_much_music_not():
    assert verdict(heard(speech=6.0, seconds=60.0), speech_seconds=60.0) == "voice"
    busy = heard(speech=6.0, music=50.0, seconds=60.0)
    assert verdict(busy, speech_seconds=60.0) == "no_voice"


@pytest.mark.parametrize("level", [1.0, 0.01])
def test_speech_is_heard_loud_and_quiet(level):
    speech = espeak_speech()
    found = hear(Audio(speech.waveform * np.float32(level), speech.sample_rate_hz))
    assert found.speech > 0.7 * speech.seconds
    assert found.music < 0.1 * speech.seconds
    assert verdict(found, speech.seconds) == "voice"


def test_speech_over_music_is_a_voice_and_the_music_is_heard():
    speech, music = espeak_speech(), chords()
    voice = resample(speech.waveform, speech.sample_rate_hz, RATE)
    mixed = voice / np.abs(voice).max() * 0.5 + np.resize(music.waveform, voice.size) * 0.2
    found = hear(Audio(mixed.astype(np.float32), RATE))
    assert found.music > 0.3 * found.seconds
    assert verdict(found, found.seconds) == "voice"


@pytest.mark.parametrize("sound", [chords(), noise()], ids=["chords", "noise"])
def test_music_and_noise_are_no_voice(sound):
    assert verdict(hear(sound), sound.seconds) == "no_voice"
