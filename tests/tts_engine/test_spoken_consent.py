"""A phrase read aloud: the measures, and the shipped models on speech made at test time."""

import numpy as np
import pytest

from tts_engine.errors import AudioError
from tts_engine.recording.spoken_consent import (
    ALLOWED_PHONEME_ERROR,
    REQUIRED_SIMILARITY,
    SpokenCheck,
    check_spoken,
    cosine,
    phoneme_error,
    phrase_phonemes,
)
from tts_engine.speaking.cloning import VoiceCloner
from tts_engine.speaking.requests import SpeechRequest
from tts_engine.speaking.voicebank import get_voice
from tts_engine.types import Audio

PHRASE = "Я разрешаю использовать мой голос. Утром старый почтальон нашёл синий зонт у вокзала."
OTHER = "Я разрешаю использовать мой голос. Зимой весёлый капитан уронил медный чайник за углом."


def test_nothing_is_wrong_with_what_was_said_exactly():
    expected = phrase_phonemes(PHRASE)
    assert len(expected) == 2
    assert phoneme_error(expected, [*expected[0], *expected[1]]) == 0.0


def test_the_worst_sentence_counts():
    expected = [["a"] * 10, ["b"] * 10]
    heard = ["a"] * 10 + ["b"] * 5 + ["c"] * 5
    assert phoneme_error(expected, heard) == pytest.approx(0.5)


def test_what_is_said_after_the_end_counts_too():
    assert phoneme_error([["a", "b"]], ["a", "b", "c", "c"]) == pytest.approx(1.0)


def test_silence_and_an_empty_phrase_are_wrong_altogether():
    assert phoneme_error([["a", "b"]], []) == 1.0
    assert phoneme_error([], ["a"]) == 1.0


def test_a_phrase_with_the_same_beginning_is_another_phrase():
    first, second = phrase_phonemes(OTHER)
    assert phoneme_error(phrase_phonemes(PHRASE), [*first, *second]) > 0.6


def test_cosine_of_nothing_is_zero():
    assert cosine(np.zeros(3, np.float32), np.ones(3, np.float32)) == 0.0
    assert cosine(np.ones(3, np.float32), np.ones(3, np.float32)) == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("similarity", "error", "passed"),
    [
        (REQUIRED_SIMILARITY, ALLOWED_PHONEME_ERROR, True),
        (REQUIRED_SIMILARITY - 0.01, 0.0, False),
        (1.0, ALLOWED_PHONEME_ERROR + 0.01, False),
    ],
)
def test_both_measures_must_hold(similarity, error, passed):
    check = SpokenCheck(
        similarity=similarity, phoneme_error=error, embedding=np.zeros(256, np.float32)
    )
    assert check.passed is passed


@pytest.mark.weights
def test_the_shipped_models_tell_voices_and_words_apart():
    cloner = VoiceCloner.load(device="cpu")
    anna, nikolay = get_voice("anna").profile, get_voice("nikolay").profile
    audio = cloner.speak(SpeechRequest(text=PHRASE, voice=anna)).audio

    def judge(sound, phrase, voice):
        return check_spoken(
            cloner.encoder, cloner.recognizer, sound, phrase=phrase, voice=voice.embedding
        )

    assert judge(audio, PHRASE, anna).passed
    stranger = judge(audio, PHRASE, nikolay)
    assert (stranger.same_voice, stranger.same_words, stranger.passed) == (False, True, False)
    words = judge(audio, OTHER, anna)
    assert (words.same_voice, words.same_words, words.passed) == (True, False, False)
    second = Audio(audio.waveform[: audio.sample_rate_hz], audio.sample_rate_hz)
    with pytest.raises(AudioError) as caught:
        judge(second, PHRASE, anna)
    assert caught.value.code == "spoken_too_short"
