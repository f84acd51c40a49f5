"""A mix of voices speaks wherever a voice is named, is never stored, and is gone with any of its voices."""

import numpy as np
import pytest
from django.core.files.storage import default_storage

from tests.voices.own_voices import create_voice
from tests.voices.stored import voice_create
from voices.models import Job, Voice, VoiceHeard
from voices.openai.formats import STOCK_VOICES

pytestmark = pytest.mark.usefixtures("inline_worker", "bank_voice")
MIX = "anna(3)+elena"


@pytest.fixture(autouse=True)
def orders(humming_engine):
    return humming_engine


@pytest.fixture
def elena(transactional_db):
    return voice_create(
        is_bank=True,
        slug="elena",
        status=Voice.Status.READY,
        name="Elena",
        name_ru="Елена",
        profile={"embedding": [0.0, 1.0] + [0.0] * 254, "f0_median_hz": 200.0},
    )


@pytest.fixture
def client(caller, elena):
    return caller("alice")


def say(client, **values):
    answer = client.post("/api/v1/jobs/", {"text": "Привет.", "voice": "anna", **values}, "json")
    assert answer.status_code == 202, answer.content
    return answer.json()


def refusal(client, **values):
    answer = client.post("/api/v1/jobs/", {"text": "Привет.", "voice": "anna", **values}, "json")
    return answer.status_code, answer.json()["error"]


def assert_mixed(profile):
    embedding = np.asarray(profile["embedding"])
    assert embedding[0] == pytest.approx(3 * embedding[1], rel=1e-4)
    assert np.linalg.norm(embedding) == pytest.approx(1.0, abs=1e-4)
    assert profile["f0_median_hz"] == pytest.approx(200.0)


@pytest.mark.parametrize("written", [MIX, " anna (3) + elena (1) ", "anna(0,75)+elena(0.25)"])
def test_a_job_speaks_in_a_mix(client, orders, written):
    say(client, voice=written)
    assert_mixed(orders[0].profile)


@pytest.mark.parametrize(
    "text", [f"{MIX}:: Привет.", f"((голос {MIX})) Привет.", f"[voice:{MIX}] Привет."]
)
def test_a_text_calls_for_a_mix(client, orders, text):
    say(client, text=text)
    assert_mixed(orders[0].voices[MIX])
    assert "f0_median_hz" not in orders[0].profile


def test_openai_s_door_speaks_in_a_mix(client, orders):
    body = {"model": "tts-1", "input": "Привет.", "voice": MIX}
    assert client.post("/v1/audio/speech", {**body, "stream": False}, "json").status_code == 200
    assert_mixed(orders[0].profile)


@pytest.fixture
def stock(elena, monkeypatch):
    """Anna and Elena, under OpenAI's names."""
    monkeypatch.setitem(STOCK_VOICES, "echo", "elena")


@pytest.mark.parametrize("written", ["alloy(3)+echo", "Alloy(3)+elena", "alloy(3) + ECHO"])
def test_openai_s_own_names_stand_in_mixes_and_in_texts(client, orders, stock, written):
    body = {"model": "tts-1", "input": "Привет.", "voice": written}
    assert client.post("/v1/audio/speech", {**body, "stream": False}, "json").status_code == 200
    assert_mixed(orders[-1].profile)
    body = {"input": f"{written}:: Привет.\necho:: Здравствуй.", "voice": "anna"}
    assert client.post("/v1/audio/speech", {**body, "stream": False}, "json").status_code == 200
    assert_mixed(orders[-1].voices[written])
    assert orders[-1].voices["echo"]["embedding"][1] == 1.0


def test_openai_s_own_names_mean_no_voice_elsewhere_and_a_voice_of_that_name_goes_first(
    client, orders, stock
):
    assert refusal(client, voice="alloy(3)+echo")[0] == 404
    create_voice(client, name="Echo")
    own = Voice.objects.get(name="Echo").profile
    body = {"input": "echo:: Здравствуй.", "voice": "elena"}
    assert client.post("/v1/audio/speech", {**body, "stream": False}, "json").status_code == 200
    assert orders[-1].voices["echo"] == own


def test_an_alias_may_mean_a_mix_of_openai_s_own_names(client, orders, stock):
    body = {"input": "Привет.", "voice": "us", "voice_aliases": {"us": "alloy(3)+echo"}}
    assert client.post("/v1/audio/speech", {**body, "stream": False}, "json").status_code == 200
    assert_mixed(orders[-1].profile)


def test_a_batch_speaks_in_mixes(client, orders):
    body = {"items": [{"text": "Раз.", "voice": MIX}, {"text": "Два."}], "voice": "elena"}
    assert client.post("/api/v1/batches/", body, "json").status_code == 202
    by_text = {order.text: order.profile for order in orders}
    assert_mixed(by_text["Раз."])
    assert "Anna(3)+Elena" in Job.objects.values_list("voice_name", flat=True)


def test_the_job_names_the_mix(client):
    assert say(client, voice=MIX)["voice"] == {"id": None, "slug": None, "name": "Anna(3)+Elena"}


def test_nothing_of_a_mix_is_stored(client):
    before = Voice.objects.count()
    say(client, voice=MIX)
    assert Voice.objects.count() == before
    assert "embedding" not in str(Job.objects.get().params)


def test_a_mix_has_the_usual_pace_whatever_its_voices_have_set(client, orders):
    mine = create_voice(client, name="Иван")
    client.patch(f"/api/v1/voices/{mine['id']}/", {"settings": {"speed": 1.7}}, "json")
    say(client, voice=mine["id"])
    say(client, voice="Иван+anna")
    assert [order.speed for order in orders] == [1.7, 1.0]


@pytest.mark.parametrize(
    ("written", "status", "code", "named"),
    [
        ("anna+", 400, "bad_voice_mix", "anna+"),
        ("anna(0)+elena", 400, "bad_voice_mix", "anna(0)+elena"),
        ("anna+ivan", 404, "unknown_voice", "ivan"),
        ("+".join(["anna"] * 9), 400, "voice_mix_too_large", "9"),
    ],
)
def test_what_is_no_mix_is_refused_by_name(client, written, status, code, named):
    found, error = refusal(client, voice=written)
    assert (found, error["code"]) == (status, code)
    assert named in error["message"]
    found, error = refusal(client, text=f"[voice:{written}] Привет.")
    assert (found, error["code"]) == (status, code)
    assert not Job.objects.exists()


def test_a_voice_called_like_a_mix_is_that_voice(client, orders):
    create_voice(client, name="anna+elena")
    say(client, voice="anna+elena")
    assert orders[0].profile["embedding"][0] == 1.0


def test_other_people_s_voices_are_in_no_mix(client, caller):
    theirs = create_voice(caller("bob"), name="Иван")
    for reference in ("Иван", theirs["id"]):
        status, error = refusal(client, voice=f"anna+{reference}")
        assert (status, error["code"]) == (404, "unknown_voice")


def test_a_voice_that_waits_for_its_consent_is_in_no_mix(client, settings):
    mine = create_voice(client, name="Иван")["id"]
    settings.SPOKEN_CONSENT_REQUIRED = True
    status, error = refusal(client, voice=f"anna+{mine}")
    assert (status, error["code"]) == (403, "spoken_consent_required")


@pytest.mark.parametrize(
    "values", [{"voice": "anna(2)+Иван"}, {"voice": "Иван+anna"}, {"text": "anna+Иван:: Привет."}]
)
def test_a_deleted_voice_takes_what_its_mixes_said(client, values):
    mine = create_voice(client, name="Иван")["id"]
    job, kept = say(client, **values), say(client, voice=MIX)
    assert {str(heard.voice_id) for heard in VoiceHeard.objects.filter(job=job["id"])} >= {mine}
    file = Job.objects.get(pk=job["id"]).result.name
    assert client.delete(f"/api/v1/voices/{mine}/").status_code == 200
    assert client.get(f"/api/v1/jobs/{job['id']}/").status_code == 404
    assert not default_storage.exists(file)
    assert client.get(f"/api/v1/jobs/{kept['id']}/").status_code == 200


def test_aliases_stand_for_voices_and_mixes(client, orders):
    say(
        client,
        voice="Narrator",
        text="[voice:villain] Никогда! [voice:NARRATOR] Жили-были.",
        voice_aliases={"narrator": MIX, "Villain": "elena"},
    )
    assert_mixed(orders[0].profile)
    assert_mixed(orders[0].voices["NARRATOR"])
    assert orders[0].voices["villain"]["f0_median_hz"] == 200.0


def test_openai_s_door_takes_aliases_and_marks_as_clients_of_kokoro_send_them(client, orders):
    body = {
        "model": "tts-1",
        "input": "[voice:narrator] Жили-были. [voice:villain] Никогда!",
        "voice": "alloy",
        "voice_aliases": {"narrator": MIX, "villain": "elena", "Alloy": MIX},
        "allow_voice_tags": True,
    }
    assert client.post("/v1/audio/speech", {**body, "stream": False}, "json").status_code == 200
    assert_mixed(orders[0].profile)
    assert_mixed(orders[0].voices["narrator"])
    refusal = client.post("/v1/audio/speech", {**body, "allow_voice_tags": False}, "json")
    assert (refusal.status_code, refusal.json()["error"]["param"]) == (400, "allow_voice_tags")


def test_an_alias_of_a_stranger_names_the_stranger(client):
    status, error = refusal(client, voice="narrator", voice_aliases={"narrator": "ivan"})
    assert (status, error["code"]) == (404, "unknown_voice")
    assert "ivan" in error["message"]


def test_an_alias_that_is_no_name_is_refused(client):
    status, error = refusal(client, voice_aliases={"narrator": {"voice": "anna", "rate": 0.8}})
    assert (status, error["code"]) == (400, "invalid_request")
    assert "narrator" in str(error["details"])
