"""The page of songs in Chromium on a phone and on a desk; tones stand for the engine's work."""

import io

import pytest
import soundfile as sf
from playwright.sync_api import expect

from tests.end_to_end.browsing import SIZES, assert_sound, chromium, hear_complaints
from tests.voices.song_engine import RATE_HZ, SECONDS, song_engine_set, tone
from voices.errors import Unusable
from voices.models import Job

pytestmark = [
    pytest.mark.browser,
    pytest.mark.usefixtures("inline_worker", "humming_engine", "bank_voice"),
]


@pytest.fixture
def song_engine(monkeypatch):
    return song_engine_set(monkeypatch)


@pytest.fixture(scope="module")
def browser():
    with chromium() as launched:
        yield launched


@pytest.fixture(params=SIZES, ids=["phone", "desktop"])
def page(request, browser, live_server, song_engine):
    context = browser.new_context(
        locale="ru-RU", viewport={"width": request.param, "height": 800}, base_url=live_server.url
    )
    opened = context.new_page()
    complaints = hear_complaints(opened)
    opened.goto("/conversion/")
    expect(opened.locator("#voice option").first).to_have_text("Анна")
    yield opened
    context.close()
    # of a refused file the console names the status itself
    assert [said for said in complaints if "400" not in said] == []


def file(name, hz=330):
    stream = io.BytesIO()
    sf.write(stream, tone(hz), RATE_HZ, format="WAV")
    return {"name": name, "mimeType": "audio/wav", "buffer": stream.getvalue()}


def sends(page, *files):
    page.locator("#files").set_input_files(list(files))
    page.locator("#start").click()


def heard(page):
    """Roles of the stems that are switched on."""
    return page.locator("#stems li").filter(has=page.locator("input:checked")).all_inner_texts()


def test_a_song_is_put_in_a_voice_heard_and_compared(page, song_engine):
    sends(page, file("Песня.wav"))
    expect(page.locator("#error")).to_contain_text("право")
    page.locator("#rights").check()
    page.get_by_text("Тонкая настройка").click()
    page.locator("#transpose-auto").uncheck()
    page.locator("#transpose").fill("-5")
    expect(page.locator("#settings-summary")).to_contain_text("Высота голоса: -5")
    page.locator("#preview").check()
    page.locator("#start").click()
    entry = page.locator("#made li")
    expect(entry).to_contain_text("Песня.wav")
    expect(entry).to_contain_text("0:02 · mp3")
    [order] = song_engine.orders
    assert order.settings == {"preset": "song", "transpose": -5, "preview_from": 30}

    mixer = page.locator("#mixer")
    expect(mixer).to_be_visible()
    assert heard(page) == ["Сводка"]
    mixer.get_by_role("button", name="Слушать").click()
    page.wait_for_function(
        "() => !document.querySelector('#mixer-time').textContent.startsWith('0:00')"
    )
    mixer.get_by_role("button", name="Оригинал").click()
    assert heard(page) == ["Голос из песни", "Музыка"]
    mixer.get_by_label("Новый голос", exact=True).check()
    expect(mixer.get_by_role("button", name="Оригинал")).to_have_attribute("aria-pressed", "false")
    mixer.get_by_label("Громкость: Музыка").fill("0.5")
    expect(mixer.locator("#notes")).to_contain_text("Второй голос")
    expect(mixer.get_by_role("link", name="Отчёт")).to_be_visible()
    with page.expect_download() as begun:
        mixer.get_by_role("link", name="Скачать: Музыка").click()
    assert begun.value.suggested_filename.endswith(".flac")
    assert_sound(page)

    entry.get_by_role("button", name="Другим голосом").click()
    expect(page.locator("#chosen")).to_contain_text("Песня: Песня.wav")
    page.locator("#start").click()
    expect(page.locator("#made li")).to_have_count(2)
    assert Job.objects.count() == 2


def test_of_several_files_those_that_fail_are_told(page, song_engine):
    page.locator("#rights").check()
    empty = {"name": "пусто.wav", "mimeType": "audio/wav", "buffer": b""}
    sends(page, file("Раз.wav"), empty, file("Два.wav", hz=400))
    expect(page.locator("#made li")).to_have_count(2)
    expect(page.locator("#failures")).to_contain_text("пусто.wav: ")
    expect(page.locator("#chosen")).to_contain_text("пусто.wav")
    expect(page.locator("#status")).to_have_text("Отправлено: 2")
    assert_sound(page)


def test_only_taken_apart_and_what_cannot_serve(page, song_engine):
    page.locator("#files").set_input_files([file("Песня.wav")])
    page.locator("#separate").click()
    expect(page.locator("#made li")).to_contain_text("разделено")
    expect(page.locator("#stems li")).to_have_count(2)

    def refuse(done, total, stage):
        raise Unusable("no_voice", "no voice is heard", "голоса не слышно")

    song_engine.at_stage = refuse
    page.locator("#rights").check()
    page.get_by_text("Речь", exact=True).click()
    expect(page.locator("#key_shift")).to_be_disabled()
    sends(page, file("Шум.wav"))
    expect(page.locator("#made li").first).to_contain_text("голоса не слышно")
    page.once("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="Удалить: Шум.wav").click()
    expect(page.locator("#made li")).to_have_count(1)


def test_its_stages_are_told_while_it_is_made(page):
    Job.objects.filter(visitor__isnull=False).delete()
    visitor = page.context.cookies()
    owner = next(one["value"] for one in visitor if one["name"] == "visitor").split(":")[0]
    Job.objects.create(
        visitor=owner,
        kind="conversion",
        queue="conversion",
        status="running",
        name="Песня.mp3",
        voice_name="Anna",
        params={"settings": {"preset": "song"}, "format": "mp3"},
        progress_stage="converting",
        progress_done=60,
        progress_total=SECONDS * 100,
        seconds_left=42,
    )
    page.reload()
    entry = page.locator("#made li")
    expect(entry).to_contain_text("заменяем голос · шаг 5 из 8 · осталось около 0:42")
    expect(entry.locator("progress")).to_have_attribute("value", "60")
    entry.get_by_role("button", name="Отменить").click()
    expect(entry).to_contain_text("отменено")
