"""Noise, reverberation, music and the best stretch, on sounds whose truth is known."""

import numpy as np
import pytest
from scipy.signal import fftconvolve

from tests.tts_engine.audio.test_levels import buzz
from tests.tts_engine.espeak_speech import espeak_speech
from tts_engine.audio.speech_detector import speech_mask
from tts_engine.recording.denoise import denoise
from tts_engine.recording.music import music_share
from tts_engine.recording.noise import snr_db
from tts_engine.recording.notes import MUSIC_SHARE, recording_notes
from tts_engine.recording.reverb import decay_seconds
from tts_engine.recording.stretch import LONGEST_SECONDS, best_stretch
from tts_engine.types import Audio

RATE = 16_000
CLEAN = {
    "speech_seconds": 10.0,
    "clipped_share": 0.0,
    "snr_db": 40.0,
    "decay_seconds": 0.3,
    "music_share": 0.0,
    "main_speaker_share": 1.0,
    "denoised": False,
}


def with_noise(audio, wanted_db, seed=0):
    """White noise so far below the speech."""
    speech = audio.waveform[speech_mask(audio)]
    level = np.sqrt(np.mean(speech**2)) * 10 ** (-wanted_db / 20)
    noise = np.random.default_rng(seed).normal(0, level, audio.waveform.size)
    return Audio((audio.waveform + noise).astype(np.float32), audio.sample_rate_hz)


def in_room(audio, seconds, direct_db=-3.0):
    """Through an exponentially decaying room with so much direct sound."""
    rate = audio.sample_rate_hz
    time = np.arange(int(1.2 * seconds * rate)) / rate
    tail = np.random.default_rng(1).normal(size=time.size) * 10 ** (-3 * time / seconds)
    tail *= np.sqrt(10 ** (-direct_db / 10) / np.sum(tail**2))
    tail[0] = 1.0
    heard = fftconvolve(audio.waveform, tail)[: audio.waveform.size]
    return Audio((0.3 * heard / np.abs(heard).max()).astype(np.float32), rate)


def chords(seconds, rate):
    """A new chord of three decaying notes every half second."""
    time = np.arange(int(seconds * rate)) / rate
    beat, phase = np.divmod(time, 0.5)
    root = 220 * 2 ** (np.array([0, 5, 7, 3])[beat.astype(int) % 4] / 12)
    notes = sum(np.sin(2 * np.pi * root * ratio * time) for ratio in (1.0, 1.26, 1.5))
    return (notes * np.exp(-1.5 * phase)).astype(np.float32)


@pytest.mark.parametrize("wanted_db", [0.0, 5.0, 10.0, 20.0])
def test_the_noise_that_was_added_is_found(wanted_db):
    assert snr_db(with_noise(espeak_speech(), wanted_db)) == pytest.approx(wanted_db, abs=3.0)


def test_a_voice_that_never_pauses_has_no_known_noise():
    assert snr_db(Audio(buzz(5.0), RATE)) == float("inf")


def test_a_longer_room_rings_longer():
    dry = decay_seconds(espeak_speech())
    rooms = [decay_seconds(in_room(espeak_speech(), seconds)) for seconds in (0.6, 1.2)]
    assert 0 < dry < 0.45
    assert dry < rooms[0] < rooms[1]
    assert rooms[0] == pytest.approx(0.6, abs=0.2)
    assert decay_seconds(Audio(np.zeros(RATE * 3, np.float32), RATE)) == 0


def test_chords_under_speech_are_music_and_speech_hum_and_noise_are_not():
    speech = espeak_speech()
    level = np.sqrt(np.mean(speech.waveform**2))
    played = chords(speech.seconds + 1, speech.sample_rate_hz)[: speech.waveform.size]
    played *= level / np.sqrt(np.mean(played**2))  # as loud as the speech
    time = np.arange(speech.waveform.size) / speech.sample_rate_hz
    hum = 0.1 * level * sum(np.sin(2 * np.pi * 50 * k * time) for k in (1, 2, 3, 5))
    rate = speech.sample_rate_hz
    assert music_share(Audio(speech.waveform + played, rate)) > MUSIC_SHARE
    assert music_share(speech) < MUSIC_SHARE / 2
    assert music_share(Audio((speech.waveform + hum).astype(np.float32), rate)) < MUSIC_SHARE / 2
    assert music_share(with_noise(speech, 5.0)) < MUSIC_SHARE / 2
    assert music_share(Audio(np.zeros(100, np.float32), rate)) == 0


def test_the_clean_part_of_a_recording_is_taken():
    noise = np.random.default_rng(0).normal(0, 0.05, RATE * 20).astype(np.float32)
    pause = np.zeros(RATE // 2, np.float32)
    clean = np.concatenate([np.concatenate([buzz(1.5), pause]) for _ in range(10)])
    noisy = clean + noise[: clean.size]
    whole = Audio(np.concatenate([noisy, clean, noisy]), RATE)
    part, mask = best_stretch(whole, speech_mask(whole))
    assert mask.size == part.waveform.size
    inside = np.flatnonzero(part.waveform == 0)
    assert inside.size > 0.15 * part.waveform.size  # its pauses are silent
    assert 12 <= part.seconds <= 24


def test_a_minute_with_the_most_speech_is_taken_of_what_is_equally_clean():
    silence = np.zeros(RATE * 40, np.float32)
    whole = Audio(np.concatenate([silence, buzz(62.0)]), RATE)
    part, mask = best_stretch(whole, speech_mask(whole))
    assert part.seconds <= LONGEST_SECONDS
    assert mask.sum() / RATE > 28
    short = Audio(buzz(8.0), RATE)
    kept, _ = best_stretch(short, speech_mask(short))
    np.testing.assert_array_equal(kept.waveform, short.waveform)


def test_a_denoised_copy_has_the_same_length_and_less_noise():
    noisy = with_noise(espeak_speech(), 10.0)
    copy = denoise(noisy)
    assert copy.sample_rate_hz == noisy.sample_rate_hz
    assert copy.waveform.shape == noisy.waveform.shape
    assert copy.waveform.dtype == np.float32
    assert snr_db(copy) > snr_db(noisy) + 10
    clean = espeak_speech().waveform
    lags = range(-480, 481, 24)
    match = [float(np.dot(np.roll(copy.waveform, lag), clean)) for lag in lags]
    assert abs(lags[int(np.argmax(match))]) <= 48  # in place: 2 ms


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"speech_seconds": 3.0}, "only 3.0 s"),
        ({"clipped_share": 0.01}, "overdriven"),
        ({"snr_db": 8.0}, "noisy"),
        ({"snr_db": 8.0, "denoised": True}, "reduced"),
        ({"snr_db": 18.0, "denoised": True}, "reduced"),
        ({"decay_seconds": 0.9}, "rings"),
        ({"music_share": 0.5}, "music"),
        ({"main_speaker_share": 0.7}, "somebody else speaks"),
    ],
)
def test_every_fault_has_its_advice_in_two_languages(wrong, said):
    assert recording_notes(**CLEAN) == ()
    (note,) = recording_notes(**{**CLEAN, **wrong})
    assert said in note.en
    assert any("а" <= letter <= "я" for letter in note.ru)
