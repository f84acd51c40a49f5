"""Pages under /account/: in and out, passwords, keys, the end; and whose things are whose."""

import re

import pytest
from django.contrib.auth.models import User
from django.core import mail
from django.test import Client

from voices.models import Account, ApiKey, DictionaryEntry, Voice
from voices.services.accounts.accounts import account_create
from voices.services.accounts.api_keys import api_key_verify
from voices.web.strings import account as words

pytestmark = pytest.mark.django_db
PASSWORD, OTHER = "тихий-вечер-42", "другой-вечер-43"
EMAIL = "alice@example.com"


@pytest.fixture(autouse=True)
def _quick_passwords(settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def alice():
    return account_create(email=EMAIL, password=PASSWORD)


class Browser(Client):
    """A browser that obeys CSRF: it posts forms as it has found them."""

    def __init__(self):
        super().__init__(enforce_csrf_checks=True)

    def page(self, path):
        return self.get(path, follow=True).content.decode()

    def send(self, path, form_at=None, **values):
        page = self.page(form_at or path)
        token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)[1]
        return self.post(path, {"csrfmiddlewaretoken": token, **values}, follow=True)

    def sign_in(self, password=PASSWORD, email=EMAIL):
        return self.send("/account/sign-in/", username=email, password=password)

    def who(self):
        self.get("/")
        return self.get("/api/v1/account/").json()["email"]

    def keep_word(self, word):
        """The visitor makes something: a word of the dictionary."""
        token = re.search(r'name="csrf-token" content="(\w+)"', self.page("/"))[1]
        answer = self.post(
            "/api/v1/dictionary/", {"word": word, "said": "звон+ит"}, "application/json",
            headers={"X-CSRFToken": token},
        )  # fmt: skip
        assert answer.status_code == 201

    def words(self):
        return [row["word"] for row in self.get("/api/v1/dictionary/").json()["results"]]


@pytest.fixture
def browser():
    return Browser()


@pytest.fixture(autouse=True)
def _mail_is_sent(settings):
    settings.MAIL_IS_SENT = True


def test_without_mail_no_page_speaks_of_one(browser, alice, settings):
    settings.MAIL_IS_SENT = False
    browser.sign_in()
    for path in ("/account/", "/account/reset/"):
        page = browser.page(path)
        assert "письм" not in page
        assert "ссылк" not in page
    assert "changepassword" in page


def link_in_the_mail():
    return re.search(r"http://testserver(\S+)", mail.outbox[-1].body)[1]


def test_signing_up_takes_the_visitors_things_along(browser):
    browser.keep_word("звонит")
    answer = browser.send(
        "/account/sign-up/", email="Alice@Example.com", password1=PASSWORD, password2=PASSWORD
    )
    assert answer.redirect_chain[-1][0] == "/account/"
    assert browser.who() == "Alice@example.com"
    assert browser.words() == ["звонит"]
    assert DictionaryEntry.objects.get().user.username == EMAIL
    assert mail.outbox[0].to == ["Alice@example.com"]


def test_signing_in_takes_the_visitors_things_along(browser, alice):
    browser.keep_word("звонит")
    browser.sign_in()
    assert browser.words() == ["звонит"]
    browser.send("/account/sign-out/", form_at="/account/")
    assert browser.who() is None
    assert browser.words() == []


def test_a_cookie_that_somebody_else_knows_opens_nothing_after_sign_in(browser, alice):
    """A cookie planted by somebody else (fixation) must not become the person's."""
    browser.keep_word("звонит")
    planted = Browser()
    planted.cookies["visitor"] = browser.cookies["visitor"].value
    assert planted.words() == ["звонит"]
    browser.sign_in()
    assert planted.words() == []
    assert planted.get("/api/v1/account/").json()["email"] is None
    browser.send("/account/sign-out/", form_at="/account/")
    browser.keep_word("звонит")
    assert planted.words() == []


def test_the_session_gets_a_new_key_at_sign_in(browser, alice):
    account_create(email="bob@example.com", password=OTHER)
    browser.sign_in(email="bob@example.com", password=OTHER)
    before = browser.session.session_key
    browser.sign_in()
    assert browser.session.session_key != before
    browser.cookies["sessionid"] = before
    assert browser.who() is None


def test_signing_in_as_somebody_else_keeps_nothing_of_the_first(browser, alice):
    account_create(email="bob@example.com", password=OTHER)
    browser.sign_in()
    browser.keep_word("звонит")
    browser.sign_in(email="bob@example.com", password=OTHER)
    assert browser.who() == "bob@example.com"
    assert browser.words() == []


def test_a_wrong_password_says_nothing_of_the_account(browser, alice):
    wrong = browser.sign_in(password="не то").content.decode()
    nobody = browser.sign_in(email="nobody@example.com").content.decode()
    for page in (wrong, nobody):
        assert words.TEMPLATE["sign_in_wrong"][0] in page
    assert browser.who() is None


def test_guessing_is_stopped_even_with_the_right_password(browser, alice):
    for _ in range(10):
        assert browser.sign_in(password="не то").status_code == 200
    stopped = browser.sign_in()
    assert stopped.status_code == 429
    assert 0 < int(stopped["Retry-After"]) <= 15 * 60
    assert browser.who() is None


@pytest.mark.parametrize("field", ["email", "password1", "password2"])
def test_a_bad_sign_up_makes_no_account(browser, field):
    good = {"email": EMAIL, "password1": PASSWORD, "password2": PASSWORD}
    bad = {"email": "not-an-address", "password1": "12345", "password2": "mismatch"}
    values = {**good, field: bad[field]}
    if field == "password1":
        values["password2"] = bad[field]
    answer = browser.send("/account/sign-up/", **values)
    assert 'aria-invalid="true"' in answer.content.decode()
    assert not User.objects.exists()


def test_an_email_has_one_account(browser, alice):
    answer = browser.send(
        "/account/sign-up/", email=EMAIL.upper(), password1=OTHER, password2=OTHER
    )
    assert "уже есть" in answer.content.decode()
    assert User.objects.count() == 1
    assert browser.who() is None


def test_sign_ups_from_one_address_are_limited(browser, monkeypatch):
    monkeypatch.setattr("voices.services.accounts.accounts.SIGN_UPS_PER_HOUR", 1)
    for number, status in enumerate((200, 429)):
        answer = Browser().send(
            "/account/sign-up/", email=f"{number}@example.com", password1=OTHER, password2=OTHER
        )
        assert answer.status_code == status
    assert User.objects.count() == 1


def test_a_forgotten_password_is_replaced_by_mail(browser, alice):
    elsewhere = Browser()
    elsewhere.sign_in()
    browser.send("/account/reset/", email=EMAIL.upper())
    assert "на testserver" in mail.outbox[0].body
    form_at = browser.get(link_in_the_mail(), follow=True).redirect_chain[-1][0]
    answer = browser.send(form_at, new_password1=OTHER, new_password2=OTHER)
    assert words.TEMPLATE["new_password_done"][0] in answer.content.decode()
    assert elsewhere.who() is None, "other sessions end"
    assert browser.sign_in().status_code == 200
    assert browser.who() is None, "the old password is gone"
    browser.sign_in(password=OTHER)
    assert browser.who() == EMAIL
    assert Account.objects.get().email_confirmed_at is not None
    assert words.TEMPLATE["new_password_bad_link"][0] in Browser().page(link_in_the_mail())


def test_asking_for_a_stranger_answers_alike_and_sends_nothing(browser, alice):
    known = browser.send("/account/reset/", email=EMAIL)
    unknown = browser.send("/account/reset/", email="nobody@example.com")
    assert known.redirect_chain == unknown.redirect_chain
    assert len(mail.outbox) == 1


def test_a_mailbox_is_not_flooded(browser, alice):
    for _ in range(7):
        assert browser.send("/account/reset/", email=EMAIL).status_code == 200
    assert len(mail.outbox) == 5


def test_a_changed_password_ends_other_sessions(browser, alice):
    elsewhere = Browser()
    for one in (browser, elsewhere):
        one.sign_in()
    browser.send(
        "/account/password/", old_password=PASSWORD, new_password1=OTHER, new_password2=OTHER
    )
    assert browser.who() == EMAIL
    assert elsewhere.who() is None


def test_the_mailbox_is_confirmed_by_a_button_not_by_opening(browser):
    browser.send("/account/sign-up/", email=EMAIL, password1=PASSWORD, password2=PASSWORD)
    link = link_in_the_mail()
    scanner = Browser()
    scanner.page(link)
    assert Account.objects.get().email_confirmed_at is None
    browser.send(link)
    assert Account.objects.get().email_confirmed_at is not None
    again = browser.send(link.replace("confirm/", "confirm/x"))
    assert "больше не действует" in again.content.decode()


def test_keys_by_hand(browser, alice):
    browser.sign_in()
    page = browser.send("/account/keys/", name="Бот", scopes=["read"]).content.decode()
    secret = re.search(r"vc_[0-9a-f]+_[\w-]+", page)[0]
    assert api_key_verify(secret=secret).scopes == ["read"]
    assert secret not in browser.page("/account/keys/")
    prefix = ApiKey.objects.get().prefix
    browser.send(f"/account/keys/{prefix}/revoke/", form_at="/account/keys/")
    assert api_key_verify(secret=secret) is None
    assert words.TEMPLATE["keys_none"][0] in browser.page("/account/keys/")


@pytest.mark.parametrize("values", [{"name": ""}, {"name": "x"}, {"name": "x", "scopes": ["root"]}])
def test_a_key_without_name_or_scope_is_not_made(browser, alice, values):
    browser.sign_in()
    assert "field-error" in browser.send("/account/keys/", **values).content.decode()
    assert not ApiKey.objects.exists()


def test_nobody_revokes_anothers_key(browser, alice):
    bob = Browser()
    account_create(email="bob@example.com", password=OTHER)
    browser.sign_in()
    bob.sign_in(email="bob@example.com", password=OTHER)
    browser.send("/account/keys/", name="Бот", scopes=["read"])
    prefix = ApiKey.objects.get().prefix
    assert prefix not in bob.page("/account/keys/")
    bob.send(f"/account/keys/{prefix}/revoke/", form_at="/account/keys/")
    assert ApiKey.objects.get().revoked_at is None


def test_an_account_is_deleted_after_its_password(browser, alice):
    browser.sign_in()
    browser.keep_word("звонит")
    wrong = browser.send("/account/close/", password="не то")
    assert words.TEMPLATE["close_wrong"][0] in wrong.content.decode()
    assert User.objects.exists()
    gone = browser.send("/account/close/", password=PASSWORD)
    assert words.TEMPLATE["closed_heading"][0] in gone.content.decode()
    assert not User.objects.exists()
    assert not DictionaryEntry.objects.exists()
    assert browser.who() is None


def test_a_visitor_can_delete_what_the_browser_made(browser, bank_voice):
    browser.keep_word("звонит")
    browser.send("/account/forget/", form_at="/account/")
    assert browser.words() == []
    assert Voice.objects.filter(is_bank=True).exists()


@pytest.mark.parametrize("path", ["keys/", "password/", "close/"])
def test_a_visitor_is_sent_to_sign_in(browser, path):
    answer = browser.get(f"/account/{path}")
    assert answer.status_code == 302
    assert answer["Location"] == f"/account/sign-in/?next=/account/{path}"


@pytest.mark.parametrize("path", ["sign-out/", "confirm/", "forget/", "keys/12345678/revoke/"])
def test_nothing_changes_by_a_link(browser, alice, path):
    browser.sign_in()
    assert browser.get(f"/account/{path}").status_code == 405
    assert browser.post(f"/account/{path}").status_code == 403
    assert browser.who() == EMAIL


def test_sign_in_leads_nowhere_else(browser, alice):
    answer = browser.post(
        "/account/sign-in/",
        {
            "csrfmiddlewaretoken": re.search(
                r'csrfmiddlewaretoken" value="(\w+)"', browser.page("/account/sign-in/")
            )[1],
            "username": EMAIL,
            "password": PASSWORD,
            "next": "https://evil.example/",
        },
    )
    assert answer["Location"] == "/account/"


def test_pages_speak_both_languages(browser, alice):
    for pairs in (words.TEMPLATE, words.SCRIPT):
        assert all(russian and english for russian, english in pairs.values())
    browser.sign_in()
    for path in ("", "keys/", "password/", "close/", "sign-in/", "sign-up/", "reset/"):
        assert not re.search(r"[А-Яа-я]", _seen(browser.page(f"/account/{path}?lang=en")))


def _seen(page):
    """The page's text but for the link to its Russian self."""
    return page.replace("Русский", "")
