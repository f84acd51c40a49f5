"""Recordings judged: windows, shares by the second, answers."""

import json

import numpy as np
import pytest
import torch

from tests.tts_engine.detection.tiny_material import TINY, hum
from tts_engine.checkpoints import save_checkpoint
from tts_engine.detection import inference
from tts_engine.detection.inference import (
    BETWEEN,
    LEAST_SECONDS,
    MACHINE,
    PERSON,
    SHORT,
    UNKNOWN,
    SpeakerJudge,
)
from tts_engine.detection.model import DetectorNetwork
from tts_engine.errors import CheckpointError
from tts_engine.types import Audio
from tts_engine.weights import list_folder

RATE = TINY.sample_rate_hz


def fixed(logit):
    return SpeakerJudge(lambda levels, loud: np.full(len(levels), logit, np.float32), TINY)


@pytest.mark.parametrize(
    ("logit", "speaker", "reason"),
    [(5.0, MACHINE, ""), (-5.0, PERSON, ""), (0.0, UNKNOWN, BETWEEN)],
)
def test_the_share_decides(logit, speaker, reason):
    found = fixed(logit).judge(Audio(hum(np.random.default_rng(0), steady=True, seconds=5.0), RATE))
    assert (found.speaker, found.reason) == (speaker, reason)
    assert found.share == pytest.approx(1 / (1 + np.exp(-logit)))
    assert len(found.curve) == 5
    assert found.curve == pytest.approx([found.share] * 5)
    assert found.seconds_heard == pytest.approx(5.0, abs=0.1)


@pytest.mark.parametrize("seconds", [0.0, 0.001, 0.5, LEAST_SECONDS - 0.1])
def test_too_little_sound_is_not_judged_however_long_the_silence(seconds):
    sound = hum(np.random.default_rng(0), steady=True, seconds=3.0)[: int(seconds * RATE)]
    for waveform in (sound, np.concatenate([sound, np.zeros(5 * RATE, np.float32)])):
        found = fixed(5.0).judge(Audio(waveform, RATE))
        assert (found.speaker, found.share, found.reason) == (UNKNOWN, None, SHORT)
        assert found.seconds_heard <= seconds + 0.05


def test_the_noise_of_a_room_is_not_judged():
    steady = hum(np.random.default_rng(0), steady=True, seconds=14.0)
    steady[5 * RATE :] *= 10 ** (-(TINY.quiet_db + 10) / 20)
    found = fixed(5.0).judge(Audio(steady, RATE))
    assert found.seconds_heard == pytest.approx(5.0, abs=0.2)
    assert found.curve[8:] == ()


def test_the_curve_tells_where_and_leaves_silence_out():
    def by_loudness(levels, loud):
        # windows whose frames are all loud are machines here, others people
        return np.where(loud.mean(axis=1) > 0.99, 5.0, -5.0).astype(np.float32)

    steady = hum(np.random.default_rng(0), steady=True, seconds=6.0)
    broken = hum(np.random.default_rng(1), steady=True, seconds=6.0)
    broken.reshape(-1, RATE // 2)[::2] *= 1e-4  # every other half second is quiet
    waveform = np.concatenate([steady, np.zeros(4 * RATE, np.float32), broken])
    found = SpeakerJudge(by_loudness, TINY).judge(Audio(waveform, RATE))
    assert len(found.curve) == 16
    assert all(share > 0.8 for share in found.curve[:5])
    assert found.curve[7:9] == (None, None)
    assert all(share < 0.2 for share in found.curve[11:])


def test_long_recordings_are_heard_block_by_block():
    sizes = []

    def network(levels, loud):
        sizes.append(len(levels))
        return np.zeros(len(levels), np.float32)

    found = SpeakerJudge(network, TINY).judge(
        Audio(hum(np.random.default_rng(0), steady=True, seconds=30.0), RATE)
    )
    assert max(sizes) == inference.BLOCK_WINDOWS
    windows = sum(sizes)
    assert windows == pytest.approx((30.0 - TINY.window_seconds) / TINY.step_seconds + 1, abs=1)
    assert len(found.curve) == 30


def test_another_rate_is_heard_alike():
    levels_seen = []

    def network(levels, loud):
        levels_seen.append(levels)
        return np.zeros(len(levels), np.float32)

    judge, sound = SpeakerJudge(network, TINY), hum(np.random.default_rng(0), steady=False)
    judge.judge(Audio(sound, RATE))
    judge.judge(Audio(np.repeat(sound, 3), 3 * RATE))
    same = np.corrcoef(levels_seen[0][0][:, 0].ravel(), levels_seen[1][0][:, 0].ravel())[0, 1]
    assert same > 0.95


def saved(folder):
    torch.manual_seed(0)
    save_checkpoint(folder / "detection", TINY, DetectorNetwork(TINY).state_dict())
    list_folder(folder / "detection")
    return folder / "detection"


def test_weights_are_loaded_as_saved(tmp_path):
    judge = SpeakerJudge.load(saved(tmp_path))
    assert judge.config == TINY
    torch.manual_seed(0)
    network = DetectorNetwork(TINY).eval()
    levels = torch.randn(2, TINY.window_frames, 1 + TINY.fine_windows, TINY.bands)
    loud = torch.ones(2, TINY.window_frames, dtype=torch.bool)
    told = network(levels, loud).detach().numpy()
    np.testing.assert_allclose(judge._network(levels.numpy(), loud.numpy()), told, atol=5e-3)


def test_weights_that_are_missing_changed_or_of_another_kind_are_refused(tmp_path):
    with pytest.raises(CheckpointError) as caught:
        SpeakerJudge.load(tmp_path / "detection")
    assert caught.value.code == "weights_missing"
    folder = saved(tmp_path)
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps({**config, "unheard_of": 1}))
    with pytest.raises(CheckpointError) as caught:
        SpeakerJudge.load(folder)
    assert caught.value.code == "weights_damaged"  # its sha256
    list_folder(folder)
    with pytest.raises(CheckpointError, match="unheard_of"):
        SpeakerJudge.load(folder)
