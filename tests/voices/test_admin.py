"""The operator's pages: they show, they steer through the services, they hide what proves and what is said."""

import re

import pytest
from django.contrib import admin
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone
from django.utils.timezone import localtime

from tests.voices.stored import recording_create
from voices.models import (
    ApiKey,
    Batch,
    ConsentRecord,
    Job,
    LiveSession,
    Quota,
    UsageDay,
    Voice,
    VoiceVersion,
    Worker,
)
from voices.selectors.quotas import today
from voices.services.accounts.accounts import account_create
from voices.services.accounts.api_keys import api_key_create
from voices.services.upkeep import operator

pytestmark = pytest.mark.django_db


@pytest.fixture
def operators_browser(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"
    client = Client()
    client.force_login(User.objects.create_superuser("operator", "", "x"))
    return client


@pytest.fixture
def alice():
    return account_create(email="alice@example.com", password="x")


@pytest.fixture
def rows(alice, operators_browser):
    voice = Voice.objects.create(user=alice, name="Mine", status="ready")
    recording_create(voice, content=b"sound")
    job = Job.objects.create(
        user=alice, kind="speech", queue="speech", status="failed", voice=voice, text="тайна",
        params={"format": "mp3"}, attempts=3, error_status=500, error_code="internal_error",
    )  # fmt: skip
    key = api_key_create(user=alice, name="bot", scopes=["read"]).row
    day = UsageDay.objects.create(user=alice, day=today(), characters=5)
    worker = Worker.objects.create(name="host:1", seen_at=job.created_at)
    consent = ConsentRecord.objects.create(
        kind="statement", voice=voice.pk, voice_name="Mine", user=alice.pk, text="Yes.",
        language="en", text_version="1", given_at=job.created_at,
    )  # fmt: skip
    version = VoiceVersion.objects.create(voice=voice, number=1, profile={})
    talk = LiveSession.objects.create(
        user=alice, digest="proof of a ticket", voice=voice, version=version,
        started_at=job.created_at, ended_at=job.created_at, seconds=61.5,
    )  # fmt: skip
    return {
        "livesession": talk,
        "consentrecord": consent,
        "voice": voice,
        "job": job,
        "apikey": key,
        "usageday": day,
        "worker": worker,
    }


def act(browser, action, *jobs):
    return browser.post(
        "/admin/voices/job/", {"action": action, "_selected_action": [job.pk for job in jobs]}
    )


def test_every_list_and_row_opens(operators_browser, rows, alice):
    for model in admin.site._registry:
        name = f"/admin/{model._meta.app_label}/{model._meta.model_name}/"
        assert operators_browser.get(name).status_code == 200, name
        assert operators_browser.get(name, {"q": "alice"}).status_code in {200, 302}, name
    for name, row in rows.items():
        page = operators_browser.get(f"/admin/voices/{name}/{row.pk}/change/")
        assert page.status_code == 200, name
        assert "тайна" not in page.content.decode()
        assert rows["apikey"].digest not in page.content.decode()
        assert rows["livesession"].digest not in page.content.decode()
    assert operators_browser.get(f"/admin/auth/user/{alice.pk}/change/").status_code == 200


def test_a_voice_shows_its_consent(operators_browser, rows):
    page = operators_browser.get(f"/admin/voices/voice/{rows['voice'].pk}/change/").content.decode()
    given = localtime(rows["consentrecord"].given_at)
    assert f"заявление, {given:%d.%m.%Y %H:%M}" in page


def test_talks_tell_whose_which_voice_and_how_long(operators_browser, rows):
    page = operators_browser.get("/admin/voices/livesession/").content.decode()
    assert "Mine" in page
    assert re.search(r"61[.,]5", page)


def test_filters_of_owners(operators_browser, rows):
    for kind, count in (("user", 1), ("visitor", 0), ("bank", 0)):
        page = operators_browser.get("/admin/voices/voice/", {"owner": kind})
        assert page.context["cl"].result_count == count, kind


def test_a_failed_job_is_queued_again(operators_browser, rows, monkeypatch):
    sent = []
    monkeypatch.setattr(operator, "dispatch", lambda **given: sent.append(given))
    act(operators_browser, "retry", rows["job"])
    job = Job.objects.get()
    assert (job.status, job.attempts - job.forgiven, job.error_code) == ("queued", 0, "")
    assert sent == [{"job_id": job.pk, "queue": "speech"}]
    act(operators_browser, "retry", job)
    assert len(sent) == 1, "one that waits is left alone"


def test_a_waiting_job_is_cancelled(operators_browser, rows):
    Job.objects.update(status="queued")
    act(operators_browser, "cancel", rows["job"])
    assert Job.objects.get().status == "cancelled"


def test_a_voice_goes_with_its_files_and_jobs(operators_browser, rows, settings):
    url = f"/admin/voices/voice/{rows['voice'].pk}/delete/"
    assert operators_browser.post(url, {"post": "yes"}).status_code == 302
    assert not Voice.objects.exists()
    assert not Job.objects.exists()
    assert not [path for path in settings.MEDIA_ROOT.rglob("*") if path.is_file()]


def test_a_quota_is_set_on_the_users_page(operators_browser, alice):
    page = operators_browser.get(f"/admin/auth/user/{alice.pk}/change/")
    form = page.context["adminform"].form
    data = {name: form[name].value() or "" for name in ("username", "email")}
    data |= {"date_joined_0": "2026-01-01", "date_joined_1": "00:00:00", "is_active": "on"}
    for prefix, total in (("quota", 1), ("account", 1)):
        data |= {
            f"{prefix}-TOTAL_FORMS": total,
            f"{prefix}-INITIAL_FORMS": int(prefix == "account"),
        }
    data |= {"quota-0-user": alice.pk, "quota-0-voices": 7, "account-0-user": alice.pk}
    assert operators_browser.post(f"/admin/auth/user/{alice.pk}/change/", data).status_code == 302
    assert Quota.objects.get().voices == 7


def test_accounts_are_closed_whole(operators_browser, rows, alice):
    operators_browser.post("/admin/auth/user/", {"action": "close", "_selected_action": [alice.pk]})
    assert list(User.objects.values_list("username", flat=True)) == ["operator"]
    assert not ApiKey.objects.exists()


def test_only_operators_come_in_and_through_the_common_door(alice):
    browser = Client()
    answer = browser.get("/admin/", follow=True)
    assert answer.redirect_chain[-1][0] == "/account/sign-in/?next=%2Fadmin%2F"
    browser.force_login(alice)
    assert browser.get("/admin/voices/job/").status_code == 302
    assert browser.post("/admin/login/", {"username": "a", "password": "b"}).status_code == 302


def test_the_overview_shows_queues_workers_disk_and_failures_in_russian(operators_browser, rows):
    Job.objects.filter(pk=rows["job"].pk).update(finished_at=timezone.now())
    page = operators_browser.get("/admin/", headers={"Accept-Language": "ru"}).content.decode()
    for part in (
        "Очереди",
        "Обработчики",
        "Свободно, ГБ",
        "Не удалось за сутки",
        "internal_error",
        "host:1",
    ):
        assert part in page
    for model in ("Задания", "Голоса", "Пакеты", "Ключи API", "Согласия на голоса"):
        assert model in page
    jobs = operators_browser.get("/admin/voices/job/", headers={"Accept-Language": "ru"})
    heading = jobs.content.decode()
    for column in (
        "Номер",
        "Вид",
        "Очередь",
        "Состояние",
        "Владелец",
        "Голос",
        "Ошибка",
        "Создано",
    ):
        assert column in heading
    assert str(rows["job"].pk)[:8] in heading


def test_chunks_are_the_workers_own(operators_browser, rows):
    job = rows["job"]
    chunk = Job.objects.create(
        user=job.user, kind="chunk", queue="speech", parent=job, text="", params={}
    )
    assert str(chunk.pk) not in operators_browser.get("/admin/voices/job/").content.decode()


def test_nothing_of_a_row_is_english_on_russian_pages(operators_browser, rows):
    """Names of fields, and values that are codes."""
    russian = {"Accept-Language": "ru"}
    for name in ("job", "voice", "batch", "consentrecord"):
        Batch.objects.get_or_create(
            user=rows["voice"].user, source="texts", status="succeeded", name="тайна"
        )
        row = rows.get(name) or Batch.objects.get()
        listed = operators_browser.get(f"/admin/voices/{name}/", headers=russian).content.decode()
        page = operators_browser.get(
            f"/admin/voices/{name}/{row.pk}/change/", headers=russian
        ).content.decode()
        assert "тайна" not in listed + page
        labels = re.findall(r"<label[^>]*>([^<]+)</label>", page)
        told = re.findall(r"<(?:title|h2|option)[^>]*>([^<]+)<", page)
        told = [part.replace(str(row.pk), "").replace("Mine", "") for part in told]
        assert not [part for part in told if re.search("[a-z]{3}", part)], name
        assert not [label for label in labels if re.search("[a-z]{3}", label)], name
        assert len(labels) == len(set(labels)), name
        cells = re.findall(r'<t[dh] class="field-[^"]*">([^<]+)<', listed)
        words = {"Mine", "internal_error", "speech", "alice@example.com"}  # their own
        assert not {cell for cell in cells if re.search("[a-z]{3}", cell)} - words, name
    job = operators_browser.get("/admin/voices/job/", {"status": "failed"}, headers=russian)
    assert job.context["cl"].result_count == 1
    assert "не удалось" in job.content.decode()
