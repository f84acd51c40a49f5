"""The production shape: the same code on a real PostgreSQL, a real Redis and a real S3 server."""

import io
import json
import os
import re
import signal
import subprocess
import sys
import urllib.request
import uuid
import zipfile
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager

import boto3
import psycopg2
import pytest
import soundfile as sf
from moto.server import ThreadedMotoServer

from benchmarks.servers import ROOT, postgres, redis, wait_for
from tests.end_to_end.collector import collector
from tests.end_to_end.quota_race import LIMITS, RACES
from tests.end_to_end.restarts import ORDER, Callers, rows, speaker, web
from tests.end_to_end.services import processes_of, site
from voices.services.speech.together import LONGEST_CHARACTERS

pytestmark = [pytest.mark.servers, pytest.mark.weights]


@contextmanager
def bucket():
    """An empty bucket; yields the settings that make the service keep its files there."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    endpoint, keys = f"http://{host}:{port}", ("key", "secret")
    boto3.client(
        "s3", endpoint_url=endpoint, region_name="us-east-1",
        aws_access_key_id=keys[0], aws_secret_access_key=keys[1],
    ).create_bucket(Bucket="voices")  # fmt: skip
    try:
        yield {
            "VOICECLONE_STORAGE": f"s3://voices/files?endpoint={endpoint}&region=us-east-1",
            "AWS_ACCESS_KEY_ID": keys[0],
            "AWS_SECRET_ACCESS_KEY": keys[1],
        }
    finally:
        server.stop()


@pytest.fixture(scope="module")
def traces():
    with collector() as listening:
        yield listening


@pytest.fixture(scope="module")
def production(tmp_path_factory, traces):
    folder = tmp_path_factory.mktemp("production")
    with (
        postgres() as database_url,
        redis() as broker_url,
        bucket() as storage,
        site(
            folder / "var",
            DATABASE_URL=database_url,
            CELERY_BROKER_URL=broker_url,
            VOICECLONE_JOB_LEASE_SECONDS="8",  # a lost job comes back while the test waits
            VOICECLONE_REAPER_SECONDS="2",
            VOICECLONE_WORKER_STOP_SECONDS="0",  # at the next sentence
            OTEL_EXPORTER_OTLP_ENDPOINT=traces.endpoint,
            OTEL_BSP_SCHEDULE_DELAY="200",  # ms
            **storage,
            **LIMITS,
        ) as running,
    ):
        yield running


def call(address, key, path, body=None, method=None, **headers):
    request = urllib.request.Request(
        address + path,
        data=None if body is None else json.dumps(body).encode(),
        headers={
            "Authorization": f"Bearer {key}",
            "Content-Type": "application/json",
            **{name.replace("_", "-"): value for name, value in headers.items()},
        },
        method=method,
    )
    with urllib.request.urlopen(request, timeout=120) as response:
        return response.read()


def test_speech_through_postgresql_and_redis(production):
    address, key = production.address, production.key
    audio = call(address, key, "/api/v1/speech/", {"text": "Добрый вечер!", "voice": "anna"})
    assert sf.info(io.BytesIO(audio)).format == "MP3"


def test_the_site_counts_what_its_workers_did(production):
    call(production.address, production.key, "/api/v1/speech/", {"text": "Раз.", "voice": "anna"})
    counted = call(production.address, production.key, "/metrics").decode()
    for stage in ("text", "synthesizer", "vocoder", "watermark", "encoding"):
        figure = re.search(
            rf'voiceclone_stage_seconds_total\{{stage="{stage}"\}} ([\d.e-]+)', counted
        )
        assert figure, stage
        assert float(figure[1]) > 0
    assert re.search(
        r'voiceclone_job_seconds_count\{kind="speech",outcome="succeeded",queue="speech"\}', counted
    )


def test_a_call_and_its_job_are_one_trace(production, traces):
    body = {"text": "Проследим за этим.", "voice": "anna"}
    call(production.address, production.key, "/api/v1/speech/", body, X_Request_Id="traced")

    def received():
        of_call = [span for span in traces.spans if span.attributes.get("request_id") == "traced"]
        return {span.service: span for span in of_call}

    wait_for(lambda: len(received()) == 2, "the spans of the call and of its job")
    call_span, job = received()["voiceclone-web"], received()["voiceclone-worker"]
    assert (call_span.name, job.name) == ("POST api/v1/speech/", "job speech")
    assert (job.trace, job.parent) == (call_span.trace, call_span.span)
    assert job.attributes["outcome"] == "succeeded"
    assert uuid.UUID(job.attributes["job_id"])
    assert call_span.started < job.started < job.ended < call_span.ended
    stages = {span.name for span in traces.spans if span.parent == job.span}
    assert stages == {"text", "synthesizer", "vocoder", "watermark", "encoding"}
    assert not [span for span in traces.spans if "readyz" in span.name]


def test_a_job_survives_the_death_of_its_worker(production):
    address, key = production.address, production.key
    text = "Первое предложение было не последним. " * 60  # so long that it is cut into chunks
    body = {"text": text, "voice": "anna"}
    job = json.loads(call(address, key, "/api/v1/jobs/", body))["id"]

    def row():
        return json.loads(call(address, key, f"/api/v1/jobs/{job}/"))

    wait_for(lambda: row()["progress"]["sentences_done"] > 0, "the first sentence", seconds=90)
    workers = processes_of(production.var, b"celery")
    assert workers
    for worker in workers:
        os.kill(worker, signal.SIGKILL)
    wait_for(lambda: row()["status"] == "succeeded", "the end of the job", seconds=240)
    audio = call(address, key, f"/api/v1/jobs/{job}/audio/")
    assert sf.info(io.BytesIO(audio)).duration > 20


def test_calls_at_once_with_one_key_make_one_job(production):
    body = {"text": "Один раз.", "voice": "anna"}

    def ask(_):
        address, key = production.address, production.key
        return json.loads(call(address, key, "/api/v1/jobs/", body, Idempotency_Key="at once"))[
            "id"
        ]

    with ThreadPoolExecutor(8) as pool:
        jobs = list(pool.map(ask, range(16)))
    assert len(set(jobs)) == 1


@pytest.mark.parametrize("race", RACES)
def test_calls_at_once_never_pass_a_limit(production, race):
    race(production)


def test_a_batch_goes_through_and_speech_does_not_wait_for_it(production):
    address, key = production.address, production.key
    texts = [f"Предложение номер {number} совсем не короткое." for number in range(12)]
    body = {"texts": texts, "voice": "anna", "timestamps": True}
    batch = json.loads(call(address, key, "/api/v1/batches/", body))["id"]

    def row():
        return json.loads(call(address, key, f"/api/v1/batches/{batch}/"))

    audio = call(address, key, "/api/v1/speech/", {"text": "А я спешу.", "voice": "anna"})
    assert sf.info(io.BytesIO(audio)).duration > 0.3
    wait_for(lambda: row()["status"] != "running", "the end of the batch", seconds=280)
    assert row()["status"] == "succeeded"
    archive = zipfile.ZipFile(io.BytesIO(call(address, key, f"/api/v1/batches/{batch}/archive/")))
    assert len(archive.namelist()) == 13


def test_a_backup_taken_in_the_middle_of_work_is_restored_into_another_database(
    production, tmp_path
):
    def manage(*arguments, **environment):
        command = [sys.executable, "manage.py", *arguments]
        env = {**production.environment, **environment}
        return subprocess.run(command, cwd=ROOT, env=env, check=True, capture_output=True)

    call(production.address, production.key, "/api/v1/speech/", {"text": "Раз.", "voice": "anna"})
    manage("backup", str(tmp_path / "b.tar"))
    url = production.environment["DATABASE_URL"]
    with closing(psycopg2.connect(url)) as first, first.cursor() as cursor:
        first.autocommit = True
        cursor.execute("CREATE DATABASE other")
        cursor.execute("SELECT count(*) FROM voices_job WHERE status = 'succeeded'")
        [spoken] = cursor.fetchone()
    other = url.rsplit("/", 1)[0] + "/other"
    manage("migrate", DATABASE_URL=other)
    manage("restore", str(tmp_path / "b.tar"), DATABASE_URL=other)
    with closing(psycopg2.connect(other)) as second, second.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM voices_job WHERE status = 'succeeded'")
        assert cursor.fetchone() == (spoken,)
        assert spoken


def test_a_new_version_costs_no_call_and_no_job(production):
    """The steps of docs/operations.md, while people call, wait and listen."""
    streamed = "Это слышат по частям. " * 10
    long = "Это ждут, пока всё заменяется. " * 20  # longer than what is said together with others
    assert len(long) > LONGEST_CHARACTERS

    def jobs(columns, text, status="%"):
        where = f"trim(text) = '{text.strip()}' AND status LIKE '{status}'"
        return rows(production, f"SELECT {columns} FROM voices_job WHERE {where}")

    with ExitStack() as parts:
        old = parts.enter_context(web(production))
        new = parts.enter_context(web(production))
        parts.enter_context(speaker(production))
        with Callers(old.address, production.key) as people:
            heard = [people.hear(long), people.hear(long)]
            wait_for(lambda: jobs("count(*)", long, "running") == [(2,)], "work for both workers")
            os.kill(min(processes_of(production.var, b"speech@")), signal.SIGTERM)
            old.process.send_signal(signal.SIGHUP)
            people.wait_for_answers(20)
            heard.append(people.hear(streamed, stream=True))
            wait_for(lambda: jobs("count(*)", streamed) == [(1,)], "a stream of the old replica")
            people.address = new.address
            people.wait_for_answers(20)
            old.process.terminate()
            assert [call.result() > 8 for call in heard] == [True, True, True]
            assert old.process.wait(timeout=60) == 0
        ordered = [("succeeded",)]
        wait_for(lambda: jobs("DISTINCT status", ORDER) == ordered, "the success of all orders")
    assert people.troubles == []
    assert jobs("sum(attempts), sum(forgiven)", long) == [(3, 1)]  # one changed its worker
