"""My voices in Chromium, from its microphone: the fake device plays real speech."""

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
