"""The pages that sing scores and find words, in Chromium on a phone and on a desk; a stand-in for the engine's work."""

import io

import pytest
import soundfile as sf
from playwright.sync_api import expect

from tests.end_to_end.browsing import SIZES, assert_sound, hear_complaints
from tests.tts_engine.singing.made import KALINKA, measure, musicxml, note
from tests.voices.singing_engine import LYRICS, singing_engine_set
from tests.voices.song_engine import RATE_HZ, tone
from voices.errors import Unusable
from voices.models import Job

pytestmark = [
    pytest.mark.browser,
    pytest.mark.usefixtures("inline_worker", "humming_engine", "bank_voice"),
]


@pytest.fixture
def singing(monkeypatch):
    return singing_engine_set(monkeypatch)


@pytest.fixture(params=SIZES, ids=["phone", "desktop"])
def page(request, browser, live_server, singing):
    context = browser.new_context(
        locale="ru-RU", viewport={"width": request.param, "height": 800}, base_url=live_server.url
    )
    opened = context.new_page()
    complaints = hear_complaints(opened)
    yield opened
    context.close()
    # of a refused file the console names the status itself
    assert [said for said in complaints if "status of 4" not in said] == []


def score(content, name="Калинка.musicxml"):
    return {"name": name, "mimeType": "application/xml", "buffer": content}


def open_singing(page):
    page.goto("/singing/")
    expect(page.locator("#voice option").first).to_have_text("Анна")
    expect(page.locator("#examples button")).to_have_count(3)


def sing(page):
    page.locator("#start").click()
    expect(page.locator("#made li")).to_contain_text("0:02 · mp3")


def test_a_score_is_drawn_changed_sung_and_taken_along(page, singing):
    open_singing(page)
    page.locator("#start").click()
    expect(page.locator("#error")).to_contain_text("Выберите ноты")
    two = musicxml(KALINKA, measure(1, note("C", 3, 4))).encode()
    page.locator("#files").set_input_files([score(two)])
    notes = page.locator(".roll-note")
    expect(notes).to_have_count(6)
    expect(page.locator("#score-title")).to_have_text("Песня")
    expect(notes.first).to_have_attribute("aria-label", "Ка, ми 4, с 0.00 с, длится 0.50 с")

    notes.nth(1).focus()
    page.keyboard.press("ArrowUp")
    expect(page.locator("#midi")).to_have_value("66")
    page.locator("#syllable").fill("лён")
    page.locator("#syllable").press("Tab")
    expect(notes.nth(1)).to_contain_text("лён")
    box = notes.nth(2).bounding_box()
    page.mouse.move(box["x"] + 12, box["y"] + 8)
    page.mouse.down()
    page.mouse.move(box["x"] + 12, box["y"] + 8 - 32)
    page.mouse.up()
    expect(page.locator("#midi")).to_have_value("69")

    page.locator("#transpose-auto").uncheck()
    page.locator("#transpose").fill("-5")
    page.locator("#tempo").fill("0.9")
    page.locator("#vibrato").fill("0.2")
    page.locator("#accompaniment").select_option("render")
    page.locator("#start").click()
    expect(page.locator("#error")).to_contain_text("право")
    page.locator("#rights").check()
    sing(page)
    [order] = singing.orders
    assert order.settings == {
        "part": 1, "transpose": -5, "tempo": 0.9, "vibrato": 0.2, "render": True,
    }  # fmt: skip
    sung = order.score["parts"][0]["notes"]
    assert [(one["midi"], one["syllable"]) for one in sung][:3] == [
        (64, "Ка"), (66, "лён"), (69, "ка"),
    ]  # fmt: skip

    mixer = page.locator("#mixer")
    expect(mixer.locator("#notes")).to_contain_text("Ноты сдвинуты: -5 полутонов")
    expect(mixer.locator("#stems li")).to_have_count(2)
    for name in ("MIDI", "Слова (LRC)", "Скачать: Голос"):
        with page.expect_download() as begun:
            mixer.get_by_role("link", name=name).click()
        assert begun.value.suggested_filename
    assert_sound(page)

    page.get_by_role("button", name="Другим голосом").click()
    expect(page.locator("#score-title")).to_have_text("Песня")
    expect(notes.nth(1)).to_contain_text("лён")
    expect(page.locator("#tempo")).to_have_value("0.9")


def test_a_part_of_two_voices_is_sung_once_somebody_has_made_one_of_it(page, singing):
    open_singing(page)
    below = "<backup><duration>12</duration></backup>" + note("G", 4, 3)
    two = musicxml(measure(1, note("E", 4, 4, "ля") + below)).encode()
    page.locator("#files").set_input_files([score(two)])
    notes = page.locator(".roll-note")
    expect(notes).not_to_have_count(0)
    page.locator("#rights").check()
    page.locator("#start").click()
    expect(page.locator("#error")).to_contain_text("два голоса")
    notes.first.focus()
    page.keyboard.press("ArrowDown")
    sing(page)
    assert singing.orders[0].score["parts"][0]["polyphonic"] is None


def test_a_shipped_song_and_who_suits_it(page, singing, bank_voice):
    bank_voice.active_version.profile["f0_median_hz"] = 220.0
    bank_voice.active_version.save()
    open_singing(page)
    page.get_by_role("button", name="Калинка").click()
    expect(page.locator(".roll-note").first).to_be_visible()
    expect(page.locator("#voice option").first).to_contain_text("Анна — ")
    expect(page.locator("#suit")).to_contain_text("из 100")
    page.locator("#rights").check()
    sing(page)
    assert singing.orders[0].settings["transpose"] is None
    assert_sound(page)


def test_a_melody_is_written_from_nothing(page, singing):
    open_singing(page)
    page.get_by_role("button", name="Сочинить с нуля").click()
    page.locator("#lyrics").fill("Во поле берёза\nв саду")
    page.get_by_role("button", name="Разложить по нотам").click()
    expect(page.locator(".roll-syllable")).to_have_text(
        ["Во", "по", "ле", "бе", "рё", "за", "вса", "ду"]
    )
    page.get_by_role("button", name="Настучать").click()
    keys = page.locator("#keys button")
    for index in (5, 7, 9):
        keys.nth(index).scroll_into_view_if_needed()
        box = keys.nth(index).bounding_box()
        page.mouse.move(box["x"] + 5, box["y"] + box["height"] - 5)
        page.mouse.down()
        page.wait_for_timeout(250)
        page.mouse.up()
    expect(page.locator(".roll-syllable")).to_have_text(["Во", "по", "ле"])
    expect(page.locator("#words-told")).to_contain_text("бе")
    page.get_by_role("button", name="Слушать ноты").click()
    page.get_by_role("button", name="Удалить ноту").click()
    expect(page.locator(".roll-note")).to_have_count(2)
    page.locator("#rights").check()
    sing(page)
    sung = singing.orders[0].score["parts"][0]["notes"]
    assert [(one["midi"], one["syllable"], one["begins_word"]) for one in sung] == [
        (60, "Во", True), (62, "по", True),
    ]  # fmt: skip
    assert all(0.1 <= one["seconds"] < 3 for one in sung)
    assert_sound(page)


def test_what_is_no_score_is_told(page):
    open_singing(page)
    page.locator("#files").set_input_files([score(b"<html/>", "страница.musicxml")])
    expect(page.locator("#error")).to_contain_text("не читается как ноты")
    two_voices = musicxml(
        measure(
            1, note("E", 4, 4, "ля") + "<backup><duration>12</duration></backup>" + note("G", 5, 3)
        )
    )
    page.locator("#files").set_input_files([score(two_voices.encode())])
    expect(page.locator(".roll-note").first).to_be_visible()
    expect(page.locator("#error")).to_be_hidden()
    page.locator("#rights").check()
    page.locator("#start").click()
    expect(page.locator("#error")).to_contain_text("два голоса")
    assert not Job.objects.exists()
    assert_sound(page)


def recording(name="Берёза.wav"):
    stream = io.BytesIO()
    sf.write(stream, tone(), RATE_HZ, format="WAV")
    return {"name": name, "mimeType": "audio/wav", "buffer": stream.getvalue()}


def test_words_are_found_lit_moved_and_taken_along(page, singing):
    page.goto("/lyrics/")
    page.locator("#start").click()
    expect(page.locator("#error")).to_contain_text("Выберите песню")
    text = {"name": "слова.txt", "mimeType": "text/plain", "buffer": LYRICS.encode()}
    page.locator("#files").set_input_files([recording(), text])
    expect(page.locator("#lyrics")).to_have_value(LYRICS)
    page.locator("#voice-only").check()
    page.locator("#start").click()
    expect(page.locator("#made li")).to_contain_text("слов: 4")
    assert singing.aligned[0][1:] == (LYRICS, False)

    expect(page.locator(".sung-word")).to_have_text(["Во", "поле", "берёза", "стояла"])
    expect(page.locator("#lines .silent")).to_have_text("во поле кудрявая")
    page.locator(".sung-word").nth(1).click()
    page.get_by_role("button", name="Слушать слово").click()
    page.wait_for_function("() => document.querySelector('.sung-word.lit')")

    edge = page.get_by_role("slider", name="Начало слова «поле»")
    box = edge.bounding_box()
    page.mouse.move(box["x"] + 3, box["y"] + 20)
    page.mouse.down()
    page.mouse.move(box["x"] + 17, box["y"] + 20)
    page.mouse.up()
    expect(page.locator("#word-start")).to_have_value("0.40")
    edge.press("ArrowRight")
    expect(page.locator("#word-start")).to_have_value("0.42")
    page.locator("#word-end").fill("0.65")
    page.locator("#word-end").press("Tab")
    expect(page.locator("#edited")).to_contain_text("несохранённые")
    page.get_by_role("button", name="Сохранить времена").click()
    expect(page.locator("#edited")).to_contain_text("Сохранено")
    for name in ("LRC", "SRT", "ASS", "TextGrid", "JSON"):
        with page.expect_download() as begun:
            page.locator("#downloads").get_by_role("link", name=name).click()
        content = begun.value.path().read_text(encoding="utf-8")
        assert "стояла" in content, name
        if name == "LRC":
            assert "<00:00.10>Во <00:00.42>поле <00:00.65>берёза" in content
    assert_sound(page)
    page.reload()
    page.get_by_role("button", name="Открыть: Берёза.wav").click()
    page.locator(".sung-word").nth(1).click()
    expect(page.locator("#word-start")).to_have_value("0.42")


def test_lyrics_of_another_song_are_told(page, singing):
    def refuse(done, total, stage):
        raise Unusable("lyrics_of_another_song", "not heard", "этих слов в песне не слышно")

    singing.at_stage = refuse
    page.goto("/lyrics/")
    page.locator("#files").set_input_files([recording()])
    page.locator("#lyrics").fill("ля-ля")
    page.locator("#start").click()
    expect(page.locator("#made li")).to_contain_text("этих слов в песне не слышно")
    page.once("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="Удалить: Берёза.wav").click()
    expect(page.locator("#made li")).to_have_count(0)
    assert_sound(page)
