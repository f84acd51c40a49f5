"""Quotas and rates: enough is enough, and nothing is counted for what was refused."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import transaction
from django.utils import timezone

from tests.voices.stored import preview_create, recording_create, result_create, result_get
from voices.errors import QuotaExceeded
from voices.models import Job, Quota, RateWindow, UsageDay, Voice
from voices.owner import Owner
from voices.selectors.quotas import MEGABYTE, holdings_of, limits_of, used_since
from voices.services.accounts.api_keys import user_ensure
from voices.services.jobs.quotas import quota_take
from voices.services.jobs.rates import Rate, rate_forget, rate_take, rates_prune, rates_take

pytestmark = pytest.mark.django_db
WISH = {"text": "Добрый вечер.", "voice": "anna"}


@pytest.fixture
def limited(settings):
    """Limits small enough to be reached."""
    small = {
        "characters_per_day": 30,
        "jobs_waiting": 2,
        "voices": 1,
        "storage_megabytes": 1,
        "work_seconds_per_day": 60,
        "dataset_hours": 1,
    }
    settings.QUOTAS = {"visitor": dict(small), "account": dict(small)}
    settings.ADDRESS_CHARACTERS_PER_DAY = 50
    return small


@pytest.fixture
def alice():
    return Owner(user_id=user_ensure(username="alice").pk)


def visitor(address=""):
    return Owner(visitor=uuid4(), address=address)


def refused(owner, **asked):
    with pytest.raises(QuotaExceeded) as caught:
        quota_take(owner=owner, **asked)
    return caught.value


def test_characters_of_a_day_run_out(limited, alice):
    quota_take(owner=alice, characters=20, jobs=1)
    quota_take(owner=alice, characters=10, jobs=1)
    error = refused(alice, characters=1, jobs=1)
    assert error.code == "quota_exceeded"
    assert error.details == {
        "limit": "characters_per_day", "allowed": 30, "used": 30, "asked": 1,
    }  # fmt: skip
    assert 0 < error.retry_after_seconds <= 24 * 3600
    used = used_since(owner=alice, day=timezone.now().date())
    assert (used.characters, used.jobs) == (30, 2)


def test_a_refusal_says_how_much_is_left_and_when_it_returns(limited, alice):
    quota_take(owner=alice, characters=20, jobs=1)
    error = refused(alice, characters=12, jobs=1)
    assert "осталось 10 из 30 знаков, нужно 12" in error.ru
    assert re.search(r"через (\d+ ч )?(\d+ мин|\d+ с)?", error.ru)
    assert "10 of 30 characters are left today, 12 are needed" in error.en
    someone = visitor("198.51.100.7")
    quota_take(owner=someone, characters=30, jobs=1)
    error = refused(visitor("198.51.100.7"), characters=30, jobs=1)
    assert "50 знаков в сутки" in error.ru
    assert "повторите через 24 ч" in error.ru
    assert error.details["limit"] == "characters_per_day"


def test_yesterday_does_not_count_against_today(limited, alice):
    UsageDay.objects.create(
        **alice.fields, day=timezone.now().date() - timedelta(days=1), characters=30
    )
    quota_take(owner=alice, characters=30)


def test_owners_do_not_share_a_quota(limited, alice):
    quota_take(owner=alice, characters=30)
    quota_take(owner=visitor(), characters=30)


def test_a_new_cookie_is_no_new_quota(limited):
    quota_take(owner=visitor("192.0.2.1"), characters=30)
    quota_take(owner=visitor("192.0.2.1"), characters=20)
    error = refused(visitor("192.0.2.1"), characters=1)
    assert (error.details["limit"], error.details["allowed"]) == ("characters_per_day", 50)
    quota_take(owner=visitor("192.0.2.2"), characters=30)


def test_a_failed_transaction_gives_back_what_it_took(limited, alice):
    with transaction.atomic():
        quota_take(owner=alice, characters=30)
        transaction.set_rollback(True)
    quota_take(owner=alice, characters=30)


def test_waiting_jobs_are_limited(limited, alice):
    for _ in range(2):
        Job.objects.create(**alice.fields, kind="speech", queue="speech")
    error = refused(alice, jobs=1)
    assert error.details["limit"] == "jobs_waiting"
    assert error.retry_after_seconds
    Job.objects.first().delete()
    quota_take(owner=alice, jobs=1)


def test_voices_are_limited_and_no_waiting_helps(limited, alice):
    quota_take(owner=alice, voices=1)
    Voice.objects.create(**alice.fields, name="Mine")
    error = refused(alice, voices=1)
    assert error.details["limit"] == "voices"
    assert error.retry_after_seconds is None


def test_storage_is_what_recordings_and_results_hold(limited, alice):
    voice = Voice.objects.create(**alice.fields, name="Mine")
    job = Job.objects.create(**alice.fields, kind="speech", queue="speech", status="succeeded")
    recording_create(voice, size_bytes=MEGABYTE // 2)
    result_create(job, size_bytes=MEGABYTE // 4)
    preview_create(voice)  # made by us
    assert holdings_of(alice).storage_bytes == MEGABYTE * 3 // 4
    quota_take(owner=alice, new_bytes=MEGABYTE // 4)
    assert refused(alice, new_bytes=MEGABYTE // 4 + 1).details["limit"] == "storage_bytes"
    recording_create(voice, size_bytes=MEGABYTE)
    assert refused(alice, characters=1, jobs=1).details["limit"] == "storage_bytes"


def test_the_operators_word_wins(limited, alice):
    Quota.objects.create(user_id=alice.user_id, characters_per_day=100, voices=0)
    limits = limits_of(alice)
    assert (limits.characters_per_day, limits.voices, limits.jobs_waiting) == (100, None, 2)
    quota_take(owner=alice, characters=100)


def test_a_refused_call_says_so_and_makes_nothing(limited, caller, bank_voice):
    client = caller("alice")
    answer = client.post("/api/v1/jobs/", {**WISH, "text": "а" * 31}, "json")
    assert answer.status_code == 429
    assert answer.json()["error"]["code"] == "quota_exceeded"
    assert int(answer["Retry-After"]) > 0
    assert not Job.objects.exists()


def test_usage_is_counted_as_jobs_are_made(
    humming_engine, inline_worker, bank_voice, caller, django_user_model
):
    assert caller("alice").post("/api/v1/speech/", WISH, "json").status_code == 200
    used = UsageDay.objects.get(user__username="alice")
    assert (used.characters, used.jobs) == (len(WISH["text"]), 1)
    assert used.audio_seconds == pytest.approx(result_get().seconds, abs=0.01)


def test_a_rate_window_fills_and_begins_anew():
    def take(cost=1):
        return rate_take(what="calls", who="alice", allowed=3, seconds=60, cost=cost)

    assert [take(), take(2)] == [None, None]
    assert 0 < take() <= 60
    RateWindow.objects.update(started_at=timezone.now() - timedelta(seconds=61))
    assert take(3) is None
    assert take() is not None
    rate_forget(what="calls", who="alice")
    assert take(4) is not None
    assert take() is None


def test_several_rates_are_counted_together_or_not_at_all():
    def take(who):
        both = (("pair", who, 5), ("address", "all", 2))
        return rates_take(Rate(what=w, who=n, allowed=a, seconds=60) for w, n, a in both)

    assert [take("a"), take("b")] == [None, None]
    assert 0 < take("c") <= 60
    assert RateWindow.objects.count() == 3  # nothing of c


def test_files_are_counted_apart_from_other_calls(settings, caller):
    settings.UPLOADS_PER_MINUTE = {"visitor": 1, "account": 2}
    client = caller("alice")
    statuses = [client.post("/api/v1/detect/", {}).status_code for _ in range(3)]
    assert statuses == [400, 400, 429]
    assert client.post("/api/v1/speech/", {}, "json").status_code == 400


def test_rate_windows_hold_no_names_and_go():
    rate_take(what="sign-in", who="alice@example.com", allowed=3, seconds=60)
    assert "alice" not in RateWindow.objects.get().key
    RateWindow.objects.update(started_at=timezone.now() - timedelta(days=3))
    rates_prune()
    assert not RateWindow.objects.exists()


def test_too_many_calls_are_told_to_wait(settings, caller, bank_voice):
    settings.CALLS_PER_MINUTE = {"visitor": 1, "account": 2}
    client = caller("alice")
    statuses = [client.post("/api/v1/speech/", {}, "json").status_code for _ in range(3)]
    assert statuses == [400, 400, 429]
    refused_call = client.post("/api/v1/speech/", {}, "json")
    assert refused_call.json()["error"]["code"] == "too_many_requests"
    assert 0 < int(refused_call["Retry-After"]) <= 60
    assert client.get("/api/v1/voices/").status_code == 200
    assert caller("bob").post("/api/v1/speech/", {}, "json").status_code == 400
