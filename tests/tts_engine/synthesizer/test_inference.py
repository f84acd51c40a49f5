"""Speaking: controls do what they say, neighbours and order change nothing, bad requests fail."""

import numpy as np
import pytest
import torch

from tests.tts_engine.synthesizer.tiny import (
    SENTENCE,
    TINY,
    request,
    tiny_network,
    tiny_synthesizer,
    voice,
)
from tts_engine.checkpoints import save_checkpoint
from tts_engine.errors import CheckpointError, RequestError
from tts_engine.synthesizer.inference import Synthesizer
from tts_engine.text.symbols import PERIOD, START
from tts_engine.weights import list_folder

SHORT = (START, "a", PERIOD)


def speak(*requests):
    return tiny_synthesizer().synthesize(list(requests))


def test_mel_is_as_long_as_its_durations():
    for result in speak(request(), request(tokens=SHORT)):
        assert result.mel.shape == (80, result.durations_frames.sum())
        assert result.mel.dtype == np.float32
        assert result.durations_frames.size == result.f0_hz.size


def test_result_does_not_depend_on_neighbours():
    requests = [request(tokens=SHORT, seed=2), request(), request(tokens=SENTENCE[:9], seed=4)]
    for together, single in zip(speak(*requests), requests, strict=True):
        (alone,) = speak(single)
        np.testing.assert_array_equal(together.durations_frames, alone.durations_frames)
        np.testing.assert_allclose(together.mel, alone.mel, atol=1e-3)


def test_same_seed_gives_the_same_bits_and_another_seed_other_ones():
    (first,), (again,), (other,) = speak(request()), speak(request()), speak(request(seed=1))
    assert first.mel.tobytes() == again.mel.tobytes()
    assert first.mel.tobytes() != other.mel.tobytes()


def test_without_variation_the_seed_does_not_matter():
    (first,), (second,) = speak(request(variation=0.0)), speak(request(variation=0.0, seed=9))
    np.testing.assert_array_equal(first.mel, second.mel)


def test_speed_changes_durations_and_not_pitch():
    slow, fast = speak(request(speed=0.5), request(speed=2.0))
    assert slow.mel.shape[1] > 3 * fast.mel.shape[1]
    np.testing.assert_allclose(slow.f0_hz, fast.f0_hz, rtol=1e-5)


def test_a_held_sound_lasts_longer_and_no_other_does():
    (usual,), (held,) = speak(request()), speak(request(held=((3, 3.0), (5, 2.0))))
    longer = usual.durations_frames.copy()
    longer[3] *= 3
    longer[5] *= 2
    np.testing.assert_array_equal(held.durations_frames, longer)
    assert held.mel.shape == (80, longer.sum())


def test_pitch_shifts_every_voiced_token_by_its_semitones():
    given = np.where(np.arange(len(SENTENCE)) % 3 == 0, 0.0, 150.0)
    plain, higher = speak(request(f0_hz=given), request(f0_hz=given, pitch_semitones=12))
    np.testing.assert_allclose(higher.f0_hz, 2 * plain.f0_hz)
    np.testing.assert_array_equal(plain.durations_frames, higher.durations_frames)
    assert not np.allclose(plain.mel, higher.mel, atol=1e-3)


def test_measured_pitch_of_the_voice_is_where_it_speaks():
    low, high = speak(
        request(voice=voice(f0_median_hz=100.0, f0_spread_semitones=1.0)),
        request(voice=voice(f0_median_hz=200.0, f0_spread_semitones=1.0)),
    )
    np.testing.assert_allclose(high.f0_hz, 2 * low.f0_hz, rtol=1e-4)


def test_given_durations_are_kept():
    frames = np.arange(1, len(SENTENCE) + 1)
    (result,) = speak(request(durations_frames=frames))
    np.testing.assert_array_equal(result.durations_frames, frames)


@pytest.mark.parametrize(
    "wrong",
    [
        {"speed": 5.0},
        {"speed": float("nan")},
        {"pitch_semitones": -13},
        {"variation": 1.5},
        {"f0_hz": [100.0]},
        {"tokens": (START, PERIOD)},
        {"durations_frames": [-1] * len(SENTENCE)},
        {"durations_frames": [0] * len(SENTENCE)},
    ],
)
def test_bad_requests_are_refused_in_two_languages(wrong):
    with pytest.raises(RequestError) as caught:
        request(**wrong)
    assert caught.value.message_ru != str(caught.value)


def test_saved_weights_speak_as_before(tmp_path):
    network = tiny_network()
    save_checkpoint(tmp_path / "x", TINY, network.state_dict(), half=False)
    list_folder(tmp_path / "x")
    loaded = Synthesizer.load(tmp_path / "x", device=torch.device("cpu"))
    (expected,) = Synthesizer(network, torch.device("cpu")).synthesize([request()])
    (got,) = loaded.synthesize([request()])
    assert loaded.config == TINY
    np.testing.assert_array_equal(got.mel, expected.mel)


def test_weights_of_another_inventory_are_refused(tmp_path):
    save_checkpoint(tmp_path / "x", TINY, tiny_network().state_dict())
    config = tmp_path / "x" / "config.json"
    config.write_text(config.read_text("utf-8").replace('"ɕː"', '"ɕ"'), encoding="utf-8")
    list_folder(tmp_path / "x")
    with pytest.raises(CheckpointError, match="inventory"):
        Synthesizer.load(tmp_path / "x", device=torch.device("cpu"))
