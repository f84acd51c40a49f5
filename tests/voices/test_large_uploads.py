"""Large files come in parts: in any order, again after a break, counted from the first part on."""

import hashlib
import os
from datetime import timedelta

import pytest
from django.core.files.storage import default_storage
from django.utils import timezone

from voices.models import Quota, StoredFile, Upload
from voices.owner import Owner
from voices.selectors.quotas import MEGABYTE, holdings_of
from voices.services.accounts.api_keys import user_ensure
from voices.services.accounts.closing import owner_data_delete
from voices.services.jobs.uploads import PART_BYTES
from voices.services.upkeep.retention import sweep

pytestmark = pytest.mark.django_db
CONTENT = os.urandom(2 * PART_BYTES + 1000)
PARTS = {
    number + 1: CONTENT[number * PART_BYTES : (number + 1) * PART_BYTES] for number in range(3)
}


@pytest.fixture
def client(caller, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"
    return caller("alice")


@pytest.fixture
def owner(client):
    return Owner(user_id=user_ensure(username="alice").pk)


def begin(client):
    body = {"name": "Take 1.WAV", "size_bytes": len(CONTENT)}
    return client.post("/api/v1/uploads/", body, "json")


@pytest.fixture
def path(client):
    answer = begin(client)
    assert answer.status_code == 201, answer.content
    assert (answer.json()["parts"], answer.json()["part_bytes"]) == (3, PART_BYTES)
    return f"/api/v1/uploads/{answer.json()['id']}/"


def send(client, path, number, content=None):
    body = PARTS[number] if content is None else content
    return client.generic("PUT", f"{path}parts/{number}/", body, "application/octet-stream")


def refusal(answer):
    return answer.status_code, answer.json()["error"]["code"]


def files():
    return (
        sorted(default_storage.listdir("uploads")[0]) if default_storage.exists("uploads") else []
    )


def test_it_comes_whole_whatever_the_order_and_the_breaks(client, path, owner):
    for number in (3, 1, 3):
        assert send(client, path, number).status_code == 204
    known = client.get(path).json()
    assert (known["missing"], known["sha256"]) == ([2], None)
    assert refusal(client.post(f"{path}finish/")) == (409, "upload_incomplete")
    send(client, path, 2)
    assert holdings_of(owner).storage_bytes == len(CONTENT)
    for _ in range(2):
        whole = client.post(f"{path}finish/").json()
        assert whole["sha256"] == hashlib.sha256(CONTENT).hexdigest()
        assert whole["missing"] == []
    send(client, path, 2)  # too late, and no harm
    [row] = StoredFile.objects.all()
    assert (row.role, row.format, row.size_bytes) == ("upload", "wav", len(CONTENT))
    assert default_storage.open(row.name).read() == CONTENT
    assert len(default_storage.listdir(f"uploads/{row.upload_id}")[1]) == 1
    assert holdings_of(owner).storage_bytes == len(CONTENT)


@pytest.mark.parametrize(
    ("number", "content", "told"),
    [
        (0, b"x", (404, "unknown_part")),
        (4, b"x", (404, "unknown_part")),
        (1, PARTS[1][1:], (400, "wrong_part_size")),
        (1, PARTS[1] + b"x", (400, "wrong_part_size")),
        (3, PARTS[1], (400, "wrong_part_size")),
        (1, b"", (400, "wrong_part_size")),
    ],
)
def test_a_part_is_as_long_as_it_must_be(client, path, number, content, told):
    assert refusal(send(client, path, number, content)) == told
    assert not StoredFile.objects.exists()


def test_more_than_a_part_is_refused_before_it_is_read(client):
    nobodys = "/api/v1/uploads/7a1a2f7c-0000-4000-8000-000000000000/"
    assert refusal(send(client, nobodys, 1, PARTS[1])) == (404, "unknown_upload")
    assert refusal(send(client, nobodys, 1, PARTS[1] + b"x")) == (400, "wrong_part_size")


def test_the_quota_is_asked_at_the_start_and_at_every_part(client, path, owner):
    Quota.objects.create(user_id=owner.user_id, storage_megabytes=7)
    assert refusal(begin(client)) == (429, "quota_exceeded")
    assert send(client, path, 1).status_code == 204
    assert refusal(send(client, path, 2)) == (429, "quota_exceeded")
    assert holdings_of(owner).storage_bytes == PART_BYTES < 7 * MEGABYTE
    assert len(default_storage.listdir(path.replace("/api/v1/", "")[:-1])[1]) == 1


def test_one_that_is_given_up_leaves_nothing(client, path):
    send(client, path, 1)
    assert client.delete(path).status_code == 204
    assert refusal(client.get(path)) == (404, "unknown_upload")
    assert files() == []


@pytest.mark.parametrize("finished", [False, True])
def test_what_nobody_goes_on_with_is_swept(client, path, finished):
    for number in PARTS if finished else (1, 2):
        send(client, path, number)
    if finished:
        client.post(f"{path}finish/")
    sweep()
    assert StoredFile.objects.exists()
    Upload.objects.update(touched_at=timezone.now() - timedelta(hours=25))
    sweep()
    assert not Upload.objects.exists()
    assert not StoredFile.objects.exists()
    assert files() == []


def test_an_owner_who_leaves_takes_them_along(client, path, owner):
    send(client, path, 1)
    assert owner_data_delete(owner=owner)
    assert files() == []
