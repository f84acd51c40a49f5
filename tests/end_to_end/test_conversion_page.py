"""The page of songs in Chromium on a phone and on a desk; tones stand for the engine's work."""

import io
import re
import zipfile
from itertools import pairwise
from pathlib import Path

import pytest
import soundfile as sf
from playwright.sync_api import expect

from tests.end_to_end.browsing import SIZES, assert_sound, hear_complaints
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
    assert heard(page) == ["Микс"]
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


def curve_of(text):
    rows = [line.split(",") for line in text.splitlines()[1:]]
    return [float(seconds) for seconds, _ in rows], [float(hertz) for _, hertz in rows]


def saved_curve(page):
    with page.expect_download() as begun:
        page.get_by_role("button", name="Скачать CSV").click()
    return curve_of(Path(begun.value.path()).read_text())


def pulled(page, start, end):
    """Drag on the curve from one place to the other, in shares of its width and height."""
    canvas = page.locator("#curve-canvas")
    canvas.scroll_into_view_if_needed()
    frame = canvas.bounding_box()
    points = [
        (frame["x"] + x * frame["width"], frame["y"] + y * frame["height"]) for x, y in (start, end)
    ]
    page.mouse.move(*points[0])
    page.mouse.down()
    page.mouse.move(*points[1], steps=8)
    page.mouse.up()


def test_the_pitch_is_edited_and_sung(page, song_engine):
    page.locator("#rights").check()
    sends(page, file("Песня.wav"))
    page.get_by_text("Кривая высоты", exact=True).click()
    times, before = saved_curve(page)
    assert (times[:2], before[0], before[199]) == ([0.005, 0.015], 220, 0)

    page.get_by_role("button", name="+ полутон").click()
    expect(page.locator("#curve-state")).to_have_text("изменена")
    assert saved_curve(page)[1][0] == pytest.approx(233.08, abs=0.01)
    page.get_by_role("button", name="Отменить шаг").click()
    page.get_by_label("Отрезок от").fill("0.5")
    page.get_by_label("до, с").fill("1")
    page.get_by_role("button", name="− октава").click()
    moved = saved_curve(page)[1]
    assert (moved[49], moved[50], moved[99], moved[100]) == (220, 110, 110, 220)
    page.get_by_role("button", name="Без высоты").click()
    assert saved_curve(page)[1][45:55] == [220] * 5 + [0] * 5
    page.get_by_role("button", name="Как было").click()
    expect(page.locator("#curve-state")).to_have_text("")
    page.get_by_label("Отрезок от").fill("")
    page.get_by_label("до, с").fill("")

    pulled(page, (0.4, 0.2), (0.6, 0.2))
    sung = saved_curve(page)[1]
    assert (sung[10], sung[190]) == (220, 0)
    assert sung[90] > 240
    page.get_by_role("button", name="Двигать").click()
    pulled(page, (0.3, 0.5), (0.3, 0.7))
    assert saved_curve(page)[1][10] < 200, "all of the phrase goes down"
    page.get_by_role("button", name="Сгладить").click()
    smooth = saved_curve(page)[1]
    steps = [abs(a - b) for a, b in pairwise(smooth) if a and b]
    assert max(steps) < 15
    page.get_by_role("button", name="Стирать").click()
    pulled(page, (0.4, 0.5), (0.6, 0.5))
    assert saved_curve(page)[1][90] == 0

    other = {"name": "f0.csv", "mimeType": "text/csv", "buffer": b"0.0,300\n9.0,300\n"}
    page.get_by_label("Взять из CSV").set_input_files([other])
    expect(page.locator("#curve-error")).to_contain_text("от другой записи")
    own = {**other, "buffer": b"0.0,300\n1.0,310\n2.0,320\n"}
    page.get_by_label("Взять из CSV").set_input_files([own])
    expect(page.locator("#curve-state")).to_have_text("из файла f0.csv")
    assert_sound(page)
    page.get_by_role("button", name="Преобразовать по этой кривой").click()
    expect(page.locator("#chosen")).to_contain_text("Кривая высоты: Песня.csv")
    expect(page.locator("#settings-summary")).to_contain_text("Высота голоса: -12")
    page.locator("#start").click()
    expect(page.locator("#made li")).to_have_count(2)
    expect(page.locator("#made li").first).to_contain_text("0:02 · mp3")
    sent = curve_of(song_engine.curves[-1].decode())
    assert sent == ([0, 1, 2], [300, 310, 320])
    assert song_engine.orders[-1].settings["transpose"] == -12


def test_of_several_files_those_that_cannot_be_sent_are_told(page, song_engine):
    page.locator("#rights").check()
    empty = {"name": "пусто.wav", "mimeType": "audio/wav", "buffer": b""}
    sends(page, file("Раз.wav"), empty, file("Два.wav", hz=400))
    expect(page.locator("#made li")).to_have_count(2)
    expect(page.locator("#failures")).to_contain_text("пусто.wav: ")
    expect(page.locator("#chosen")).to_contain_text("пусто.wav")
    expect(page.locator("#status")).to_have_text("Отправлено: 2")
    expect(page.locator("#song-batches li")).to_contain_text("Готово 2 из 2")
    assert [order.settings["preset"] for order in song_engine.orders] == ["song"] * 2
    assert_sound(page)


def zipped(**contents):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, content in contents.items():
            archive.writestr(name.replace("_", "."), content)
    return {"name": "Альбом.zip", "mimeType": "application/zip", "buffer": stream.getvalue()}


def test_a_zip_becomes_a_batch_with_its_failures_and_one_zip_of_results(page, song_engine):
    def refuse(done, total, stage):
        if song_engine.given[-1]["song"] == file("b.wav", hz=400)["buffer"]:
            raise Unusable("no_voice", "no voice is heard", "голоса не слышно")

    song_engine.at_stage = refuse
    page.locator("#rights").check()
    a, b = (file("x.wav", hz=hz)["buffer"] for hz in (330, 400))
    sends(page, zipped(a_wav=a, b_wav=b, cover_jpg=b"x"), file("Третья.wav", hz=500))
    batch = page.locator("#song-batches li").first
    expect(batch).to_contain_text("Готово 2 из 3")
    expect(batch.locator(".failures")).to_contain_text("b.wav: голоса не слышно")
    expect(batch.locator(".failures")).to_contain_text("cover.jpg: не звуковой файл")
    with page.expect_download() as begun:
        batch.get_by_role("link", name="Скачать zip").click()
    archive = zipfile.ZipFile(begun.value.path())
    assert archive.namelist() == ["0001-a.mp3", "0004-Третья.mp3", "index.csv"]
    assert_sound(page)
    page.once("dialog", lambda dialog: dialog.accept())
    batch.get_by_role("button", name="Удалить").click()
    expect(page.locator("#song-batches li")).to_have_count(0)
    assert not Job.objects.exists()


def test_limits_are_told_with_what_is_left(page):
    page.get_by_text("Пределы", exact=True).click()
    limits = page.locator("#limits")
    expect(limits).to_contain_text("запись — до 1:00:00; песня — от 16 кГц")
    expect(limits).to_contain_text("в пакете — до 100 записей")
    expect(limits).to_contain_text(re.compile(r"для файлов осталось \d.* из \d.* МБ"))
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
    failed = page.locator("#made li").first
    expect(failed).to_contain_text("голоса не слышно")
    expect(failed.get_by_role("button", name="Ещё раз: Шум.wav")).to_be_visible()
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
    Job.objects.update(
        progress_stage="shifting", params={"settings": {"key_shift": 2}, "format": "mp3"}
    )
    page.reload()
    expect(entry).to_contain_text("меняем тональность · шаг 6 из 9")
    entry.get_by_role("button", name="Отменить").click()
    expect(entry).to_contain_text("отменено")
