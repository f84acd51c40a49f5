"""Datasets by the Python client, against the live server."""

import pytest

from tests.voiceclone_client.test_client import Awaited
from tests.voices.own_voices import recording
from tests.voices.studio_engine import StudioEngine
from voiceclone_client import NotFoundError, VoiceClone

pytestmark = pytest.mark.usefixtures("humming_engine", "inline_worker", "bank_voice")


@pytest.fixture
def studio(monkeypatch):
    return StudioEngine().put_into(monkeypatch)


@pytest.fixture(params=[VoiceClone, Awaited], ids=["blocking", "asyncio"])
def service(request, running, studio):
    address, key = running
    with request.param(address, key, retries=0) as client:
        yield client


def test_from_sentences_to_clips(service, tmp_path):
    sound = tmp_path / "Глава.wav"
    sound.write_bytes(recording().read())
    (tmp_path / "Глава.srt").write_text("1\n00:00:00,000 --> 00:00:02,000\nДа.\n", "utf-8")
    voice = service.voice_create("Мой", [sound], consent=True)
    dataset = service.dataset_create(voice.id, "Дом", denoise=False)
    reading = service.dataset_sentences(dataset.id, count=2)
    assert len(reading.sentences) == 2
    take = service.take_create(dataset.id, sound, sentence=reading.sentences[0])
    assert (take.state, take.sentence) == ("accepted", reading.sentences[0])
    service.take_create(dataset.id, sound, transcript=tmp_path / "Глава.srt")
    service.take_create(dataset.id, upload_id=service.upload(sound).id)
    extra = service.take_create(dataset.id, sound, sentence="Лишнее.")
    service.take_delete(dataset.id, extra.id)
    assert [one.state for one in service.takes(dataset.id)] == ["accepted"] * 3
    assert service.dataset_sentences(dataset.id).read == 1
    job = service.job_wait(service.dataset_prepare(dataset.id).id)
    assert job.status == "succeeded"
    [piece, *others] = service.dataset_report(dataset.id)["pieces"]
    assert len(others) == 2
    assert service.dataset_file(dataset.id, f"clips/{piece['id']}.flac").startswith(b"RIFF")
    service.dataset_edit(dataset.id, [{"clip": piece["id"], "action": "drop"}])
    service.job_wait(service.dataset_prepare(dataset.id).id)
    [known] = service.datasets(voice=voice.id)
    assert (known.state, known.figures["clips"]) == ("prepared", 2)
    service.dataset_delete(dataset.id)
    with pytest.raises(NotFoundError):
        service.dataset(dataset.id)
