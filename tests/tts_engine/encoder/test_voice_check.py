"""Voices are let in, music and noise are not."""

import numpy as np
import pytest
import torch

from tests.tts_engine.espeak_speech import espeak_speech
from tts_engine.encoder.speech_detector import (
    SpeechDetector,
    SpeechDetectorConfig,
    SpeechDetectorNetwork,
)
from tts_engine.encoder.voice_check import VoiceCheck, pitch_motion
from tts_engine.errors import AudioError
from tts_engine.types import Audio
from tts_engine.weights import weights_folder

RATE = 16_000
WORDS = ["a"] * 40


class Detector:
    """Hears the seconds of speech it is told to hear."""

    def __init__(self, seconds):
        self.seconds = seconds

    def spoken_seconds(self, _audio):
        return self.seconds


def tone(seconds=5.0, wobble_semitones=0.0):
    time = np.arange(int(seconds * RATE)) / RATE
    f0 = 220 * 2 ** (wobble_semitones * np.sin(2 * np.pi * 5 * time) / 12)
    phase = 2 * np.pi * np.cumsum(f0) / RATE
    sound = sum(np.sin(k * phase) / k for k in range(1, 8))
    return Audio((0.2 * sound).astype(np.float32), RATE)


def noise(seconds=5.0):
    rng = np.random.default_rng(0)
    return Audio(rng.normal(0, 0.1, int(seconds * RATE)).astype(np.float32), RATE)


def verdict(audio, *, spoken, heard=WORDS, speech_seconds=5.0):
    try:
        check = VoiceCheck(Detector(spoken), lambda _: list(heard))
        check.require_voice(audio, speech_seconds)
    except AudioError as error:
        return error.code
    return "voice"


def test_heard_speech_is_enough_whatever_the_sound():
    assert verdict(noise(), spoken=1.0) == "voice"


def test_some_seconds_of_speech_in_much_music_are_enough():
    assert verdict(noise(), spoken=4.5, speech_seconds=60.0) == "voice"


def test_a_moving_pitch_with_words_is_singing():
    assert verdict(tone(wobble_semitones=1.0), spoken=0.0) == "voice"


def test_a_moving_pitch_without_words_is_an_instrument():
    assert verdict(tone(wobble_semitones=1.0), spoken=0.0, heard=["a"] * 5) == "no_voice"


def test_a_held_pitch_is_an_instrument():
    assert verdict(tone(), spoken=0.0) == "no_voice"


def test_noise_is_no_voice():
    assert verdict(noise(), spoken=0.0) == "no_voice"


def test_pitch_motion_of_a_tone_a_vibrato_and_silence():
    share, wobble = pitch_motion(tone())
    assert share > 0.9
    assert wobble < 0.01
    assert pitch_motion(tone(wobble_semitones=1.0))[1] > 0.1
    assert pitch_motion(Audio(np.zeros(RATE, np.float32), RATE)) == (0.0, 0.0)


def test_a_whole_clip_is_heard_as_frame_by_frame():
    torch.manual_seed(0)
    network = SpeechDetectorNetwork(SpeechDetectorConfig()).eval()
    with torch.inference_mode():
        frames = torch.randn(6, 576)
        together = network(frames)
        assert together.shape == (6,)
        torch.testing.assert_close(network(frames[:3]), together[:3])  # nothing from the future


def test_frames_of_the_detector_cover_the_clip():
    config = SpeechDetectorConfig()
    detector = SpeechDetector(SpeechDetectorNetwork(config), config, torch.device("cpu"))
    assert detector.probabilities(Audio(np.zeros(0, np.float32), RATE)).shape == (0,)
    assert detector.probabilities(Audio(np.zeros(1, np.float32), RATE)).shape == (1,)
    assert detector.probabilities(Audio(np.zeros(513, np.float32), RATE)).shape == (2,)


@pytest.mark.weights
def test_shipped_weights_hear_speech_and_neither_tones_nor_noise():
    device = torch.device("cpu")
    detector = SpeechDetector.load(weights_folder() / "speech_detector", device=device)
    speech = espeak_speech()
    assert detector.spoken_seconds(speech) > 0.7 * speech.seconds
    for other in (tone(), tone(wobble_semitones=1.0), noise()):
        assert detector.spoken_seconds(other) < 0.3


@pytest.mark.weights
def test_shipped_weights_refuse_noise_and_accept_speech():
    check = VoiceCheck.load(weights_folder(), device=torch.device("cpu"))
    speech = espeak_speech()
    check.require_voice(speech, speech.seconds)
    with pytest.raises(AudioError, match="no voice"):
        check.require_voice(noise(), 5.0)
