"""Speak, History, Batch and shared results in Chromium, on a phone and on a desktop."""

import io
import re
import zipfile

import pytest
from playwright.sync_api import expect

from tests.end_to_end.browsing import (
    HEARD,
    SIZES,
    WORKERS_PATIENCE,
    assert_sound,
    open_speak,
    speak,
)

pytestmark = [pytest.mark.browser, pytest.mark.weights]

LONG = " ".join(f"Это предложение номер {number}, и оно не последнее." for number in range(1, 31))
SUBTITLES = """1
00:00:01,000 --> 00:00:01,500
Добрый день, дорогие друзья, рад вас видеть.

2
00:00:01,600 --> 00:00:06,000
До встречи.
"""
# each width in each scheme, each language in both
LOOKS = {"ru": [(360, "dark"), (1280, "light")], "en": [(360, "light"), (1280, "dark")]}
# a worker may be quicker than the one who cancels: then it is a finished batch
CANCELLED_BATCHES = """
    async (count) => {
        const headers = {
            "Content-Type": "application/json",
            "X-CSRFToken": document.querySelector("meta[name=csrf-token]").content,
        };
        for (let number = 0; number < count; number += 1) {
            const body = JSON.stringify({ voice: "anna", name: `Пакет ${number}`, texts: ["Да."] });
            const made = await fetch("/api/v1/batches/", { method: "POST", headers, body });
            if (!made.ok) throw new Error(`batch ${number}: ${await made.text()}`);
            const { id } = await made.json();
            await fetch(`/api/v1/batches/${id}/cancel/`, { method: "POST", headers });
        }
    }
"""
COUNT_SHIFTS = """
    window.shifted = 0;
    new PerformanceObserver((list) => {
        for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.shifted += entry.value;
    }).observe({ type: "layout-shift", buffered: true });
"""


@pytest.fixture(params=SIZES, ids=["phone", "desktop"])
def page(request, visitors):
    return visitors.page(request.param)


def heard_before_it_is_made(page):
    open_speak(page)
    page.locator("#text").fill(LONG)
    page.locator("#speak").click()
    page.wait_for_function(HEARD)
    expect(page.locator("#working")).to_be_visible()
    expect(page.locator("#download")).to_be_hidden()


def test_a_browser_without_growing_sources_plays_file_after_file(visitors):
    page = visitors.page()
    page.add_init_script("delete window.MediaSource; delete window.ManagedMediaSource")
    heard_before_it_is_made(page)
    first = page.evaluate("() => document.querySelector('#audio').src")
    page.wait_for_function("(first) => document.querySelector('#audio').src !== first", arg=first)
    page.wait_for_function("() => !document.querySelector('#audio').paused")
    begun = page.evaluate("() => document.querySelector('#audio').currentTime")
    assert begun > 1  # it goes on, it does not begin anew
    page.locator("#cancel").click()
    expect(page.locator("#player")).to_be_hidden()


def test_a_long_text_is_heard_before_it_is_made_and_survives_a_reload(visitors):
    page = visitors.page()
    heard_before_it_is_made(page)
    page.reload()
    expect(page.locator("#working")).to_be_visible()
    expect(page.locator("#text")).to_have_value(LONG)
    page.wait_for_function(HEARD)  # from the beginning, again before the end
    expect(page.locator("#download")).to_be_hidden()
    page.locator("#cancel").click()
    expect(page.locator("#progress-text")).to_have_text("Отменено.")
    expect(page.locator("#player")).to_be_hidden()


def test_the_finished_file_takes_over_when_the_pieces_have_been_heard(page):
    speak(page, "Добрый вечер. Как дела?")
    page.wait_for_function("() => document.querySelector('#audio').src.endsWith('/audio/')")
    expect(page.locator("#player-play")).to_have_attribute("aria-label", "Слушать")
    page.locator("#wave.drawn").wait_for()
    page.locator("#player-play").click()
    page.wait_for_function(HEARD)
    assert_sound(page)


def tab_to(page, there):
    """Press Tab until it is there."""
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate(there):
            return
    raise AssertionError(f"Tab never came to: {there}")


def test_by_keyboard_alone(visitors):
    page = visitors.page()
    open_speak(page)
    page.keyboard.press("Tab")
    expect(page.get_by_text("К содержанию")).to_be_focused()
    page.keyboard.press("Enter")
    tab_to(page, "document.activeElement.id === 'voice-open'")
    page.keyboard.press("Enter")
    tab_to(page, "document.activeElement.name === 'voice'")
    page.keyboard.press("ArrowDown")
    chosen = page.locator("input[name=voice]:checked")
    expect(chosen).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#voice-picker")).to_be_hidden()
    expect(page.locator("#voice-open")).to_be_focused()
    tab_to(page, "document.activeElement.id === 'text'")
    page.keyboard.type("Сказано без мыши.")
    page.keyboard.press("Control+Enter")
    page.locator("#download").wait_for()
    page.wait_for_function("() => document.querySelector('#audio').src.endsWith('/audio/')")
    tab_to(page, "document.activeElement.id === 'player-play'")
    page.keyboard.press("Tab")
    expect(page.locator("#wave")).to_be_focused()
    page.keyboard.press("End")
    page.keyboard.press("Home")
    page.keyboard.press("Space")
    page.wait_for_function(HEARD)
    tab_to(page, "document.activeElement.id === 'download'")
    with page.expect_download() as download:
        page.keyboard.press("Enter")
    assert download.value.path().stat().st_size > 1000


def test_voices_are_found_by_name_and_kind(page):
    open_speak(page)
    page.locator("#voice-open").click()
    everybody = page.locator(".voice").count()
    page.locator("#voice-search").fill("никол")
    expect(page.locator(".voice")).to_have_count(1)
    expect(page.locator(".voice b")).to_have_text("Николай")
    page.locator("#voice-search").fill("")
    page.locator("#voice-gender").select_option("male")
    page.locator("#voice-language").select_option("ru")
    expect(page.locator(".voice", has_text="Анна")).to_have_count(0)
    assert 0 < page.locator(".voice").count() < everybody
    page.get_by_role("button", name="Мои").click()
    expect(page.locator(".voice")).to_have_count(0)
    assert_sound(page)


def test_a_result_is_shared_by_a_link(page, visitors):
    speak(page, "Слушай, что у меня получилось.")
    page.locator("#share-open").click()
    page.locator("#share-term").select_option("3600")
    page.locator("#share-make").click()
    expect(page.locator("#share-link")).to_have_value(re.compile(r"^http://.+/s/.+/$"))
    expect(page.locator("#share-link")).to_be_focused()
    link = page.locator("#share-link").input_value()
    assert_sound(page)
    stranger = visitors.page(page.viewport_size["width"])
    stranger.goto(link)
    expect(stranger.get_by_text("Слушай, что у меня получилось.")).to_be_visible()
    stranger.locator("#wave.drawn").wait_for()
    stranger.locator("#player-play").click()
    stranger.wait_for_function(HEARD)
    assert_sound(stranger)


def test_history_finds_repeats_and_deletes(page):
    for text in ("Ёжик в тумане.", "Совсем другое."):
        speak(page, text)
    page.goto("/history/")
    results = page.locator("#results li")
    expect(results).to_have_count(2)
    page.locator("#search").fill("ежик")
    expect(results).to_have_count(1)
    page.reload()  # what was sought stands in the address
    expect(results).to_have_count(1)
    results.locator(".round").first.click()
    page.wait_for_function(HEARD)
    assert_sound(page)
    results.get_by_role("link", name="Повторить с изменениями").click()
    expect(page.locator("#text")).to_have_value("Ёжик в тумане.")
    page.goto("/history/?search=ежик")
    delete = results.get_by_role("button", name="Удалить")
    page.once("dialog", lambda dialog: dialog.dismiss())
    delete.press("Enter")
    expect(delete).to_be_focused()
    page.once("dialog", lambda dialog: dialog.accept())
    delete.press("Enter")
    expect(page.locator("#nothing")).to_be_visible()
    expect(page.locator("#search")).to_be_focused()
    page.locator("#clear").click()
    expect(results).to_have_count(1)


def test_pasted_lines_become_a_zip(page):
    page.goto("/batch/")
    page.locator("#voice option").first.wait_for(state="attached")
    page.locator("#start").click()
    expect(page.locator("#error")).to_be_visible()
    page.locator("#texts").fill("Раз.\n\nДва.")
    page.locator("#name").fill("Счёт")
    expect(page.locator("#texts-count")).to_contain_text("≈ 0:01 речи")
    page.reload()  # nothing typed is lost
    expect(page.locator("#texts")).to_have_value("Раз.\n\nДва.")
    page.locator("#voice option").first.wait_for(state="attached")
    page.locator("#name").fill("Счёт")
    page.locator("#start").click()
    expect(page.locator("#status")).to_have_text("Пакет принят.")
    expect(page.locator("#texts")).to_have_value("")
    page.locator("#start").click()  # by accident
    expect(page.locator("#error")).to_be_visible()
    link = page.get_by_role("link", name="Скачать zip")
    link.wait_for()
    expect(page.locator(".batch-name")).to_have_text(["Счёт"])
    page.locator("summary", has_text="Что внутри").click()
    page.get_by_role("button", name="Слушать: Два.").click()
    page.wait_for_function(HEARD)
    expect(page.get_by_role("link", name="Скачать: Два.")).to_be_visible()
    assert_sound(page)
    with page.expect_download() as download:
        link.click()
    content = download.value.path().read_bytes()
    names = zipfile.ZipFile(io.BytesIO(content)).namelist()
    assert sum(name.endswith(".mp3") for name in names) == 2
    page.on("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="Удалить пакет").click()
    expect(page.locator("#empty")).to_be_visible()


def test_texts_of_batches_are_found_in_history(visitors):
    page = visitors.page()
    page.goto("/batch/")
    page.evaluate(CANCELLED_BATCHES, 20)
    page.reload()
    page.locator("#voice option").first.wait_for(state="attached")
    expect(page.locator("#pages")).to_be_hidden()
    page.locator("#texts").fill("Иголка.\nСтог сена.")
    page.locator("#start").click()
    expect(page.locator("#page-of")).to_have_text("Страница 1 из 2")
    newest = page.locator("#batches > li").first
    newest.get_by_role("link", name="Скачать zip").wait_for(timeout=WORKERS_PATIENCE)
    page.locator("#earlier").click()
    expect(page.locator(".batch-name")).to_have_text(["Пакет 0"])
    page.locator("#later").click()
    expect(page.locator(".batch-name")).to_have_count(20)
    page.locator("summary", has_text="Что внутри").first.click()
    page.get_by_role("link", name="истории").first.click()
    texts = page.locator("#results .what")
    expect(texts).to_have_text(["Иголка.", "Стог сена."])
    assert_sound(page)
    page.get_by_role("link", name="Вся история").click()
    expect(page.locator("#empty")).to_be_visible()
    page.locator("#search").fill("иголка")
    expect(texts).to_have_text(["Иголка."])
    page.locator("#results .round").first.click()
    page.wait_for_function(HEARD)
    page.get_by_role("link", name="из пакета").click()
    expect(texts).to_have_count(2)


def seen_running(route):
    """The list as it was before the last look of the server."""
    answer = route.fetch()
    found = answer.json()
    for one in found["results"]:
        one["status"] = "running"
    route.fulfill(response=answer, json=found)


@pytest.mark.parametrize(
    ("path", "listed", "entry"),
    [("batch/", "**/api/v1/batches/?*", "#batches > li"), ("history/", "**/api/v1/jobs/?*", "#results > li")],
)  # fmt: skip
def test_what_has_finished_before_the_click_on_cancel_is_kept(visitors, path, listed, entry):
    page = visitors.page()
    speak(page, "Раз.")
    page.goto("/batch/")
    page.locator("#voice option").first.wait_for(state="attached")
    page.locator("#texts").fill("Два.")
    page.locator("#start").click()
    page.get_by_role("link", name="Скачать zip").wait_for()
    page.route(listed, seen_running)
    page.goto(f"/{path}")
    with page.expect_response(lambda answer: answer.request.method != "GET"):
        page.locator(entry).first.get_by_role("button", name="Отменить").click()
    page.unroute_all(behavior="wait")  # one may be on its way
    page.goto(f"/{path}")
    expect(page.locator(entry)).to_have_count(1)


def test_a_file_of_subtitles_becomes_a_batch(page):
    page.goto("/batch/")
    page.locator("#voice option").first.wait_for(state="attached")
    page.get_by_label("Файл", exact=True).check()
    page.locator("#file").set_input_files(
        {"name": "фильм.pdf", "mimeType": "application/pdf", "buffer": b"%PDF"}
    )
    expect(page.locator("#error")).to_contain_text("srt")
    page.locator("#file").set_input_files(
        {"name": "фильм.srt", "mimeType": "text/plain", "buffer": SUBTITLES.encode()}
    )
    expect(page.locator("#file-name")).to_have_text("фильм.srt")
    page.locator("#start").click()
    expect(page.locator(".batch-name")).to_have_text("фильм.srt")
    page.get_by_role("link", name="Скачать zip").wait_for()
    expect(page.locator("#batches")).to_contain_text("обрезано субтитров: 1")
    page.locator("summary", has_text="Что внутри").click()
    first = page.locator(".batch-items li").first
    expect(first).to_contain_text("Добрый день")
    expect(first).to_contain_text(re.compile(r"ускорено до 1,6×.+обрезано на \d+(,\d)? с"))
    expect(page.locator(".batch-items li").last).to_contain_text("одной дорожкой: фильм")
    assert_sound(page)


@pytest.mark.parametrize(
    "path",
    ["", "voices/", "my-voices/", "training/", "history/", "batch/", "detect/", "account/", "account/sign-up/",
     "account/sign-in/", "account/reset/", "api/docs/", "nothing-here/"],
)  # fmt: skip
def test_pages_are_sound_in_both_languages_and_schemes(visitors, path):
    page = visitors.page()
    page.add_init_script(COUNT_SHIFTS)
    for language, looks in LOOKS.items():
        for width, scheme in looks:
            page.set_viewport_size({"width": width, "height": 800})
            page.emulate_media(color_scheme=scheme)
            page.goto(f"/{path}?lang={language}")
            expect(page.locator("html")).to_have_attribute("lang", language)
            page.wait_for_load_state("networkidle")
            assert_sound(page)
            assert page.evaluate("window.shifted") < 0.1
            if width == 360:
                page.locator("[popovertarget=menu]").click()
                assert_sound(page)
    page.get_by_role("link", name="Русский").click()
    expect(page.locator("html")).to_have_attribute("lang", "ru")
    assert f"/{path}" in page.url
    if path == "nothing-here/":  # the console names the status itself
        visitors.forgive("404")
