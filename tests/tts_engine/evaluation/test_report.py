"""The evaluation with the shipped weights, on a corpus whose only speaker is our own Anna."""

import argparse
import json
from dataclasses import replace

import numpy as np
import pytest

from tests.tts_engine.tiny_corpus import write_corpus
from tts_engine.cli import main
from tts_engine.evaluation.listening import Listener
from tts_engine.evaluation.natural import compare
from tts_engine.evaluation.report import Plan, measure, plan_from, transcribed
from tts_engine.evaluation.sentences import SENTENCE_SETS
from tts_engine.evaluation.subjects import STRANGER_SECONDS, bank_speakers, halves, strangers
from tts_engine.evaluation.table import HEADER, RECORDED
from tts_engine.speaking.cloning import VoiceCloner
from tts_engine.speaking.requests import SpeechRequest
from tts_engine.speaking.voicebank import get_voice, list_voices
from tts_engine.training.corpus import (
    AUDIO_FILE,
    CLIPS_FILE,
    HELD_OUT,
    SAMPLE_RATE_HZ,
    Clip,
    Corpus,
    write_clips,
)
from tts_engine.types import Audio

pytestmark = pytest.mark.long

TEXT = "Сегодня утром над рекой стоял густой туман."


@pytest.fixture(scope="module")
def listener():
    return Listener(VoiceCloner.load(device="cpu"))


@pytest.fixture(scope="module")
def corpus(listener, tmp_path_factory):
    """One held-out clip: what Anna's voice makes of TEXT."""
    folder = tmp_path_factory.mktemp("corpus")
    spoken = listener.cloner.speak(SpeechRequest(text=TEXT, voice=get_voice("anna").profile))
    samples = (0.5 * spoken.audio.waveform * 32767).astype(np.int16)
    (folder / AUDIO_FILE).write_bytes(samples.tobytes())
    clip = Clip(
        id="rhvoice/anna_50",
        corpus="rhvoice",
        speaker="rhvoice-anna",
        language="ru",
        split=HELD_OUT,
        band_hz=11_025,
        text=TEXT,
        tokens=spoken.sentences[0].tokens,
        start=0,
        samples=samples.size,
    )
    write_clips(folder / CLIPS_FILE, [clip])
    return Corpus(folder)


@pytest.mark.weights
def test_a_voice_against_its_own_speech_has_hardly_any_distance(listener, corpus):
    pair = compare(listener.cloner, corpus, corpus.clips[0], get_voice("anna"))
    assert pair.row.mcd_db < 1
    assert pair.row.f0_correlation > 0.95
    assert pair.row.f0_rmse_hz < 8
    assert abs(pair.row.length_percent) < 10
    assert pair.row.phoneme_ms < 40
    other = compare(listener.cloner, corpus, corpus.clips[0], get_voice("nikolay"))
    assert other.row.mcd_db > 3
    assert other.row.f0_rmse_hz > 50


@pytest.mark.weights
def test_one_voice_is_measured_by_both_recognizers(listener, corpus, capsys):
    plan = Plan(
        sentences=1,
        voices=["anna"],
        most_strangers=None,
        real_clips=None,
        recorded_words=1,
        natural_clips=1,
        robustness=1,
    )
    results = measure(listener, corpus, [], plan)
    printed = capsys.readouterr().out.splitlines()
    assert printed[0] == HEADER
    assert printed[1].startswith("real rhvoice-anna")
    assert printed[2].startswith("copied rhvoice-anna")
    assert printed[3].startswith("real, same words")
    row = results.voices[0].rows[-1]
    assert row.clips == len(SENTENCE_SETS)
    recorded = results.voices[0].rows[-2]
    assert (recorded.sentence_set, recorded.clips) == (RECORDED, 1)
    # the "recording" is this voice saying the same words
    assert recorded.phoneme_error_percent == pytest.approx(
        results.summary[2].phoneme_error_percent, abs=10
    )
    assert 0 < row.phoneme_error_percent < 100
    assert 0 < row.judge_error_percent < 100
    assert row.phoneme_error_percent != row.judge_error_percent
    assert 1 <= row.mos <= 5
    assert row.real_time_factor > 0
    assert [natural.voice for natural in results.natural] == ["anna", "anna, copy synthesis"]
    assert results.natural[1].mcd_db < 6
    assert results.robustness.sentences == 1


@pytest.mark.weights
def test_noise_is_not_taken_in_as_a_stranger(listener):
    noise = Audio(np.random.default_rng(0).normal(0, 0.1, 16_000 * 8).astype(np.float32), 16_000)
    assert strangers(listener.cloner, listener.second_encoder, [("noise", noise)]) == []


def test_the_first_half_but_no_more_than_ten_seconds_is_the_reference():
    rate = SAMPLE_RATE_HZ
    short = Audio(np.arange(8 * rate, dtype=np.float32), rate)
    reference, rest = halves(short)
    assert (reference.seconds, rest.seconds) == (4, 4)
    assert rest.waveform[0] == 4 * rate
    reference, rest = halves(Audio(np.zeros(30 * rate, np.float32), rate))
    assert (reference.seconds, rest.seconds) == (STRANGER_SECONDS, 20)


def test_every_bank_voice_has_its_speaker():
    assert set(bank_speakers()) == {voice.slug for voice in list_voices()}
    assert bank_speakers()["nikolay"] == "festvox-nsh"


def options(**changed):
    values = {"quick": False, "sentences": None, "voices": None, "robustness": 0}
    return argparse.Namespace(**{**values, **changed})


def test_quick_means_few_unless_asked_otherwise():
    assert plan_from(options(quick=True)).sentences == 1
    assert len(plan_from(options(quick=True)).voices) == 3
    assert plan_from(options(quick=True, voices=["vera"], sentences=4)).voices == ["vera"]
    full = plan_from(options())
    assert (full.sentences, full.voices, full.most_strangers) == (2, None, None)


@pytest.mark.weights
def test_one_command_writes_the_page_and_the_figures(tmp_path, capsys):
    arguments = ["evaluate", "--voices", "anna", "--sentences", "1", "--output", str(tmp_path)]
    assert main(arguments) == 0
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    figures = json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))
    assert "data:audio/mpeg" in page
    assert "data:image/png" in page
    assert figures["voices"][-1]["sentence_set"] == "all"
    assert "peak memory" in capsys.readouterr().out


def test_words_that_every_voice_says_are_russian(tmp_path):
    russian = write_corpus(tmp_path)[-1]
    english = replace(russian, id="tiny/english", speaker="english", language="en")
    write_clips(tmp_path / CLIPS_FILE, [russian, english])
    assert transcribed(Corpus(tmp_path), 2) == [russian]
