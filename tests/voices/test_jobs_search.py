"""Finding one's jobs again."""

import pytest

from tests.voices.stored import voice_create
from voices.models import Job, Voice

pytestmark = pytest.mark.usefixtures("humming_engine", "inline_worker", "bank_voice")


@pytest.fixture
def alice(caller):
    client = caller("alice")
    voice_create(
        is_bank=True, slug="boris", name="Boris", name_ru="Борис", status="ready", profile={"a": 1}
    )
    for text, voice in (("Ёлка ЗЕЛЁНАЯ.", "anna"), ("Сто % и (скобки).", "anna"), ("Да.", "boris")):
        assert (
            client.post("/api/v1/jobs/", {"text": text, "voice": voice}, "json").status_code == 202
        )
    return client


def found(client, **query):
    return [job["text"] for job in client.get("/api/v1/jobs/", query).json()["results"]]


@pytest.mark.parametrize(
    ("words", "texts"),
    [
        ("зеленая", ["Ёлка ЗЕЛЁНАЯ."]),
        ("ёЛКА", ["Ёлка ЗЕЛЁНАЯ."]),
        ("% и (", ["Сто % и (скобки)."]),
        ("борис", ["Да."]),
        ("BORIS", ["Да."]),
        (".*", []),
    ],
)
def test_words_are_found_in_texts_and_voices_whatever_their_case(alice, words, texts):
    assert found(alice, search=words) == texts


def test_jobs_of_a_voice_by_slug_or_id(alice):
    boris = Voice.objects.get(slug="boris")
    assert found(alice, voice="boris") == found(alice, voice=str(boris.pk)) == ["Да."]
    assert found(alice, voice="nobody") == []


def test_active_is_waiting_or_running(alice):
    assert found(alice, status="active") == []
    for status, text in (("queued", "Да."), ("running", "Ёлка ЗЕЛЁНАЯ.")):
        Job.objects.filter(text=text).update(status=status)
    assert found(alice, status="active") == ["Да.", "Ёлка ЗЕЛЁНАЯ."]
    assert found(alice, status="succeeded") == ["Сто % и (скобки)."]


def test_one_finds_only_one_s_own(alice, caller):
    assert found(caller("bob"), search="да") == []


def test_pages_do_not_overlap(alice):
    pages = [found(alice, page_size=2, page=number) for number in (1, 2)]
    assert [len(page) for page in pages] == [2, 1]
    assert len({*pages[0], *pages[1]}) == 3


def test_voices_are_found_in_russian_too(alice):
    names = [voice["slug"] for voice in alice.get("/api/v1/voices/?search=бОрис").json()["results"]]
    assert names == ["boris"]
