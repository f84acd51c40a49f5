"""Recordings through ElevenLabs' door, by their own client: in another voice, and the voice alone."""

import httpx
import pytest
from elevenlabs.client import ElevenLabs
from elevenlabs.core import ApiError

from tests.voices.song_engine import song, song_engine_set
from voices.errors import Unusable
from voices.models import Job, StoredFile

pytestmark = pytest.mark.usefixtures("inline_worker", "humming_engine", "bank_voice")
RIGHTS = {"additional_body_parameters": {"rights": "true"}}


@pytest.fixture(autouse=True)
def song_engine(monkeypatch):
    return song_engine_set(monkeypatch)


@pytest.fixture
def client(running):
    """Its connections end with the test."""
    address, key = running
    with httpx.Client(timeout=30) as connections:
        yield ElevenLabs(base_url=f"{address}/elevenlabs", api_key=key, httpx_client=connections)


def convert(client, method="convert", **fields):
    values = {"voice_id": "anna", "audio": song(), "request_options": RIGHTS, **fields}
    return b"".join(getattr(client.speech_to_speech, method)(**values))


def isolate(client, method="convert", **fields):
    return b"".join(getattr(client.audio_isolation, method)(audio=song(), **fields))


def refused(call, *args, **fields):
    with pytest.raises(ApiError) as caught:
        call(*args, **fields)
    return caught.value.status_code, caught.value.body["detail"]["status"]


@pytest.mark.parametrize("method", ["convert", "stream"])
def test_a_recording_comes_back_in_the_voice(client, song_engine, method):
    sound = convert(
        client,
        method,
        model_id="eleven_multilingual_sts_v2",
        voice_settings='{"stability": 0.5}',
        output_format="mp3_44100_128",
    )
    assert sound[:2] == b"\xff\xfb" or sound[:3] == b"ID3"
    [order] = song_engine.orders
    assert (order.settings, order.voice) == ({"preset": "speech"}, "Anna")
    assert Job.objects.get().kind == "conversion"


def test_bare_samples_get_a_head(client, song_engine):
    convert(client, audio=b"\0\1" * 16_000, file_format="pcm_s16le_16")
    [given] = song_engine.given
    assert given["song"][:4] == b"RIFF"
    assert len(given["song"]) == 44 + 32_000


@pytest.mark.parametrize("method", ["convert", "stream"])
def test_the_voice_comes_alone(client, method):
    sound = isolate(client, method)
    assert sound[:2] == b"\xff\xfb" or sound[:3] == b"ID3"
    assert Job.objects.get().kind == "separation"


@pytest.mark.parametrize(
    ("fields", "refusal"),
    [
        ({"request_options": {}}, (400, "rights_required")),
        ({"voice_id": "nobody"}, (404, "voice_not_found")),
        ({"model_id": "whisper"}, (404, "model_not_found")),
        ({"remove_background_noise": True}, (400, "noise_removal_unsupported")),
        ({"output_format": "pcm_24000"}, (400, "unsupported_output_format")),
        ({"voice_settings": '{"volume": 2}'}, (400, "unknown_field")),
        ({"audio": b""}, (400, "empty_file")),
    ],
)
def test_what_cannot_be_met_is_told_in_their_shape(client, fields, refusal):
    assert refused(convert, client, **fields) == refusal
    assert not StoredFile.objects.exists()


def test_what_the_engine_finds_wrong_is_told_at_once(client, song_engine):
    def refuse(done, total, stage):
        raise Unusable("no_voice", "no voice is heard", "голоса не слышно")

    song_engine.at_stage = refuse
    assert refused(convert, client) == (422, "no_voice")
    assert refused(isolate, client) == (422, "no_voice")
