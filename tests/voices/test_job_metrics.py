"""What a job leaves in the figures and in the log."""

import uuid

import pytest

from tts_engine.text.stress import stress_sentence
from voiceclone.logging import log_context
from voices import engine
from voices.errors import Broken
from voices.metrics import counted
from voices.models import Job
from voices.owner import Owner
from voices.services.speech.speech import SpeechWish, speech_job_prepare

pytestmark = pytest.mark.usefixtures("humming_engine", "inline_worker", "bank_voice")


def figure(name, **labels):
    return counted().get_sample_value(f"voiceclone_{name}", labels) or 0.0


def spoken():
    wish = SpeechWish(text="Привет.", voice="anna")
    return speech_job_prepare(owner=Owner(visitor=uuid.uuid4()), wish=wish, text_limit=5000)()


def test_a_job_is_counted_with_its_wait_its_work_and_its_sound():
    def now():
        done = {"queue": "speech", "kind": "speech", "outcome": "succeeded"}
        return (
            figure("job_seconds_count", **done),
            figure("job_wait_seconds_count", queue="speech"),
            figure("real_time_factor_count", queue="speech"),
        )

    before, sound = now(), figure("audio_seconds_total", queue="speech")
    spoken()
    assert now() == tuple(count + 1 for count in before)
    assert figure("audio_seconds_total", queue="speech") > sound


def test_a_job_that_fails_is_counted_as_that(monkeypatch):
    def refuse(*_args, **_kwargs):
        raise Broken("broken", "broken", "сломано")

    monkeypatch.setattr(engine, "speak", refuse)
    failed = {"queue": "speech", "kind": "speech", "outcome": "failed"}
    before = figure("job_seconds_count", **failed)
    spoken()
    assert figure("job_seconds_count", **failed) == before + 1


def test_the_worker_s_lines_carry_the_id_of_the_request(monkeypatch):
    from voiceclone import logging as lines

    seen = []

    def speak(order, *_args, **_kwargs):
        seen.append((lines.request_id_var.get(), lines.job_id_var.get()))
        raise Broken("broken", "broken", "сломано")

    monkeypatch.setattr(engine, "speak", speak)
    with log_context(request_id="r-1"):
        job = spoken()
    assert Job.objects.get().request_id == "r-1"
    assert seen == [("r-1", str(job.pk))]


def test_a_sentence_that_the_model_of_stress_answers_in_other_words_is_counted():
    before = figure("engine_lapses_total", lapse="stress_model_mismatch")
    stress_sentence(["голова", "замок", "творог"], lambda _words: "г+олова з+амок")
    stress_sentence(["голова", "замок"], lambda _words: "голов+а з+амок")
    assert figure("engine_lapses_total", lapse="stress_model_mismatch") == before + 1
