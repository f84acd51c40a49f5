"""The page, its visitors, and what stands in for pages that are not there."""

import html
import json
import re
from importlib import import_module
from pkgutil import iter_modules

import pytest
import yaml
from django.test import Client
from rest_framework.test import APIClient

from tests.voices.stored import voice_create
from voices.models import Job
from voices.web import strings
from voices.web.reference import calls

pytestmark = pytest.mark.usefixtures("humming_engine", "inline_worker", "bank_voice")

WISH = {"text": "Привет.", "voice": "anna"}


class Visitor:
    """A browser that has opened the site and sends what its script would send."""

    def __init__(self):
        self.client = Client(enforce_csrf_checks=True)
        page = self.client.get("/").content.decode()
        self.token = re.search(r'name="csrf-token" content="(\w+)"', page)[1]

    def get(self, path):
        return self.client.get(path, headers={"Accept-Language": "ru"})

    def post(self, path, body, token=None):
        headers = {"X-CSRFToken": self.token if token is None else token}
        return self.client.post(path, body, content_type="application/json", headers=headers)

    def delete(self, path):
        return self.client.delete(path, headers={"X-CSRFToken": self.token})


def test_the_page_is_russian_until_the_visitor_switches():
    client = Client()
    assert '<html lang="ru">' in client.get("/").content.decode()
    switched = client.get("/?lang=en", follow=True).content.decode()
    assert '<html lang="en">' in switched
    assert "Speak" in switched
    assert '<html lang="en">' in client.get("/").content.decode()


@pytest.mark.parametrize(
    ("accepted", "language"),
    [("en-US,en;q=0.9", "en"), ("ru-RU,ru;q=0.9,en;q=0.8", "ru"), ("de,en;q=0.5", "en"), ("de", "ru")],
)  # fmt: skip
def test_the_page_speaks_the_browser_s_language_until_the_visitor_switches(accepted, language):
    client = Client(headers={"Accept-Language": accepted})
    answer = client.get("/")
    assert f'<html lang="{language}">' in answer.content.decode()
    assert {"Accept-Language", "Cookie"} <= set(answer["Vary"].split(", "))
    other = "ru" if language == "en" else "en"
    assert f'<html lang="{other}">' in client.get(f"/?lang={other}", follow=True).content.decode()


def test_words_of_the_site_are_one_for_each_thing():
    every = [
        words
        for module in iter_modules(strings.__path__)
        for table in ("TEMPLATE", "SCRIPT")
        for pair in getattr(import_module(f"{strings.__name__}.{module.name}"), table).values()
        for words in pair
    ]
    wrong = (
        "учётн",
        "хранится в этом браузере",
        "по-русски с детства",
        " parted",
        "is taken",
        "passed over",
        "is not sound",
    )
    assert [words for words in every if any(one in words for one in wrong)] == []


def test_numbers_of_the_account_page_are_written_as_russian_writes_them():
    visitor = Visitor()
    visitor.post("/api/v1/jobs/", {**WISH, "text": "Привет, как дела? " * 500})
    page = visitor.get("/account/").content.decode()
    minutes = re.search(r"Минут речи: <b>([^<]+)</b>", page)[1]
    assert re.fullmatch(r"\d+,\d", minutes), minutes
    assert re.search(r"из 200[\xa0]000, осталось \d+[\xa0]\d{3}", page)
    assert re.search(r"заново через (\d+ ч )?\d+ мин", page)


def test_the_switch_stays_on_the_page_and_on_the_site():
    response = Client().get("/?voice=anna&lang=en")
    assert (response.status_code, response["Location"]) == (302, "/?voice=anna")
    elsewhere = Client().get("/?lang=en", PATH_INFO="//other.example/")
    assert elsewhere["Location"] == "/%2Fother.example/"


def test_the_page_loads_nothing_from_elsewhere_and_has_no_inline_script():
    response = Client().get("/")
    page = response.content.decode()
    assert not re.search(r'(?:src|href)="(?:https?:)?//', page)
    assert not re.search(r"\son\w+=|style=", page)
    for script in re.findall(r"<script([^>]*)>", page):
        assert "src=" in script or "application/json" in script
    policy = response["Content-Security-Policy"]
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy


def test_every_word_of_the_page_is_in_both_languages():
    modules = [
        import_module(f"{strings.__name__}.{m.name}") for m in iter_modules(strings.__path__)
    ]
    assert len(modules) > 1
    for module in modules:
        for pairs in (module.TEMPLATE, module.SCRIPT):
            assert all(russian and english for russian, english in pairs.values())
    data = Client().get("/").content.decode()
    given = json.loads(re.search(r'id="page-data"[^>]*>(.*?)</script>', data)[1])["strings"]
    assert given["offline"] == strings.frame.SCRIPT["offline"][0]


def test_a_visitor_speaks_without_an_account():
    visitor = Visitor()
    created = visitor.post("/api/v1/jobs/", WISH)
    assert created.status_code == 202
    job = visitor.get(f"/api/v1/jobs/{created.json()['id']}/").json()
    assert job["status"] == "succeeded"
    assert visitor.get(job["audio"]["url"]).status_code == 200
    row = Job.objects.get()
    assert row.user is None
    assert row.visitor is not None


def test_a_visitor_sees_what_will_be_said_and_keeps_words():
    visitor, other = Visitor(), Visitor()
    entry = visitor.post("/api/v1/dictionary/", {"word": "замок", "said": "зам+ок"})
    assert entry.status_code == 201
    body = {"text": "замок"}
    [sentence] = visitor.post("/api/v1/phonemes/", body).json()["sentences"]
    assert sentence["stressed"] == "зам+ок"
    assert (sentence["words"][0]["start"], sentence["words"][0]["end"]) == (0, 5)
    assert other.get("/api/v1/dictionary/").json()["results"] == []
    address = f"/api/v1/dictionary/{entry.json()['id']}/"
    assert other.delete(address).status_code == 404
    assert visitor.delete(address).status_code == 204


def test_a_visitor_s_rows_are_hidden_from_everybody_else(caller):
    visitor = Visitor()
    job = visitor.post("/api/v1/jobs/", WISH).json()["id"]
    owner = Job.objects.get().visitor
    voice = voice_create(visitor=owner, name="Мой", status="ready", profile={"a": 1})
    others = [Visitor().client, caller("alice")]
    for path in (f"jobs/{job}/", f"jobs/{job}/audio/", f"voices/{voice.pk}/"):
        assert visitor.get(f"/api/v1/{path}").status_code in (200, 206)
        assert [other.get(f"/api/v1/{path}").status_code for other in others] == [404, 404]


def test_another_site_cannot_speak_for_a_visitor():
    refused = Visitor().post("/api/v1/jobs/", WISH, token="")
    assert refused.status_code == 403
    assert refused.json()["error"]["code"] == "forbidden"
    assert not Job.objects.exists()


def test_a_session_without_the_page_is_nobody():
    assert APIClient().get("/api/v1/jobs/").status_code == 401


def test_missing_pages_answer_in_the_reader_s_kind():
    client = Client()
    api = client.get("/api/v1/nothing/", headers={"Accept-Language": "ru"})
    assert (api.status_code, api.json()["error"]["code"]) == (404, "not_found")
    assert api.json()["error"]["message"] == "здесь ничего нет"
    page = client.get("/nothing/")
    assert page.status_code == 404
    assert "Такой страницы нет" in page.content.decode()


def test_a_broken_page_does_not_show_its_insides(monkeypatch):
    def burst(*_, **__):
        raise ZeroDivisionError("secret")

    monkeypatch.setattr("voices.web.pages.script_words", burst)
    response = Client(raise_request_exception=False).get("/")
    assert response.status_code == 500
    assert "secret" not in response.content.decode()


def test_documents_of_the_api_need_no_other_server(client):
    schema = client.get("/api/schema/", headers={"Accept": "application/json"})
    assert schema.status_code == 200
    paths = client.get("/api/schema/?format=json").json()["paths"]
    expected = {"/api/v1/speech/", "/api/v1/jobs/{job_id}/audio/", "/v1/audio/speech"}
    assert expected <= set(paths)
    page = client.get("/api/docs/")
    assert not re.search(r'(?:src|href)="(?:https?:)?//', page.content.decode())
    assert "script-src 'self'" in page["Content-Security-Policy"]
    assert "unsafe" not in page["Content-Security-Policy"]


def test_the_document_of_the_api_is_made_once(client, monkeypatch):
    first = client.get("/api/schema/")
    monkeypatch.delattr("drf_spectacular.generators.SchemaGenerator.parse")
    again = client.get("/api/schema/?format=json", headers={"Authorization": "Bearer nobody's"})
    assert again.json() == yaml.safe_load(first.content)


def test_the_document_of_the_api_is_that_of_the_language(client):
    english, russian = (
        client.get("/api/schema/", headers={"Accept-Language": language}).content.decode()
        for language in ("en", "ru")
    )
    cyrillic = [len(re.findall("[а-яё]", text)) for text in (english, russian)]
    assert cyrillic[1] > cyrillic[0]


def as_typed(page):
    """Names back in the backticks that the page shows as code."""
    return html.unescape(re.sub("</?code>", "`", page))


def test_the_page_of_the_api_is_russian_too_and_names_every_call(client):
    schema = client.get("/api/schema/?format=json").json()
    page = client.get("/api/docs/", headers={"Accept-Language": "ru"}).content.decode()
    for path, methods in schema["paths"].items():
        for method, call in methods.items():
            assert f'<code class="method">{method.upper()}</code> <code>{path}</code>' in page
            assert strings.docs.CALLS[call["operationId"]] in as_typed(page)
    assert '<html lang="ru">' in page
    assert "/account/keys/" in page
    english = client.get("/api/docs/?lang=en", follow=True).content.decode()
    assert '<html lang="en">' in english
    assert "Every call needs a key" in english


def test_what_calls_take_is_told_in_russian_and_no_line_is_left_over(client):
    raw = client.get("/api/docs/", headers={"Accept-Language": "ru"}).content.decode()
    page = as_typed(raw)
    assert "`" not in re.sub("<pre.*?</pre>", "", raw, flags=re.DOTALL)
    told = {field.about for call in calls() for field in call.fields} - {""}
    assert told == set(strings.docs.FIELDS)
    assert {call.operation for call in calls()} == set(strings.docs.CALLS)
    for english, russian in strings.docs.FIELDS.items():
        assert re.search("[а-я]", russian)
        assert f"<td>{russian}</td>" in page
        assert f"<td>{english}</td>" not in page


def test_requests_keep_their_id(client):
    given = client.get("/healthz", headers={"X-Request-Id": "abc-1"})
    assert given["X-Request-Id"] == "abc-1"
    bad = client.get("/healthz", headers={"X-Request-Id": "a b\tc"})
    assert re.fullmatch(r"[0-9a-f]{32}", bad["X-Request-Id"])
