"""A call whose client has hung up no longer keeps a worker at work."""

import json
import socket
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from threading import Event

import pytest
from django.core.files.storage import default_storage

from benchmarks.servers import free_port, wait_for
from tests.voices.own_voices import recording
from voices.client_connection import client_watch
from voices.models import Job, Voice
from voices.models.api_key import all_scopes
from voices.services.accounts.api_keys import api_key_create, user_ensure

SPEECH = {"text": "Привет.", "voice": "anna"}
OPENAI = {"model": "tts-1", "input": "Привет.", "voice": "anna"}


@pytest.fixture
def call(live_server, bank_voice, settings, tmp_path, monkeypatch):
    """`with call(path, body, header=…)`: a call on a socket of its own, hung up at the end; no worker runs."""
    settings.MEDIA_ROOT = tmp_path / "media"
    monkeypatch.setattr("voices.services.jobs.jobs.dispatch", lambda **_: True)
    secret = api_key_create(
        user=user_ensure(username="alice"), name="k", scopes=all_scopes()
    ).secret
    waits = Event()
    for module in ("jobs.jobs", "speech.streaming"):
        name = f"voices.services.{module}.client_watch"
        monkeypatch.setattr(name, lambda: waits.set() or client_watch())
    host, port = live_server.url.removeprefix("http://").split(":")

    @contextmanager
    def opened(path, content, **headers):
        if isinstance(content, dict):
            content, headers = json.dumps(content).encode(), {
                "Content-Type": "application/json", **headers
            }  # fmt: skip
        lines = [f"POST {path} HTTP/1.1", f"Host: {host}", f"Authorization: Bearer {secret}"]
        lines += [f"Content-Length: {len(content)}", "Connection: close"]
        lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
        with socket.create_connection((host, int(port))) as connection:
            waits.clear()
            connection.sendall("\r\n".join([*lines, "", ""]).encode() + content)
            assert waits.wait(30)
            yield connection

    return opened


def whole(connection):
    with connection.makefile("rb") as answer:
        return answer.read()


def state():
    return Job.objects.get().status


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/api/v1/speech/", SPEECH),
        ("/api/v1/speech/", {**SPEECH, "stream": True}),
        ("/v1/audio/speech", OPENAI),
        ("/v1/audio/speech", {**OPENAI, "stream_format": "sse"}),
    ],
)
def test_a_call_that_is_cut_cancels_its_job(call, path, body):
    with call(path, body):
        assert state() == Job.Status.QUEUED
    wait_for(lambda: state() == Job.Status.CANCELLED, "the end of the job")


def test_who_sends_a_key_comes_back_for_the_job(call):
    with call("/api/v1/speech/", SPEECH, Idempotency_Key="one"):
        pass
    with call("/api/v1/speech/", SPEECH, Idempotency_Key="one") as again:
        assert state() == Job.Status.QUEUED
        Job.objects.update(status=Job.Status.FAILED, error_status=422, error_code="odd_word")
        assert b"odd_word" in whole(again)


def test_a_call_that_is_still_there_is_answered(call):
    with call("/api/v1/speech/", SPEECH) as connection:
        Job.objects.update(status=Job.Status.FAILED, error_status=422, error_code="odd_word")
        assert b"odd_word" in whole(connection)
    assert state() == Job.Status.FAILED


def test_an_upload_that_is_cut_leaves_nothing(call):
    parts = [
        f'--x\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in (("name", "Я"), ("consent", "true"))
    ]
    head = b'--x\r\nContent-Disposition: form-data; name="recording"; filename="me.wav"\r\n\r\n'
    body = b"".join([*parts, head, recording().read(), b"\r\n--x--\r\n"])
    with call("/api/v1/voices/", body, Content_Type="multipart/form-data; boundary=x"):
        assert Voice.objects.filter(is_bank=False).exists()
    wait_for(lambda: not Voice.objects.filter(is_bank=False).exists(), "the end of the voice")
    root = Path(default_storage.path(""))
    wait_for(lambda: not [path for path in root.rglob("*") if path.is_file()], "no file")


APP = """
import time
from pathlib import Path

import django
from django.conf import settings
from django.http import HttpResponse
from django.urls import path

settings.configure(
    ROOT_URLCONF=__name__, ALLOWED_HOSTS=["*"], SECRET_KEY="x",
    MIDDLEWARE=["voices.client_connection.ClientConnectionMiddleware"],
)
django.setup()

from django.core.wsgi import get_wsgi_application
from voices.client_connection import client_watch


def wait(request):
    has_left = client_watch()
    for _ in range(600):
        Path("waits").touch()
        if has_left():
            Path("left").touch()
            break
        if Path("answer").exists():
            break
        time.sleep(0.05)
    return HttpResponse("done")


urlpatterns = [path("", wait)]
application = get_wsgi_application()
"""


def test_the_production_server_hears_of_it_too(tmp_path):
    (tmp_path / "waiting_app.py").write_text(APP)
    port = free_port()
    command = [
        sys.executable, "-m", "gunicorn", "waiting_app:application", "--bind", f"127.0.0.1:{port}",
        "--worker-class", "gthread", "--threads", "4", "--no-control-socket",
        "--pythonpath", f"{tmp_path},{Path(__file__).parents[2]}",
    ]  # fmt: skip
    server = subprocess.Popen(command, cwd=tmp_path, stderr=subprocess.DEVNULL)
    try:
        wait_for(lambda: socket.socket().connect_ex(("127.0.0.1", port)) == 0, "a server")

        def ask():
            connection = socket.create_connection(("127.0.0.1", port))
            connection.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
            wait_for((tmp_path / "waits").exists, "the call")
            return connection

        with ask() as stays:
            assert not (tmp_path / "left").exists()
            (tmp_path / "answer").touch()
            assert b"200 OK" in stays.recv(10_000)
        assert not (tmp_path / "left").exists()
        for name in ("answer", "waits"):
            (tmp_path / name).unlink()
        ask().close()
        wait_for((tmp_path / "left").exists, "the notice")
    finally:
        server.terminate()
        server.wait()
