"""Each change of a voice makes a version; jobs keep theirs, and a voice can go back."""

import json

import pytest
from django.utils import timezone

from tests.voices.own_voices import create_voice, recording
from voices import engine
from voices.models import Job, Voice, VoiceHeard, VoiceVersion
from voices.owner import Owner
from voices.services.jobs.removal import jobs_remove
from voices.services.speech.orders import speech_order
from voices.services.voices.voices import voice_delete

pytestmark = pytest.mark.usefixtures("humming_engine", "inline_worker", "bank_voice")


def along(axis):
    return {"embedding": [float(place == axis) for place in range(256)]}


@pytest.fixture
def client(caller, monkeypatch):
    """Each recording is another person's."""
    profiles = map(along, range(9))

    def analyse_reference(content):
        return engine.Reference(
            profile=next(profiles), seconds=3.0, speech_seconds=3.0, notes=[], figures={}
        )

    monkeypatch.setattr(engine, "analyse_reference", analyse_reference)
    return caller("alice")


@pytest.fixture
def path(client):
    """The address of a voice that has changed once."""
    voice = create_voice(client, name="Иван")
    body = {"consent": "true", "recording": [recording()]}
    answer = client.post(f"/api/v1/voices/{voice['id']}/recordings/", body)
    assert (answer.status_code, answer.json()["versions"]) == (201, 2)
    return f"/api/v1/voices/{voice['id']}/"


def listed(client, path):
    return {
        row["number"]: (row["kind"], row["active"], row["figures"])
        for row in client.get(f"{path}versions/").json()["results"]
    }


def mine():
    return Voice.objects.get(is_bank=False)


def mixed():
    return json.loads(json.dumps(engine.mean_profile([(along(0), 3.0), (along(1), 3.0)])))


def test_a_voice_goes_back_and_forth(client, path):
    one = {"recordings": 1, "speech_seconds": 3.0}
    two = {"recordings": 2, "speech_seconds": 6.0}
    assert listed(client, path) == {2: ("instant", True, two), 1: ("instant", False, one)}
    assert mine().profile == mixed()
    assert client.post(f"{path}preview/").status_code == 200
    assert client.post(f"{path}versions/1/activate/").json()["versions"] == 2
    assert listed(client, path) == {2: ("instant", False, two), 1: ("instant", True, one)}
    assert mine().profile == along(0)
    assert client.get(f"{path}preview/").status_code == 404  # that was the voice of version 2
    client.post(f"{path}versions/2/activate/")
    assert mine().profile == mixed()
    assert client.get(f"{path}preview/").status_code == 200


def test_taking_a_recording_out_is_a_version_too(client, path):
    first = client.get(path).json()["recordings"][0]
    client.delete(f"{path}recordings/{first['id']}/")
    assert mine().profile == along(1)
    assert sorted(listed(client, path)) == [1, 2, 3]


@pytest.mark.parametrize("number", [0, 3])
def test_a_version_there_is_not(client, path, number):
    answer = client.post(f"{path}versions/{number}/activate/")
    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "unknown_version")


def test_the_bank_has_none_to_choose_from(client):
    bank = Voice.objects.get(slug="anna").pk
    assert client.get(f"/api/v1/voices/{bank}/versions/").status_code == 403


def test_a_spoken_consent_is_of_the_voice_that_speaks(client, path):
    Voice.objects.filter(is_bank=False).update(
        spoken_consent_at=timezone.now(), spoken_consent_embedding=mixed()["embedding"]
    )
    client.post(f"{path}versions/2/activate/")
    assert mine().spoken_consent_at is not None
    client.post(f"{path}versions/1/activate/")
    assert mine().spoken_consent_at is None


@pytest.mark.parametrize("voice", ["Иван", "anna(1)+Иван(1)"])
def test_a_job_sounds_as_the_voices_were_when_it_was_made(client, path, voice, humming_engine):
    text = "anna:: Раз.\nИван:: Два."
    made = client.post("/api/v1/jobs/", {"text": text, "voice": voice}, "json").json()["id"]
    job = Job.objects.get(pk=made)
    said = humming_engine[-1]
    client.post(f"{path}versions/1/activate/")
    again = speech_order(job)  # tried again, or only now begun
    assert (again.profile, again.voices) == (said.profile, said.voices)
    assert again.voices["Иван"] == mixed()
    later = client.post("/api/v1/jobs/", {"text": text, "voice": voice}, "json").json()["id"]
    assert speech_order(Job.objects.get(pk=later)).voices["Иван"] == along(0)


def test_a_job_of_0_1_sounds_as_the_voice_is_now(client, path):
    made = client.post("/api/v1/jobs/", {"text": "Раз.", "voice": "Иван"}, "json").json()["id"]
    VoiceHeard.objects.update(version=None)
    client.post(f"{path}versions/1/activate/")
    assert speech_order(Job.objects.get(pk=made)).profile == along(0)


def test_versions_outlive_the_job_that_made_them_and_go_with_the_voice(client, path):
    made = Job.objects.filter(kind="enrolment")
    assert set(mine().versions.values_list("job", flat=True)) == {job.pk for job in made}
    jobs_remove(made)
    assert list(mine().versions.values_list("job", flat=True)) == [None, None]
    voice = mine()
    voice_delete(owner=Owner(user_id=voice.user_id), voice_id=voice.pk)
    assert not VoiceVersion.objects.exclude(voice__is_bank=True).exists()
