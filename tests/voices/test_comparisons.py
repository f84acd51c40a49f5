"""Two versions of a voice are heard blind; the choice is written down once, and then told."""

import pytest

from tests.voices.asking import owner_of, refused
from tests.voices.stored import voice_create
from tests.voices.trained import content_of
from voices.models import Comparison, Job, StoredFile, Voice
from voices.services.voices import comparisons
from voices.services.voices.versions import voice_version_add

pytestmark = pytest.mark.usefixtures("inline_worker", "bank_voice")


def along(axis):
    return {"embedding": [float(place == axis) for place in range(256)]}


@pytest.fixture
def client(caller, humming_engine):
    return caller("alice")


@pytest.fixture
def voice(inline_worker):
    """Measured, fitted, measured anew, trained: versions 1 to 4."""
    made = voice_create(**owner_of("alice").fields, name="Иван", profile=along(0))
    for axis, kind in enumerate(("fitted", "instant", "studio"), start=1):
        voice_version_add(voice=made, profile=along(axis), figures={}, kind=kind)
    return made


@pytest.fixture
def path(voice):
    return f"/api/v1/voices/{voice.pk}/comparisons/"


@pytest.fixture
def lots(monkeypatch):
    """What is drawn, in turn, of the versions and sentences there are; else the first of them."""
    drawn = []

    def sample(chosen, count):
        return drawn.pop(0) if drawn else list(chosen)[:count]

    monkeypatch.setattr(comparisons._lot, "sample", sample)
    monkeypatch.setattr(comparisons._lot, "choice", lambda some: some[0])
    return drawn


def compare(client, path, **wish):
    answer = client.post(path, wish, "json")
    assert answer.status_code == 201, answer.content
    return answer.json()


def choose(client, comparison, choice):
    body = {"choice": choice}
    return client.post(f"/api/v1/comparisons/{comparison['id']}/choose/", body, "json")


def test_nothing_tells_which_is_which_until_the_choice_is_made(client, path, lots, humming_engine):
    lots.append([4, 1])
    asked = compare(client, path, versions=[1, 4], text="Добрый день.")
    assert asked["text"] == "Добрый день."
    assert (asked["a"]["version"], asked["b"]["version"], asked["choice"]) == (None, None, "")
    assert [order.profile for order in humming_engine] == [along(3), along(0)]
    assert {order.text for order in humming_engine} == {"Добрый день."}
    job = client.get(f"/api/v1/jobs/{Comparison.objects.get().job_id}/").json()
    assert job["params"] == {"comparison": asked["id"]}
    for side in ("a", "b"):
        heard = client.get(asked[side]["url"])
        content = b"".join(heard.streaming_content)
        assert content == content_of(StoredFile.objects.get(role=side))
        assert "Иван" not in content.decode("latin-1") + heard["Content-Disposition"].replace(
            "%", ""
        )
    told = choose(client, asked, "b").json()
    assert (told["a"]["version"], told["b"]["version"], told["choice"]) == (4, 1, "b")
    again = client.get(f"/api/v1/comparisons/{asked['id']}/").json()
    assert again == told


def test_a_choice_is_made_once(client, path, lots):
    asked = compare(client, path)
    assert refused(choose(client, asked, "c")) == (400, "invalid_request")
    choose(client, asked, "a")
    assert refused(choose(client, asked, "b")) == (409, "comparison_answered")
    assert Comparison.objects.get().choice == "a"


def test_choices_are_tallied_by_pairs_whatever_the_order(client, path, lots):
    for order, choice in (
        ([1, 4], "a"), ([4, 1], "a"), ([4, 1], "b"), ([1, 4], "same"), ([4, 2], "a"), ([1, 4], ""),
    ):  # fmt: skip
        lots.append(order)
        asked = compare(client, path, versions=order)
        if choice:
            choose(client, asked, choice)
    assert client.get(path).json() == [
        {"versions": [1, 4], "chosen": [2, 1], "same": 1},
        {"versions": [2, 4], "chosen": [0, 1], "same": 0},
    ]


def test_left_to_itself_it_takes_the_newest_of_each_kind(client, path, lots, humming_engine):
    asked = compare(client, path)
    assert asked["text"] == comparisons.SENTENCES[0]
    told = choose(client, asked, "same").json()
    assert {told["a"]["version"], told["b"]["version"]} == {3, 2}


def test_the_order_is_drawn_by_lot(client, path):
    seen = set()
    for _ in range(40):
        compare(client, path, versions=[1, 4], text="Да.")
        seen.add(Comparison.objects.first().first)
    assert seen == {1, 4}


def test_what_cannot_be_compared_is_named(client, path, voice, caller, settings):
    assert refused(client.post(path, {"versions": [2, 2]}, "json")) == (400, "same_version")
    assert refused(client.post(path, {"versions": [1, 9]}, "json")) == (400, "unknown_versions")
    assert refused(client.post(path, {"versions": [1]}, "json")) == (400, "invalid_request")
    assert refused(caller("bob").post(path, {}, "json")) == (404, "unknown_voice")
    settings.SPOKEN_CONSENT_REQUIRED = True
    assert refused(client.post(path, {}, "json")) == (403, "spoken_consent_required")
    settings.SPOKEN_CONSENT_REQUIRED = False
    voice.versions.exclude(kind="instant").delete()
    assert refused(client.post(path, {}, "json")) == (409, "nothing_to_compare")


def test_the_tally_outlives_the_sounds_and_goes_with_the_voice(client, path, voice, lots):
    asked = compare(client, path, versions=[1, 4])
    choose(client, asked, "a")
    Job.objects.all().delete()
    found = client.get(f"/api/v1/comparisons/{asked['id']}/").json()
    assert (found["a"], found["choice"]) == (None, "a")
    assert client.get(path).json() == [{"versions": [1, 4], "chosen": [1, 0], "same": 0}]
    client.delete(f"/api/v1/voices/{voice.pk}/")
    assert not Comparison.objects.exists()
    assert not Voice.objects.filter(is_bank=False).exists()
