"""The Python client against the live server."""

import asyncio
import hashlib
import io
import zipfile

import httpx
import numpy as np
import pytest
import soundfile

from tests.voices.singing_engine import LYRICS, score_file, singing_engine_set
from tests.voices.song_engine import song, song_engine_set
from voiceclone_client import (
    AsyncVoiceClone,
    InvalidRequestError,
    NotFoundError,
    PermissionDeniedError,
    RateLimitError,
    UnreachableError,
    VoiceClone,
)
from voices.models import Job, Scope, TrainingPoint
from voices.services.accounts.api_keys import api_key_create, user_ensure

pytestmark = pytest.mark.usefixtures("humming_engine", "inline_worker", "bank_voice")


class Awaited:
    """The asyncio client with its awaiting done: the same tests serve both."""

    def __init__(self, *args, **options):
        self._loop = asyncio.new_event_loop()
        self._service = AsyncVoiceClone(*args, **options)
        self._transport = self._service._transport

    def __enter__(self):
        self._loop.run_until_complete(self._service.__aenter__())
        return self

    def __exit__(self, *raised):
        self._loop.run_until_complete(self._service.__aexit__(*raised))
        self._loop.close()

    def __getattr__(self, name):
        def call(*args, **options):
            made = getattr(self._service, name)(*args, **options)
            waited_for = collected(made) if hasattr(made, "__aiter__") else made
            return self._loop.run_until_complete(waited_for)

        return call


async def collected(rows):
    return [row async for row in rows]


@pytest.fixture(params=[VoiceClone, Awaited], ids=["blocking", "asyncio"])
def client(request):
    return request.param


@pytest.fixture
def service(client, live_server):
    user = user_ensure(username="alice")
    key = api_key_create(user=user, name="client", scopes=[str(scope) for scope in Scope])
    with client(live_server.url, key.secret) as opened:
        yield opened


@pytest.fixture
def recording(tmp_path):
    path = tmp_path / "me.wav"
    soundfile.write(path, np.sin(np.arange(5 * 16_000) / 20) / 2, 16_000)
    return path


def test_speech_comes_whole_or_into_a_file(service, tmp_path):
    assert soundfile.info(io.BytesIO(service.speech("Привет.", voice="anna"))).format == "MP3"
    service.speech_to_file(tmp_path / "a.wav", "Раз. Два.", voice="anna", format="wav")
    assert (tmp_path / "a.wav").read_bytes()[:4] == b"RIFF"


def test_a_job_is_made_awaited_downloaded_and_removed(service):
    job = service.job_wait(service.job_create("Привет.", voice="anna").id)
    assert (job.status, job.done == job.total) == ("succeeded", True)
    assert soundfile.info(io.BytesIO(service.job_audio(job.id))).duration > 0
    assert [one.id for one in service.jobs()] == [job.id]
    assert service.job_cancel(job.id).status == "succeeded"  # too late to cancel: it stays
    service.job_delete(job.id)
    with pytest.raises(NotFoundError):
        service.job(job.id)


def test_points_of_a_training_come_page_by_page(service, monkeypatch):
    job = service.job_create("Привет.", voice="anna")
    rows = [TrainingPoint(job_id=job.id, step=step, values={"loss": 1.5}) for step in range(5)]
    TrainingPoint.objects.bulk_create(rows)
    Job.objects.update(last_step=4)
    monkeypatch.setattr("voices.selectors.points.POINTS_AT_ONCE", 2)
    monkeypatch.setattr("voices.api.points.POINTS_AT_ONCE", 2)
    points = list(service.job_points(job.id))
    assert [point.step for point in points] == [0, 1, 2, 3, 4]
    assert points[0].values == points[0].raw["values"] == {"loss": 1.5}
    assert [point.step for point in service.job_points(job.id, after=0)] == [1, 2, 3, 4]


def test_a_voice_is_made_listed_and_removed(service, recording):
    with pytest.raises(InvalidRequestError) as caught:
        service.voice_create("Я", [recording])
    assert caught.value.code == "consent_required"
    voice = service.voice_create("Я", [recording], consent=True)
    assert voice.name in [one.name for one in service.voices(own=True)]
    assert {one.slug for one in service.voices()} >= {"anna"}
    [version] = service.voice_versions(voice.id)
    assert (version.number, version.kind, version.active) == (1, "instant", True)
    assert service.voice_version_activate(voice.id, 1).id == voice.id
    service.voice_delete(voice.id)
    assert list(service.voices(own=True)) == []


def test_a_large_file_is_sent_in_parts_and_again_after_a_break(service, tmp_path):
    path = tmp_path / "take.wav"
    path.write_bytes(bytes(5_000_000))
    whole = service.upload(path)
    assert whole.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert service.upload(path, upload_id=whole.id) == whole


def test_many_songs_are_converted_with_one_setting(service, tmp_path, monkeypatch):
    made = song_engine_set(monkeypatch)
    paths = [tmp_path / "a.wav", tmp_path / "b.wav"]
    for path in paths:
        path.write_bytes(song().read())
    settings = {"index_rate": 0.5}
    batch = service.conversion_batch_create(paths, voice="anna", rights=True, settings=settings)
    assert service.batch_wait(batch.id).status == "succeeded"
    assert [order.settings for order in made.orders] == [{"preset": "song", **settings}] * 2
    archive = zipfile.ZipFile(io.BytesIO(service.batch_archive(batch.id)))
    assert archive.namelist() == ["0001-a.mp3", "0002-b.mp3", "index.csv"]


def test_a_song_is_converted_and_taken_apart(service, tmp_path, monkeypatch):
    made = song_engine_set(monkeypatch)
    path = tmp_path / "Song.wav"
    path.write_bytes(song().read())
    with pytest.raises(InvalidRequestError) as caught:
        service.conversion_create(path, voice="anna")
    assert caught.value.code == "rights_required"
    settings = {"transpose": -3, "index_rate": 0.5}
    job = service.conversion_create(path, voice="anna", rights=True, settings=settings, vocals=path)
    job = service.job_wait(job.id)
    assert made.orders[0].settings == {"preset": "song", **settings}
    assert service.job_file(job.id, "vocals")[:4] == b"fLaC"
    again = service.conversion_create(song=job.id, reference=path, preset="speech")
    assert service.job_wait(again.id).status == "succeeded"
    apart = service.job_wait(service.separation_create(path, preview_from=1).id)
    assert service.job_file(apart.id, "accompaniment")[:4] == b"fLaC"


def test_a_score_is_sung_and_words_are_found(service, tmp_path, monkeypatch):
    made = singing_engine_set(monkeypatch)
    path = tmp_path / "Kalinka.musicxml"
    path.write_bytes(score_file().read())
    with pytest.raises(InvalidRequestError) as caught:
        service.song_create(path, voice="anna")
    assert caught.value.code == "rights_required"
    job = service.job_wait(service.song_create(path, voice="anna", rights=True, transpose=-3).id)
    assert made.orders[0].settings["transpose"] == -3
    assert service.job_file(job.id, "midi")[:4] == b"MThd"
    score = service.score_read(path)
    score["parts"][0]["notes"][0]["midi"] = 62
    service.job_wait(service.song_create(score, voice="anna", rights=True, tempo=0.9).id)
    assert made.orders[1].score["parts"][0]["notes"][0]["midi"] == 62
    again = service.song_create(song=job.id, reference=tmp_path / path, accompaniment=path)
    assert service.job_wait(again.id).status == "succeeded"
    assert [voice.raw["suit"] for voice in service.voices(suits=job.id)] == [None]

    sound = tmp_path / "Song.wav"
    sound.write_bytes(song().read())
    found = service.job_wait(service.alignment_create(sound, lyrics=LYRICS, voice_only=True).id)
    lines = service.alignment_lines(found.id)
    lines[0]["words"][1]["start"] = 0.4
    assert service.alignment_change(found.id, lines)[0]["words"][1]["start"] == 0.4
    assert "<00:00.40>" in service.job_file(found.id, "lrc").decode()


def test_a_batch_comes_as_a_zip(service):
    batch = service.batch_wait(service.batch_create(["Раз.", "Два."], voice="anna").id)
    assert service.batch_cancel(batch.id).status == "succeeded"
    assert batch.status == "succeeded"
    names = zipfile.ZipFile(io.BytesIO(service.batch_archive(batch.id))).namelist()
    assert len([name for name in names if name.endswith(".mp3")]) == 2


def test_phonemes_and_detection(service, recording):
    assert service.phonemes("В замке был з+амок.")[0].stressed
    found = service.detect(recording)
    assert found.made_here is None  # three seconds: too short to judge
    assert found.judgement.speaker in {"person", "machine", "unknown"}
    assert len(found.judgement.curve) == 5


def test_errors_have_kinds_codes_and_details(service, client, live_server):
    with pytest.raises(NotFoundError) as caught:
        service.speech("Привет.", voice="nobody")
    assert (caught.value.code, caught.value.status) == ("unknown_voice", 404)
    with pytest.raises(InvalidRequestError) as caught:
        list(service.speech_stream("а" * 5001, voice="anna"))
    assert caught.value.details["limit"] == 5000
    with client(live_server.url, "vc_wrong") as stranger, pytest.raises(PermissionDeniedError):
        stranger.job_create("Привет.", voice="anna")


def test_a_busy_service_is_asked_again_under_the_same_key(service, pauses, monkeypatch):
    keys, http = [], service._transport.http
    real = http.build_request

    def build_request(method, url, **options):
        keys.append(options["headers"]["Idempotency-Key"])
        return real(method, url, **options)

    monkeypatch.setattr(http, "build_request", build_request)
    monkeypatch.setattr(http, "_transport", Forgetful(http._transport))
    service.job_create("Привет.", voice="anna")
    assert len(keys) == 2
    assert len(set(keys)) == 1
    assert Job.objects.count() == 1
    assert pauses == [0.5]


class Forgetful(httpx.BaseTransport, httpx.AsyncBaseTransport):
    """Loses the first answer, after the service has done what was asked."""

    def __init__(self, real):
        self.real, self.lost = real, False

    def handle_request(self, request):
        return self._lose_first(self.real.handle_request(request))

    async def handle_async_request(self, request):
        return self._lose_first(await self.real.handle_async_request(request))

    def _lose_first(self, response):
        if self.lost:
            return response
        self.lost = True
        raise httpx.ReadError("lost")


@pytest.fixture
def pauses(monkeypatch):
    """What the client would have waited, in seconds."""
    waited = []

    async def sleep(seconds):
        waited.append(seconds)

    monkeypatch.setattr("voiceclone_client.transport.time.sleep", waited.append)
    monkeypatch.setattr("voiceclone_client.transport.asyncio.sleep", sleep)
    return waited


def test_retries_end(client, pauses):
    busy = httpx.MockTransport(
        lambda _request: httpx.Response(429, headers={"Retry-After": "7"}, json={})
    )
    with client("http://nowhere", "key", retries=2) as service:
        service._transport.http._transport = busy
        with pytest.raises(RateLimitError):
            service.phonemes("Привет.")
    assert pauses == [7.0, 7.0]


def test_a_service_that_is_not_there(client):
    with (
        client("http://127.0.0.1:9", "key", retries=0) as service,
        pytest.raises(UnreachableError),
    ):
        service.phonemes("Привет.")


def test_lists_come_page_by_page(service):
    made = [service.job_create(f"Номер {number}.", voice="anna").id for number in range(3)]
    assert [job.id for job in service.jobs(page_size=2)] == made[::-1]


def test_both_clients_have_the_same_methods():
    public = [
        {name for name in vars(client) if not name.startswith("_")}
        for client in (VoiceClone, AsyncVoiceClone)
    ]
    assert public[0] == public[1]


def test_asyncio_calls_go_at_once():
    both_asked = asyncio.Event()
    asked = []

    async def answer(request):
        asked.append(request)
        if len(asked) == 2:
            both_asked.set()
        await asyncio.wait_for(both_asked.wait(), 20)
        return httpx.Response(200, content=b"sound")

    async def ask():
        async with AsyncVoiceClone("http://nowhere", "key") as service:
            service._transport.http._transport = httpx.MockTransport(answer)
            return await asyncio.gather(
                *(service.speech(text, voice="anna") for text in ("Раз.", "Два."))
            )

    assert asyncio.run(ask()) == [b"sound", b"sound"]


def test_sound_is_fetched_from_the_bucket_it_lies_in_without_the_key():
    heard = []

    def answer(request):
        heard.append((request.url.host, request.headers.get("Authorization")))
        if request.url.host == "bucket":
            return httpx.Response(200, content=b"sound")
        return httpx.Response(302, headers={"Location": "http://bucket/sound.mp3"})

    with VoiceClone("http://site", "key") as service:
        service._transport.http._transport = httpx.MockTransport(answer)
        assert service.job_audio("1") == b"sound"
    assert heard == [("site", "Bearer key"), ("bucket", None)]
