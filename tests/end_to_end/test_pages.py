"""Speak, History, Batch and shared results in Chromium, on a phone and on a desktop."""

import io
import os
import re
import zipfile

import pytest
from playwright.sync_api import expect, sync_playwright

from benchmarks.servers import ROOT

pytestmark = [pytest.mark.browser, pytest.mark.weights]

FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
    "--disable-background-networking", "--disable-component-update",
    "--autoplay-policy=no-user-gesture-required",
]  # fmt: skip
PATIENCE = 120_000  # milliseconds, for what the worker makes
AXE = ROOT / "tests" / "end_to_end" / "vendor" / "axe-core" / "axe.min.js"
LONG = " ".join(f"Это предложение номер {number}, и оно не последнее." for number in range(1, 31))
SUBTITLES = "1\n00:00:01,000 --> 00:00:03,000\nДобрый день.\n\n2\n00:00:04,000 --> 00:00:06,000\nДо встречи.\n"
HEARD = "() => document.querySelector('#audio').currentTime > 0.1"


@pytest.fixture(scope="module")
def browser():
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"  # Playwright's loop runs in this thread
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS)
        yield launched
        launched.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


class Visitors:
    """New visitors, each in a browser of their own; what the consoles say is kept."""

    def __init__(self, browser, address):
        self.browser = browser
        self.address = address
        self.complaints = []
        self.contexts = []

    def page(self, width=1280, scheme="light"):
        context = self.browser.new_context(
            locale="ru-RU",
            color_scheme=scheme,
            viewport={"width": width, "height": 800},
            base_url=self.address,
        )
        self.contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(PATIENCE)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("console", self._heard)
        return page

    def _heard(self, message):
        if message.type == "error":
            self.complaints.append(message.text)


@pytest.fixture
def visitors(browser, running):
    all_of_them = Visitors(browser, running.address)
    yield all_of_them
    for context in all_of_them.contexts:
        context.close()
    assert all_of_them.complaints == []


@pytest.fixture(params=[360, 1280], ids=["phone", "desktop"])
def page(request, visitors):
    return visitors.page(request.param)


def assert_sound(page):
    """Nothing sticks out of the page, and axe-core finds nothing serious."""
    width = page.viewport_size["width"]
    assert page.evaluate("() => document.documentElement.scrollWidth") <= width
    page.evaluate(AXE.read_text(encoding="utf-8"))
    # without preload: it copies the style of the waveform, which the page's policy forbids
    found = page.evaluate("() => axe.run({preload: false}).then((result) => result.violations)")
    serious = [
        (one["id"], [node["html"] for node in one["nodes"]])
        for one in found
        if one["impact"] in {"serious", "critical"}
    ]
    assert serious == []


def speak(page, text):
    """Say a text on the Speak page and wait for the end."""
    page.goto("/")
    page.locator(".voice").first.wait_for()
    page.locator("#text").fill(text)
    page.locator("#speak").click()
    page.locator("#download").wait_for()


def test_a_long_text_is_heard_before_it_is_made_and_survives_a_reload(visitors):
    page = visitors.page()
    page.goto("/")
    page.locator(".voice").first.wait_for()
    page.locator("#text").fill(LONG)
    page.locator("#speak").click()
    page.wait_for_function(HEARD)
    expect(page.locator("#working")).to_be_visible()  # heard, and not yet made
    expect(page.locator("#download")).to_be_hidden()
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


def test_by_keyboard_alone(visitors):
    page = visitors.page()
    page.goto("/")
    page.locator(".voice").first.wait_for()
    page.keyboard.press("Tab")
    expect(page.get_by_text("К содержанию")).to_be_focused()
    page.keyboard.press("Enter")
    for _ in range(30):  # from the content's beginning to the voices
        page.keyboard.press("Tab")
        if page.evaluate("() => document.activeElement.name === 'voice'"):
            break
    page.keyboard.press("ArrowDown")
    chosen = page.locator("input[name=voice]:checked")
    expect(chosen).to_be_focused()
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("() => document.activeElement.id === 'text'"):
            break
    page.keyboard.type("Сказано без мыши.")
    page.keyboard.press("Control+Enter")
    page.locator("#download").wait_for()
    page.wait_for_function("() => document.querySelector('#audio').src.endsWith('/audio/')")
    page.locator("#player-play").focus()
    page.keyboard.press("Tab")
    expect(page.locator("#wave")).to_be_focused()
    page.keyboard.press("End")
    page.keyboard.press("Home")
    page.keyboard.press("Space")
    page.wait_for_function(HEARD)


def test_voices_are_found_by_name_and_kind(page):
    page.goto("/")
    page.locator(".voice").first.wait_for()
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
    page.on("dialog", lambda dialog: dialog.accept())
    results.get_by_role("button", name="Удалить").click()
    expect(page.locator("#nothing")).to_be_visible()
    page.locator("#clear").click()
    expect(results).to_have_count(1)


def test_pasted_lines_become_a_zip(page):
    page.goto("/batch/")
    page.locator("#voice option").first.wait_for(state="attached")
    page.locator("#start").click()
    expect(page.locator("#error")).to_be_visible()
    page.locator("#texts").fill("Раз.\n\nДва.")
    page.locator("#start").click()
    link = page.get_by_role("link", name="Скачать zip")
    link.wait_for()
    assert_sound(page)
    with page.expect_download() as download:
        link.click()
    content = download.value.path().read_bytes()
    names = zipfile.ZipFile(io.BytesIO(content)).namelist()
    assert sum(name.endswith(".mp3") for name in names) == 2
    page.on("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="Удалить пакет").click()
    expect(page.locator("#empty")).to_be_visible()


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
    page.locator("summary").click()
    expect(page.locator(".batch-items li").first).to_contain_text("Добрый день.")


@pytest.mark.parametrize("path", ["/", "/history/", "/batch/", "/nothing-here/"])
def test_pages_are_sound_in_both_languages_and_schemes(visitors, path):
    for width, scheme in ((360, "dark"), (1280, "dark"), (360, "light"), (1280, "light")):
        page = visitors.page(width, scheme)
        page.goto(path)
        page.wait_for_load_state("networkidle")
        assert_sound(page)
        if width == 360:
            page.get_by_role("button", name="Меню").click()
            assert_sound(page)
        if (width, scheme) == (1280, "light"):
            page.get_by_role("link", name="English").click()
            expect(page.locator("html")).to_have_attribute("lang", "en")
            assert page.url.endswith(path)
    if path == "/nothing-here/":  # the console names the status itself
        visitors.complaints = [text for text in visitors.complaints if "404" not in text]
