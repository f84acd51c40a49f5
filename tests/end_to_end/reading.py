"""Sentences of the Studio page read into Chromium's fake microphone."""

import io
import json
import re
from pathlib import Path

import numpy as np
import soundfile as sf
from playwright.sync_api import expect

from tests.end_to_end.browsing import WORKERS_PATIENCE

MICROPHONE = ["--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream"]
RECORDINGS = Path(__file__).parent / "recordings"
# of a real person, {file: what is read in it}
READ_ALOUD = {
    RECORDINGS / f"{name}.ogg": text
    for name, text in json.loads((RECORDINGS / "texts.json").read_text("utf-8")).items()
}


def microphone_flags(path):
    """Of a browser that hears a file, once, from the beginning of each recording."""
    return [*MICROPHONE, f"--use-file-for-fake-audio-capture={path}%noloop"]


def spoken_wav(waveform, rate_hz):
    """The sound between pauses, as the fake microphone wants it."""
    pause = np.zeros(rate_hz // 2, np.float32)
    stream = io.BytesIO()
    sounds = np.concatenate([pause, waveform, pause, pause])
    sf.write(stream, sounds, rate_hz, "PCM_16", format="WAV")
    return stream.getvalue()


def sentence_read(page, microphone, spoken):
    """The sentence that is shown is read into the microphone, or whatever `spoken` makes of it."""
    shown = page.locator("#sentence").inner_text()
    microphone.write_bytes(spoken(shown))
    length = sf.info(microphone).duration
    page.locator("#record").click()
    expect(page.locator("#record-label")).to_contain_text("Готово · 0:")
    page.wait_for_timeout(1000 * length)
    verdict = page.locator("#read-verdict")
    verdict.evaluate("one => { one.textContent = ''; }")  # that of the take before
    page.locator("#record").click()
    expect(verdict).to_have_text(re.compile("^(Принято|Ещё раз)"), timeout=WORKERS_PATIENCE)
    return shown


def coverage(page):
    return page.locator("#coverage").evaluate("bar => bar.value")


def recorded_ones_shown(page):
    """The page asks for sentences that somebody has recorded, those not read yet, in place of its own."""

    def handle(route):
        answer = route.fetch()
        body = answer.json()
        body["sentences"] = [text for text in READ_ALOUD.values() if text not in read]
        route.fulfill(response=answer, json=body)

    read = []
    page.route("**/sentences/?*", handle)
    return read


def recording_of(sentence):
    """wav of the person who reads it."""
    path = next(path for path, text in READ_ALOUD.items() if text == sentence)
    return spoken_wav(*sf.read(path, dtype="float32"))
