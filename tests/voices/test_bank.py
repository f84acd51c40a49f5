"""The voice bank: rows as shipped, renewed with what is shipped, cleaned of what no longer is."""

import pytest
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command

from tests.voices.stored import preview_create
from voices import engine
from voices.errors import Unavailable
from voices.models import Voice
from voices.services.voices.bank import bank_seed

pytestmark = pytest.mark.usefixtures("transactional_db")

ANNA = {
    "slug": "anna",
    "name": "Anna",
    "name_ru": "Анна",
    "description": "Clear.",
    "description_ru": "Ясный.",
    "gender": "female",
    "language": "ru",
    "licence": "CC0",
    "attribution": "A. Reader",
    "profile": {"embedding": [1.0], "spectrum": ()},  # stored as a list
}
IVAN = {**ANNA, "slug": "ivan", "name": "Ivan", "name_ru": "Иван", "gender": "male"}


@pytest.fixture
def shipped(monkeypatch, settings, tmp_path):
    """The list of shipped voices; tests change it."""
    settings.MEDIA_ROOT = tmp_path / "media"
    voices = [ANNA, IVAN]
    monkeypatch.setattr(engine, "bank_voices", lambda: list(voices))
    return voices


def seed():
    lines = []
    return bank_seed(report=lines.append), lines


def test_every_voice_is_there_as_shipped_and_nothing_is_said(shipped, caller, humming_engine):
    assert seed() == (2, ["Анна (anna)", "Иван (ivan)"])
    row = caller("alice").get("/api/v1/voices/anna/", headers={"Accept-Language": "en"}).json()
    assert (row["name"], row["licence"], row["attribution"]) == ("Anna", "CC0", "A. Reader")
    assert (row["is_bank"], row["status"], row["gender"]) == (True, "ready", "female")
    assert Voice.objects.get(slug="anna").profile == {"embedding": [1.0], "spectrum": []}
    assert humming_engine == []


def test_a_second_time_nothing_is_written(shipped):
    seed()
    Voice.objects.filter(slug="anna").update(description_ru="Как сказал оператор.", speed=1.2)
    assert seed() == (0, [])
    anna = Voice.objects.get(slug="anna")
    assert (anna.description_ru, anna.speed) == ("Как сказал оператор.", 1.2)


def test_a_voice_shipped_changed_is_written_anew_and_no_other(shipped):
    seed()
    before = Voice.objects.get(slug="anna").pk
    Voice.objects.update(description_ru="Как сказал оператор.", speed=1.2)
    shipped[0] = {**ANNA, "profile": {"embedding": [0.5]}}
    assert seed() == (1, ["Анна (anna)"])
    anna, ivan = Voice.objects.order_by("slug")
    assert (anna.pk, anna.profile, anna.speed) == (before, {"embedding": [0.5]}, 1.2)
    assert [anna.description_ru, ivan.description_ru] == ["Ясный.", "Как сказал оператор."]
    shipped[1] = {**IVAN, "attribution": "I. Reader"}
    assert seed() == (1, ["Иван (ivan)"])
    assert list(Voice.objects.order_by("slug").values_list("versions_made", flat=True)) == [2, 1]


def test_a_voice_no_longer_shipped_goes_with_its_preview(shipped):
    seed()
    name = preview_create(Voice.objects.get(slug="ivan"), content=b"sound").name
    shipped.remove(IVAN)
    assert seed() == (0, [])
    assert not Voice.objects.filter(slug="ivan").exists()
    assert not default_storage.exists(name)


def test_the_command_says_in_both_languages_what_is_missing(shipped, monkeypatch):
    def refuse():
        raise Unavailable("voices_missing", "no voices", "нет голосов")

    monkeypatch.setattr(engine, "bank_voices", refuse)
    with pytest.raises(CommandError, match="no voices / нет голосов"):
        call_command("seed_voices")
