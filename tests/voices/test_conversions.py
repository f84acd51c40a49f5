"""Songs and speech in other voices: asked for, made in the worker, kept, taken along and removed."""

import io
import json
import zipfile
from datetime import timedelta

import pytest
from django.db.models.functions import Now
from django.utils import timezone

from tests.voices.asking import body_of, on_disk, refused
from tests.voices.own_voices import create_voice, recording
from tests.voices.song_engine import CURVE, SECONDS, song, song_engine_set
from tests.voices.stored import dataset_create
from tts_engine.covers.making import STAGES
from voices import engine
from voices.errors import BadInput, Unusable
from voices.models import Job, StoredFile, UsageDay, Voice
from voices.services.jobs import leases
from voices.services.sounds import chosen
from voices.services.upkeep import operator, reaper
from voices.services.upkeep.retention import sweep
from voices.services.upkeep.runner import job_run_next
from voices.web.strings import conversion

pytestmark = pytest.mark.usefixtures("humming_engine", "bank_voice", "song_engine")
MADE = {"result", "vocals", "accompaniment", "converted", "f0", "report"}


@pytest.fixture
def song_engine(monkeypatch):
    return song_engine_set(monkeypatch)


@pytest.fixture
def client(caller, messages):
    return caller("alice")


def ask(client, **fields):
    body = {"audio": song(), "voice": "anna", "rights": "true", **fields}
    body = {name: value for name, value in body.items() if value is not None}
    return client.post("/api/v1/conversions/", body, HTTP_ACCEPT_LANGUAGE="en")


def queued(client, **fields):
    answer = ask(client, **fields)
    assert answer.status_code == 202, answer.content
    return answer.json()


def worked(client, job):
    job_run_next(queue="conversion")
    return client.get(f"/api/v1/conversions/{job['id']}/").json()


def made(client, **fields):
    return worked(client, queued(client, **fields))


def test_a_song_comes_back_in_a_voice_with_all_its_stems(client, song_engine, caller):
    settings = {"transpose": None, "protect": 0.2, "key_shift": 1}
    job = queued(client, settings=json.dumps(settings), preset="song", format="flac")
    assert (job["kind"], job["status"], job["name"]) == ("conversion", "queued", "Песня.wav")
    assert job["voice"]["name"] == "Anna"
    job = worked(client, job)
    assert job["status"] == "succeeded", job["error"]
    files = {file["role"]: file for file in job["files"]}
    assert files.keys() == {*MADE, "source"}
    assert (job["audio"]["format"], job["audio"]["seconds"]) == ("flac", SECONDS)
    assert job["params"]["semitones"] == -12.0
    assert [note["code"] for note in job["params"]["notes"]] == ["second_voice"]
    [order] = song_engine.orders
    assert order.settings == {"preset": "song", **settings}
    assert song_engine.given == [{"song": song().read()}]
    path = f"/api/v1/conversions/{job['id']}/files/"
    assert body_of(client.get(f"{path}source/")) == song().read()
    assert client.get(f"{path}vocals/")["Content-Type"] == "audio/flac"
    report = client.get(f"{path}report/")
    assert "script-src" not in report["Content-Security-Policy"]
    assert "220 Hz" in report.content.decode()
    assert client.get(f"{path}plot/").status_code == 404
    stranger = caller("bob")
    assert stranger.get(f"{path}vocals/").status_code == 404
    assert refused(stranger.get(f"/api/v1/conversions/{job['id']}/")) == (404, "unknown_job")


def test_its_progress_is_told_by_stage(client, song_engine, monkeypatch):
    monkeypatch.setattr(leases, "PROGRESS_EVERY_SECONDS", 0.0)
    job, heard = queued(client), []

    def look(done, total, stage):
        told = client.get(f"/api/v1/conversions/{job['id']}/").json()["progress"]
        heard.append((told["stage"], told["unit"], told["done"], told["total"]))

    song_engine.at_stage = look
    worked(client, job)
    assert heard[:3] == [("separating", "seconds", done, 2) for done in (0, 1, 2)]
    assert [one[0] for one in heard[3:]] == ["converting"] * 3 + ["mixing"] * 3


def test_a_second_voice_on_the_song_does_not_separate_it_again(client, song_engine):
    first = made(client)
    again = made(client, audio=None, song=first["id"], rights=None)
    assert again["status"] == "succeeded"
    assert again["params"]["rights"] == first["params"]["rights"], "asked once for a song"
    assert again["name"] == "Песня.wav"
    assert song_engine.separated == 1
    assert song_engine.given[1].keys() == {"song", "vocals", "accompaniment"}
    made(client, audio=song("copy.wav"))  # known by its content too
    assert song_engine.separated == 1
    made(client, audio=song(hz=500))
    assert song_engine.separated == 2
    shifted = made(client, audio=song(hz=600), settings=json.dumps({"key_shift": 2}))
    made(client, audio=None, song=shifted["id"])
    assert song_engine.separated == 4, "music that was shifted is no stem of the song"


def test_a_second_try_has_the_own_stems_too_and_the_pitch_as_it_was_edited(client, song_engine):
    first = made(client, audio=None, vocals=song("a.wav", 300), accompaniment=song("b.wav", 400))
    curve = body_of(client.get(f"/api/v1/conversions/{first['id']}/files/f0/"))
    assert curve.decode() == CURVE
    edited = io.BytesIO(curve.replace(b"220.00", b"247.50"))
    again = made(client, audio=None, song=first["id"], rights=None, f0=edited)
    assert (again["status"], again["name"]) == ("succeeded", "a.wav")
    assert song_engine.given[0] == song_engine.given[1]
    assert song_engine.curves == [None, edited.getvalue()]
    assert refused(client.post("/api/v1/separations/", {"song": first["id"]})) == (404, "song_gone")
    other = made(client, audio=None, song=first["id"], accompaniment=song("c.wav", 500))
    assert other["status"] == "succeeded"
    assert song_engine.given[2]["accompaniment"] == song("c.wav", 500).read()
    assert song_engine.given[2]["vocals"] == song_engine.given[0]["vocals"]


def test_nobody_begins_with_the_stems_of_others(client, caller, song_engine):
    first = made(client)
    stranger = caller("bob")
    assert refused(ask(stranger, audio=None, song=first["id"])) == (404, "unknown_job")
    made(stranger)
    assert song_engine.separated == 2


def test_own_stems_and_an_own_f0_reach_the_engine(client, song_engine):
    made(
        client,
        audio=None,
        vocals=song("a.wav", hz=300),
        accompaniment=song("b.wav", hz=400),
        f0=io.BytesIO(b"0.0,220\n"),
    )
    [order] = song_engine.orders
    assert order.sources.keys() == {"vocals", "accompaniment"}
    assert order.f0 is not None


def test_a_voice_is_heard_as_it_was_when_the_job_was_made(client, inline_worker, song_engine):
    voice = create_voice(client, recording())
    made(client, voice=voice["name"])
    order = song_engine.orders[-1]
    assert order.profile == {"embedding": [1.0] + [0.0] * 255}
    assert [len(path.name) > 0 for path in order.recordings] == [True]
    assert client.delete(f"/api/v1/voices/{voice['id']}/").json()["results"] == 1
    assert not Job.objects.filter(kind="conversion").exists()


def test_clips_of_its_datasets_are_heard_too(client, inline_worker, song_engine, monkeypatch):
    monkeypatch.setattr(chosen, "CLIPS_HEARD", 2)
    heard = []
    told = song_engine.convert_recording

    def convert(order, folder, progress):
        heard.append([path.read_bytes() for path in order.recordings])
        return told(order, folder, progress)

    monkeypatch.setattr(engine, "convert_recording", convert)
    voice = create_voice(client, recording())
    for content in (b"ab", b"abc", b"a"):
        dataset_create(Voice.objects.get(pk=voice["id"]), content=content)
    other = create_voice(client, recording(), name="Other")
    dataset_create(Voice.objects.get(pk=other["id"]), content=b"of another")
    made(client, voice=voice["name"])
    assert heard[-1][1:] == [b"abc", b"ab"], "the longest after its own recording"
    assert heard[-1][0].startswith(b"RIFF")


def test_every_stage_of_the_engine_has_its_words_on_the_page():
    said = {name.removeprefix("stage_") for name in conversion.SCRIPT if name.startswith("stage_")}
    assert {*STAGES, "fetching", "storing"} <= said


def test_a_reference_is_a_voice_for_once(client, song_engine, settings):
    job = made(client, voice=None, reference=recording(name="me.wav"))
    assert (job["status"], job["voice"]["name"]) == ("succeeded", "me.wav")
    [order] = song_engine.orders
    assert (order.profile, len(order.recordings)) == (None, 1)
    settings.SPOKEN_CONSENT_REQUIRED = True
    assert refused(ask(client, voice=None, reference=recording())) == (403, "reference_not_allowed")


def test_an_own_voice_waits_for_its_spoken_consent(client, inline_worker, settings):
    voice = create_voice(client, recording())
    settings.SPOKEN_CONSENT_REQUIRED = True
    assert refused(ask(client, voice=voice["id"])) == (403, "spoken_consent_required")


@pytest.mark.parametrize(
    ("fields", "refusal"),
    [
        ({"rights": None}, (400, "rights_required")),
        ({"rights": "false"}, (400, "rights_required")),
        ({"rights_version": "0"}, (409, "rights_text_changed")),
        ({"voice": "nobody"}, (404, "unknown_voice")),
        ({"voice": None}, (400, "voice_required")),
        ({"reference": recording()}, (400, "several_voices")),
        ({"audio": None}, (400, "no_source")),
        ({"song": "7d0c2f0e-0000-4000-8000-000000000000"}, (404, "unknown_job")),
        ({"upload": "7d0c2f0e-0000-4000-8000-000000000000"}, (404, "unknown_upload")),
        ({"audio": io.BytesIO(b"")}, (400, "empty_file")),
        ({"preset": "opera"}, (400, "invalid_request")),
        ({"format": "amr"}, (400, "invalid_request")),
        ({"settings": "{"}, (400, "invalid_request")),
        ({"settings": '{"octave": 1}'}, (400, "unknown_field")),
        ({"settings": '{"protect": 2}'}, (400, "bad_conversion_settings")),
        ({"settings": '{"f0_method": "ear"}'}, (400, "invalid_request")),
        ({"preset": "speech", "vocals": song()}, (400, "stems_of_speech")),
        ({"webhook_url": "ftp://example.com"}, (400, "bad_webhook_url")),
        ({"volume": "11"}, (400, "unknown_field")),
    ],
)
def test_what_cannot_be_done_is_refused_and_leaves_nothing(client, settings, fields, refusal):
    for value in fields.values():
        if hasattr(value, "seek"):
            value.seek(0)
    assert refused(ask(client, **fields)) == refusal
    assert not Job.objects.exists()
    assert not StoredFile.objects.exists()
    assert not settings.MEDIA_ROOT.exists() or not on_disk(settings)


def test_the_rights_are_told_and_kept(client):
    told = client.get("/api/v1/conversions/rights/", HTTP_ACCEPT_LANGUAGE="ru").json()
    assert "право" in told["text"]
    refusal = ask(client, rights=None).json()["error"]["details"]
    assert refusal["version"] == told["version"]
    kept = queued(client, rights_version=told["version"])["params"]["rights"]
    assert (kept["given"], kept["version"]) == (True, told["version"])


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (Unusable("no_voice", "no voice is heard", "голоса не слышно"), 422),
        (BadInput("f0_of_another_length", "another length", "другая длина"), 400),
    ],
)
def test_a_song_that_cannot_serve_is_told_of_and_can_be_tried_again(
    client,
    song_engine,
    settings,
    error,
    status,
):
    def refuse(done, total, stage):
        raise error

    song_engine.at_stage = refuse
    job = made(client)
    assert (job["status"], job["error"]["code"]) == ("failed", error.code)
    assert Job.objects.get().error_status == status
    assert on_disk(settings) == {"source"}, "the song is there for the next try"
    song_engine.at_stage = lambda *told: None
    assert operator.jobs_retry(jobs=Job.objects.all()) == 1
    assert worked(client, job)["status"] == "succeeded"


def test_one_that_is_cancelled_leaves_only_what_was_given(client, song_engine, settings):
    job = queued(client)
    song_engine.at_stage = lambda *told: client.post(f"/api/v1/jobs/{job['id']}/cancel/")
    assert worked(client, job)["status"] == "cancelled"
    assert on_disk(settings) == {"source"}
    assert client.delete(f"/api/v1/jobs/{job['id']}/").status_code == 204
    assert on_disk(settings) == set()


def test_a_worker_killed_in_mid_song_costs_an_attempt_and_leaves_one_result(
    client,
    song_engine,
    settings,
):
    def killed(done, total, stage):
        if stage == "converting":
            raise KeyboardInterrupt

    song_engine.at_stage = killed
    job = queued(client)
    with pytest.raises(KeyboardInterrupt):
        worked(client, job)
    Job.objects.update(lease_expires_at=Now() - timedelta(seconds=1))
    reaper.jobs_requeue_stuck()
    song_engine.at_stage = lambda *told: None
    again = worked(client, job)
    assert (again["status"], Job.objects.get().attempts) == ("succeeded", 2)
    assert StoredFile.objects.filter(role="result").count() == 1
    assert len(on_disk(settings)) == len(MADE) + 1


def test_seconds_of_work_and_bytes_are_counted(client, settings):
    job = made(client)
    day = UsageDay.objects.get()
    assert (day.jobs, day.audio_seconds) == (1, SECONDS)
    assert day.worked_seconds > 0
    UsageDay.objects.update(worked_seconds=1e6)
    assert refused(ask(client)) == (429, "quota_exceeded")
    UsageDay.objects.update(worked_seconds=0)
    kept = sum(StoredFile.objects.values_list("size_bytes", flat=True))
    allowed = kept // 2**20 + 1
    settings.QUOTAS = {"account": {**settings.QUOTAS["account"], "storage_megabytes": allowed}}
    while (answer := ask(client)).status_code == 202:
        assert StoredFile.objects.count() < 50
    assert answer.json()["error"]["details"]["limit"] == "storage_bytes"
    assert client.get(f"/api/v1/conversions/{job['id']}/").status_code == 200


def test_it_is_exported_and_expires_with_its_files(client, settings):
    job = made(client)
    archive = zipfile.ZipFile(io.BytesIO(body_of(client.get("/api/v1/account/export/"))))
    names = [json.loads(line)["name"] for line in archive.read("files.jsonl").splitlines()]
    assert len(names) == len(MADE) + 1
    assert song().read() in [archive.read(name) for name in names]
    settings.RETENTION = {
        kind: {"result_days": 30, "result_megabytes": 0, "voice_days": 0}
        for kind in ("visitor", "account")
    }
    Job.objects.filter(pk=job["id"]).update(finished_at=timezone.now() - timedelta(days=31))
    assert sweep().jobs == 1
    assert on_disk(settings) == set()


def test_files_of_songs_count_for_the_megabytes_that_are_kept(client, settings):
    made(client)
    StoredFile.objects.filter(role="vocals").update(size_bytes=2 * 2**20)
    settings.RETENTION = {
        kind: {"result_days": 0, "result_megabytes": 2, "voice_days": 0}
        for kind in ("visitor", "account")
    }
    queued(client)  # one that is not made yet stays
    assert sweep().jobs == 1
    assert Job.objects.get().status == "queued"


def test_the_same_call_twice_makes_one_job(client):
    bodies = [{"audio": song(), "voice": "anna", "rights": "true"} for _ in range(2)]
    first, second = (
        client.post("/api/v1/conversions/", body, headers={"Idempotency-Key": "one"})
        for body in bodies
    )
    assert first.json()["id"] == second.json()["id"]
    assert StoredFile.objects.count() == 1


def test_history_finds_it_by_the_name_of_the_song(client):
    made(client)
    for filters in ({"kind": "history"}, {"kind": "conversion"}, {"search": "песня"}):
        assert client.get("/api/v1/jobs/", filters).json()["count"] == 1, filters


def test_presets_and_methods_are_those_of_the_engine():
    assert {"song", "speech", "dubbing"} <= engine.conversion_presets().keys()
    assert engine.f0_methods()
