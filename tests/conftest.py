"""What all tests share: stand-ins that are called as the originals, and patience with servers and browsers.

Fixtures of the service: a database, people with keys, and an engine that hums instead of speaking.
"""

from collections.abc import Iterator
from pathlib import Path
from pkgutil import resolve_name
from types import FunctionType
from unittest.mock import create_autospec

import numpy as np
import pytest
from django.db import connection

from tts_engine.speaking.requests import Piece
from tts_engine.types import Audio

RATE_HZ = 22_050
OURS = ("tts_engine", "voices", "voiceclone", "voiceclone_client")
SLOW_SECONDS = (
    300  # for what starts servers and browsers; others have the `timeout` of pyproject.toml
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What starts servers and browsers takes its time. Files with what takes long, or may, come first: side by side
    none of them begins when the others have ended.
    """
    most: dict[Path, float] = {}  # seconds that a test of the file has
    for item in items:
        if "end_to_end" in item.path.parts and not item.get_closest_marker("timeout"):
            item.add_marker(pytest.mark.timeout(SLOW_SECONDS))
        own = item.get_closest_marker("timeout")
        seconds = SLOW_SECONDS if item.get_closest_marker("long") else 0
        most[item.path] = max(most.get(item.path, 0), own.args[0] if own else 0, seconds)
    items.sort(key=lambda item: -most[item.path])


class CheckedPatch(pytest.MonkeyPatch):
    """A stand-in for a function of ours takes what that function takes, and nothing else."""

    def setattr(self, target: object, *name_and_value: object, **options: bool) -> None:
        *name, value = name_and_value
        replaced = getattr(target, *name) if name else resolve_name(target)
        original = getattr(replaced, "stands_for", replaced)
        package = original.__module__.split(".")[0] if isinstance(original, FunctionType) else ""
        if package in OURS and callable(value):
            value = create_autospec(original, side_effect=value)
            value.stands_for = original
        super().setattr(target, *name, value, **options)


@pytest.fixture
def monkeypatch() -> Iterator[pytest.MonkeyPatch]:
    patch = CheckedPatch()
    yield patch
    patch.undo()


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix, tmp_path_factory):
    """SQLite in a file, as people have it: calls that come at once wait for each other. In memory the second one would
    be refused.
    """
    if connection.vendor == "sqlite":
        folder = tmp_path_factory.mktemp("database")
        connection.settings_dict["TEST"]["NAME"] = str(folder / "test.sqlite3")


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
        return [_said_or_error(order) for order in several]

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


def _said_or_error(order):
    """Of a text among several, by whatever `speak` is in this test."""
    from voices import engine
    from voices.errors import AppError

    try:
        return engine.speak(order), [{}] * len(order.text.split(". "))
    except AppError as error:
        return error


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

    def length_check(samples):
        """Its lengths mean nothing."""

    for name, fake in (
        ("speak_span", speak_span),
        ("length_check", length_check),
        ("said_alone", said_alone),
        ("said_join", said_join),
    ):
        monkeypatch.setattr(engine, name, fake)


@pytest.fixture
def messages(monkeypatch, tmp_path, settings, transactional_db):
    """What was sent to the workers, as (queue, delay in seconds); nobody takes it. Files lie in a fresh folder."""
    settings.MEDIA_ROOT = tmp_path / "media"
    sent = []

    def send(task, *, queue, countdown=0, **options):
        sent.append((queue, countdown))
        return True

    monkeypatch.setattr("voices.dispatch._send", send)
    return sent


@pytest.fixture
def inline_worker(monkeypatch, messages):
    """The same, but what is sent without a delay is done in the calling thread, as soon as it is committed."""
    from celery import current_app

    from voices import dispatch

    keep = dispatch._send

    def send(task, *, queue, args=(), countdown=0, **options):
        if countdown:
            return keep(task, queue=queue, countdown=countdown)
        current_app.tasks[task](*args)
        return True

    monkeypatch.setattr(dispatch, "_send", send)


def delays_over():
    """Time goes by: what waits for its next try is due now."""
    from django.db.models.functions import Now

    from voices.models import Job

    later = Job.objects.filter(status=Job.Status.QUEUED, dispatched_at__gt=Now())
    later.update(dispatched_at=Now())


@pytest.fixture
def bank_voice(transactional_db):
    from tests.voices.stored import voice_create

    return voice_create(
        is_bank=True,
        slug="anna",
        status="ready",
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
    from voices.services.accounts.api_keys import api_key_create, user_ensure

    def client_of(name):
        user = user_ensure(username=name)
        key = api_key_create(user=user, name="test", scopes=[str(scope) for scope in Scope])
        client = APIClient()
        client.credentials(HTTP_AUTHORIZATION=f"Bearer {key.secret}")
        return client

    return client_of


@pytest.fixture
def running(live_server):
    """Address of a site that runs, and a key of alice's."""
    from voices.models.api_key import all_scopes
    from voices.services.accounts.api_keys import api_key_create, user_ensure

    user = user_ensure(username="alice")
    return live_server.url, api_key_create(user=user, name="test", scopes=all_scopes()).secret
