"""A clip is dropped for a reason, or mended; pictures of it can be drawn."""

import numpy as np
import pytest
import torch

from tests.tts_engine.espeak_speech import espeak_speech
from tests.tts_engine.recording.test_measures import with_noise
from tts_engine.audio.loudness import loudness_lufs
from tts_engine.dataset.checking import CLIP_LUFS, at_level, check_clip, mend
from tts_engine.dataset.page import PAGE_FILE
from tts_engine.dataset.pictures import COLORS, level_picture, overview_picture, piece_picture
from tts_engine.dataset.plan import REASONS, Piece
from tts_engine.drawing import png_link
from tts_engine.encoder.inference import SpeakerEncoder
from tts_engine.recording.noise import snr_db
from tts_engine.types import Audio
from tts_engine.weights import weights_folder

pytestmark = pytest.mark.weights


@pytest.fixture(scope="module")
def encoder():
    return SpeakerEncoder.load(weights_folder() / "encoder", device=torch.device("cpu"))


def test_what_is_short_or_silent_is_dropped(encoder):
    speech = espeak_speech()
    short = Audio(speech.waveform[: speech.sample_rate_hz // 2], speech.sample_rate_hz)
    assert check_clip(short, encoder, denoising=True).reasons == ("too_short",)
    silence = Audio(np.zeros(3 * 22_050, np.float32), 22_050)
    assert check_clip(silence, encoder, denoising=True).reasons == ("no_speech",)


def test_noise_is_taken_away_if_that_is_wanted(encoder):
    noisy = with_noise(espeak_speech(), 10.0)
    checked = check_clip(noisy, encoder, denoising=True)
    assert checked.reasons == ()
    assert checked.mended == ("denoised",)
    assert snr_db(checked.audio) > snr_db(noisy) + 5
    np.testing.assert_array_equal(mend(noisy, checked.mended).waveform, checked.audio.waveform)
    left = check_clip(noisy, encoder, denoising=False)
    assert left.mended == ()
    np.testing.assert_array_equal(left.audio.waveform, noisy.waveform)


def test_what_no_denoiser_helps_is_dropped(encoder):
    assert check_clip(with_noise(espeak_speech(), -3.0), encoder, denoising=True).reasons == (
        "noisy",
    )


def test_clips_have_one_loudness():
    quiet = espeak_speech()
    quiet = Audio(0.05 * quiet.waveform, quiet.sample_rate_hz)
    assert loudness_lufs(at_level(quiet)) == pytest.approx(CLIP_LUFS, abs=0.1)


def test_every_reason_has_its_colour_and_pictures_are_png():
    assert COLORS.keys() == REASONS.keys()
    assert len(set(COLORS.values())) == len(COLORS)
    levels = np.random.default_rng(0).uniform(-80, -10, 500).astype(np.float32)
    pieces = [
        Piece(id="a", recording=0, start_seconds=0, end_seconds=2, kept=True),
        Piece(id="b", recording=0, start_seconds=2, end_seconds=4, kept=False, reasons=("music",)),
        Piece(id="c", recording=0, start_seconds=4, end_seconds=5, kept=False),
    ]
    speech = espeak_speech()
    for picture in (
        overview_picture(levels, 5.0, pieces),
        level_picture(levels, levels[:0]),
        piece_picture(speech, speech),
        piece_picture(Audio(speech.waveform[:100], speech.sample_rate_hz), None),
    ):
        assert picture.startswith(b"\x89PNG")
        assert png_link(picture).startswith("data:image/png;base64,iVBOR")
    assert PAGE_FILE == "report.html"
