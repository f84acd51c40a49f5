"""Which channel of a recording is taken, and recordings of hours read block by block."""

import io

import numpy as np
import pytest
import soundfile as sf

from tests.tts_engine.audio.test_levels import buzz
from tts_engine.audio.channels import choose, picker
from tts_engine.audio.untrusted import decode_untrusted, untrusted_opened
from tts_engine.errors import AudioError

RATE = 16_000


def stereo(left, right):
    return np.stack([left, right], axis=1).astype(np.float32)


def speech():
    spoken = buzz(4.0)
    spoken[RATE : 2 * RATE] = 0
    return spoken


def noise(level):
    return np.random.default_rng(0).normal(0, level, 4 * RATE)


@pytest.mark.parametrize(
    ("left", "right", "chosen"),
    [
        (speech(), 0.7 * speech(), "mix"),
        (speech(), np.zeros(4 * RATE), "left"),
        (noise(0.02), speech() + noise(0.001), "right"),
        (speech() + noise(0.001), 0.01 * noise(0.2), "left"),
    ],
)
def test_the_channel_that_says_it_clearest_is_taken(left, right, chosen):
    assert choose([stereo(left, right)], RATE) == chosen


def test_one_channel_has_no_choice():
    assert choose([speech()[:, None]], RATE) == "mix"


def test_left_and_right_are_what_they_are_called():
    both = stereo(np.ones(3), np.zeros(3))
    assert picker("left")(both).tolist() == [1, 1, 1]
    assert picker("right")(both).tolist() == [0, 0, 0]
    assert picker("mix")(both).tolist() == [0.5, 0.5, 0.5]


def test_blocks_of_a_file_are_the_file(tmp_path):
    path = tmp_path / "Голос №1.wav"
    sf.write(path, stereo(speech(), speech()), RATE)
    with untrusted_opened(path, max_seconds=60, block_seconds=1.5) as recorded:
        blocks = list(recorded.blocks)
    assert [block.size for block in blocks] == [24_000, 24_000, 16_000]
    assert (recorded.rate_hz, recorded.seconds, recorded.channel) == (RATE, 4.0, "mix")
    whole = decode_untrusted(path.read_bytes()).waveform
    np.testing.assert_array_equal(np.concatenate(blocks), whole)


def test_the_chosen_channel_is_read(tmp_path):
    path = tmp_path / "two.wav"
    sf.write(path, stereo(np.zeros(4 * RATE), speech()), RATE)
    with untrusted_opened(path, max_seconds=60) as recorded:
        heard = np.concatenate(list(recorded.blocks))
    assert recorded.channel == "right"
    assert np.abs(heard).max() == pytest.approx(np.abs(speech()).max(), abs=1e-3)


def test_a_tag_before_the_file_is_passed_over(tmp_path):
    content = io.BytesIO()
    sf.write(content, speech(), RATE, format="WAV")
    tagged = tmp_path / "tagged.wav"
    tagged.write_bytes(b"ID3\x03\x00\x00\x00\x00\x00\x0a" + bytes(10) + content.getvalue())
    with untrusted_opened(tagged, max_seconds=60) as recorded:
        assert sum(map(len, recorded.blocks)) == 4 * RATE


def test_what_is_no_sound_or_too_long_is_refused(tmp_path):
    text = tmp_path / "text.wav"
    text.write_text("не звук", "utf-8")
    long = tmp_path / "long.wav"
    sf.write(long, speech(), RATE)
    for path, limit, code in (
        (text, 60, "not_audio"),
        (long, 2, "audio_too_long"),
        (tmp_path / "none.wav", 60, "file_missing"),
    ):
        with pytest.raises(AudioError) as caught, untrusted_opened(path, max_seconds=limit):
            pass
        assert caught.value.code == code
