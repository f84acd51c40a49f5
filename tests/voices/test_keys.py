"""API keys: hashed, scoped, revocable, kept in a file on the embedded default."""

import stat

import pytest
from django.core.management import call_command
from rest_framework.test import APIClient

from voices.models import ApiKey, Scope
from voices.services.accounts import api_keys
from voices.services.accounts.api_keys import (
    api_key_create,
    api_key_in_file,
    api_key_revoke,
    api_key_verify,
    user_ensure,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def alice():
    return user_ensure(username="alice")


def with_key(secret):
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {secret}")
    return client


def test_the_secret_is_not_in_the_database(alice):
    key = api_key_create(user=alice, name="laptop", scopes=["read"])
    row = ApiKey.objects.values().get()
    assert key.secret.split("_", 2)[2] not in str(row)
    assert api_key_verify(secret=key.secret).pk == key.row.pk


@pytest.mark.parametrize("secret", ["", "vc_", "vc_12345678_wrong", "sk-1", "vc__", "ключ"])
def test_wrong_keys_open_nothing(alice, secret):
    api_key_create(user=alice, name="laptop", scopes=["read"])
    assert api_key_verify(secret=secret) is None
    on_the_wire = secret.encode().decode("latin-1")
    assert with_key(on_the_wire or "x").get("/api/v1/voices/").status_code == 401


def test_a_revoked_key_is_refused_at_once(alice):
    key = api_key_create(user=alice, name="laptop", scopes=["read"])
    assert with_key(key.secret).get("/api/v1/voices/").status_code == 200
    api_key_revoke(user=alice, prefix=key.row.prefix)
    refused = with_key(key.secret).get("/api/v1/voices/")
    assert refused.status_code == 401
    assert refused["WWW-Authenticate"].startswith("Bearer")
    assert refused.json()["error"]["code"] == "invalid_key"


def test_keys_of_a_locked_user_are_refused(alice):
    key = api_key_create(user=alice, name="laptop", scopes=["read"])
    alice.is_active = False
    alice.save()
    assert with_key(key.secret).get("/api/v1/voices/").status_code == 401


def test_a_key_does_only_what_its_scopes_say(alice):
    reader = with_key(api_key_create(user=alice, name="r", scopes=[Scope.READ]).secret)
    assert reader.get("/api/v1/voices/").status_code == 200
    assert reader.post("/api/v1/speech/", {}, "json").status_code == 403
    assert reader.post("/api/v1/voices/", {}).status_code == 403
    speaker = with_key(api_key_create(user=alice, name="s", scopes=[Scope.SPEAK]).secret)
    assert speaker.post("/api/v1/speech/", {}, "json").status_code == 400
    assert speaker.get("/api/v1/jobs/").status_code == 403


def test_several_keys_of_one_user_open_the_same_rows(alice):
    first, second = (api_key_create(user=alice, name=name, scopes=["read"]) for name in "ab")
    owners = {api_key_verify(secret=key.secret).user_id for key in (first, second)}
    assert owners == {alice.pk}


def test_use_is_noted(alice):
    key = api_key_create(user=alice, name="laptop", scopes=["read"])
    unused = ApiKey.objects.get()
    api_key_verify(secret=key.secret)
    noted = ApiKey.objects.get().last_used_at
    assert noted is not None
    api_keys._mark_used(unused)  # a call of the same moment, which read the row before
    assert ApiKey.objects.get().last_used_at == noted


def test_the_kept_key_is_reused_while_it_works(alice, tmp_path):
    path = tmp_path / "api_key"
    kept = api_key_in_file(user=alice, name="default", path=path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert api_key_in_file(user=alice, name="default", path=path) == kept
    ApiKey.objects.all().delete()
    assert api_key_in_file(user=alice, name="default", path=path) != kept


def test_the_command_prints_a_key(capsys, tmp_path):
    call_command("create_api_key", user="bob", name="phone", scope=["read"], file=None)
    key = api_key_verify(secret=capsys.readouterr().out.strip())
    assert (key.user.username, key.name, key.scopes) == ("bob", "phone", ["read"])
    call_command("create_api_key", file=tmp_path / "key")
    assert capsys.readouterr().out.strip() == (tmp_path / "key").read_text().strip()


def test_the_command_makes_a_key_of_that_name(alice, settings, tmp_path, capsys):
    settings.VAR_DIR = tmp_path
    call_command("create_api_key")
    own = capsys.readouterr().out.strip()
    assert (tmp_path / "api_key").read_text().strip() == own
    call_command("create_api_key", name="bot")
    named = capsys.readouterr().out.strip()
    assert named != own
    assert api_key_verify(secret=named).name == "bot"
    call_command("create_api_key", user="bob")
    assert api_key_verify(secret=capsys.readouterr().out.strip()).user.username == "bob"
    call_command("create_api_key")
    assert capsys.readouterr().out.strip() == own  # neither took its place
