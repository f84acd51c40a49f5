"""Streamed formats as Chromium decodes them: Web Audio and an <audio> element."""

import base64

import pytest

from tests.end_to_end.browsing import chromium
from tests.tts_engine.audio.test_streams import HZ, SECONDS, stream

pytestmark = pytest.mark.browser
DECODED = """async (text) => {
  const content = Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  const sound = await new OfflineAudioContext(1, 1, 48000).decodeAudioData(content.buffer);
  return sound.duration;
}"""
PLAYED = """(text) => new Promise((resolve, reject) => {
  const sound = new Audio(`data:audio/ogg;base64,${text}`);
  sound.onended = () => resolve(sound.currentTime);
  sound.onerror = () => reject(sound.error.message);
  sound.playbackRate = 4;
  sound.play();
})"""


@pytest.fixture(scope="module")
def page():
    with chromium() as launched:
        yield launched.new_page()


@pytest.mark.parametrize("audio_format", ["mp3", "wav", "ogg", "aac", "voice_message"])
def test_chromium_decodes_the_whole_stream(page, audio_format):
    seconds = page.evaluate(DECODED, base64.b64encode(stream(audio_format)).decode())
    assert 0 <= seconds - SECONDS * len(HZ) + 0.01 < 0.5


@pytest.mark.parametrize("audio_format", ["ogg", "voice_message"])
def test_chromium_plays_the_whole_ogg(page, audio_format):
    seconds = page.evaluate(PLAYED, base64.b64encode(stream(audio_format)).decode())
    assert seconds == pytest.approx(SECONDS * len(HZ), abs=0.1)
