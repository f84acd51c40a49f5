"""Webhooks: signed, tried again, and never sent into our own network."""

import json
import socket
from contextlib import suppress
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread

import pytest
from django.test import Client
from django.utils import timezone
from rest_framework.test import APIClient
from standardwebhooks import Webhook as Verifier
from standardwebhooks import WebhookVerificationError

from voices.errors import BadInput
from voices.models import Account, Webhook
from voices.services.accounts.api_keys import api_key_create, user_ensure
from voices.services.jobs import outbound, webhooks
from voices.services.jobs.outbound import Unreachable, post, url_check
from voices.services.upkeep import reaper

URL = "https://hooks.example.com/speech?x=1"


@pytest.fixture
def client(caller, inline_worker, humming_engine, bank_voice):
    return caller("alice")


@pytest.fixture
def receiver(monkeypatch):
    """What was sent; answers with the statuses that stand in `answers`, then 200."""
    sent, answers = [], []

    def fake_post(url, *, body, headers):
        sent.append((url, body, headers))
        answer = answers.pop(0) if answers else 200
        if isinstance(answer, Exception):
            raise answer
        return answer

    monkeypatch.setattr(webhooks, "post", fake_post)
    monkeypatch.setattr(webhooks, "dispatch_webhook", webhooks.webhook_deliver_next)
    monkeypatch.setattr(webhooks, "messages_waiting", lambda **_: 0)
    return sent, answers


def make(client, path="jobs", **fields):
    body = {"text": "Привет.", "voice": "anna", "webhook_url": URL, **fields}
    return client.post(f"/api/v1/{path}/", body, "json")


def later():
    Webhook.objects.update(due_at=timezone.now() - timedelta(seconds=1))
    reaper.jobs_requeue_stuck()


def test_the_end_of_a_job_is_told_and_the_signature_holds(client, receiver):
    job = make(client).json()
    [(url, body, headers)] = receiver[0]
    assert url == URL
    secret = client.get("/api/v1/webhook-secret/").json()["secret"]
    event = Verifier(secret).verify(body, headers)
    assert event["type"] == "job.succeeded"
    assert event["data"]["id"] == job["id"]
    row = client.get(f"/api/v1/jobs/{job['id']}/").json()["webhook"]
    assert (row["status"], row["attempts"], row["last_status"]) == ("delivered", 1, 200)


def test_the_end_of_a_batch_is_told_once(client, receiver):
    batch = make(client, "batches", text=None, texts=["Раз.", "Два."])
    assert batch.status_code == 202, batch.content
    [(_, body, _)] = receiver[0]
    assert json.loads(body)["type"] == "batch.succeeded"
    assert client.get(batch["Location"]).json()["webhook"]["status"] == "delivered"


def test_a_failed_job_tells_why(client, receiver, monkeypatch):
    from voices import engine

    def refuse(order, on_progress=None):
        raise BadInput("nothing_to_say", "nothing to say", "нечего произносить")

    monkeypatch.setattr(engine, "speak", refuse)
    make(client)
    event = json.loads(receiver[0][0][1])
    assert (event["type"], event["data"]["error"]["code"]) == ("job.failed", "nothing_to_say")


@pytest.mark.parametrize("answer", [500, 302, 404, Unreachable("ConnectTimeoutError")])
def test_what_is_not_taken_is_sent_again_as_the_same_message(client, receiver, answer):
    sent, answers = receiver
    answers.append(answer)
    job = make(client).json()["id"]
    row = client.get(f"/api/v1/jobs/{job}/").json()["webhook"]
    assert (row["status"], row["attempts"]) == ("waiting", 1)
    reaper.jobs_requeue_stuck()
    assert len(sent) == 1  # its time has not come
    later()
    assert Webhook.objects.get().status == "delivered"
    assert sent[0][2]["webhook-id"] == sent[1][2]["webhook-id"]


def test_after_the_last_try_it_is_given_up(client, receiver):
    sent, answers = receiver
    answers.extend([500] * 99)
    make(client)
    for _ in range(20):
        later()
    assert Webhook.objects.get().status == "failed"
    assert len(sent) == len(webhooks.PAUSES_SECONDS) + 1


def test_a_webhook_whose_message_was_lost_is_found(client, receiver, monkeypatch):
    monkeypatch.setattr("voices.services.jobs.endings.webhook_due", lambda **of: None)
    make(client)
    assert not receiver[0]
    reaper.jobs_requeue_stuck()
    assert Webhook.objects.get().status == "delivered"


def test_a_message_too_many_sends_nothing_twice(client, receiver):
    make(client)
    webhooks.webhook_deliver_next()
    assert len(receiver[0]) == 1


@pytest.fixture
def messages(monkeypatch):
    """How many messages were sent to the workers; nobody takes them."""
    sent = []
    monkeypatch.setattr(webhooks, "dispatch_webhook", lambda: sent.append(1) or True)
    monkeypatch.setattr(webhooks, "messages_waiting", lambda **_: len(sent))
    return sent


def test_as_many_messages_wait_as_there_are_news_however_often_the_reaper_comes(client, messages):
    for _ in range(3):
        make(client)
    assert len(messages) == 3
    for _ in range(5):
        reaper.jobs_requeue_stuck()
    assert len(messages) == 3
    messages.clear()  # the broker has forgotten them
    for _ in range(5):
        reaper.jobs_requeue_stuck()
    assert len(messages) == 3


def test_without_the_broker_the_reaper_sends_nothing(client, messages, monkeypatch):
    make(client)
    messages.clear()
    monkeypatch.setattr(webhooks, "messages_waiting", lambda **_: None)
    reaper.jobs_requeue_stuck()
    assert not messages


def test_who_is_slow_to_answer_keeps_nobody_s_news_waiting_but_their_own(
    client, caller, messages, monkeypatch
):
    bob = caller("bob")
    for _ in range(4):
        make(client, webhook_url="https://slow.example.com/")
    make(bob)
    called = []

    def post_meanwhile(url, *, body, headers):
        called.append(url)
        if len(called) < 6:
            webhooks.webhook_deliver_next()  # another thread hears its message while this call lasts
        return 200

    monkeypatch.setattr(webhooks, "post", post_meanwhile)
    heard = len(messages)
    webhooks.webhook_deliver_next()
    assert called == ["https://slow.example.com/", URL]
    while len(messages) > heard:  # what was passed over meanwhile is heard of again
        heard += 1
        webhooks.webhook_deliver_next()
    assert set(Webhook.objects.values_list("status", flat=True)) == {"delivered"}


def test_a_process_that_is_lost_while_it_sends_leaves_the_news_to_others(client, receiver):
    receiver[1].append(SystemExit())
    with suppress(SystemExit):
        make(client)
    assert Webhook.objects.get().status == "sending"
    reaper.jobs_requeue_stuck()
    assert len(receiver[0]) == 1
    later()
    assert Webhook.objects.get().status == "delivered"


def test_secrets_differ_by_owner_and_stay(client, caller):
    mine = client.get("/api/v1/webhook-secret/").json()["secret"]
    assert mine == client.get("/api/v1/webhook-secret/").json()["secret"]
    assert mine != caller("bob").get("/api/v1/webhook-secret/").json()["secret"]


@pytest.mark.parametrize(
    "url",
    [
        "ftp://example.com/", "http://", "https://user:pw@example.com/", "http://127.0.0.1/",
        "http://localhost:8000/", "http://[::1]/", "http://10.0.0.1/", "http://169.254.169.254/",
        "http://[::ffff:10.0.0.1]/", "http://[fd00::1]/", "http://0.0.0.0/", "http://db.internal/",
        "http://[64:ff9b::a00:1]/", "http://[2002:a00:1::]/", "http://224.0.0.1/", "nonsense",
        "http://example.com:99999/", "http://exa mple.com/", "http://example.com/\nHost: x",
    ],
)  # fmt: skip
def test_addresses_that_are_not_public_are_refused_at_once(client, url):
    refused = make(client, webhook_url=url)
    assert (refused.status_code, refused.json()["error"]["code"]) == (400, "bad_webhook_url")
    assert not Webhook.objects.exists()


@pytest.mark.parametrize("address", ["127.0.0.1", "10.1.2.3", "::1", "fe80::1%eth0", "100.64.0.1"])
def test_a_name_that_leads_inside_is_not_called(monkeypatch, address):
    rows = [(0, 0, 0, "", ("93.184.216.34", 80)), (0, 0, 0, "", (address, 80))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **kwargs: rows)
    with pytest.raises(Unreachable, match="not public"):
        post("http://rebinding.example.com/", body=b"{}", headers={})


DRIPS = {
    "/status": b"HTTP/1.1 20",
    "/header": b"HTTP/1.1 200 OK\r\nX-Long: ",
    "/interim": b"HTTP/1.1 100 Continue\r\n\r\n" * 3 + b"HTTP/1.1 1",
}


@pytest.fixture
def server(settings, monkeypatch):
    """A receiver on this machine, which the operator allows; gives its address and what it got."""
    got, stopped = [], Event()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            got.append((self.path, dict(self.headers), body))
            if self.path in DRIPS:
                return self.drip(DRIPS[self.path])
            self.send_response(302 if self.path == "/moved" else 204)
            self.send_header("Location", "/elsewhere")
            return self.end_headers()

        def drip(self, beginning):
            with suppress(OSError):
                self.wfile.write(beginning)
                while not stopped.wait(0.05):
                    self.wfile.write(b"x")

        def log_message(self, *args):
            pass

    monkeypatch.setattr(outbound, "CALL_SECONDS", 1.0)
    settings.WEBHOOK_HOSTS = ["localhost"]
    running = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=running.serve_forever, daemon=True).start()
    yield f"http://localhost:{running.server_port}", got
    stopped.set()
    running.shutdown()
    running.server_close()


def test_a_host_that_the_operator_allows_is_called_by_its_name(server):
    address, got = server
    assert post(f"{address}/a?b=c", body=b"{}", headers={"webhook-id": "1"}) == 204
    [(path, headers, body)] = got
    assert (path, body) == ("/a?b=c", b"{}")
    assert headers["Host"] == address.removeprefix("http://")


@pytest.mark.parametrize("path", DRIPS)
def test_a_receiver_that_drips_its_answer_is_left_at_the_deadline(server, path):
    address, got = server
    with pytest.raises(Unreachable, match="no answer within 1 s"):
        post(address + path, body=b"{}", headers={})
    assert len(got) == 1


def test_a_body_without_end_is_not_waited_for(server, monkeypatch):
    monkeypatch.setitem(DRIPS, "/body", b"HTTP/1.1 200 OK\r\nContent-Length: 99999\r\n\r\n")
    assert post(f"{server[0]}/body", body=b"{}", headers={}) == 200


def test_a_name_server_that_does_not_answer_is_left_at_the_deadline(monkeypatch):
    answer = Event()
    monkeypatch.setattr(outbound, "CALL_SECONDS", 0.5)
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **kwargs: answer.wait(60))
    with pytest.raises(Unreachable, match=r"no answer within 0\.5 s"):
        post(URL, body=b"{}", headers={})
    answer.set()


def test_redirects_are_not_followed(server):
    address, got = server
    assert post(f"{address}/moved", body=b"{}", headers={}) == 302
    assert len(got) == 1


def test_nobody_there_is_told_without_details(settings):
    settings.WEBHOOK_HOSTS = ["localhost"]
    with pytest.raises(Unreachable):
        post("http://localhost:9/", body=b"{}", headers={})


def test_public_addresses_pass():
    assert url_check("https://93.184.216.34/x").hostname == "93.184.216.34"
    assert url_check(URL).hostname == "hooks.example.com"


def test_limits_are_told(client, settings):
    body = client.get("/api/v1/limits/").json()
    assert body["job"]["characters"] == settings.JOB_TEXT_LIMIT
    assert body["batch"]["items"] == 1000
    assert body["quotas"]["characters_per_day"] > 0
    assert body["song"]["seconds"] == [1, 3600]
    assert body["song"]["settings"]["key_shift"] == [-12, 12]
    assert body["song"]["upload_bytes"] == settings.UPLOAD_LIMIT_BYTES
    assert (body["song"]["batch_recordings"], body["song"]["f0_hz"]) == (100, [50, 1100])


def verifies(secret, message):
    try:
        Verifier(secret).verify(*message)
    except WebhookVerificationError:
        return False
    return True


def test_a_new_secret_signs_at_once_and_the_old_one_for_a_day_more(client, receiver):
    path = "/api/v1/webhook-secret/"
    old = client.get(path).json()
    assert old["previous_until"] is None
    renewed = client.post(path)
    assert (renewed.status_code, renewed["Cache-Control"]) == (200, "no-store")
    new = renewed.json()
    assert new == client.get(path).json()
    assert new["secret"] != old["secret"]
    make(client)
    message = receiver[0][-1][1:]
    assert message[1]["webhook-signature"].count("v1,") == 2
    assert verifies(new["secret"], message)
    assert verifies(old["secret"], message)

    Account.objects.update(webhook_renewed_at=timezone.now() - webhooks.PREVIOUS_SIGNS)
    assert client.get(path).json() == {"secret": new["secret"], "previous_until": None}
    make(client)
    message = receiver[0][-1][1:]
    assert verifies(new["secret"], message)
    assert not verifies(old["secret"], message)


def test_two_new_secrets_in_a_row_leave_out_the_first(client, receiver):
    secrets = [client.get("/api/v1/webhook-secret/").json()["secret"]]
    secrets += [client.post("/api/v1/webhook-secret/").json()["secret"] for _ in range(2)]
    make(client)
    message = receiver[0][-1][1:]
    assert [verifies(secret, message) for secret in secrets] == [False, True, True]


def test_a_new_secret_is_made_by_the_account_itself_only(caller, bank_voice, client):
    alice = client.get("/api/v1/webhook-secret/").json()
    caller("bob").post("/api/v1/webhook-secret/")
    assert client.get("/api/v1/webhook-secret/").json() == alice
    key = api_key_create(user=user_ensure(username="alice"), name="x", scopes=["speak", "read"])
    weak = APIClient(headers={"Authorization": f"Bearer {key.secret}"})
    assert weak.get("/api/v1/webhook-secret/").json() == alice
    assert weak.post("/api/v1/webhook-secret/").status_code == 403
    visitor = Client()
    visitor.get("/")
    refused = visitor.post("/api/v1/webhook-secret/")
    assert (refused.status_code, refused.json()["error"]["code"]) == (403, "account_required")
