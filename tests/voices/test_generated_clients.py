"""Clients that two common generators make of the schema, against a live server."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from voices.models.api_key import all_scopes
from voices.services.accounts.api_keys import api_key_create, user_ensure

pytestmark = [
    pytest.mark.long,
    pytest.mark.usefixtures("humming_engine", "inline_worker", "bank_voice"),
    pytest.mark.django_db(transaction=True),
]
SOUND = (
    "audio/mpeg",
    "audio/wav",
    "audio/ogg",
    "audio/flac",
    "audio/aac",
    "audio/pcm",
    "application/zip",
)
PYTHON_CLIENT = """
from made import AuthenticatedClient
from made.api.api import jobs_create, jobs_list, speech, voices_create, voices_get, voices_list
from made.models import (
    ErrorOutput, JobInputRequest, StreamableSpeechInputRequest, VoiceInputRequest,
)
from made.types import File
import io, os
with AuthenticatedClient(base_url=os.environ["ADDRESS"], token=os.environ["KEY"]) as client:
    body = StreamableSpeechInputRequest(text="Привет.", voice="Анна")
    answer = speech.sync_detailed(client=client, body=body)
    assert answer.status_code == 200 and len(answer.content) > 1000, answer
    for _ in range(3):
        job = jobs_create.sync(client=client, body=JobInputRequest(text="Раз.", voice="anna"))
        assert job.voice.slug == "anna", job
    page = jobs_list.sync(client=client, page_size=2, page=2)
    assert page.count == 4 and len(page.results) == 2 and page.previous, page
    assert page.results[0].status in ("succeeded", "queued"), page
    voices = voices_list.sync(client=client)
    assert [voice.name for voice in voices.results] == ["Anna"], voices
    refused = voices_get.sync(client=client, voice_id="nobody")
    assert isinstance(refused, ErrorOutput) and refused.error.code == "unknown_voice", refused
    sound = File(payload=io.BytesIO(b"RIFF"), file_name="a.wav")
    wish = VoiceInputRequest(name="Я", recording=[sound], consent=True)
    refused = voices_create.sync(client=client, body=wish)
    assert isinstance(refused, ErrorOutput) and refused.error.code == "not_audio", refused
"""
JAVA_GENERATOR_CLIENT = """
import os
import openapi_client
from openapi_client import ApiClient, Configuration
from openapi_client.api.api_api import ApiApi
configuration = Configuration(host=os.environ["ADDRESS"], access_token=os.environ["KEY"])
with ApiClient(configuration) as client:
    api = ApiApi(client)
    sound = api.speech(openapi_client.StreamableSpeechInputRequest(text="Привет.", voice="anna"))
    assert len(sound) > 1000
    for _ in range(3):
        job = api.jobs_create(openapi_client.JobInputRequest(text="Раз.", voice="anna"))
        assert job.voice.slug == "anna", job
    page = api.jobs_list(page=2, page_size=2)
    assert page.count == 4 and len(page.results) == 2, page
    assert [voice.name for voice in api.voices_list().results] == ["Anna"]
    try:
        api.voices_get("nobody")
    except openapi_client.exceptions.NotFoundException as refused:
        assert refused.data.error.code == "unknown_voice", refused
    try:
        api.voices_create(name="Я", recording=[("a.wav", b"RIFF")], consent=True)
    except openapi_client.ApiException as refused:
        assert refused.status == 415, refused
"""


@pytest.fixture
def environment(live_server):
    user = user_ensure(username="alice")
    key = api_key_create(user=user, name="made", scopes=all_scopes()).secret
    path = f"{Path(sys.executable).parent}:/usr/bin:/bin"
    return {"ADDRESS": live_server.url, "KEY": key, "PATH": path}


@pytest.fixture
def schema(client, tmp_path):
    path = tmp_path / "schema.yaml"
    path.write_bytes(client.get("/api/schema/").content)
    return path


def run(command, folder, environment):
    done = subprocess.run(
        command,
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


def test_openapi_python_client_makes_one_that_works(schema, tmp_path, environment):
    config = tmp_path / "config.yaml"
    binary = dict.fromkeys(SOUND, "application/octet-stream")
    config.write_text(yaml.safe_dump({"content_type_overrides": binary}))
    command = ["openapi-python-client", "generate", "--path", str(schema), "--meta", "none"]
    told = run([*command, "--config", str(config), "--output-path", "made"], tmp_path, environment)
    assert "WARNING" not in told
    run([sys.executable, "-c", PYTHON_CLIENT], tmp_path, environment)


@pytest.mark.skipif(shutil.which("java") is None, reason="openapi-generator needs Java")
def test_openapi_generator_makes_one_that_works(schema, tmp_path, environment):
    command = ["openapi-generator-cli", "generate", "-g", "python", "-i", str(schema), "-o", "made"]
    run(command, tmp_path, environment)
    run([sys.executable, "-c", JAVA_GENERATOR_CLIENT], tmp_path / "made", environment)


def test_the_schema_tells_of_lists_refusals_and_files(schema):
    told = yaml.safe_load(schema.read_text(encoding="utf-8"))
    for name in ("account/keys", "batches", "dictionary", "jobs", "voices"):
        operation = told["paths"][f"/api/v1/{name}/"]["get"]
        assert {"page", "page_size"} <= {one["name"] for one in operation["parameters"]}
        reference = operation["responses"]["200"]["content"]["application/json"]["schema"]["$ref"]
        page = told["components"]["schemas"][reference.rsplit("/", 1)[1]]
        assert page["properties"]["results"]["type"] == "array"
    for path, operations in told["paths"].items():
        for operation in operations.values():
            door = path.split("/")[1]
            shape = {"v1": "OpenAiErrorOutput", "elevenlabs": "XiErrorOutput"}.get(
                door, "ErrorOutput"
            )
            for status in ("400", "401", "404", "503"):
                content = operation["responses"][status]["content"]["application/json"]
                assert content["schema"]["$ref"].endswith(f"/{shape}"), (path, status)
    forms = told["components"]["schemas"]
    assert {"name", "recording", "consent"} <= set(forms["VoiceInputRequest"]["required"])
    assert "file" in forms["DetectInputRequest"]["required"]
    assert "file" in forms["BatchFileInputRequest"]["required"]
