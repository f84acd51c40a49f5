"""Scores in voices: asked for, sung in the worker, kept, matched with voices, and removed."""

import io
import json
import zipfile
from datetime import timedelta

import pytest
from django.db.models.functions import Now
from django.utils import timezone

from tests.tts_engine.singing.made import KALINKA, measure, musicxml, note
from tests.voices.asking import body_of, on_disk, refused
from tests.voices.own_voices import create_voice, recording
from tests.voices.singing_engine import notes, score_file, singing_engine_set
from tests.voices.song_engine import SECONDS, song
from tests.voices.stored import voice_create
from voices.errors import Unusable
from voices.models import Job, StoredFile, UsageDay
from voices.services.jobs import leases
from voices.services.upkeep import operator, reaper
from voices.services.upkeep.retention import sweep
from voices.services.upkeep.runner import job_run_next

pytestmark = pytest.mark.usefixtures("humming_engine", "bank_voice", "singing")
MADE = {"result", "vocals", "midi", "lrc"}
GIVEN = {"score", "notes"}


@pytest.fixture
def singing(monkeypatch):
    return singing_engine_set(monkeypatch)


@pytest.fixture
def client(caller, messages):
    return caller("alice")


def ask(client, **fields):
    body = {"score": score_file(), "voice": "anna", "rights": "true", **fields}
    body = {name: value for name, value in body.items() if value is not None}
    return client.post("/api/v1/songs/", body, HTTP_ACCEPT_LANGUAGE="en")


def queued(client, **fields):
    answer = ask(client, **fields)
    assert answer.status_code == 202, answer.content
    return answer.json()


def worked(client, job):
    job_run_next(queue="conversion")
    return client.get(f"/api/v1/songs/{job['id']}/").json()


def made(client, **fields):
    return worked(client, queued(client, **fields))


def test_a_score_comes_back_as_a_song_with_its_files(client, singing, caller):
    settings = {"transpose": "-5", "tempo": "0.9", "vibrato": "0.3", "part": "1"}
    job = queued(client, format="flac", **settings)
    assert (job["kind"], job["status"], job["name"]) == ("song", "queued", "Калинка.musicxml")
    assert job["voice"]["name"] == "Anna"
    job = worked(client, job)
    assert job["status"] == "succeeded", job["error"]
    assert {file["role"] for file in job["files"]} == MADE | GIVEN
    assert (job["audio"]["format"], job["audio"]["seconds"]) == ("flac", SECONDS)
    assert (job["params"]["semitones"], job["params"]["lines"]) == (-5, 2)
    [order] = singing.orders
    assert order.settings == {
        "part": 1,
        "transpose": -5,
        "tempo": 0.9,
        "vibrato": 0.3,
        "render": False,
    }
    assert order.track is None
    assert order.profile == {"embedding": [1.0] + [0.0] * 255}
    assert [one["syllable"] for one in order.score["parts"][0]["notes"]][:3] == ["Ка", "лин", "ка"]
    path = f"/api/v1/songs/{job['id']}/files/"
    assert body_of(client.get(f"{path}score/")) == score_file().read()
    assert client.get(f"{path}vocals/")["Content-Type"] == "audio/flac"
    assert client.get(f"{path}midi/")["Content-Type"] == "audio/midi"
    assert "Калинка" in body_of(client.get(f"{path}lrc/")).decode()
    assert client.get(f"{path}plot/").status_code == 404
    stranger = caller("bob")
    assert stranger.get(f"{path}vocals/").status_code == 404
    assert refused(stranger.get(f"/api/v1/songs/{job['id']}/")) == (404, "unknown_job")
    assert refused(ask(stranger, score=None, song=job["id"])) == (404, "unknown_job")


def test_auto_is_the_usual_shift(client, singing):
    made(client, transpose="auto")
    made(client)
    assert [order.settings["transpose"] for order in singing.orders] == [None, None]


def test_notes_an_example_and_an_earlier_song_are_scores_too(client, singing):
    own = made(client, score=None, notes=json.dumps(notes("ля", "ля")))
    assert (own["name"], own["status"]) == ("Своя песня", "succeeded")
    assert made(client, score=None, example="kalinka")["name"] == "Калинка"
    again = made(client, score=None, song=own["id"], rights=None)
    assert again["params"]["rights"] == own["params"]["rights"], "asked once for a song"
    drawn, example, same = (order.score for order in singing.orders)
    assert drawn == same
    assert len(example["parts"][0]["notes"]) > 20
    body = {"notes": notes("ля"), "voice": "anna", "rights": True, "transpose": -2}
    answer = client.post("/api/v1/songs/", body, format="json")
    assert answer.status_code == 202, answer.content


def test_an_accompaniment_is_a_track_or_the_other_parts(client, singing):
    made(client, accompaniment=song("minus.wav"))
    assert singing.tracks == [song().read()]
    made(client, score=score_file(TWO_PARTS), render="true")
    assert singing.orders[-1].settings["render"] is True
    assert len(singing.orders[-1].score["parts"]) == 2


def test_its_progress_is_told_in_lines(client, singing, monkeypatch):
    monkeypatch.setattr(leases, "PROGRESS_EVERY_SECONDS", 0.0)
    job, heard = queued(client), []

    def look(done, total, stage):
        told = client.get(f"/api/v1/songs/{job['id']}/").json()["progress"]
        heard.append((told["stage"], told["unit"], told["done"], told["total"]))

    singing.at_stage = look
    worked(client, job)
    assert heard == [("singing", "lines", done, 2) for done in (0, 1, 2)]


def test_own_voices_and_recordings_of_a_voice_sing(client, inline_worker, singing, settings):
    voice = create_voice(client, recording())
    made(client, voice=voice["name"])
    assert singing.orders[-1].profile == {"embedding": [1.0] + [0.0] * 255}
    job = made(client, voice=None, reference=recording(name="me.wav"))
    assert (job["status"], job["voice"]["name"]) == ("succeeded", "me.wav")
    assert (singing.orders[-1].profile, len(singing.orders[-1].recordings)) == (None, 1)
    settings.SPOKEN_CONSENT_REQUIRED = True
    assert refused(ask(client, voice=voice["id"])) == (403, "spoken_consent_required")
    assert refused(ask(client, voice=None, reference=recording())) == (403, "reference_not_allowed")
    assert client.delete(f"/api/v1/voices/{voice['id']}/").json()["results"] == 1
    assert Job.objects.filter(kind="song").count() == 1


def bomb():
    entities = "".join(f"<!ENTITY a{n + 1} '{f'&a{n};' * 10}'>" for n in range(9))
    return (
        f"<!DOCTYPE s [<!ENTITY a0 'a'>{entities}]><score-partwise>&a9;</score-partwise>".encode()
    )


def zip_bomb():
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        root = "<container><rootfiles><rootfile full-path='a.xml'/></rootfiles></container>"
        archive.writestr("META-INF/container.xml", root)
        with archive.open("a.xml", "w", force_zip64=True) as member:
            for _ in range(64):
                member.write(b" " * 1_000_000)
    return stream.getvalue()


TWO_PARTS = musicxml(KALINKA, measure(1, note("C", 3, 4))).encode()
WORDLESS = musicxml(measure(1, note("E", 4, 4))).encode()
TWO_VOICES = musicxml(
    measure(1, note("E", 4, 4, "ля") + "<backup><duration>12</duration></backup>" + note("G", 5, 3))
).encode()


@pytest.mark.parametrize(
    ("fields", "refusal"),
    [
        ({"rights": None}, (400, "rights_required")),
        ({"rights_version": "0"}, (409, "rights_text_changed")),
        ({"voice": "nobody"}, (404, "unknown_voice")),
        ({"voice": None}, (400, "voice_required")),
        ({"reference": recording()}, (400, "several_voices")),
        ({"score": None}, (400, "score_required")),
        ({"example": "kalinka"}, (400, "several_scores")),
        ({"score": None, "example": "kamarinskaya"}, (400, "invalid_request")),
        ({"score": None, "song": "7d0c2f0e-0000-4000-8000-000000000000"}, (404, "unknown_job")),
        ({"score": score_file(b"")}, (400, "empty_score")),
        ({"score": score_file(b"%PDF", name="a.pdf")}, (415, "unknown_score_format")),
        ({"score": score_file(b"<html/>")}, (422, "score_unreadable")),
        ({"score": score_file(b"MThd", name="a.mid")}, (422, "score_unreadable")),
        ({"score": score_file(bomb())}, (422, "score_unreadable")),
        ({"score": score_file(zip_bomb(), name="a.mxl")}, (413, "score_too_large")),
        ({"score": score_file(WORDLESS)}, (422, "score_without_lyrics")),
        ({"score": score_file(TWO_VOICES)}, (422, "part_polyphonic")),
        ({"part": "4"}, (400, "no_such_part")),
        ({"transpose": "40"}, (400, "bad_transposition")),
        ({"transpose": "24"}, (422, "note_out_of_range")),
        ({"transpose": "1.5"}, (400, "invalid_request")),
        ({"transpose": "high"}, (400, "invalid_request")),
        ({"tempo": "9"}, (400, "out_of_range")),
        ({"vibrato": "2"}, (400, "out_of_range")),
        ({"format": "amr"}, (400, "invalid_request")),
        ({"render": "true"}, (400, "nothing_to_play")),
        (
            {"score": score_file(TWO_PARTS), "render": "true", "accompaniment": song()},
            (400, "several_accompaniments"),
        ),
        ({"score": None, "notes": "{"}, (400, "invalid_request")),
        ({"score": None, "notes": "[" * 100_000}, (400, "invalid_request")),
        ({"score": None, "notes": "{}"}, (400, "bad_notes")),
        ({"score": None, "notes": json.dumps(notes("ля", seconds=0.0))}, (400, "bad_notes")),
        ({"score": None, "notes": json.dumps(notes(""))}, (422, "score_without_lyrics")),
        ({"webhook_url": "ftp://example.com"}, (400, "bad_webhook_url")),
        ({"volume": "11"}, (400, "unknown_field")),
    ],
)
def test_what_cannot_be_sung_is_refused_and_leaves_nothing(client, settings, fields, refusal):
    for value in fields.values():
        if hasattr(value, "seek"):
            value.seek(0)
    assert refused(ask(client, **fields)) == refusal
    assert not Job.objects.exists()
    assert not StoredFile.objects.exists()
    assert not settings.MEDIA_ROOT.exists() or not on_disk(settings)


def test_one_that_fails_is_told_of_and_can_be_tried_again(client, singing, settings):
    def refuse(done, total, stage):
        raise Unusable("lyrics_unreadable", "no vowel", "нет гласной")

    singing.at_stage = refuse
    job = made(client)
    assert (job["status"], job["error"]["code"]) == ("failed", "lyrics_unreadable")
    assert on_disk(settings) == GIVEN
    singing.at_stage = lambda *told: None
    assert operator.jobs_retry(jobs=Job.objects.all()) == 1
    assert worked(client, job)["status"] == "succeeded"


def test_one_that_is_cancelled_leaves_only_what_was_given(client, singing, settings):
    job = queued(client)
    singing.at_stage = lambda *told: client.post(f"/api/v1/jobs/{job['id']}/cancel/")
    assert worked(client, job)["status"] == "cancelled"
    assert on_disk(settings) == GIVEN
    assert client.delete(f"/api/v1/jobs/{job['id']}/").status_code == 204
    assert on_disk(settings) == set()


def test_a_worker_killed_in_mid_song_costs_an_attempt_and_leaves_one_result(
    client, singing, settings
):
    def killed(done, total, stage):
        raise KeyboardInterrupt

    singing.at_stage = killed
    job = queued(client)
    with pytest.raises(KeyboardInterrupt):
        worked(client, job)
    Job.objects.update(lease_expires_at=Now() - timedelta(seconds=1))
    reaper.jobs_requeue_stuck()
    singing.at_stage = lambda *told: None
    again = worked(client, job)
    assert (again["status"], Job.objects.get().attempts) == ("succeeded", 2)
    assert len(on_disk(settings)) == len(MADE | GIVEN)


def test_work_is_counted_exported_and_expires(client, settings):
    job = made(client)
    day = UsageDay.objects.get()
    assert (day.jobs, day.audio_seconds) == (1, SECONDS)
    assert day.worked_seconds > 0
    archive = zipfile.ZipFile(io.BytesIO(body_of(client.get("/api/v1/account/export/"))))
    roles = {json.loads(line)["role"] for line in archive.read("files.jsonl").splitlines()}
    assert roles == MADE | GIVEN
    UsageDay.objects.update(worked_seconds=1e6)
    assert refused(ask(client)) == (429, "quota_exceeded")
    settings.RETENTION = {
        kind: {"result_days": 30, "result_megabytes": 0, "voice_days": 0}
        for kind in ("visitor", "account")
    }
    Job.objects.filter(pk=job["id"]).update(finished_at=timezone.now() - timedelta(days=31))
    assert sweep().jobs == 1
    assert on_disk(settings) == set()


def test_the_same_call_twice_makes_one_job(client):
    bodies = [{"score": score_file(), "voice": "anna", "rights": "true"} for _ in range(2)]
    first, second = (
        client.post("/api/v1/songs/", body, headers={"Idempotency-Key": "one"}) for body in bodies
    )
    assert first.json()["id"] == second.json()["id"]
    assert StoredFile.objects.count() == len(GIVEN)


def test_history_finds_it(client):
    made(client)
    for filters in ({"kind": "history"}, {"kind": "song"}, {"search": "калинка"}):
        assert client.get("/api/v1/jobs/", filters).json()["count"] == 1, filters


def test_scores_are_read_and_nothing_is_kept(client, settings):
    told = client.post("/api/v1/scores/", {"score": score_file()}).json()
    assert told["title"] == "Песня"
    assert (told["parts"][0]["program"], told["parts"][0]["polyphonic"]) == (0, None)
    assert told["parts"][0]["notes"][0] == {
        "start": 0.0, "seconds": 0.5, "midi": 64.0, "syllable": "Ка", "begins_word": True, "loudness": 0.709,
    }  # fmt: skip
    again = client.post("/api/v1/scores/", {"notes": told}, format="json").json()
    assert again == told
    examples = client.get("/api/v1/scores/").json()
    assert [one["example"] for one in examples] == ["kalinka", "beryoza", "ukhnem"]
    assert all(one["parts"][0]["notes"] for one in examples)
    assert refused(client.post("/api/v1/scores/", {"score": score_file(WORDLESS[:99])})) == (
        422,
        "score_unreadable",
    )
    assert client.post("/api/v1/scores/", {"score": score_file(WORDLESS)}).status_code == 200
    two = client.post("/api/v1/scores/", {"score": score_file(TWO_VOICES)}).json()
    assert two["parts"][0]["polyphonic"] is not None
    assert not StoredFile.objects.exists()
    assert not settings.MEDIA_ROOT.exists() or not on_disk(settings)


def pitched(slug, hz):
    return voice_create(
        is_bank=True,
        slug=slug,
        status="ready",
        name=slug.title(),
        name_ru=slug.title(),
        profile={"embedding": [1.0] + [0.0] * 255, "f0_median_hz": hz},
    )


def test_voices_are_told_by_how_they_suit_a_song(client, caller, django_assert_max_num_queries):
    pitched("low", 90.0)
    home = pitched("home", 300.0)
    job = made(client, score=None, notes=json.dumps(notes("ля", "ля", "ля", midi=64.0)))
    listed = client.get("/api/v1/voices/", {"suits": job["id"]}).json()["results"]
    assert [voice["slug"] for voice in listed] == ["home", "low", "anna"]
    suits = [voice["suit"] for voice in listed]
    assert suits[2] is None, "her pitch is not known"
    assert suits[0]["number"] == 100
    assert suits[0]["semitones"] == 0
    assert suits[1]["semitones"] < 0
    body = {"notes": notes("ля", "ля", "ля", midi=64.0)}
    told = client.post("/api/v1/scores/suits/", body, format="json").json()
    assert told[0] == {"voice": str(home.pk), "suit": suits[0]}
    for reference, refusal in (
        (job["id"], "unknown_job"),
        ("7d0c2f0e-0000-4000-8000-000000000000", "unknown_job"),
        ("opera", "unknown_example"),
    ):
        answer = caller("bob").get("/api/v1/voices/", {"suits": reference})
        assert refused(answer) == (404, refusal)
    assert client.get("/api/v1/voices/").json()["results"][0]["suit"] is None
    few = 12
    with django_assert_max_num_queries(few):
        client.get("/api/v1/voices/", {"suits": "kalinka"})
