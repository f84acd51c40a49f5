"""A browser without an account is known by a cookie, and nothing is stored of those who only look."""

import uuid
from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.db.models import Count
from django.test import Client
from django.utils import timezone

from voices import models
from voices.browsers import COOKIE
from voices.services.accounts.accounts import account_create

PASSWORD = "correct horse battery"
PAGES = (
    "/",
    "/voices/",
    "/my-voices/",
    "/training/",
    "/history/",
    "/batch/",
    "/detect/",
    "/account/",
)
WORD = {"word": "замок", "said": "зам+ок"}

pytestmark = pytest.mark.usefixtures("bank_voice")


def opened():
    client = Client()
    client.get("/")
    return client


def visitor(client):
    return uuid.UUID(client.cookies[COOKIE].value.split(":")[0])


def post(client, path, body):
    return client.post(path, body, content_type="application/json")


def words(client):
    return [row["word"] for row in client.get("/api/v1/dictionary/").json()["results"]]


def rows():
    return {
        model.__name__: model._default_manager.aggregate(count=Count("pk"))["count"]
        for model in (Session, models.UsageDay, models.DictionaryEntry, models.Voice, models.Job)
    }


def test_a_visit_without_cookies_leaves_no_row():
    before = rows()
    for path in PAGES:
        assert Client().get(path).status_code == 200, path
    assert rows() == before


def test_a_visitor_owns_things_until_the_cookie_is_gone():
    client = opened()
    assert post(client, "/api/v1/dictionary/", WORD).status_code in (200, 201)
    assert words(client) == ["замок"]
    assert words(opened()) == []
    assert Client().get("/api/v1/dictionary/").status_code == 401
    assert not Session.objects.exists()


def test_each_page_renews_the_cookie(settings):
    client = opened()
    before = client.cookies[COOKIE]
    assert before["max-age"] == settings.VISITOR_COOKIE_SECONDS
    assert before["httponly"]
    assert before["samesite"] == "Lax"
    owner = visitor(client)
    client.get("/history/")
    assert client.cookies[COOKIE] is not before
    assert visitor(client) == owner


@pytest.mark.parametrize("change", [lambda value: str(uuid.uuid4()) + value[36:], lambda _: "x"])
def test_a_cookie_that_is_not_ours_is_nobody_s(change):
    client = opened()
    post(client, "/api/v1/dictionary/", WORD)
    client.cookies[COOKIE] = change(client.cookies[COOKIE].value)
    assert client.get("/api/v1/dictionary/").status_code == 401
    client.get("/")
    assert words(client) == []


def test_an_old_cookie_is_nobody_s(settings):
    client = opened()
    settings.VISITOR_COOKIE_SECONDS = -1
    assert client.get("/api/v1/dictionary/").status_code == 401


def test_whoever_signs_in_takes_the_things_along_and_is_no_visitor_any_more():
    client = opened()
    post(client, "/api/v1/dictionary/", WORD)
    before = visitor(client)
    account_create(email="a@example.com", password=PASSWORD)
    signed = client.post("/account/sign-in/", {"username": "a@example.com", "password": PASSWORD})
    assert signed.status_code == 302
    assert words(client) == ["замок"]
    assert client.cookies[COOKIE].value == ""
    client.post("/account/sign-out/")
    client.get("/")
    assert visitor(client) != before
    assert words(client) == []


def test_a_visitor_of_an_earlier_version_is_still_known():
    client, known = Client(), uuid.uuid4()
    session = client.session
    session["visitor"] = str(known)
    session.save()
    client.cookies["sessionid"] = session.session_key
    client.get("/")
    assert visitor(client) == known
    Session.objects.update(expire_date=timezone.now() - timedelta(days=1))
    client.get("/")
    assert visitor(client) == known
