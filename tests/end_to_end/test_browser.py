"""The whole flow in Chromium against the running product: bank voice and own recording to mp3."""

from pathlib import Path

import pytest
import soundfile as sf
from playwright.sync_api import expect

from benchmarks.servers import answers, wait_for
from tests.end_to_end.browsing import hear_complaints, open_speak
from tests.end_to_end.services import preview_of, processes_of, servers, site

pytestmark = [pytest.mark.browser, pytest.mark.weights]

SECONDS = 1000


@pytest.fixture
def page(browser, running):
    opened = browser.new_page(locale="ru-RU")
    complaints = hear_complaints(opened)
    open_speak(opened, running.address)
    yield opened
    opened.close()
    assert complaints == []


def speak_and_download(page, text, folder: Path) -> Path:
    page.locator("#speak-form textarea").fill(text)
    page.get_by_role("button", name="Озвучить").click()
    page.wait_for_function(
        "() => document.querySelector('#audio').duration > 0", timeout=120 * SECONDS
    )
    page.evaluate("() => document.querySelector('#audio').play()")
    page.wait_for_function("() => document.querySelector('#audio').currentTime > 0.1")
    page.locator("#download").wait_for(
        timeout=120 * SECONDS
    )  # the whole is there, not its beginning
    with page.expect_download() as download:
        page.locator("#download").click()
    path = folder / "said.mp3"
    download.value.save_as(path)
    return path


def test_bank_voice_to_mp3(page, tmp_path):
    page.locator("#voice-open").click()
    page.locator("#voices").get_by_title("Анна", exact=True).click()
    path = speak_and_download(page, "Добрый вечер! Как ваши дела сегодня?", tmp_path)
    info = sf.info(path)
    assert info.format == "MP3"
    assert info.duration > 1


def test_own_recording_to_mp3(page, running, tmp_path):
    recording = tmp_path / "me.mp3"
    recording.write_bytes(preview_of(running))
    page.locator("#new-voice-open").click()
    page.locator("#files").set_input_files(recording)
    page.locator("#voice-name").fill("Пробный")
    page.locator("#consent").check()
    page.locator("#create-voice").click()
    expect(page.locator("#voice-chosen")).to_have_text("Пробный", timeout=60 * SECONDS)
    expect(page.locator("#voice-open")).to_be_focused()
    path = speak_and_download(page, "Это сказано моим собственным голосом.", tmp_path)
    assert sf.info(path).duration > 0.5


def test_pressing_twice_speaks_once(page):
    page.locator("#speak-form textarea").fill("Скажи это один раз.")
    page.keyboard.press("Control+Enter")
    page.keyboard.press("Control+Enter")
    page.wait_for_function("() => document.querySelector('#audio').duration > 0", timeout=60_000)
    page.wait_for_timeout(1 * SECONDS)
    expect(page.locator("#history > li")).to_have_count(1)


def test_results_stay_inside_their_card(page):
    page.set_viewport_size({"width": 1280, "height": 900})
    long = "Довольнодлинноесловобезпробелов " * 4
    page.locator("#speak-form textarea").fill(long)
    page.get_by_role("button", name="Озвучить").click()
    page.wait_for_function("() => document.querySelector('#audio').duration > 0", timeout=60_000)
    page.locator("#history .tools button").nth(2).wait_for()
    left, right = page.evaluate(
        """() => {
            const card = document.querySelector(".history").getBoundingClientRect();
            const item = document.querySelector("#history > li").getBoundingClientRect();
            return [item.left - card.left, card.right - item.right];
        }"""
    )
    assert right == pytest.approx(left, abs=1.0)


def test_empty_text_says_why(page):
    page.get_by_role("button", name="Озвучить").click()
    expect(page.locator("#speak-error")).to_be_visible()


def test_a_click_on_a_vowel_moves_the_stress(page):
    page.fill("#text", "Старый замок")
    page.click("[data-panel=said]")
    page.wait_for_selector(".vowel", timeout=60_000)
    page.locator(".vowel").nth(3).click()
    expect(page.locator("#text")).to_have_value("Старый зам+ок")
    moved = page.locator(".vowel").nth(3)  # drawn again, when the server has answered
    expect(moved).to_have_attribute("aria-pressed", "true")
    expect(moved).to_be_focused()
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Enter")
    expect(page.locator("#text")).to_have_value("Старый з+амок")


def test_ctrl_c_stops_every_process_and_keeps_the_data(tmp_path):
    with servers() as settings:
        with site(tmp_path / "var", **settings) as running:
            heard = preview_of(running)
            [preview] = (running.var / "media").rglob("*.mp3")
            assert len(processes_of(running.var)) >= 3  # the parent, the web server, a worker
        wait_for(lambda: processes_of(running.var) == [], "the end of all processes", 20)
        with site(tmp_path / "var", **settings) as again:
            assert answers(f"{again.address}/healthz")
            assert preview_of(again) == heard
            assert [*(again.var / "media").rglob("*.mp3")] == [preview]
