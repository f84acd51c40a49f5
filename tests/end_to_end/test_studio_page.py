"""The Studio page in Chromium: sentences read into a fake microphone, coverage, preparing, the report."""

import pytest
from playwright.sync_api import expect

from tests.end_to_end.browsing import SIZES, assert_sound, chromium, hear_complaints
from tests.end_to_end.reading import coverage, microphone_flags, sentence_read, spoken_wav
from tts_engine.speaking.cloning import VoiceCloner
from tts_engine.speaking.requests import SpeechRequest
from tts_engine.speaking.voicebank import get_voice

pytestmark = [pytest.mark.browser, pytest.mark.weights]

SECONDS = 1000
PATIENCE = 120 * SECONDS  # for what the worker makes
ABOUT_ME = "Сегодня тихий вечер. За окном идёт снег, и город понемногу засыпает."
SENTENCES = 3


@pytest.fixture(scope="module")
def person():
    """Somebody who reads aloud: `person(text)` is wav."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("VOICECLONE_WATERMARK_KEY", "another installation")
        cloner, voice = VoiceCloner.load(device="cpu"), get_voice("anna").profile

        def read(text):
            audio = cloner.speak(SpeechRequest(text=text, voice=voice)).audio
            return spoken_wav(audio.waveform, audio.sample_rate_hz)

        yield read


@pytest.fixture(scope="module")
def microphone(tmp_path_factory, person):
    """What it hears from the beginning of each recording, once."""
    path = tmp_path_factory.mktemp("microphone") / "speech.wav"
    path.write_bytes(person(ABOUT_ME))
    return path


@pytest.fixture(scope="module")
def browser(microphone):
    with chromium(*microphone_flags(microphone)) as launched:
        yield launched


@pytest.fixture
def page(browser, running):
    context = browser.new_context(
        locale="ru-RU",
        viewport={"width": 1280, "height": 900},
        permissions=["microphone"],
        base_url=running.address,
    )
    opened = context.new_page()
    complaints = hear_complaints(opened)
    opened.on("dialog", lambda dialog: dialog.accept())
    yield opened
    context.close()
    assert complaints == []


def voice_make(page, person, tmp_path):
    page.goto("/my-voices/")
    recording = tmp_path / "me.wav"
    recording.write_bytes(person(ABOUT_ME))
    page.locator("#files").set_input_files(recording)
    page.locator("#voice-name").fill("Анна")
    page.locator("#consent").check()
    page.locator("#send").click()
    expect(page.get_by_role("article", name="Анна")).to_be_visible(timeout=PATIENCE)


def dataset_make(page):
    page.goto("/studio/")
    page.locator("#title").fill("Чтение дома")
    page.get_by_role("button", name="Создать набор").click()
    expect(page.locator("#sentence")).not_to_be_empty()
    expect(page.locator("#consent-note")).to_contain_text("устного согласия")
    assert page.locator("#coverage").evaluate("bar => bar.value") == 0
    assert_sound(page)


def several_read(page, microphone, person):
    """Coverage grows with every sentence, and each is another one; returns what was read."""
    shares, read = [coverage(page)], []
    for _ in range(3 * SENTENCES):
        shown = sentence_read(page, microphone, person)
        if (
            page.locator("#read-verdict").inner_text() != "Принято."
        ):  # a synthetic voice is no actor
            page.locator(".take.refused .round").first.click()
            expect(page.locator(".take.refused")).to_have_count(0)
            page.get_by_role("button", name="Другое предложение").click()
            continue
        read.append(shown)
        expect(page.locator("#sentence")).not_to_have_text(shown)
        shares.append(coverage(page))
        if len(read) == SENTENCES:
            break
    assert shares == sorted(set(shares))
    assert len(set(read)) == SENTENCES
    expect(page.locator("#coverage-words")).to_contain_text(f"прочитано: {SENTENCES}")
    return read


def long_one_uploaded(page, text, person, tmp_path):
    """A recording with its text beside it."""
    recording, beside = tmp_path / "Глава первая.wav", tmp_path / "Глава первая.txt"
    recording.write_bytes(person(text))
    beside.write_text(text, "utf-8")
    page.locator("#files").set_input_files([recording, beside])
    expect(page.locator(".take", has_text="Глава первая.wav")).to_contain_text(
        "с расшифровкой", timeout=PATIENCE
    )
    expect(page.locator(".take.accepted")).to_have_count(SENTENCES + 1, timeout=PATIENCE)


def prepared(page):
    """Prepared, and reported; returns how many clips were kept."""
    page.get_by_role("button", name="Подготовить").click()
    expect(page.locator("#prepare-note")).to_contain_text("Готово: взято", timeout=PATIENCE)
    pieces = page.locator(".piece.kept")
    expect(pieces.first).to_be_visible()
    kept = pieces.count()
    assert kept >= SENTENCES
    page.evaluate("() => { document.querySelector('.piece audio').preload = 'metadata'; }")
    page.wait_for_function("() => document.querySelector('.piece audio').duration > 0.5")
    page.locator("#whole-report > summary").click()
    framed = page.frame_locator("#report-frame")
    expect(framed.get_by_role("heading", name="Набор записей", exact=True)).to_be_visible()
    assert_sound(page)
    return kept


def dropped_and_taken_back(page, kept):
    pieces = page.locator(".piece.kept")
    first = pieces.first.get_attribute("data-id")
    pieces.first.get_by_role("button", name="Убрать").click()
    expect(page.locator(f"[data-id='{first}'] .piece-edit")).to_have_text("будет убрано")
    page.get_by_role("button", name="Применить правки").click()
    expect(page.locator(".piece.kept")).to_have_count(kept - 1, timeout=PATIENCE)
    page.get_by_role("button", name="Отброшенные").click()
    dropped = page.locator(f"[data-id='{first}']")
    expect(dropped).to_contain_text("убрано вручную")
    dropped.get_by_role("button", name="Вернуть").click()
    page.get_by_role("button", name="Применить правки").click()
    page.get_by_role("button", name="Взятые").click()
    expect(page.locator(".piece.kept")).to_have_count(kept, timeout=PATIENCE)


def test_from_reading_to_the_report(page, person, microphone, tmp_path):
    page.goto("/studio/")
    expect(page.locator("#no-voice")).to_be_visible()
    voice_make(page, person, tmp_path)
    dataset_make(page)
    read = several_read(page, microphone, person)

    # other words are asked for again, with the reason; the sentence stays
    shown = sentence_read(page, microphone, lambda _: person("Совсем другие слова, не те."))
    expect(page.locator("#read-verdict")).to_contain_text("Ещё раз, пожалуйста: не слышно")
    expect(page.locator("#sentence")).to_have_text(shown)
    expect(page.locator(".take.refused .take-reason")).to_contain_text("слово в слово")

    long_one_uploaded(page, f"{read[0]} {ABOUT_ME}", person, tmp_path)
    dropped_and_taken_back(page, prepared(page))
    for width in SIZES:
        page.set_viewport_size({"width": width, "height": 900})
        assert_sound(page)

    page.get_by_role("button", name="Удалить набор").click()
    expect(page.locator("#studio")).to_be_hidden()
