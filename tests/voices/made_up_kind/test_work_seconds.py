"""Seconds that workers give to work of hours are taken from its owner's day."""

import pytest
from django.contrib.auth.models import User

from tests.voices.made_up_kind import echo
from tests.voices.made_up_kind.echo import ECHO, echo_job_create
from tests.voices.made_up_kind.test_standing_back import (  # noqa: F401  # the fixtures
    _row,
    echoed,
    heard,
    someone_waits,
    they_are_served,
    worked,
)
from voices import kinds
from voices.errors import BadInput, QuotaExceeded
from voices.kinds import SAYING
from voices.models import Job, Quota, UsageDay, Voice
from voices.owner import Owner
from voices.services.accounts.api_keys import user_ensure
from voices.services.jobs import leases
from voices.services.jobs.jobs import job_create
from voices.services.upkeep import runner

WORD_SECONDS = 20.0


@pytest.fixture
def clock(heard, monkeypatch):  # noqa: F811
    """Each word takes so many seconds to hear."""
    now, usual = [1000.0], echo.sound_of

    def sound_of(word):
        now[0] += WORD_SECONDS
        return usual(word)

    monkeypatch.setattr(echo, "sound_of", sound_of)
    for module in (leases, runner):
        monkeypatch.setattr(module.time, "monotonic", lambda: now[0])
    return heard


def taken(name="a"):
    return sum(
        UsageDay.objects.filter(user__username=name).values_list("worked_seconds", flat=True)
    )


def test_each_stint_is_counted_when_it_ends_also_by_a_pause(clock):
    _course, meanwhile = clock
    meanwhile["два"] = someone_waits
    job = echoed("a")
    worked(job)
    assert (job.worked_seconds, taken()) == (40.0, 40.0)
    they_are_served()
    assert (worked(job).status, taken()) == ("succeeded", 60.0)
    assert taken("b") == 0.0, "a sentence is no work of hours"


@pytest.mark.parametrize("end", ["failed", "cancelled", "deleted", "account gone"])
def test_work_without_a_result_is_counted_too(clock, caller, end):
    _course, meanwhile = clock
    job = echoed("a")

    def happens():
        if end == "failed":
            raise BadInput("deaf", "nothing was heard", "ничего не слышно")
        caller("a").post(f"/api/v1/jobs/{job.pk}/cancel/")
        if end != "cancelled":
            Job.objects.filter(pk=job.pk).delete()
        if end == "account gone":
            User.objects.filter(username="a").delete()

    meanwhile["два"] = happens
    runner.job_run_next(queue=ECHO.queue.name)
    assert taken() == (0.0 if end == "account gone" else 40.0)


def test_when_the_day_is_used_up_nothing_of_the_kind_begins_and_other_work_does(clock, settings):
    settings.QUOTAS = {"account": {**settings.QUOTAS["account"], "work_seconds_per_day": 50}}
    first, begun = echoed("a"), echoed("a", "четыре")
    assert (worked(first).status, taken()) == ("succeeded", 60.0)
    owner = Owner(user_id=first.user_id)
    with pytest.raises(QuotaExceeded) as refused:
        echo_job_create(owner=owner, voice=Voice.objects.first(), text="пять")
    assert refused.value.details == {
        "limit": "work_seconds_per_day", "allowed": 50, "used": 60, "asked": 1,
    }  # fmt: skip
    assert "today's 50 seconds of work are used up" in refused.value.en
    assert "запас работы, 50 с, израсходован" in refused.value.ru
    assert 0 < refused.value.retry_after_seconds <= 24 * 3600
    assert worked(begun).status == "succeeded", "what has been queued is done"
    job_create(owner=owner, kind=SAYING, voice=None, text="шесть")
    Quota.objects.create(user_id=owner.user_id, work_seconds_per_day=0)
    echo_job_create(owner=owner, voice=Voice.objects.first(), text="семь")


def test_what_is_allowed_and_left_is_told(clock, caller, client, settings):
    settings.QUOTAS = {"account": {**settings.QUOTAS["account"], "work_seconds_per_day": 90}}
    worked(echoed("a"))
    api = caller("a")
    assert api.get("/api/v1/limits/").json()["quotas"]["work_seconds_per_day"] == 90
    usage = api.get("/api/v1/account/usage/").json()
    assert usage["today"]["worked_seconds"] == usage["days"][0]["worked_seconds"] == 60.0
    client.force_login(User.objects.get(pk=user_ensure(username="a").pk))
    for language, told in (("ru", "60 из 90, осталось 30"), ("en", "60 of 90, 30 left")):
        page = client.get("/account/", headers={"Accept-Language": language}).content.decode()
        assert told in page


def test_a_page_of_a_service_that_counts_no_work_does_not_speak_of_it(clock, client, monkeypatch):
    monkeypatch.setattr(kinds, "KINDS", {SAYING.name: SAYING})
    page = client.get("/account/", headers={"Accept-Language": "en"}).content.decode()
    assert "Work today" not in page
