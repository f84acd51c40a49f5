"""/api/v1/account/: who one is, what one has used, and keys that cannot grow."""

import re

import pytest
from django.test import Client
from rest_framework.test import APIClient

from voices.models import ApiKey, Scope
from voices.services.accounts.api_keys import api_key_create, user_ensure

pytestmark = pytest.mark.django_db
KEYS = "/api/v1/account/keys/"


def with_key(name, scopes):
    client = APIClient()
    secret = api_key_create(user=user_ensure(username=name), name="old", scopes=scopes).secret
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {secret}")
    return client


def opens(secret):
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {secret}")
    return client.get("/api/v1/voices/").status_code == 200


def error_code(response):
    return response.json()["error"]["code"]


@pytest.fixture
def alice():
    return with_key("alice", [str(scope) for scope in Scope])


def test_a_key_is_made_shown_once_and_revoked(alice):
    made = alice.post(KEYS, {"name": " my  program ", "scopes": ["speak", "read"]}, "json")
    assert made.status_code == 201
    assert made["Cache-Control"] == "no-store"
    key = made.json()
    assert (key["name"], key["scopes"]) == ("my program", ["read", "speak"])
    assert opens(key["secret"])
    listed = alice.get(KEYS).json()["results"]
    assert [row["name"] for row in listed] == ["my program", "old"]
    assert listed[0]["last_used_at"] is not None
    assert key["secret"] not in str(listed)
    assert not {"secret", "digest", "id"} & set(listed[0])
    assert alice.delete(f"{KEYS}{key['prefix']}/").status_code == 204
    assert not opens(key["secret"])
    assert alice.get(KEYS).json()["count"] == 1
    assert error_code(alice.delete(f"{KEYS}{key['prefix']}/")) == "unknown_key"


def test_a_key_cannot_make_a_more_powerful_one():
    client = with_key("alice", ["read", "account"])
    wider = client.post(KEYS, {"name": "x", "scopes": ["read", "speak"]}, "json")
    assert (wider.status_code, error_code(wider)) == (403, "scope_too_wide")
    assert wider.json()["error"]["details"] == {"scopes": ["speak"]}
    assert client.post(KEYS, {"name": "x", "scopes": ["read"]}, "json").status_code == 201


def test_a_key_without_the_scope_sees_no_keys():
    client = with_key("alice", ["read", "speak", "voices"])
    assert client.get(KEYS).status_code == 403
    assert client.post(KEYS, {"name": "x", "scopes": ["read"]}, "json").status_code == 403
    prefix = ApiKey.objects.get().prefix
    assert client.delete(f"{KEYS}{prefix}/").status_code == 403


@pytest.mark.parametrize(
    "body",
    [{}, {"name": "x"}, {"name": "x", "scopes": []}, {"name": "x", "scopes": ["root"]},
     {"name": "  ", "scopes": ["read"]}, {"name": "x" * 101, "scopes": ["read"]},
     {"name": "x", "scopes": "read"}],
)  # fmt: skip
def test_a_key_needs_a_name_and_known_scopes(alice, body):
    assert alice.post(KEYS, body, "json").status_code == 400
    assert ApiKey.objects.count() == 1


def test_keys_are_not_endless(alice, settings):
    settings.API_KEYS_LIMIT = 2
    body = {"name": "x", "scopes": ["read"]}
    first = alice.post(KEYS, body, "json").json()
    assert error_code(alice.post(KEYS, body, "json")) == "too_many_keys"
    alice.delete(f"{KEYS}{first['prefix']}/")
    assert alice.post(KEYS, body, "json").status_code == 201


def test_the_account_says_who_and_how_much(alice):
    me = alice.get("/api/v1/account/").json()
    assert (me["kind"], me["email"], me["email_confirmed"]) == ("account", None, False)
    assert me["scopes"] == sorted(str(scope) for scope in Scope)
    assert me["limits"]["characters_per_day"] == 1_000_000


def test_no_limit_is_null(alice, settings):
    settings.QUOTAS = {"account": dict.fromkeys(settings.QUOTAS["account"], 0)}
    limits = alice.get("/api/v1/account/").json()["limits"]
    assert limits["characters_per_day"] is None
    assert limits["storage_bytes"] is None


def test_usage_by_day_and_month(alice, humming_engine, inline_worker, bank_voice):
    wish = {"text": "Добрый вечер.", "voice": "anna"}
    assert alice.post("/api/v1/speech/", wish, "json").status_code == 200
    usage = alice.get("/api/v1/account/usage/").json()
    assert usage["today"] == usage["month"]
    assert (usage["today"]["characters"], usage["today"]["jobs"]) == (13, 1)
    assert usage["today"]["audio_seconds"] > 0
    assert usage["now"]["storage_bytes"] > 0
    assert [day["characters"] for day in usage["days"]] == [13]
    assert alice.get("/api/v1/account/usage/?days=0").status_code == 400


def test_a_visitor_has_limits_but_no_keys(bank_voice):
    browser = Client(enforce_csrf_checks=True)
    token = re.search(r'name="csrf-token" content="(\w+)"', browser.get("/").content.decode())[1]
    me = browser.get("/api/v1/account/").json()
    assert (me["kind"], me["email"]) == ("visitor", None)
    assert me["limits"]["characters_per_day"] == 200_000
    assert error_code(browser.get(KEYS)) == "account_required"
    made = browser.post(
        KEYS, {"name": "x", "scopes": ["read"]}, "application/json", headers={"X-CSRFToken": token}
    )
    assert (made.status_code, error_code(made)) == (403, "account_required")
    assert not ApiKey.objects.exists()
