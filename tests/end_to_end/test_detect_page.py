"""The page that tells the mark from the judgement, on a phone and on a desk; the ear is told what to hear."""

import importlib

import pytest
from playwright.sync_api import expect

from tests.end_to_end.browsing import SIZES, assert_sound, hear_complaints
from tests.tts_engine.espeak_speech import espeak_speech
from tests.voices.test_detect import LONG, TEXT
from tts_engine.audio.io import encode_audio
from tts_engine.detection.inference import Judgement
from tts_engine.watermark.marking import Marker

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

KEY = "of the tests"
MACHINE = Judgement(
    speaker="machine",
    share=0.9997,
    machine_from=0.85,
    person_below=0.2,
    seconds_heard=5.0,
    curve=(0.1, 0.95, 0.9, None, 0.5, 0.99),
)
SHORT = Judgement(
    speaker="unknown",
    share=None,
    machine_from=0.85,
    person_below=0.2,
    seconds_heard=1.0,
    curve=(0.4,),
    reason="short",
)


class Ear:
    """Hears what it is told to."""

    hears = MACHINE

    def judge(self, audio):
        return self.hears


@pytest.fixture
def ear(monkeypatch):
    told = Ear()
    monkeypatch.setenv("VOICECLONE_WATERMARK_KEY", KEY)
    module = importlib.import_module("voices.engine.provenance")
    monkeypatch.setattr(module, "_judge", lambda weights: told)
    return told


@pytest.fixture(params=SIZES, ids=["phone", "desktop"])
def page(request, browser, live_server, ear):
    context = browser.new_context(
        locale="ru-RU", viewport={"width": request.param, "height": 800}, base_url=live_server.url
    )
    opened = context.new_page()
    complaints = hear_complaints(opened)
    opened.goto("/detect/")
    yield opened
    context.close()
    assert complaints == []


def check(page, audio, name="запись.mp3"):
    content = encode_audio(audio, "mp3")
    page.locator("#file").set_input_files(
        {"name": name, "mimeType": "audio/mpeg", "buffer": content}
    )


def test_mark_and_judgement_stand_apart_with_the_curve(page, ear):
    check(page, Marker(KEY.encode()).mark(espeak_speech(TEXT)))
    expect(page.locator("#mark h2")).to_have_text("Создано здесь")
    expect(page.locator("#ear h2")).to_have_text("Похоже, машина")
    expect(page.locator("#ear")).to_contain_text("в 99 %")
    bars = page.locator(".machine-curve rect")
    assert [bar.get_attribute("class") for bar in bars.all()] == [
        "person", "machine", "machine", "unknown", "machine",
    ]  # fmt: skip
    assert [bar.get_attribute("x") for bar in bars.all()] == ["0", "1", "2", "4", "5"]
    said = page.locator(".machine-curve [role=img]").get_attribute("aria-label")
    assert said == "Похоже на машину 3 с, на человека 1 с, неясно 1 с, тихо 1 с."
    assert_sound(page)

    ear.hears = SHORT
    page.goto("/detect/?lang=en")
    check(page, espeak_speech(LONG), "other.mp3")
    expect(page.locator("#mark h2")).to_have_text("No mark found")
    expect(page.locator("#ear h2")).to_have_text("Cannot tell")
    expect(page.locator("#ear")).to_contain_text("at least 3 seconds")
    expect(page.locator(".machine-curve")).to_have_count(0)
    expect(page.locator(".detect")).to_contain_text("Accuse nobody by it alone.")
    assert_sound(page)
