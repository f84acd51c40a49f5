"""Bodies as real clients send them: in chunks, with a mark, with halves of characters, with null."""

import io
import json
import socket
from urllib.parse import urlsplit

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from voiceclone.wsgi import application
from voices.models import Job

pytestmark = pytest.mark.usefixtures("humming_engine", "inline_worker", "bank_voice")
WISH = {"text": "Привет.", "voice": "anna", "format": "wav"}


@pytest.fixture
def alice(caller):
    return caller("alice")


def in_chunks(body, *, size=5):
    parts = [body[at : at + size] for at in range(0, len(body), size)]
    return b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in parts) + b"0\r\n\r\n"


def answer_to(live_server, client, body, content_type="application/json", path="/api/v1/speech/"):
    """Status, headers and beginning of the body, of a request written by hand."""
    key = client._credentials["HTTP_AUTHORIZATION"]
    head = (
        f"POST {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: {key}\r\nConnection: close\r\n"
        f"Content-Type: {content_type}\r\nTransfer-Encoding: chunked\r\n\r\n"
    )
    address = urlsplit(live_server.url)
    with socket.create_connection((address.hostname, address.port)) as line:
        line.sendall(head.encode() + body)
        line.settimeout(20)
        answer = b"".join(iter(lambda: line.recv(65536), b""))
    head, _, content = answer.partition(b"\r\n\r\n")
    return int(head.split()[1]), content


def test_django_s_own_server_takes_a_body_in_chunks(live_server, alice):
    status, content = answer_to(live_server, alice, in_chunks(json.dumps(WISH).encode()))
    assert status == 200
    assert b"RIFF" in content
    assert Job.objects.get().text == WISH["text"]


def test_broken_chunks_are_refused_by_name(live_server, alice):
    status, content = answer_to(live_server, alice, b"-5\r\nhello\r\n0\r\n\r\n")
    assert (status, json.loads(content)["error"]["code"]) == (400, "malformed_body")


def through_gunicorn(client, body, content_type):
    """The application as gunicorn calls it, which has undone the chunks."""
    told = {}
    environ = {
        "REQUEST_METHOD": "POST", "PATH_INFO": "/api/v1/batches/", "QUERY_STRING": "",
        "SERVER_NAME": "localhost", "SERVER_PORT": "80", "REMOTE_ADDR": "127.0.0.1",
        "HTTP_HOST": "localhost", "HTTP_TRANSFER_ENCODING": "chunked", "CONTENT_TYPE": content_type,
        "HTTP_AUTHORIZATION": client._credentials["HTTP_AUTHORIZATION"],
        "wsgi.input": io.BytesIO(body), "wsgi.input_terminated": True, "wsgi.url_scheme": "http",
        "wsgi.errors": io.StringIO(),
    }  # fmt: skip
    answer = application(environ, lambda status, headers: told.update(status=status))
    content = b"".join(answer)
    answer.close()
    return int(told["status"].split()[0]), json.loads(content)


def test_gunicorn_passes_json_in_chunks(alice):
    body = json.dumps({"texts": ["Раз."], "voice": "anna"}).encode()
    status, told = through_gunicorn(alice, body, "application/json")
    assert (status, told["progress"]["total"]) == (202, 1)


def test_gunicorn_passes_files_in_chunks(alice):
    fields = {"voice": "anna", "split": "line"}
    parts = [
        f'--x\r\nContent-Disposition: form-data; name="{n}"\r\n\r\n{v}\r\n'
        for n, v in fields.items()
    ]
    lines = "\n".join(f"Строка {number}." for number in range(300))
    parts.append(
        f'--x\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n\r\n{lines}\r\n'
    )
    body = ("".join(parts) + "--x--\r\n").encode()
    status, told = through_gunicorn(alice, body, "multipart/form-data; boundary=x")
    assert (status, told["progress"]["total"]) == (202, 300)


def test_chunks_beyond_the_limit_are_refused(alice, settings):
    settings.JSON_LIMIT_BYTES = 1000
    status, told = through_gunicorn(alice, b" " * 2000 + b"{}", "application/json")
    assert (status, told["error"]["code"]) == (413, "body_too_large")


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-32"])
def test_json_may_begin_with_a_mark_and_be_in_any_utf(alice, encoding):
    body = json.dumps(WISH, ensure_ascii=False).encode(encoding)
    response = alice.generic("POST", "/api/v1/speech/", body, "application/json")
    assert response.status_code == 200


BAD = ["\ud800", "а\udfffб", "\x00", "a\x00b"]
PLACES = {
    "/api/v1/speech/": [
        {**WISH, "text": None}, {**WISH, "voice": None}, {**WISH, "format": None},
        {**WISH, "dictionary": {"слово": None}}, {**WISH, "dictionary": {None: "слово"}},
        {**WISH, None: 1}, {**WISH, "seed": None}, {**WISH, "timestamps": [None]},
    ],
    "/api/v1/jobs/": [{**WISH, "webhook_url": None}, {**WISH, "live": {"a": None}}],
    "/api/v1/batches/": [
        {"texts": [None], "voice": "anna"}, {"texts": ["Раз."], "voice": "anna", "name": None},
        {"items": [{"text": "Раз.", "name": None}], "voice": "anna"},
    ],
    "/api/v1/phonemes/": [{"text": None}],
    "/api/v1/dictionary/": [{"word": None, "said": "a"}, {"word": "a", "said": None}],
    "/api/v1/account/keys/": [{"name": None, "scopes": ["read"]}, {"name": "a", "scopes": [None]}],
    "/v1/audio/speech": [
        {"model": None, "input": "Раз."}, {"input": None}, {"input": "Раз.", "voice": None},
        {"input": "Раз.", "voice": {"id": None}}, {"input": "Раз.", "response_format": None},
        {"input": "Раз.", "stream_format": None}, {"input": "Раз.", "instructions": None},
    ],
}  # fmt: skip


def filled(body, bad):
    if isinstance(body, dict):
        return {(bad if name is None else name): filled(value, bad) for name, value in body.items()}
    if isinstance(body, list):
        return [filled(item, bad) for item in body]
    return bad if body is None else body


@pytest.mark.parametrize("language", ["ru", "en"])
@pytest.mark.parametrize("bad", BAD)
@pytest.mark.parametrize("path", PLACES)
def test_half_a_character_or_a_nul_anywhere_is_refused_by_name(alice, path, bad, language):
    for body in PLACES[path]:
        sent = json.dumps(filled(body, bad))
        response = alice.generic(
            "POST", path, sent, "application/json", headers={"Accept-Language": language}
        )
        error = response.json()["error"]
        assert response.status_code == 400, sent
        assert error["code"] == (
            "invalid_value" if path.startswith("/v1") else "control_characters"
        )


@pytest.mark.parametrize(
    "odd", ["\ufeff", "\ufffe", "\uffff", "\U0010ffff", "\u202e", "\ue000", "🙂"]
)
def test_odd_characters_break_nothing(alice, odd):
    for path, bodies in PLACES.items():
        for body in bodies:
            response = alice.generic(
                "POST", path, json.dumps(filled(body, odd)), "application/json"
            )
            assert response.status_code < 500


@pytest.mark.parametrize("charset", ["base64", "utf-7", "unicode_escape", "nonsense", "utf-16"])
def test_a_false_charset_breaks_nothing(alice, charset):
    kinds = {
        f"application/json; charset={charset}": json.dumps(WISH).encode(),
        f"multipart/form-data; boundary=x; charset={charset}": (
            b'--x\r\nContent-Disposition: form-data; name="voice"\r\n\r\nanna\r\n--x--\r\n'
        ),
    }
    for content_type, body in kinds.items():
        path = "/api/v1/batches/" if "form" in content_type else "/api/v1/speech/"
        visitor = type(alice)(enforce_csrf_checks=True)
        visitor.get("/")
        for client in (alice, visitor):
            assert client.generic("POST", path, body, content_type).status_code < 500


NULLS = {
    "/api/v1/speech/": (
        {"text": "Раз.", "voice": "anna"},
        ["format", "bitrate", "speed", "pitch", "variation", "seed", "timestamps", "dictionary",
         "stream"],
    ),
    "/api/v1/jobs/": ({"text": "Раз.", "voice": "anna"}, ["format", "seed", "live", "webhook_url"]),
    "/api/v1/batches/": (
        {"texts": ["Раз."], "voice": "anna"},
        ["items", "format", "seed", "timestamps", "name", "webhook_url"],
    ),
    "/api/v1/phonemes/": ({"text": "Раз."}, ["dictionary"]),
    "/v1/audio/speech": (
        {"input": "Раз."},
        ["model", "voice", "response_format", "speed", "instructions", "stream_format", "stream"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("path", NULLS)
def test_null_is_as_good_as_nothing(alice, path):
    body, optional = NULLS[path]
    for name in optional:
        response = alice.post(path, {**body, name: None}, "json")
        assert response.status_code in (200, 202), (name, response.content)
    items = {"items": [{"text": "Раз.", "voice": None, "name": None}], "voice": "anna"}
    assert alice.post("/api/v1/batches/", items, "json").status_code == 202


def test_null_for_what_is_needed_is_refused(alice):
    response = alice.post("/api/v1/speech/", {"text": None, "voice": "anna"}, "json")
    assert response.status_code == 400
    assert "text" in response.json()["error"]["message"]


@pytest.mark.parametrize("path", list(NULLS))
@pytest.mark.parametrize("language", ["ru", "en"])
def test_an_unknown_field_is_refused_by_its_name(alice, path, language):
    body, _ = NULLS[path]
    headers = {"Accept-Language": language}
    response = alice.post(path, {**body, "sped": 2}, "json", headers=headers)
    error = response.json()["error"]
    assert (response.status_code, error["code"]) == (400, "unknown_field")
    assert "sped" in error["message"]
    assert not Job.objects.exists()


def test_unknown_fields_of_items_and_forms_are_refused_too(alice):
    items = {"items": [{"text": "Раз.", "speed": 2}], "voice": "anna"}
    assert alice.post("/api/v1/batches/", items, "json").json()["error"]["code"] == "unknown_field"
    form = {"name": "Я", "recordings": SimpleUploadedFile("a.wav", b"RIFF"), "consent": "true"}
    told = alice.post("/api/v1/voices/", form, "multipart").json()["error"]
    assert (told["code"], told["details"]["param"]) == ("unknown_field", "recordings")
    assert "recording" in told["details"]["known"]


@pytest.mark.parametrize("asked", ["WAV", "Wav", " wav "])
def test_formats_are_known_in_any_case(alice, asked):
    response = alice.post("/api/v1/speech/", {**WISH, "format": asked}, "json")
    assert response["Content-Type"] == "audio/wav"
    assert alice.post("/api/v1/jobs/", {**WISH, "format": asked}, "json").status_code == 202
    batch = {"texts": ["Раз."], "voice": "anna", "format": asked}
    assert alice.post("/api/v1/batches/", batch, "json").json()["format"] == "wav"
    theirs = alice.post("/v1/audio/speech", {"input": "Раз.", "response_format": asked}, "json")
    assert theirs["Content-Type"] == "audio/wav"


def test_formats_of_times_are_known_in_any_case(alice, monkeypatch):
    response = alice.get("/api/v1/jobs/8d4c7f52-3b0a-4f2e-9a64-0a4e1f4c3f10/timestamps/?format=SRT")
    assert response.status_code == 404  # the job, not the format
