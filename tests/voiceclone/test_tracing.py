"""Spans of a request and of its job; with real servers: tests/end_to_end/test_production_servers.py."""

import subprocess
import sys
import uuid

import pytest
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from tts_engine import stages
from voiceclone import tracing
from voices import engine
from voices.errors import Broken
from voices.models import Job
from voices.owner import Owner
from voices.services.speech.speech import SpeechWish, speech_job_prepare

TEXT = "Первое предложение было не последним. " * 60  # so long that it is cut into chunks


@pytest.fixture
def spans(monkeypatch):
    """What this test traces; returns the spans that have ended."""
    exporter, provider = InMemorySpanExporter(), TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    monkeypatch.setattr(tracing, "_tracer", provider.get_tracer("test"))
    monkeypatch.setattr(stages, "_listeners", [])  # of workers in tests before
    return exporter.get_finished_spans


@pytest.fixture
def speak(humming_engine, inline_worker, bank_voice):
    def speak(text="Привет."):
        wish = SpeechWish(text=text, voice="anna")
        return speech_job_prepare(owner=Owner(visitor=uuid.uuid4()), wish=wish, text_limit=50_000)()

    return speak


def test_a_job_goes_on_with_the_trace_of_what_made_it(spans, speak, monkeypatch):
    def say(order, *_args, **_kwargs):
        tracing.stage_took("vocoder", 0.25)
        raise Broken("broken", "broken", "сломано")

    monkeypatch.setattr(engine, "speak", say)
    with tracing.span("request"):
        job = speak()
    stage, work, request = spans()
    assert (stage.name, work.name, request.name) == ("vocoder", "job speech", "request")
    assert stage.parent.span_id == work.context.span_id
    assert stage.end_time - stage.start_time == 250_000_000
    assert work.parent.span_id == request.context.span_id
    assert work.context.trace_id == request.context.trace_id
    assert work.attributes["job_id"] == str(job.pk)
    assert work.attributes["outcome"] == "failed"
    assert not work.status.is_ok


def test_a_job_taken_later_and_elsewhere_finds_its_trace_in_its_row(spans, speak, monkeypatch):
    monkeypatch.setattr("voices.services.jobs.jobs.dispatch", lambda **_: True)
    with tracing.span("request"):
        job = speak()
    from voices.services.upkeep.runner import job_run_next

    with tracing.span("a message of somebody else"):
        job_run_next(queue=job.queue)
    request, work, message = spans()
    assert Job.objects.get().traceparent.split("-")[2] == f"{request.context.span_id:016x}"
    assert work.context.trace_id == request.context.trace_id != message.context.trace_id
    assert work.attributes["outcome"] == "succeeded"
    assert work.status.is_ok


def test_chunks_of_a_long_text_lie_below_it(spans, speak, monkeypatch):
    monkeypatch.setattr(engine, "spans_of", lambda order: [(0, 20), (20, 40), (40, 60)])
    speak(TEXT)
    *chunks, whole = spans()
    assert [span.name for span in chunks] == ["job chunk"] * 2  # the first is the leader's own
    assert {span.parent.span_id for span in chunks} == {whole.context.span_id}


def test_nothing_is_kept_when_nothing_is_traced(speak):
    assert speak().traceparent == ""


def test_without_the_variable_the_sdk_is_not_even_loaded():
    code = "import sys, voiceclone.wsgi; print('opentelemetry.sdk' in sys.modules)"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.split() == ["False"]
