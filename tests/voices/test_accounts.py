"""Accounts: opened, adopted into, confirmed, closed."""

from uuid import uuid4

import pytest
from django.contrib.auth.models import User
from django.core.files.storage import default_storage

from tests.voices.stored import recording_create, result_create
from voices.errors import BadInput, Conflict
from voices.models import (
    Account,
    ApiKey,
    Batch,
    Comparison,
    ConsentRecord,
    Dataset,
    DictionaryEntry,
    IdempotencyKey,
    Job,
    LiveSession,
    OwnedModel,
    StoredFile,
    Upload,
    UsageDay,
    Voice,
    VoiceConsent,
)
from voices.owner import Owner
from voices.selectors.quotas import today
from voices.services.accounts import accounts
from voices.services.accounts.adoption import owned_models, visitor_adopt
from voices.services.accounts.api_keys import api_key_create
from voices.services.accounts.closing import (
    account_close,
    accounts_close_further,
    owner_data_delete,
)
from voices.services.jobs.leases import JobLease
from voices.services.jobs.quotas import usage_audio_add, usage_work_add
from voices.services.voices.versions import voice_version_add

pytestmark = pytest.mark.django_db
PASSWORD = "длинный пароль 42"


@pytest.fixture
def alice():
    return accounts.account_create(email="Alice@Example.com", password=PASSWORD)


@pytest.fixture
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"
    return settings.MEDIA_ROOT


def belongings(owner, word="звонит"):
    """A voice with a recording, a finished and a running job, a word, a day of usage."""
    voice = Voice.objects.create(**owner.fields, name="Mine", status=Voice.Status.READY)
    recording_create(voice, content=b"sound")
    done = Job.objects.create(
        **owner.fields, kind="speech", queue="speech", status="succeeded", voice=voice
    )
    result_create(done, content=b"mp3")
    running = Job.objects.create(
        **owner.fields, kind="speech", queue="speech", status="running", voice=voice, attempts=1
    )
    batch = Batch.objects.create(**owner.fields, source="texts", format="mp3")
    Job.objects.create(**owner.fields, kind="speech", queue="batch", batch=batch)
    DictionaryEntry.objects.create(**owner.fields, word=word, said="звон+ит")
    Upload.objects.create(**owner.fields, size_bytes=5)
    VoiceConsent.objects.create(**owner.fields, name="Mine", language="ru", text_version="2")
    Dataset.objects.create(**owner.fields, voice=voice, title="Mine")
    Comparison.objects.create(**owner.fields, voice=voice, text="Да.", first=1, second=2)
    version = voice_version_add(voice=voice, profile={"embedding": [1.0]}, figures={})
    LiveSession.objects.create(**owner.fields, voice=voice, version=version, digest=str(voice.pk))
    UsageDay.objects.create(
        **owner.fields, day=today(), characters=10, jobs=2, audio_seconds=1.0, worked_seconds=4.0
    )
    VoiceConsent.objects.create(**owner.fields, name="Mine", language="ru", text_version="1")
    return running


def test_an_account_is_found_by_its_email_in_any_case(alice):
    assert (alice.username, alice.email) == ("alice@example.com", "Alice@example.com")
    with pytest.raises(Conflict, match="already") as caught:
        accounts.account_create(email="ALICE@example.com", password=PASSWORD)
    assert caught.value.code == "email_taken"
    assert User.objects.count() == 1


def test_every_table_with_an_owner_is_moved_and_deleted():
    """A new table whose rows are somebody's but which adoption would forget fails here."""
    from django.apps import apps

    with_visitor = {
        model
        for model in apps.get_app_config("voices").get_models()
        if any(field.name == "visitor" for field in model._meta.get_fields())
    }
    with_visitor.remove(ConsentRecord)  # evidence: it stays as it was given
    assert with_visitor == set(owned_models())
    assert all(issubclass(model, OwnedModel) for model in with_visitor)


def test_what_a_visitor_made_becomes_the_users(alice, media):
    visitor = uuid4()
    running = belongings(Owner(visitor=visitor))
    lease = JobLease(running)
    visitor_adopt(visitor=visitor, user=alice)
    for model in owned_models():
        assert not model.objects.filter(visitor=visitor).exists()
        assert model.objects.filter(user=alice).exists() or model is IdempotencyKey
    lease.check()  # its worker goes on
    usage_audio_add(job=running, seconds=2.5)
    usage_work_add(job=running, seconds=3.0)
    day = UsageDay.objects.get(user=alice)
    assert (day.audio_seconds, day.worked_seconds) == (3.5, 7.0)


def test_the_accounts_own_word_wins_and_usage_is_added(alice):
    visitor = uuid4()
    DictionaryEntry.objects.create(user=alice, word="звонит", said="зв+онит")
    for word in ("звонит", "торты"):
        DictionaryEntry.objects.create(visitor=visitor, word=word, said="чужое")
    for owner in ({"user": alice}, {"visitor": visitor}):
        UsageDay.objects.create(**owner, day=today(), characters=5, jobs=1)
    visitor_adopt(visitor=visitor, user=alice)
    said = dict(DictionaryEntry.objects.values_list("word", "said"))
    assert said == {"звонит": "зв+онит", "торты": "чужое"}
    assert UsageDay.objects.get().characters == 10


def test_the_same_idempotency_key_in_both_is_no_obstacle(alice):
    visitor = uuid4()
    for owner in ({"user": alice}, {"visitor": visitor}):
        IdempotencyKey.objects.create(**owner, key="once", fingerprint=str(owner)[:9])
    IdempotencyKey.objects.create(visitor=visitor, key="other", fingerprint="x")
    visitor_adopt(visitor=visitor, user=alice)
    kept = dict(IdempotencyKey.objects.values_list("key", "fingerprint"))
    assert kept == {"once": "{'user': ", "other": "x"}


def test_adoption_is_whole_or_not_at_all(alice, media, monkeypatch):
    from voices.services.accounts import adoption

    visitor = uuid4()
    belongings(Owner(visitor=visitor))

    def break_off(*_args):
        raise ZeroDivisionError

    monkeypatch.setattr(adoption, "_usage_merge", break_off)
    with pytest.raises(ZeroDivisionError):
        visitor_adopt(visitor=visitor, user=alice)
    assert Voice.objects.filter(visitor=visitor).exists()
    assert not Job.objects.filter(user=alice).exists()


def test_the_mailbox_is_proved_by_a_link(alice):
    token = accounts.confirmation_token(user=alice)
    assert accounts.email_confirm(token=token) == alice
    assert Account.objects.get().email_confirmed_at is not None


@pytest.mark.parametrize("spoil", ["forge", "age", "change"])
def test_a_bad_link_proves_nothing(alice, spoil, monkeypatch):
    token = accounts.confirmation_token(user=alice)
    if spoil == "forge":
        token = token[:-2] + ("aa" if token[-2:] != "aa" else "bb")
    elif spoil == "age":
        monkeypatch.setattr(accounts, "CONFIRM_SECONDS", -1)
    else:
        User.objects.update(email="other@example.com")
    with pytest.raises(BadInput):
        accounts.email_confirm(token=token)
    assert Account.objects.get().email_confirmed_at is None


def test_a_stranger_who_took_my_email_loses_the_keys_when_i_reset(alice):
    api_key_create(user=alice, name="stranger's", scopes=["read"])
    accounts.password_was_reset(user=alice)
    assert ApiKey.objects.get().revoked_at is not None
    api_key_create(user=alice, name="mine", scopes=["read"])
    accounts.password_was_reset(user=alice)
    assert ApiKey.objects.get(name="mine").revoked_at is None


def test_guessing_passwords_is_slowed_by_account_and_address():
    def attempt(name="alice@example.com", address="192.0.2.1"):
        return accounts.sign_in_attempt(name=name, address=address)

    assert [attempt() for _ in range(10)] == [None] * 10
    assert attempt() > 0
    assert attempt(name="ALICE@example.com ") > 0
    assert attempt(name="bob@example.com") is None
    assert attempt(address="192.0.2.2") is None
    accounts.sign_in_succeeded(name="alice@example.com", address="192.0.2.1")
    assert attempt() is None


def test_many_addresses_do_not_help_to_guess_one_account(monkeypatch):
    monkeypatch.setitem(accounts.SIGN_IN_RATES, "sign-in account", (5, 3600))
    waits = [
        accounts.sign_in_attempt(name="alice@example.com", address=f"192.0.2.{n}") for n in range(6)
    ]
    assert waits[:5] == [None] * 5
    assert waits[5] > 0


def test_closing_an_account_leaves_neither_rows_nor_files(alice, media):
    belongings(Owner(user_id=alice.pk))
    api_key_create(user=alice, name="k", scopes=["read"])
    others = Owner(visitor=uuid4())
    belongings(others)
    account_close(user=alice)
    assert not User.objects.exists()
    assert not ApiKey.objects.exists()
    assert Job.objects.count() == Job.objects.filter(others.q).count() == 3
    left = [path for path in media.rglob("*") if path.is_file()]
    kept = list(StoredFile.objects.values_list("name", flat=True))
    assert sorted(left) == sorted(media / name for name in kept)
    assert all(default_storage.exists(name) for name in kept)


def test_much_is_deleted_by_the_workers(alice, media, monkeypatch):
    from voices.services.accounts import closing

    belongings(Owner(user_id=alice.pk))
    Job.objects.bulk_create(
        Job(user=alice, kind="speech", queue="speech", status="failed") for _ in range(5)
    )
    monkeypatch.setattr(closing, "AT_ONCE", 3)
    account_close(user=alice)
    alice.refresh_from_db()
    assert not alice.is_active
    assert not alice.email
    again = accounts.account_create(email="alice@example.com", password=PASSWORD)
    for _ in range(3):
        accounts_close_further()
    assert list(User.objects.all()) == [again]
    assert not Job.objects.exists()


def test_a_visitors_things_go_without_an_account(media):
    owner = Owner(visitor=uuid4())
    belongings(owner)
    assert owner_data_delete(owner=owner)
    assert not any(model.objects.exists() for model in owned_models())
    assert not [path for path in media.rglob("*") if path.is_file()]
