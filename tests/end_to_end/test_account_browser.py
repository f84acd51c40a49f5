"""Account pages in Chromium, on a phone and on a desktop; the operator's pages under the strict policy."""

import re

import pytest
from django.contrib.auth.models import User
from django.core import mail
from playwright.sync_api import expect

from tests.end_to_end.browsing import SIZES, assert_sound, hear_complaints
from tests.voices.made_up_kind.echo import ECHO
from voices.kinds import KINDS
from voices.models import Job, UsageDay, Voice
from voices.selectors.quotas import today

pytestmark = [pytest.mark.browser]

EMAIL, PASSWORD, OTHER = "masha@example.com", "тихий-вечер-42", "другой-вечер-43"


@pytest.fixture(params=SIZES, ids=["phone", "desktop"])
def page(request, browser, live_server, settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.MAIL_IS_SENT = True  # to the outbox
    context = browser.new_context(
        base_url=live_server.url, locale="ru-RU", viewport={"width": request.param, "height": 800}
    )
    opened = context.new_page()
    complaints = hear_complaints(opened)
    yield opened
    context.close()
    assert complaints == []


def look(page):
    """The page as it stands is sound, in light and in dark."""
    for scheme in ("dark", "light"):
        page.emulate_media(color_scheme=scheme)
        assert_sound(page)


def press(page, name):
    page.locator("main").get_by_role("button", name=name, exact=True).click()


def fill(page, **values):
    for name, value in values.items():
        page.fill(f"main [name={name}]", value)


def sign_in(page, password):
    page.goto("/account/sign-in/")
    fill(page, username=EMAIL, password=password)
    press(page, "Войти")


def link_in_the_mail():
    return re.search(r"(/account/\S+)", mail.outbox[-1].body)[1]


def test_a_person_comes_forgets_returns_and_leaves(page):
    page.goto("/account/")
    look(page)
    page.locator("main").get_by_role("link", name="Зарегистрироваться").click()
    fill(page, email=EMAIL, password1="12345", password2="12345")
    press(page, "Зарегистрироваться")
    expect(page.locator("[aria-invalid=true]")).to_have_count(1)
    look(page)
    fill(page, password1=PASSWORD, password2=PASSWORD)
    press(page, "Зарегистрироваться")
    expect(page.get_by_text(EMAIL)).to_be_visible()
    expect(page.get_by_text("Почта не подтверждена")).to_be_visible()
    look(page)
    page.goto(link_in_the_mail())
    press(page, "Подтвердить")
    expect(page.get_by_text("Почта подтверждена. Спасибо!")).to_be_visible()

    press(page, "Выйти")
    expect(page).to_have_url(re.compile(r"/$"))
    sign_in(page, "не тот")
    expect(page.get_by_role("alert")).to_be_visible()
    look(page)
    page.get_by_role("link", name="Забыли пароль?").click()
    look(page)
    fill(page, email=EMAIL)
    press(page, "Прислать ссылку")
    expect(page.get_by_role("heading", name="Проверьте почту")).to_be_visible()
    page.goto(link_in_the_mail())
    look(page)
    fill(page, new_password1=OTHER, new_password2=OTHER)
    press(page, "Сохранить пароль")
    expect(page.get_by_text("Новый пароль сохранён")).to_be_visible()
    fill(page, username=EMAIL, password=OTHER)
    press(page, "Войти")
    expect(page.get_by_text(EMAIL)).to_be_visible()

    page.get_by_role("link", name="Удаление аккаунта").click()
    fill(page, password=OTHER)
    look(page)
    press(page, "Удалить навсегда")
    expect(page.get_by_role("heading", name="Аккаунт удалён")).to_be_visible()
    assert not User.objects.exists()


def test_keys_are_shown_once_and_revoked(page):
    User.objects.create_user(EMAIL, EMAIL, PASSWORD)
    sign_in(page, PASSWORD)
    page.get_by_role("link", name="Ключи API").click()
    page.get_by_label("Имя").fill("Телеграм-бот")
    page.locator("input[value=voices]").check()
    press(page, "Создать ключ")
    secret = page.locator("#secret").inner_text()
    answer = page.request.get("/api/v1/voices/", headers={"Authorization": f"Bearer {secret}"})
    assert answer.status == 200
    look(page)
    press(page, "Скопировать")
    expect(page.locator("#copy-state")).not_to_be_empty()
    page.goto("/account/keys/")
    expect(page.locator("#secret")).to_have_count(0)
    page.locator("main summary").click()
    page.get_by_role("button", name="Отозвать: Телеграм-бот").click()
    expect(page.get_by_text("Ключей пока нет.")).to_be_visible()
    answer = page.request.get("/api/v1/voices/", headers={"Authorization": f"Bearer {secret}"})
    assert answer.status == 401


def test_seconds_of_work_of_a_kind_that_counts_them_stand_among_the_limits(
    page, monkeypatch, settings
):
    monkeypatch.setitem(KINDS, ECHO.name, ECHO)
    settings.QUOTAS = {"account": {**settings.QUOTAS["account"], "work_seconds_per_day": 90}}
    user = User.objects.create_user(EMAIL, EMAIL, PASSWORD)
    UsageDay.objects.create(user=user, day=today(), worked_seconds=60.2)
    sign_in(page, PASSWORD)
    row = page.locator(".usage > div", has_text="Работы сегодня, с")
    expect(row).to_contain_text("61 из 90, осталось 29")
    expect(row.locator("progress")).to_have_attribute("value", "61")
    look(page)


def test_the_operators_pages_obey_the_policy(page):
    operator = User.objects.create_superuser("operator", "", PASSWORD)
    voice = Voice.objects.create(user=operator, name="Mine", status="ready")
    job = Job.objects.create(user=operator, kind="speech", queue="speech", voice=voice)
    page.goto("/admin/")
    fill(page, username="operator", password=PASSWORD)
    press(page, "Войти")
    expect(page.locator("#site-name")).to_be_visible()
    for path in ("voices/voice/", f"voices/voice/{voice.pk}/change/", "auth/user/",
                 f"auth/user/{operator.pk}/change/", "voices/job/"):  # fmt: skip
        page.goto(f"/admin/{path}")
        expect(page.locator("#content")).to_be_visible()
    page.locator("input[name=_selected_action]").check()
    page.select_option("select[name=action]", "cancel")
    page.locator("#changelist-form .actions button").click()
    expect(page.locator(".messagelist")).to_contain_text("1")
    job.refresh_from_db()
    assert job.status == "cancelled"
