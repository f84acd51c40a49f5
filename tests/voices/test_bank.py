"""The voice bank: seeded once, renewed with the weights, cleaned of what is no longer shipped."""

import dataclasses

import pytest
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command

from voices import engine
from voices.errors import Unavailable
from voices.models import Voice
from voices.services.voices.bank import bank_is_seeded, bank_seed

pytestmark = pytest.mark.usefixtures("humming_engine", "transactional_db")

ANNA = engine.BankEntry(
    slug="anna",
    name="Anna",
    name_ru="Анна",
    description="Clear.",
    description_ru="Ясный.",
    gender="female",
    language="ru",
    licence="CC0",
    attribution="A. Reader",
    profile={"embedding": [1.0]},
)
IVAN = dataclasses.replace(ANNA, slug="ivan", name="Ivan", name_ru="Иван", gender="male")


@pytest.fixture
def shipped(monkeypatch, settings, tmp_path):
    """The list of shipped voices; tests change it."""
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.WEIGHTS_DIR = tmp_path / "weights"
    settings.WEIGHTS_DIR.mkdir()
    (settings.WEIGHTS_DIR / "manifest.json").write_text("{}")
    voices = [ANNA, IVAN]
    monkeypatch.setattr(engine, "bank_voices", lambda: list(voices))
    return voices


def seed():
    lines = []
    return bank_seed(report=lines.append), lines


def test_every_voice_has_a_listenable_preview(shipped, caller):
    assert seed() == (2, ["Анна (anna)", "Иван (ivan)"])
    client = caller("alice")
    row = client.get("/api/v1/voices/anna/", headers={"Accept-Language": "en"}).json()
    assert (row["name"], row["licence"], row["attribution"]) == ("Anna", "CC0", "A. Reader")
    preview = client.get(row["preview_url"])
    assert preview["Content-Type"] == "audio/mpeg"
    assert len(b"".join(preview.streaming_content)) > 500


def test_a_second_time_nothing_is_done(shipped, monkeypatch):
    seed()
    assert bank_is_seeded()
    monkeypatch.setattr(engine, "bank_voices", None)  # not even looked at
    assert seed() == (0, [])


def test_new_weights_renew_the_previews_and_drop_the_old_files(shipped, settings):
    seed()
    before = set(Voice.objects.values_list("preview", flat=True))
    (settings.WEIGHTS_DIR / "manifest.json").write_text("{ }")
    assert seed()[0] == 2
    after = set(Voice.objects.values_list("preview", flat=True))
    assert before.isdisjoint(after)
    assert not any(default_storage.exists(name) for name in before)


def test_a_lost_preview_is_made_again(shipped):
    seed()
    default_storage.delete(Voice.objects.get(slug="anna").preview)
    assert seed() == (1, ["Анна (anna)"])


def test_a_voice_no_longer_shipped_goes_with_its_preview(shipped, settings):
    seed()
    name = Voice.objects.get(slug="ivan").preview
    shipped.remove(IVAN)
    (settings.WEIGHTS_DIR / "manifest.json").write_text("{ }")
    seed()
    assert not Voice.objects.filter(slug="ivan").exists()
    assert not default_storage.exists(name)


def test_the_command_says_in_both_languages_what_is_missing(shipped, monkeypatch):
    def refuse():
        raise Unavailable("voices_missing", "no voices", "нет голосов")

    monkeypatch.setattr(engine, "bank_voices", refuse)
    with pytest.raises(CommandError, match="no voices / нет голосов"):
        call_command("seed_voices")
