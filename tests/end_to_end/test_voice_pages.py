"""My voices and the voice bank in Chromium, microphone included: its fake device plays real speech."""

import io

import pytest
import soundfile as sf
from playwright.sync_api import expect

from tests.end_to_end.browsing import SIZES, assert_sound, chromium, hear_complaints
from tests.end_to_end.services import site
from tts_engine.speaking.cloning import VoiceCloner
from tts_engine.speaking.requests import SpeechRequest
from tts_engine.speaking.voicebank import get_voice

pytestmark = [pytest.mark.browser, pytest.mark.weights]

MICROPHONE = ["--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream"]
SECONDS = 1000
PATIENCE = 90 * SECONDS  # for what the worker makes
READ_ALOUD = (
    "Сегодня тихий вечер. За окном идёт снег, и город понемногу засыпает. Старый мастер долго "
    "рассматривал сломанные часы, потом улыбнулся и достал инструменты."
)


@pytest.fixture(scope="module")
def running(tmp_path_factory):
    """A site whose operator asks for spoken consent."""
    var = tmp_path_factory.mktemp("site") / "var"
    with site(var, VOICECLONE_SPOKEN_CONSENT="1") as started:
        yield started


@pytest.fixture(scope="module")
def person(running):
    """Somebody who reads aloud: `person(text)` is wav, in a voice of the bank and with the watermark of
    another installation. The site, already running with a key of its own, would know its own speech.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("VOICECLONE_WATERMARK_KEY", "another installation")
        cloner, voice = VoiceCloner.load(device="cpu"), get_voice("anna").profile

        def read(text):
            audio = cloner.speak(SpeechRequest(text=text, voice=voice)).audio
            stream = io.BytesIO()
            sf.write(stream, audio.waveform, audio.sample_rate_hz, "PCM_16", format="WAV")
            return stream.getvalue()

        yield read


@pytest.fixture(scope="module")
def browser(person, tmp_path_factory):
    microphone = tmp_path_factory.mktemp("microphone") / "speech.wav"
    microphone.write_bytes(person(READ_ALOUD))
    with chromium(*MICROPHONE, f"--use-file-for-fake-audio-capture={microphone}") as launched:
        yield launched


@pytest.fixture(params=SIZES, ids=["phone", "desktop"])
def page(request, browser, running):
    context = browser.new_context(
        locale="ru-RU",
        viewport={"width": request.param, "height": 800},
        permissions=["microphone"],
        base_url=running.address,
    )
    opened = context.new_page()
    complaints = hear_complaints(opened)
    yield opened
    context.close()
    # of a refused recording the console names the status itself
    assert [said for said in complaints if "422" not in said] == []


def record(page, seconds):
    page.locator("#record").click()
    expect(page.locator("#level")).to_be_visible()
    expect(page.locator("#record-label")).to_contain_text("Остановить запись · 0:")
    page.wait_for_function("() => document.querySelector('#level').value > 0.2")
    page.wait_for_timeout(seconds * SECONDS)
    page.locator("#record").click()
    expect(page.locator("#recordings li")).to_have_count(1)


def create_from_microphone(page, name):
    page.goto("/my-voices/")
    record(page, 7)
    page.locator("#voice-name").fill(name)
    page.locator("#consent").check()
    page.locator("#send").click()
    card = page.get_by_role("article", name=name)
    expect(card).to_be_visible(timeout=PATIENCE)
    expect(page.locator("#note")).to_contain_text(f"Голос «{name}» готов")
    expect(page.locator("#note .verdict-line")).to_contain_text("Запись")
    return card


def test_a_voice_from_the_microphone_to_its_end(page, person, tmp_path):
    card = create_from_microphone(page, "Проба")
    card.get_by_text("Записи и их качество").click()
    expect(card.get_by_text("Речь громче фона")).to_be_visible()
    assert_sound(page)

    # silent until a phrase is read: other words first, then the right ones
    expect(card.get_by_text("Попробовать фразу")).to_be_hidden()
    card.get_by_role("button", name="Прочесть фразу").click()
    expect(page.locator("#phrase")).not_to_be_empty()
    first = page.locator("#phrase").inner_text()
    recording = tmp_path / "phrase.wav"
    recording.write_bytes(person(READ_ALOUD))
    page.locator("#files").set_input_files(recording)
    page.locator("#send").click()
    expect(page.locator("#form-error")).to_contain_text("Слова не разобраны", timeout=PATIENCE)
    expect(page.locator("#phrase")).not_to_have_text(first)
    recording.write_bytes(person(page.locator("#phrase").inner_text()))
    page.locator("#files").set_input_files(recording)
    page.locator("#send").click()
    expect(page.locator("#note")).to_contain_text("может говорить", timeout=PATIENCE)

    # it speaks
    card.get_by_text("Попробовать фразу").click()
    card.get_by_role("button", name="Озвучить фразу").click()
    page.wait_for_function(
        "() => document.querySelector('article audio').duration > 0.5", timeout=PATIENCE
    )

    # settings
    card.get_by_text("Имя и настройки").click()
    card.get_by_label("Имя", exact=True).fill("Проба вторая")
    card.get_by_label("Скорость").fill("1.2")
    card.get_by_role("button", name="Сохранить").click()
    card = page.get_by_role("article", name="Проба вторая")
    expect(card.get_by_label("Скорость")).to_have_value("1.2", timeout=PATIENCE)

    # a second recording comes and goes
    card.get_by_role("button", name="Добавить записи").click()
    page.locator("#files").set_input_files(recording)
    page.locator("#consent").check()
    page.locator("#send").click()
    expect(card.get_by_text("2 записи")).to_be_visible(timeout=PATIENCE)
    page.once("dialog", lambda dialog: dialog.accept())
    card.get_by_role("button", name="Удалить запись phrase.wav").click()
    expect(card.get_by_text("1 запись,")).to_be_visible(timeout=PATIENCE)

    # the end of it, said beforehand and afterwards
    card.get_by_role("button", name="Удалить голос").click()
    expect(page.locator("#delete-warning")).to_contain_text("всё, что им озвучено")
    assert_sound(page)
    page.keyboard.press("Escape")
    expect(card).to_be_visible()
    card.get_by_role("button", name="Удалить голос").click()
    page.get_by_role("button", name="Удалить навсегда").click()
    expect(page.locator("#note")).to_contain_text("Удалено: голос «Проба вторая»", timeout=PATIENCE)
    expect(card).to_be_hidden()
    expect(page.locator("#empty")).to_be_visible()


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
            "Из этой записи голос не получится: в записи тишина", timeout=PATIENCE
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
