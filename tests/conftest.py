"""Fixtures of the service: a database, people with keys, and an engine that hums instead of speaking."""

import numpy as np
import pytest

from tts_engine.speech import Piece
from tts_engine.types import Audio

RATE_HZ = 22_050


def hum(text):
    """A tone as long as the text, so that results can be told apart."""
    time = np.arange(int(0.02 * max(1, len(text)) * RATE_HZ)) / RATE_HZ
    return Audio((0.3 * np.sin(2 * np.pi * 220 * time)).astype(np.float32), RATE_HZ)


@pytest.fixture
def humming_engine(monkeypatch):
    """Stands for the models, which the engine's own tests cover; returns the orders it was given."""
    from voices import engine

    orders = []

    def speak(order, on_progress=None, *, on_sentence=None):
        orders.append(order)
        sentences = order.text.split(". ")
        for done, sentence in enumerate(sentences, start=1):
            if on_sentence is not None:
                on_sentence(hum(sentence))
            if on_progress is not None:
                on_progress(done, len(sentences))
        return hum(order.text)

    def speak_many(several):
        return [(speak(order), [{}] * len(order.text.split(". "))) for order in several]

    def speak_in_parts(order):
        orders.append(order)
        for sentence in order.text.split(". "):
            yield hum(sentence)

    def analyse_reference(content):
        from tts_engine.audio.io import decode_audio

        with engine.engine_errors():
            audio = decode_audio(content)
        return engine.Reference(
            profile={"embedding": [1.0] + [0.0] * 255},
            seconds=audio.seconds,
            speech_seconds=audio.seconds,
            notes=[],
        )

    monkeypatch.setattr(engine, "speak", speak)
    monkeypatch.setattr(engine, "speak_many", speak_many)
    monkeypatch.setattr(engine, "speak_in_parts", speak_in_parts)
    _hum_spans(monkeypatch, orders)
    monkeypatch.setattr(engine, "analyse_reference", analyse_reference)
    return orders


def _hum_spans(monkeypatch, orders):
    """The same for long texts, which are said in spans."""
    from voices import engine

    def speak_span(order, span):
        orders.append(order)
        sentences = order.text.split(". ")[slice(*span)]
        for sentence in sentences:
            sound = hum(sentence).waveform
            yield (Piece(lead_samples=0, sound=sound, silence_samples=9), {}), len(sentences)

    def said_alone(said, position):
        return Audio(said[0].sound, RATE_HZ)

    def said_join(said):
        return Audio(np.concatenate([piece.sound for piece, _ in said]), RATE_HZ), []

    def said_check(said):
        """Its lengths mean nothing."""

    for name, fake in (
        ("speak_span", speak_span),
        ("said_check", said_check),
        ("said_alone", said_alone),
        ("said_join", said_join),
    ):
        monkeypatch.setattr(engine, name, fake)


@pytest.fixture
def inline_worker(monkeypatch, tmp_path, settings, transactional_db):
    """Jobs run in the calling thread as soon as they are committed; files lie in a fresh folder."""
    from voices.services import batch_flow, chunks, jobs
    from voices.services.runner import job_run

    settings.MEDIA_ROOT = tmp_path / "media"

    def dispatch(*, job_id, queue, delay_seconds=0):
        job_run(job_id=job_id)
        return True

    for sender in (jobs, batch_flow, chunks):
        monkeypatch.setattr(sender, "dispatch", dispatch)


@pytest.fixture
def bank_voice(transactional_db):
    from voices.models import Voice

    return Voice.objects.create(
        is_bank=True,
        slug="anna",
        status=Voice.Status.READY,
        name="Anna",
        name_ru="Анна",
        description="Clear.",
        description_ru="Ясный.",
        profile={"embedding": [1.0] + [0.0] * 255},
    )


@pytest.fixture
def caller(transactional_db):
    """`caller("alice")` is an API client with a key of that user's own."""
    from rest_framework.test import APIClient

    from voices.models import Scope
    from voices.services.api_keys import api_key_create, user_ensure

    def client_of(name):
        user = user_ensure(username=name)
        key = api_key_create(user=user, name="test", scopes=[str(scope) for scope in Scope])
        client = APIClient()
        client.credentials(HTTP_AUTHORIZATION=f"Bearer {key.secret}")
        return client

    return client_of
