"""What a person sees when something is in the way: the network, the server, a limit, another tab."""

import os
import re
import signal

import pytest
from playwright.sync_api import expect

from tests.end_to_end.browsing import HEARD, open_speak
from tests.end_to_end.quota_race import CHARACTERS
from tests.end_to_end.services import processes_of

pytestmark = [pytest.mark.browser, pytest.mark.weights]

LONG = " ".join(f"Это предложение номер {number}, и оно не последнее." for number in range(1, 13))
COUNT_JOBS = (
    "() => fetch('/api/v1/jobs/').then((answer) => answer.json()).then((page) => page.count)"
)


def order(page, text):
    """Ask for a text on the Speak page."""
    open_speak(page)
    page.locator("#text").fill(text)
    page.locator("#speak").click()


def lose_answers(page, count):
    """The server does what is asked, and its first answers never come."""
    left = [None] * count

    def handle(route):
        if not left or route.request.method != "POST":
            route.continue_()
            return
        left.pop()
        route.fetch()
        route.abort("connectionreset")

    page.route("**/api/v1/jobs/", handle)


def test_an_order_whose_answer_is_lost_makes_one_job(visitors):
    page = visitors.page()
    lose_answers(page, 2)
    order(page, "Скажи это один раз.")
    page.wait_for_function(HEARD)
    page.locator("#download").wait_for()
    assert page.evaluate(COUNT_JOBS) == 1
    visitors.forgive("ERR_CONNECTION_RESET")


def test_what_is_cancelled_before_the_answer_came_is_not_made(visitors):
    page = visitors.page()
    lose_answers(page, 1)
    order(page, LONG)
    expect(page.locator("#progress-text")).to_contain_text("Сервер не отвечает")
    page.locator("#cancel").click()
    expect(page.locator("#progress-text")).to_have_text("Отменено.")
    expect(page.locator("#player")).to_be_hidden()
    expect(page.locator("#speak")).to_be_enabled()
    visitors.forgive("ERR_CONNECTION_RESET")


def test_the_page_waits_for_a_server_that_is_started_again(visitors, running):
    page = visitors.page()
    order(page, LONG)
    page.wait_for_function(HEARD)
    # the server is back in a second, which the page may not notice: for the page it is away longer
    page.route("**/api/v1/jobs/**", lambda route: route.abort())
    for server in processes_of(running.var, b"gunicorn"):
        os.kill(server, signal.SIGKILL)
    expect(page.locator("#progress-text")).to_contain_text("Сервер не отвечает")
    page.unroute("**/api/v1/jobs/**")
    page.locator("#download").wait_for()
    assert page.evaluate(COUNT_JOBS) == 1
    visitors.forgive("Failed to load resource")


def test_a_full_quota_is_told_in_words(visitors):
    page = visitors.page()
    order(page, "Много знаков. " * (CHARACTERS // 13))
    limit = f"{CHARACTERS:,}".replace(",", r"\s")
    left = re.compile(rf"осталось {limit} из {limit} знаков, нужно [\d\s]+;.+через \d")
    expect(page.locator("#speak-error")).to_contain_text(left)
    expect(page.locator("#speak")).to_be_enabled()
    expect(page.locator("#player")).to_be_hidden()
    visitors.forgive("429")


def test_the_back_button_keeps_the_text_and_the_search(visitors):
    page = visitors.page()
    page.goto("/")
    page.locator("#text").fill("Ещё не сказано.")
    page.get_by_role("link", name="История").first.click()
    page.locator("#search").fill("слово")
    page.wait_for_url("**/history/?search=*")
    page.go_back()
    expect(page.locator("#text")).to_have_value("Ещё не сказано.")
    page.go_forward()
    expect(page.locator("#search")).to_have_value("слово")
    expect(page.locator("#nothing")).to_be_visible()


def test_two_tabs_have_their_own_texts_and_one_history(visitors):
    one = visitors.page()
    order(one, f"{LONG} " * 5)  # still said when the other tab is open
    expect(one.locator("#working")).to_be_visible()
    other = one.context.new_page()
    other.goto("/")
    recent = other.locator("#history > li")
    expect(recent).to_have_count(1)
    expect(other.locator("#text")).to_have_value("")
    expect(other.locator("#working")).to_be_hidden()
    one.locator("#cancel").click()
    expect(one.locator("#progress-text")).to_have_text("Отменено.")
    expect(recent).to_contain_text("отменено")
