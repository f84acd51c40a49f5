"""My voices and the voice bank in Chromium, as far as no microphone is needed."""

import pytest
import soundfile as sf
from playwright.sync_api import expect

from tests.end_to_end.browsing import SIZES, WORKERS_PATIENCE, assert_sound

pytestmark = [pytest.mark.browser, pytest.mark.weights]


@pytest.fixture(params=SIZES, ids=["phone", "desktop"])
def page(request, visitors):
    yield visitors.page(request.param)
    visitors.forgive("422")  # of a refused recording the console names the status itself


def test_what_is_missing_is_said_beside_its_field(page):
    page.goto("/my-voices/")
    page.locator("#send").click()
    expect(page.locator("#form-error")).to_contain_text("Дайте голосу имя")
    expect(page.locator("#voice-name")).to_be_focused()
    page.locator("#voice-name").fill("Проба")
    page.locator("#send").click()
    expect(page.locator("#form-error")).to_contain_text("Добавьте запись")
    page.locator("#files").set_input_files(
        {"name": "письмо.txt", "mimeType": "text/plain", "buffer": b"text"}
    )
    expect(page.locator("#form-error")).to_contain_text("не звук")


def test_a_recording_of_no_use_is_told_of_the_same_way_on_both_forms(page, tmp_path):
    silence = tmp_path / "silence.wav"
    sf.write(silence, [0.0] * 80_000, 16_000)
    for path, button, error in (
        ("/my-voices/", "#send", "#form-error"),
        ("/", "#create-voice", "#new-voice-error"),
    ):
        page.goto(path)
        if path == "/":
            page.locator("#new-voice-open").click()
        page.locator("#files").set_input_files(silence)
        page.locator("#voice-name").fill("Тишина")
        page.locator("#consent").check()
        page.locator(button).click()
        expect(page.locator(error)).to_contain_text(
            "Из этой записи голос не получится: в записи тишина", timeout=WORKERS_PATIENCE
        )
        expect(page.locator(button)).to_be_focused()
        expect(page.locator("#recordings li")).to_have_count(1)  # nothing is lost
        page.locator("#recordings button").click()


def test_the_text_to_read_aloud_takes_twenty_seconds(page):
    page.goto("/my-voices/")
    text = page.locator("#record-hint blockquote").inner_text()
    assert 18 <= len(text) / 13 <= 25  # 13 signs a second is a calm pace
    assert_sound(page)


def test_the_bank_is_searched_and_heard(page):
    page.goto("/voices/")
    cards = page.locator(".bank-card")
    expect(cards).to_have_count(10)
    names = cards.locator("h3").all_inner_texts()
    women = names.index("Александр")
    assert names == sorted(names[:women]) + sorted(names[women:])
    assert_sound(page)
    page.locator("#search").fill("АННА")
    expect(cards).to_have_count(1)
    cards.get_by_role("button", name="Прослушать: Анна").click()
    expect(cards.get_by_role("button", name="Остановить: Анна")).to_be_visible()
    page.locator("#search").fill("")
    page.get_by_role("button", name="Мужские").click()
    expect(cards).to_have_count(len(names) - women)


def test_the_map_is_walked_by_keyboard(page):
    page.goto("/voices/")
    points = page.locator("#map .point")
    expect(points).to_have_count(10)
    points.first.focus()
    start = page.evaluate("document.activeElement.dataset.id")
    walked = {start}
    for key in ("ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown") * 2:
        page.keyboard.press(key)
        walked.add(page.evaluate("document.activeElement.dataset.id"))
    assert len(walked) >= 3
    page.keyboard.press("Enter")
    here = page.evaluate("document.activeElement.dataset.id")
    expect(page.locator(f".bank-card[data-id='{here}']")).to_have_class("card bank-card chosen")
    page.get_by_text("То же списком").click()
    expect(page.locator("#map-list li")).to_have_count(10)
    expect(page.locator("#map-list li").first).to_contain_text("похож на")


def test_the_map_shows_every_name_whole(page):
    page.goto("/voices/")
    expect(page.locator("#map .point")).to_have_count(10)
    covered = page.evaluate(
        """() => {
            const map = document.querySelector("#map").getBoundingClientRect();
            const points = [...document.querySelectorAll("#map .point")].map((point) => ({
                name: point.textContent,
                label: point.querySelector("text").getBoundingClientRect(),
                mark: point.children[1].getBoundingClientRect(),
            }));
            const meet = (a, b) => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
            const inside = (a) => a.left >= map.left && a.right <= map.right
                && a.top >= map.top && a.bottom <= map.bottom;
            return points.filter((one) => !inside(one.label) || points.some((other) => other !== one
                && (meet(one.mark, other.mark) || meet(one.label, other.mark) || meet(one.label, other.label))))
                .map((one) => one.name);
        }"""
    )
    assert covered == []
