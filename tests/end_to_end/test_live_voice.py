"""Speaking in another voice: a microphone of Chromium hears a man, and the page says it as a woman.

The process that `manage.py serve` starts for it converts with the shipped weights. How soon, a busy machine decides.
"""

import io

import numpy as np
import pytest
import soundfile as sf
from playwright.sync_api import expect

from tests.end_to_end.browsing import SIZES, Visitors, assert_sound, chromium
from tests.tts_engine.espeak_speech import espeak_speech
from tts_engine.audio.resample import resample
from tts_engine.f0 import SINGING, SWIFT, track_f0
from tts_engine.types import Audio

pytestmark = [pytest.mark.browser, pytest.mark.weights]

SPOKEN_MILLISECONDS = 9000


def median_f0(audio):
    f0_hz = track_f0(audio, int(audio.seconds * 86), SINGING, SWIFT)
    return float(np.median(f0_hz[f0_hz > 0]))


@pytest.fixture(scope="module")
def man(tmp_path_factory):
    """A file of speech for the microphone, and its pitch."""
    audio = espeak_speech()
    path = tmp_path_factory.mktemp("microphone") / "man.wav"
    sf.write(path, resample(audio.waveform, audio.sample_rate_hz, 48_000), 48_000, "PCM_16")
    return path, median_f0(audio)


@pytest.fixture(scope="module")
def browser(man):
    flags = (
        "--use-fake-ui-for-media-stream",
        "--use-fake-device-for-media-stream",
        f"--use-file-for-fake-audio-capture={man[0]}",
    )
    with chromium(*flags) as launched:
        yield launched


@pytest.fixture
def visitors(browser, running):
    all_of_them = Visitors(browser, running.address)
    yield all_of_them
    for context in all_of_them.contexts:
        context.close()
    assert [text for heard in all_of_them.complaints for text in heard] == []


def kept(page, link):
    """A sound that the page offers for download."""
    with page.expect_download() as waited:
        page.locator(f"#{link}").click()
    content = waited.value.path().read_bytes()
    samples, rate = sf.read(io.BytesIO(content), dtype="float32")
    return content, Audio(samples, rate)


@pytest.mark.parametrize("width", SIZES)
def test_a_man_is_heard_as_a_woman(visitors, man, width):
    page = visitors.page(width)
    page.goto("/live-voice/")
    expect(page.locator("#voice option").first).to_be_attached()
    assert_sound(page)
    page.locator("#start").click()
    expect(page.locator("#error")).to_contain_text("право")
    page.locator("#voice").select_option(label="Анна")
    page.locator("#rights").check()
    page.locator("#start").click()
    expect(page.locator("#status")).to_contain_text("вас слышно", timeout=120_000)
    page.wait_for_timeout(SPOKEN_MILLISECONDS)
    expect(page.locator("#delay")).to_contain_text("мс")
    expect(page.locator("#part-block")).to_have_text("104 мс")
    expect(page.locator("#part-ahead")).to_have_text("93 мс")
    expect(page.locator("#blocks")).to_contain_text("сказано")
    expect(page.locator("#formant")).to_be_disabled()
    assert_sound(page)
    page.locator("#start").click()
    expect(page.locator("#status")).to_contain_text("окончен")
    expect(page.locator("#formant")).to_be_enabled()
    expect(page.locator("#transpose")).to_be_disabled()  # it is fitted by itself
    expect(page.locator("#recording")).to_be_visible()
    assert_sound(page)
    _, said = kept(page, "said-download")
    content, came = kept(page, "came-download")
    assert said.seconds > 0.6 * SPOKEN_MILLISECONDS / 1000
    assert median_f0(said) == pytest.approx(man[1], rel=0.1)
    assert median_f0(came) > 1.3 * man[1]
    assert b"AI_GENERATED" in content[:400]
    page.goto("/history/")
    expect(page.locator("#talks-list li")).to_contain_text("Анна")
    assert_sound(page)
    page.once("dialog", lambda dialog: dialog.accept())
    page.locator("#talks-list button").click()
    expect(page.locator("#talks")).to_be_hidden()


def test_no_more_speak_than_can_be_served(visitors):
    talks = [visitors.page() for _ in range(3)]
    for page in talks:
        page.goto("/live-voice/")
        expect(page.locator("#voice option").first).to_be_attached()
        page.locator("#rights").check()
    for page in talks[:2]:
        page.locator("#start").click()
        expect(page.locator("#status")).to_contain_text("вас слышно", timeout=120_000)
    talks[2].locator("#start").click()
    expect(talks[2].locator("#error")).to_contain_text("через минуту")
    talks[0].locator("#start").click()
    expect(talks[0].locator("#status")).to_contain_text("окончен")
    talks[2].locator("#start").click()
    expect(talks[2].locator("#status")).to_contain_text("вас слышно", timeout=120_000)
    visitors.forgive("429")
