"""/api/v1/account/export/: all that is one's own, and nothing else."""

import io
import json
import zipfile

import pytest
from django.test import Client
from rest_framework.test import APIClient

from tests.voices.stored import result_get
from tests.voices.test_isolation import content_of, equip, visitor, with_session
from voices.models import ConsentRecord, IdempotencyKey, Webhook
from voices.selectors.export import tables_of
from voices.services.accounts.adoption import owned_models
from voices.services.accounts.api_keys import api_key_create, user_ensure

pytestmark = pytest.mark.django_db
URL = "/api/v1/account/export/"


@pytest.fixture
def people(settings, tmp_path):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.MEDIA_ROOT = tmp_path / "media"
    return [equip(with_session("alice")), equip(with_session("bob")), equip(visitor("guest"))]


def opened(response):
    assert response["Content-Type"] == "application/zip"
    return zipfile.ZipFile(io.BytesIO(content_of(response)))


def rows(archive, table):
    return [json.loads(line) for line in archive.read(f"{table}.jsonl").splitlines()]


@pytest.mark.parametrize("index", [0, 2])
def test_everything_is_in_it_with_its_files(people, index):
    person = people[index]
    voice = {"voice": person.ids["voice_id"], "voice_name": "x", "given_at": "2026-01-01T00:00Z"}
    whose = {"user": person.owner.user_id, "visitor": person.owner.visitor}
    ConsentRecord.objects.create(**voice, **whose, kind="statement", text=f"Я, {person.mark}")
    Webhook.objects.create(job_id=person.ids["job_id"], url="https://example.com/hook")
    archive = opened(person.client.get(URL))
    assert archive.testzip() is None
    [recording], [one] = rows(archive, "recordings"), rows(archive, "voices")
    assert one["id"] == person.ids["voice_id"]
    versions = {row["id"]: row for row in rows(archive, "voice_versions")}
    version = versions[one["active_version_id"]]
    assert version["profile"]["embedding"][0] == 1.0
    files = {row["id"]: row for row in rows(archive, "files")}
    roles = ["clip", "json", "notes", "preview", "recording", "report", *5 * ["result"], "take"]
    assert sorted(row["role"] for row in files.values()) == roles
    assert files[recording["stored_id"]]["name"].endswith(".wav")
    for file in files.values():
        is_sound = archive.read(file["name"]) == person.sound
        assert is_sound or file["role"] in ("json", "notes", "report")
    texts = {row["text"] for row in rows(archive, "jobs") if row["text"]}
    assert texts == {f"Это {person.mark}.", person.mark}  # speech, and the lyrics of a song
    assert [row["text"] for row in rows(archive, "consent")] == [f"Я, {person.mark}"]
    assert [row["name"] for row in rows(archive, "voice_consents")] == [person.mark]
    assert rows(archive, "webhooks")[0]["url"] == "https://example.com/hook"
    assert rows(archive, "dictionary")[0]["word"] == person.mark
    assert rows(archive, "batches")[0]["name"] == person.mark
    assert rows(archive, "usage")[0]["characters"] == 10
    assert "missing.jsonl" not in archive.namelist()


def test_secrets_and_other_people_are_not_in_it(people):
    alice = people[0]
    archive = opened(alice.client.get(URL))
    assert rows(archive, "profile")[0]["email"] == "alice@example.com"
    assert rows(archive, "keys")[0]["prefix"] == alice.ids["prefix"]
    everything = b"".join(archive.read(name) for name in archive.namelist()).decode()
    for hidden in (alice.secret, "digest", "password", people[1].mark, people[2].mark):
        assert hidden not in everything


def test_a_file_that_is_gone_is_named(people):
    from django.core.files.storage import default_storage

    alice = people[0]
    gone = result_get(job=alice.ids["job_id"]).name
    default_storage.delete(gone)
    archive = opened(alice.client.get(URL))
    assert rows(archive, "missing") == [{"file": gone}]
    assert gone not in archive.namelist()


def test_every_table_that_has_owners_is_in_it(people):
    exported = {table.rows.model for table in tables_of(people[0].owner)}
    # it only keeps a repeated call from being made twice, for a day
    assert set(owned_models()) - exported == {IdempotencyKey}


@pytest.mark.parametrize("scopes", [["read"], ["account"], ["read", "speak", "voices"]])
def test_a_key_needs_both_scopes(scopes):
    key = api_key_create(user=user_ensure(username="alice"), name="x", scopes=scopes)
    client = APIClient(headers={"Authorization": f"Bearer {key.secret}"})
    assert client.get(URL).status_code == 403
    key = api_key_create(user=user_ensure(username="alice"), name="x", scopes=["read", "account"])
    client = APIClient(headers={"Authorization": f"Bearer {key.secret}"})
    assert client.get(URL).status_code == 200


def test_nobody_gets_nothing():
    assert Client().get(URL).status_code == 401


@pytest.mark.parametrize(
    ("language", "text"), [("ru", "Скачать всё"), ("en", "Download everything")]
)
def test_the_account_page_has_the_button(people, language, text):
    for person in (people[0], people[2]):
        person.client.cookies["lang"] = language
        page = person.client.get("/account/")
        assert f'href="{URL}"' in page.content.decode()
        assert text in page.content.decode()
