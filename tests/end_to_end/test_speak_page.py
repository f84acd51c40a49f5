"""The Speak page as it is used: what one sees first, what stays where, and that no text is lost."""

import re

import pytest
from playwright.sync_api import expect

from tests.end_to_end.browsing import assert_sound, open_speak, speak

pytestmark = [pytest.mark.browser, pytest.mark.weights]

SCREENS = [(1280, 800), (360, 740)]
MINE = "Это написал я сам, и оно мне дорого."


@pytest.fixture(params=SCREENS, ids=["desktop", "phone"])
def page(request, visitors):
    width, height = request.param
    opened = visitors.page(width)
    opened.set_viewport_size({"width": width, "height": height})
    return opened


def inside_window(page, selector):
    box = page.locator(selector).bounding_box()
    return box["y"] >= 0 and box["y"] + box["height"] <= page.viewport_size["height"]


def test_voice_text_and_button_are_seen_without_scrolling(page):
    open_speak(page)
    for part in ("#voice-open", "#new-voice-open", "#text", "#speak"):
        assert inside_window(page, part), part
    expect(page.locator("#voice-picker")).to_be_hidden()
    expect(page.locator("#speed")).to_be_hidden()
    assert "лиценз" not in page.locator("main").inner_text().lower()


def test_the_button_stays_at_hand_while_a_phone_is_scrolled(visitors):
    page = visitors.page(360)
    open_speak(page)
    page.locator("#voice-open").click()
    page.locator("#settings summary").click()
    assert inside_window(page, "#speak")
    page.evaluate("window.scrollTo(0, 300)")
    assert inside_window(page, "#speak")


def test_a_voice_is_heard_from_its_line_and_from_the_grid(page):
    open_speak(page)
    page.locator("#voice-listen").click()
    expect(page.locator("#voice-listen")).to_have_attribute("aria-label", re.compile("^Остановить"))
    page.locator("#voice-open").click()
    page.get_by_role("button", name="Прослушать: Николай").click()
    expect(page.get_by_role("button", name="Остановить: Николай")).to_be_visible()
    expect(page.locator("#voice-listen")).to_have_attribute("aria-label", re.compile("^Прослушать"))
    expect(page.locator("#voice-note")).to_be_hidden()


def test_a_press_on_a_voice_chooses_it_and_folds_the_grid(page):
    open_speak(page)
    page.locator("#voice-open").click()
    assert_sound(page)
    page.locator(".voice", has_text="Николай").click(position={"x": 90, "y": 10})
    expect(page.locator("#voice-picker")).to_be_hidden()
    expect(page.locator("#voice-chosen")).to_have_text("Николай")
    expect(page.locator("#voice-open")).to_be_focused()
    page.reload()
    expect(page.locator("#voice-chosen")).to_have_text("Николай")


def test_settings_say_in_words_where_they_stand(page):
    open_speak(page)
    expect(page.locator("#settings-summary")).to_have_text("всё как обычно · mp3")
    page.locator("#settings summary").click()
    expect(page.get_by_text("медленнее")).to_be_visible()
    expect(page.locator("#variation")).to_have_attribute("aria-valuetext", "обычная")
    page.locator("#speed").fill("1.25")
    page.locator("#pitch").fill("-2.5")
    expect(page.locator("#speed")).to_have_attribute("aria-valuetext", "1,25×")
    expect(page.locator("#pitch")).to_have_attribute("aria-valuetext", "−2,5 полутона")
    expect(page.locator("#settings-summary")).to_contain_text("скорость 1,25×")
    assert_sound(page)


def test_the_player_comes_into_sight_and_the_focus_stays(page):
    open_speak(page)
    page.locator("#text").fill("Раз, два, три.")
    page.locator("#speak").focus()
    page.keyboard.press("Enter")
    page.locator("#download").wait_for()
    expect(page.locator("#speak")).to_be_focused()
    page.wait_for_function(
        "() => document.querySelector('#player').getBoundingClientRect().bottom <= innerHeight",
        timeout=20_000,
    )


def test_an_example_does_not_cost_what_was_typed(page):
    open_speak(page)
    text, swap = page.locator("#text"), page.locator("#swap")
    page.locator("#example").click()
    expect(swap).to_be_hidden()  # nothing stood there
    text.fill(MINE)
    page.locator("#example").click()
    page.locator("#example").click()  # an untouched example is worth nothing
    page.reload()
    swap.click()
    expect(text).to_have_value(MINE)
    swap.click()  # and the example is not lost either
    expect(text).not_to_have_value(MINE)


def test_repeating_an_earlier_text_does_not_cost_what_was_typed(page):
    speak(page, "Раз.")
    page.locator("#text").fill(MINE)
    page.locator("#history").get_by_role("button", name="Повторить").click()
    expect(page.locator("#text")).to_have_value("Раз.")
    page.locator("#swap").click()
    expect(page.locator("#text")).to_have_value(MINE)
    page.goto("/history/")
    page.get_by_role("link", name="Повторить").click()
    expect(page.locator("#text")).to_have_value("Раз.")
    page.locator("#swap").click()
    expect(page.locator("#text")).to_have_value(MINE)


def test_while_models_load_the_page_says_so(visitors):
    page = visitors.page()
    held = []

    def loading(route):
        answer = route.fetch()
        job = answer.json()
        if not held:
            job["status"] = "queued"
            job["progress"] |= {"sentences_total": 0, "models_loading": True}
            held.append(job["id"])
        route.fulfill(response=answer, json=job)

    page.route("**/api/v1/jobs/*/", loading)
    open_speak(page)
    page.evaluate(
        """() => {
            window.said = [];
            const line = document.querySelector("#progress-text");
            new MutationObserver(() => window.said.push(line.textContent)).observe(line, { childList: true });
        }"""
    )
    page.locator("#text").fill("Раз.")
    page.locator("#speak").click()
    page.locator("#download").wait_for()
    assert any("Загружаем голоса" in line for line in page.evaluate("window.said"))


def test_how_a_long_text_will_sound_is_shown_part_by_part(visitors):
    page = visitors.page()
    open_speak(page)
    page.locator("#text").fill("Старый замок стоит на горе. " * 250)  # 7,000 characters
    page.locator("[data-panel=said]").click()
    lines = page.locator(".said-line")
    expect(lines).to_have_count(20)
    page.locator("#said-more").click()
    expect(lines).to_have_count(40)
    vowel = lines.nth(30).locator(".vowel").nth(3)
    vowel.click()
    expect(lines.nth(30).locator(".vowel").nth(3)).to_have_attribute("aria-pressed", "true")
    expect(vowel).to_be_focused()
    expect(lines).to_have_count(40)
    lines.nth(35).locator(".vowel").nth(3).click()
    expect(lines.nth(35).locator(".vowel").nth(3)).to_have_attribute("aria-pressed", "true")
    typed = page.locator("#text").input_value().split(". ")
    marked = [number for number, sentence in enumerate(typed) if "зам+ок" in sentence]
    assert marked == [30, 35]
    assert_sound(page)
