"""A sentence read aloud is judged: words, level, noise, overdrive, and whose voice it is."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch

from tts_engine.audio.io import decode_audio
from tts_engine.dataset.takes import check_take, wrong_words
from tts_engine.encoder.inference import SpeakerEncoder
from tts_engine.recognizer.inference import Recognizer
from tts_engine.speaking.cloning import VoiceCloner
from tts_engine.speaking.requests import SpeechRequest
from tts_engine.speaking.voicebank import get_voice
from tts_engine.text.frontend import get_frontend
from tts_engine.text.symbols import phonemes_only
from tts_engine.types import Audio
from tts_engine.weights import weights_folder

RECORDINGS = Path(__file__).parents[2] / "end_to_end" / "recordings"
TEXT = "Хозяйка поставила на стол самовар и блюдо с пирогами."


@pytest.fixture(scope="module")
def models():
    device = torch.device("cpu")
    return (
        SpeakerEncoder.load(weights_folder() / "encoder", device=device),
        Recognizer.load(weights_folder() / "recognizer", device=device),
    )


@pytest.fixture(scope="module")
def said():
    cloner = VoiceCloner.load(device="cpu")

    def by(slug):
        voice = get_voice(slug).profile
        return cloner.speak(SpeechRequest(text=TEXT, voice=voice)).audio

    return by("elena"), by("nikolay")


@pytest.fixture
def codes(said, models):
    reader = models[0].embed(said[0])

    def judged(audio, sentence=TEXT):
        found = check_take(audio, sentence, *models, reader)
        return [reason.code for reason in found.reasons], found.figures

    return judged


def test_what_is_read_well_serves(said, codes):
    reasons, figures = codes(said[0])
    assert reasons == []
    assert figures["phoneme_error"] < 0.2
    assert figures["similarity"] == pytest.approx(1.0, abs=0.01)


def test_a_person_who_reads_well_is_believed(models):
    texts = json.loads((RECORDINGS / "texts.json").read_text("utf-8"))
    audios = {name: decode_audio(RECORDINGS / f"{name}.ogg") for name in texts}
    reader = models[0].embed(audios[min(texts)])
    found = {name: check_take(audios[name], texts[name], *models, reader) for name in texts}
    refused = {name: one.reasons for name, one in found.items() if one.reasons}
    assert len(refused) <= len(texts) // 6, refused


@pytest.mark.parametrize(
    ("spoil", "code"),
    [
        (lambda waveform: 0.003 * waveform, "too_quiet"),
        (lambda waveform: np.clip(12 * waveform, -0.8, 0.8), "clipped"),
        (
            lambda waveform: (
                waveform
                + 0.35 * waveform.std() * np.random.default_rng(0).normal(size=waveform.size)
            ),
            "noisy",
        ),
        (lambda waveform: np.zeros_like(waveform), "no_speech"),
    ],
)
def test_what_is_wrong_with_the_sound_is_named(said, codes, spoil, code):
    audio = said[0]
    around = np.zeros(audio.sample_rate_hz // 2, np.float32)
    waveform = np.concatenate([around, audio.waveform, around])
    spoiled = spoil(waveform).astype(np.float32)
    reasons, _ = codes(Audio(spoiled, audio.sample_rate_hz))
    assert code in reasons


def test_another_person_is_heard(said, codes):
    reasons, figures = codes(said[1])
    assert reasons == ["other_voice"]
    assert figures["similarity"] < 0.75


def test_another_sentence_is_heard(said, codes):
    reasons, figures = codes(said[0], "Дождь барабанил по железной крыше всю ночь напролёт.")
    assert reasons == ["other_words"]
    assert figures["phoneme_error"] > 0.5


def test_the_first_take_of_somebody_unknown_has_nobody_to_be_compared_with(said, models):
    found = check_take(said[1], TEXT, *models, None)
    assert found.figures["similarity"] is None
    assert found.embedding.shape == (256,)


def heard(text):
    return [one for s in get_frontend().sentences(text) for one in phonemes_only(s.tokens)]


def test_the_words_that_were_read_otherwise_are_named():
    assert wrong_words(TEXT, heard(TEXT)) == ([], 0.0)
    [reason], error = wrong_words(TEXT, heard(TEXT.replace("самовар", "чайник")))
    assert reason.code == "other_words"
    assert "«самовар»" in reason.ru
    assert 0 < error < 0.3
    [reason], _ = wrong_words(TEXT, heard(TEXT.replace("на стол ", "")))
    assert "«стол»" in reason.en


def test_words_that_are_not_written_are_heard():
    more = TEXT.replace("самовар", "самовар, ой, простите, ошиблась,")
    [reason], _ = wrong_words(TEXT, heard(more))
    assert reason.code == "added_words"
