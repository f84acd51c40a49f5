"""/healthz, /readyz, /metrics."""

import uuid

import pytest
from django.utils import timezone

from voices.metrics import counted
from voices.models import Worker
from voices.services.upkeep import health

pytestmark = pytest.mark.django_db


@pytest.fixture
def live_worker():
    return Worker.objects.create(
        name="host:1", queues=["speech"], engine_ready=True, seen_at=timezone.now()
    )


@pytest.fixture
def whole_weights(monkeypatch):
    monkeypatch.setattr(health, "weights_missing", list)


def test_alive_as_long_as_it_answers(client):
    assert client.get("/healthz").json() == {"status": "ok"}


def test_ready_with_database_broker_worker_and_weights(client, live_worker, whole_weights):
    response = client.get("/readyz")
    assert response.status_code == 200
    assert set(response.json()["checks"].values()) == {"ok"}


def test_not_ready_without_a_worker(client, whole_weights):
    response = client.get("/readyz")
    assert response.status_code == 503
    assert response.json()["checks"]["worker"] == "no live worker"


def test_a_worker_of_another_queue_does_not_count(client, live_worker, whole_weights):
    Worker.objects.update(queues=["batch"])
    assert client.get("/readyz").status_code == 503


def test_a_silent_worker_does_not_count(client, live_worker, whole_weights):
    Worker.objects.update(seen_at=timezone.now() - timezone.timedelta(minutes=5))
    assert client.get("/readyz").json()["checks"]["worker"] == "no live worker"


def test_a_worker_without_models_is_named(client, live_worker, whole_weights):
    Worker.objects.update(engine_ready=False)
    assert client.get("/readyz").json()["checks"]["worker"] == "models are not loaded"


def test_every_queue_that_has_a_worker_is_told_of(client, live_worker, whole_weights):
    heard = timezone.now()
    Worker.objects.create(name="host:2", queues=["batch", "training"], seen_at=heard)
    response = client.get("/readyz")
    assert response.status_code == 503  # training needs no models beforehand, long texts do
    checks = response.json()["checks"]
    assert checks["worker_batch"] == "models are not loaded"
    assert checks["worker_training"] == "ok"
    assert "worker_webhooks" not in checks
    Worker.objects.filter(name="host:2").update(engine_ready=True)
    assert client.get("/readyz").status_code == 200


def test_a_worker_of_long_work_that_is_lost_is_missed_until_it_is_replaced_or_forgotten(
    client, live_worker, whole_weights
):
    silent = timezone.now() - timezone.timedelta(minutes=5)
    lost = Worker.objects.create(name="host:2", queues=["batch"], seen_at=silent)
    response = client.get("/readyz")
    assert response.status_code == 503
    assert (
        response.json()["checks"] | {"worker_batch": "no live worker"} == response.json()["checks"]
    )
    Worker.objects.create(
        name="host:3", queues=["batch"], engine_ready=True, seen_at=timezone.now()
    )
    assert client.get("/readyz").status_code == 200
    Worker.objects.filter(name="host:3").delete()
    Worker.objects.filter(pk=lost.pk).update(seen_at=silent - timezone.timedelta(hours=1))
    assert client.get("/readyz").status_code == 200


def test_missing_weights_are_named(client, live_worker, settings, tmp_path):
    settings.WEIGHTS_DIR = tmp_path
    assert "vocoder" in client.get("/readyz").json()["checks"]["weights"]


def test_a_broker_that_does_not_answer_is_named(client, live_worker, whole_weights, settings):
    from celery import current_app

    settings.EMBEDDED_BROKER = False
    url, transport = current_app.conf.broker_write_url, current_app.conf.broker_transport
    current_app.conf.update(broker_write_url="redis://127.0.0.1:1/0", broker_transport=None)
    try:
        checks = client.get("/readyz").json()["checks"]
    finally:
        current_app.conf.update(broker_write_url=url, broker_transport=transport)
    assert checks["broker"].startswith("unreachable")


def test_figures_for_prometheus(client, live_worker):
    client.get("/healthz")
    text = client.get("/metrics").content.decode()
    assert 'voiceclone_workers{queue="speech"} 1.0' in text
    assert 'voiceclone_http_requests_total{method="GET",route="healthz",status="200"}' in text


def series():
    return {
        (sample.name, *sorted(sample.labels.items()))
        for metric in counted().collect()
        for sample in metric.samples
    }


def invented_calls(client):
    word = uuid.uuid4().hex
    for method, path in (
        (word[:20].upper(), "/"),
        (word[:20].upper(), f"/{word}/"),
        ("GET", f"/{word}/{word}"),
        ("GET", f"/static/{word}"),
        ("GET", f"/?{word}={word}"),
        ("GET", f"/api/v1/voices/{word}/"),
        ("GET", f"/api/v1/voices/{word}/preview/"),
        ("GET", f"/api/v1/jobs/{uuid.uuid4()}/"),
        ("POST", f"/v1/{word}"),
        ("GET", f"/s/{word}/"),
        ("GET", f"/admin/{word}/"),
    ):
        client.generic(
            method, path, headers={"X-Request-Id": word, "Accept-Language": word, "Accept": word}
        )


def test_nothing_that_a_caller_can_invent_becomes_a_series_of_figures(client):
    invented_calls(client)
    before = series()
    for _ in range(3):
        invented_calls(client)
    assert series() == before


def test_a_job_that_waits_for_models_says_so(caller, bank_voice, live_worker, monkeypatch):
    monkeypatch.setattr("voices.services.jobs.jobs.dispatch", lambda **_: True)
    alice = caller("alice")
    order = {"text": "Привет.", "voice": "anna"}
    job = alice.post("/api/v1/jobs/", order, "json").json()["id"]

    def loading():
        return alice.get(f"/api/v1/jobs/{job}/").json()["progress"]["models_loading"]

    assert loading() is False
    Worker.objects.update(engine_ready=False)
    assert loading() is True
    Worker.objects.create(
        name="host:2", queues=["speech"], engine_ready=True, seen_at=timezone.now()
    )
    assert loading() is False
