"""Files in a real S3 server: stored, sought, linked, swept; and what happens without it."""

import io
import json
import os
import re
import urllib.error
import urllib.request
import uuid
from datetime import timedelta
from pathlib import Path

import boto3
import pytest
import soundfile
from django.core.files.storage import default_storage
from django.http import HttpRequest
from django.utils import timezone
from moto.server import ThreadedMotoServer

from voiceclone.env import storage_from_url, storage_origins
from voices.audio_response import audio_response
from voices.errors import NotFound, Unavailable
from voices.models import Job
from voices.owner import Owner
from voices.services.jobs.uploads import PART_BYTES, upload_finish, upload_part, upload_start
from voices.services.speech.speech import SpeechWish, speech_job_prepare
from voices.services.upkeep.retention import sweep
from voices.storage import file_store, files_delete, store

CONTENT = bytes(range(200))


@pytest.fixture(scope="module")
def endpoint():
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def bucket(endpoint, monkeypatch, settings):
    """An empty bucket that the service keeps its files in; yields boto3's own view of it."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "key")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    name = f"b-{uuid.uuid4().hex}"
    found = boto3.resource("s3", endpoint_url=endpoint, region_name="us-east-1").Bucket(name)
    found.create()
    url = f"s3://{name}/site?endpoint={endpoint}&region=us-east-1"
    settings.STORAGES = {**settings.STORAGES, "default": storage_from_url(url)}
    return found


@pytest.mark.django_db
def test_a_large_file_is_put_together_in_the_bucket(bucket):
    content = os.urandom(2 * PART_BYTES + 1000)
    owner = Owner(visitor=uuid.uuid4())
    upload = upload_start(owner=owner, name="take.wav", size_bytes=len(content))
    for number in (3, 1, 2):
        part = content[(number - 1) * PART_BYTES : number * PART_BYTES]
        upload_part(owner=owner, upload_id=upload.pk, number=number, content=part)
    upload_finish(owner=owner, upload_id=upload.pk)
    [whole] = bucket.objects.all()
    assert whole.get()["Body"].read() == content


def ask(name, header=""):
    request = HttpRequest()
    if header:
        request.META["HTTP_RANGE"] = header
    return audio_response(request, name, file_format="mp3", title="Привет", headers={})


def test_files_lie_under_the_prefix_and_are_private(bucket):
    file_store("results/a.mp3", CONTENT)
    assert [found.key for found in bucket.objects.all()] == ["site/results/a.mp3"]
    everyone = "http://acs.amazonaws.com/groups/global/AllUsers"
    grants = bucket.Object("site/results/a.mp3").Acl().grants
    assert not [grant for grant in grants if grant["Grantee"].get("URI") == everyone]
    with default_storage.open("results/a.mp3") as stored:
        assert stored.read() == CONTENT


def test_ranges_through_the_site(bucket):
    file_store("results/a.mp3", CONTENT)
    response = ask("results/a.mp3", "bytes=190-")
    assert response.status_code == 206
    assert b"".join(response.streaming_content) == CONTENT[190:]
    assert b"".join(ask("results/a.mp3").streaming_content) == CONTENT
    with pytest.raises(NotFound):
        ask("results/none.mp3")


def test_a_signed_link_gives_the_file_and_its_name(bucket, settings):
    settings.MEDIA_DELIVERY = "redirect"
    file_store("results/a.mp3", CONTENT)
    response = ask("results/a.mp3")
    assert response.status_code == 302
    assert response["Cache-Control"] == "no-store"
    assert "X-Amz-Expires=300" in response["Location"]
    with urllib.request.urlopen(response["Location"]) as answer:
        assert answer.read() == CONTENT
        assert answer.headers["Content-Type"] == "audio/mpeg"
        assert answer.headers["Content-Disposition"].startswith("attachment")


def test_the_proxy_may_send_the_file_from_its_disk(settings, tmp_path):
    settings.MEDIA_ROOT, settings.MEDIA_DELIVERY = tmp_path, "accel"
    file_store("results/a.mp3", CONTENT)
    response = ask("results/a.mp3")
    assert response["X-Accel-Redirect"] == "/protected-media/results/a.mp3"
    assert response["Content-Type"] == "audio/mpeg"
    assert not response.content


def test_old_files_are_listed_by_age(bucket):
    file_store("parts/x/1/00000", CONTENT)
    now = timezone.now()
    assert list(store().older_than("parts", now + timedelta(minutes=1))) == ["parts/x/1/00000"]
    assert not list(store().older_than("parts", now - timedelta(minutes=1)))


@pytest.mark.usefixtures("humming_engine", "inline_worker", "bank_voice")
def test_a_job_speaks_into_the_bucket_and_the_sweep_takes_it_away(bucket, settings):
    days = {"result_days": 1, "result_megabytes": 0, "voice_days": 0}
    settings.RETENTION = {"visitor": days, "account": days}
    wish = SpeechWish(text="Привет.", voice="anna")
    job = speech_job_prepare(owner=Owner(visitor=uuid.uuid4()), wish=wish, text_limit=5000)()
    job = Job.objects.get(pk=job.pk)
    assert [found.key for found in bucket.objects.all()] == [f"site/{job.result.name}"]
    long_ago = timezone.now() - timedelta(days=2)
    Job.objects.filter(pk=job.pk).update(created_at=long_ago, finished_at=long_ago)
    assert sweep().jobs == 1
    assert not list(bucket.objects.all())


@pytest.mark.usefixtures("humming_engine", "inline_worker", "bank_voice")
@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/api/v1/speech/", {"text": "Привет.", "voice": "anna"}),
        ("/api/v1/speech/", {"text": "Привет.", "voice": "anna", "stream": True}),
        ("/v1/audio/speech", {"input": "Привет.", "voice": "anna", "response_format": "flac"}),
        ("/v1/audio/speech", {"input": "Привет.", "voice": "anna"}),
        ("/elevenlabs/v1/text-to-speech/anna", {"text": "Привет."}),
    ],
)
def test_a_call_that_speaks_is_answered_with_the_sound_itself(bucket, settings, caller, path, body):
    """Clients follow a redirect of a POST by GET, or not at all."""
    settings.MEDIA_DELIVERY = "redirect"
    client = caller("alice")
    answers = [
        client.post(path, body, "json",
                    headers={"Idempotency-Key": "one"})
        for _ in range(2)
    ]  # fmt: skip
    for answer in answers:
        assert answer.status_code == 200
        sound = b"".join(answer.streaming_content)
        assert soundfile.info(io.BytesIO(sound)).duration > 0.1
    assert answers[1]["Idempotency-Replayed"] == "true"
    read = client.get(f"/api/v1/jobs/{answers[0]['X-Job-Id']}/audio/")
    assert read.status_code == 302
    with urllib.request.urlopen(read["Location"]) as fetched:
        assert soundfile.info(io.BytesIO(fetched.read())).duration > 0.1


# calls of S3 by the permission that each needs
NEEDED = {
    "HeadObject": "s3:GetObject",
    "GetObject": "s3:GetObject",
    "PutObject": "s3:PutObject",
    "CreateMultipartUpload": "s3:PutObject",
    "UploadPart": "s3:PutObject",
    "CompleteMultipartUpload": "s3:PutObject",
    "AbortMultipartUpload": "s3:AbortMultipartUpload",
    "DeleteObject": "s3:DeleteObject",
    "DeleteObjects": "s3:DeleteObject",
    "ListObjects": "s3:ListBucket",
    "ListObjectsV2": "s3:ListBucket",
}


def test_the_permissions_in_the_manual_are_those_that_are_used(bucket):
    manual = (Path(__file__).parents[2] / "docs/operations.md").read_text(encoding="utf-8")
    blocks = [json.loads(block) for block in re.findall(r"```json\n(.*?)```", manual, re.DOTALL)]
    [policy] = [block["Statement"] for block in blocks if "Statement" in block]
    allowed = {action for statement in policy for action in statement["Action"]}
    used = set()
    events = default_storage.bucket.meta.client.meta.events
    events.register("before-call.s3", lambda model, **_: used.add(NEEDED[model.name]))
    large = bytes(9 * 1024 * 1024)  # sent in parts
    names = [file_store("results/a.mp3", CONTENT), file_store("recordings/x/1", large)]
    assert default_storage.size(names[1]) == len(large)
    assert not default_storage.exists("results/none.mp3")
    with default_storage.open(names[0]) as stored:
        assert stored.read() == CONTENT
    assert b"".join(store().blocks(names[0], 0, 9)) == CONTENT[:9]
    assert list(store().older_than("results", timezone.now() + timedelta(minutes=1)))
    default_storage.delete(names[0])
    files_delete(names)
    # parts are thrown away only where an upload breaks off
    assert used | {"s3:AbortMultipartUpload"} == allowed


def test_a_server_out_of_reach_is_an_outage_with_a_name(monkeypatch, settings):
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "key")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    url = "s3://b?endpoint=http://127.0.0.1:9&region=us-east-1"  # nobody listens there
    settings.STORAGES = {**settings.STORAGES, "default": storage_from_url(url)}
    with pytest.raises(Unavailable, match="cannot be reached") as caught:
        file_store("results/a.mp3", CONTENT)
    assert caught.value.code == "storage_unavailable"
    files_delete(["results/a.mp3"])  # logged, and the sweep will find it


def test_browsers_may_reach_the_bucket():
    assert storage_origins("s3://b/p?endpoint=https://s3.example:9000/") == [
        "https://s3.example:9000"
    ]
    assert storage_origins("s3://b?region=eu-west-1") == [
        "https://b.s3.amazonaws.com",
        "https://b.s3.eu-west-1.amazonaws.com",
    ]


def test_many_files_are_deleted_in_few_calls(bucket, monkeypatch):
    from voices import s3

    monkeypatch.setattr(s3, "DELETED_AT_ONCE", 3)
    names = [file_store(f"results/{number}.mp3", b"x") for number in range(8)]
    kept = names.pop()
    calls = []
    client = default_storage.bucket.meta.client
    client.meta.events.register(
        "before-call.s3", lambda model, **_: calls.append(model.name), unique_id="count"
    )
    files_delete([*names, "results/gone.mp3"])
    client.meta.events.unregister("before-call.s3", unique_id="count")
    assert calls == ["DeleteObjects"] * 3
    assert [found.key for found in bucket.objects.all()] == [f"site/{kept}"]
