"""The database out of reach is a named 503, for programs and for people; the broker is not missed."""

import pytest
from django.db import InterfaceError, OperationalError, connection
from django.test import Client
from kombu.exceptions import OperationalError as BrokerAway

from voices.tasks import run_next

JOB = {"text": "Привет.", "voice": "anna"}


class Away:
    """Stands for every cursor."""

    def __init__(self, error):
        self._error = error

    def __call__(self, execute, sql, params, many, context):
        raise self._error


@pytest.fixture
def alice(caller, bank_voice):
    return caller("alice")


@pytest.fixture(params=[OperationalError("connection refused"), InterfaceError("closed")])
def away(request, alice):
    """The database answers nothing."""
    with connection.execute_wrapper(Away(request.param)):
        yield


def told(response):
    return response.status_code, response.json()["error"]["code"], int(response["Retry-After"])


def test_programs_are_told_by_name_and_when_to_come_back(alice, away):
    assert told(alice.get("/api/v1/voices/")) == (503, "database_unavailable", 10)
    assert told(alice.post("/api/v1/jobs/", JOB, "json")) == (503, "database_unavailable", 10)
    openai = alice.post(
        "/v1/audio/speech", {"model": "tts-1", "input": "а", "voice": "anna"}, "json"
    )
    assert told(openai) == (503, "database_unavailable", 10)


def test_the_site_shows_a_plain_page(away):
    client = Client(raise_request_exception=False)
    page = client.get("/account/")  # a new visitor's own pages ask no database
    assert client.get("/").status_code == 200
    assert (page.status_code, page["Retry-After"]) == (503, "10")
    assert "База данных сейчас недоступна" in page.content.decode()


def test_somebody_signed_in_sees_it_too(alice, django_user_model):
    client = Client(raise_request_exception=False)
    client.force_login(django_user_model.objects.get(username="alice"))
    with connection.execute_wrapper(Away(OperationalError("gone"))):
        assert client.get("/").status_code == 503
        assert told(client.get("/api/v1/jobs/")) == (503, "database_unavailable", 10)


def test_it_is_not_ready_and_says_why(client, away):
    response = client.get("/readyz")
    assert response.status_code == 503
    assert response.json()["checks"]["database"].startswith("unreachable")
    assert client.get("/healthz").status_code == 200


def test_orders_are_taken_without_the_broker(alice, monkeypatch):
    def refuse(**_options):
        raise BrokerAway("connection refused")

    monkeypatch.setattr(run_next, "apply_async", refuse)
    taken = alice.post("/api/v1/jobs/", JOB, "json")
    assert (taken.status_code, taken.json()["status"]) == (202, "queued")
    assert alice.get(taken["Location"]).json()["status"] == "queued"
