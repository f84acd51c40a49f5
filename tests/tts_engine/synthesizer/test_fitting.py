"""Fitting moves what the network is told of a voice, and nothing else."""

import numpy as np
import pytest
import torch

from tests.tts_engine.synthesizer.tiny import SENTENCE, TINY, tiny_synthesizer, voice
from tts_engine.errors import VoiceError
from tts_engine.recognizer.config import RecognizerConfig
from tts_engine.recognizer.inference import Recognizer, build_network
from tts_engine.recognizer.recurrent import RecurrentNetwork
from tts_engine.synthesizer import fitting
from tts_engine.synthesizer.fitting import Fitter, FittingConfig
from tts_engine.synthesizer.profile import fitted_shift
from tts_engine.synthesizer.request import SynthesisRequest
from tts_engine.text.symbols import COMMA, PERIOD, START
from tts_engine.types import Audio

RATE_HZ = 22_050
EARS = [
    RecognizerConfig(channels=16, blocks=3, slow_blocks=1, feature_block=1),
    RecognizerConfig(
        kind="bilstm", channels=8, blocks=2, slow_blocks=0, feature_block=1, stem_channels=4
    ),
]


def recognizer(config=EARS[0]):
    torch.manual_seed(3)
    return Recognizer(build_network(config), config, torch.device("cpu"))


@pytest.fixture
def recording():
    """Vowel-like buzzes between silences, 6 s with a little noise."""
    time = np.arange(6 * RATE_HZ) / RATE_HZ
    loud = np.sin(2 * np.pi * 0.7 * time) > 0
    buzz = sum(np.sin(2 * np.pi * 120 * k * time) / k for k in range(1, 20))
    noise = np.random.default_rng(0).normal(size=time.size)
    return Audio((0.1 * buzz * loud + 0.002 * noise).astype(np.float32), RATE_HZ)


def fitter(config=EARS[0], **options):
    settings = FittingConfig(**{"steps": 12, "seconds": 6.0, **options})
    return Fitter(tiny_synthesizer(), recognizer(config), voice(), [SENTENCE] * 3, settings)


def distance(mine, recording, profile):
    """Loss of the recording alone, without the sentences."""
    heard = mine._hear([recording])
    shift = torch.tensor(profile.fitted)[None] if profile.fitted else None
    if shift is None:
        shift = torch.zeros(1, 256 + TINY.spectrum_size)
    with torch.no_grad():
        return float(mine._loss(shift, heard, torch.arange(3), torch.Generator().manual_seed(0)))


@pytest.mark.parametrize("config", EARS, ids=["convolutions", "recurrent"])
def test_a_voice_comes_nearer_to_its_recording(recording, config):
    mine = fitter(config)
    fitted = mine.fit([recording])
    assert len(fitted.fitted) == 256 + TINY.spectrum_size
    assert distance(mine, recording, fitted) < 0.98 * distance(mine, recording, mine.profile)


def test_only_what_is_told_of_the_voice_moves(recording):
    mine = fitter(steps=2)
    before = {name: value.clone() for name, value in mine.network.state_dict().items()}
    fitted = mine.fit([recording])
    for name, value in mine.network.state_dict().items():
        assert torch.equal(value, before[name])
    assert all(parameter.grad is None for parameter in mine.network.parameters())
    assert np.array_equal(fitted.embedding, mine.profile.embedding)
    one, two = (
        mine.synthesizer.synthesize([SynthesisRequest(tokens=SENTENCE, voice=who)])[0]
        for who in (mine.profile, fitted)
    )
    assert np.array_equal(one.durations_frames, two.durations_frames)
    assert np.array_equal(one.f0_hz, two.f0_hz)
    assert np.abs(one.mel - two.mel).max() > 1e-3


def test_the_same_recording_gives_the_same_voice_also_when_it_was_fitted_before(recording):
    once = fitter(steps=3).fit([recording])
    again = Fitter(tiny_synthesizer(), recognizer(), once, [SENTENCE] * 3, fitter(steps=3).config)
    assert again.fit([recording]).fitted == once.fitted


def test_it_can_be_stopped_between_steps(recording):
    def stop(done, total):
        told.append((done, total))
        if done == 2:
            raise InterruptedError

    told = []
    with pytest.raises(InterruptedError):
        fitter(steps=5).fit([recording], stop)
    assert told == [(1, 5), (2, 5)]


def test_what_lies_below_the_noise_of_a_recording_counts_for_nothing(recording):
    heard = fitter()._hear([recording])
    inside = torch.arange(heard.frames.shape[1])[None] < heard.rows.frames[:, None]
    levels, weights = heard.frames[inside].mean(dim=1), heard.weights[inside].mean(dim=1)
    loud = levels > levels.mean()
    assert weights[loud].mean() > 0.6
    assert weights[~loud].mean() < 0.3


def test_so_many_seconds_serve(recording):
    frames = fitter(seconds=3.0)._hear([recording, recording]).rows.frames
    whole = fitter(seconds=60.0)._hear([recording, recording]).rows.frames
    assert frames.sum() < 4 * RATE_HZ / 256 + fitting.ROW_FRAMES
    assert whole.sum() == 2 * (6 * RATE_HZ // 256)


def test_rows_are_cut_at_pauses_and_never_longer_than_they_may_be():
    tokens = [START, *["a"] * 20, COMMA, *["a"] * 40, PERIOD]
    frames = [5] + [10] * 20 + [8] + [10] * 40 + [6]
    spans = fitting._spans(tokens, frames)
    assert spans[0] == (0, 21)  # before the comma
    assert [stop for _, stop in spans[:-1]] == [first for first, _ in spans[1:]]
    assert spans[-1][1] == len(tokens)
    assert max(sum(frames[first:stop]) for first, stop in spans) <= fitting.ROW_FRAMES


def test_a_voice_of_another_synthesizer_is_refused():
    with pytest.raises(VoiceError, match="fitted for another synthesizer"):
        fitted_shift(voice(fitted=(0.1, 0.2)), TINY.spectrum_size)
    assert not fitted_shift(voice(), TINY.spectrum_size).any()


def test_the_ears_are_of_both_kinds():
    assert isinstance(build_network(EARS[1]), RecurrentNetwork)
