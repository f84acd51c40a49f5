"""Recordings judged: windows, shares by the second, answers."""

import json

import numpy as np
import pytest
import torch

from tests.tts_engine.detection.tiny_material import hum, write_tiny_distilled
from tts_engine.checkpoints import save_checkpoint
from tts_engine.detection.array_network import ArrayNetwork
from tts_engine.detection.config import DetectorConfig
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
from tts_engine.detection.train import load_distilled
from tts_engine.errors import CheckpointError
from tts_engine.types import Audio
from tts_engine.weights import list_folder

RATE = 16_000
CONFIG = DetectorConfig(window_seconds=1.6, step_seconds=0.8)


def fixed(logit):
    return SpeakerJudge(lambda window, loud: logit, CONFIG)


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
    steady[5 * RATE :] *= 10 ** (-(CONFIG.quiet_db + 10) / 20)
    found = fixed(5.0).judge(Audio(steady, RATE))
    assert found.seconds_heard == pytest.approx(5.0, abs=0.2)
    assert found.curve[8:] == ()


def test_the_curve_tells_where_and_leaves_silence_out():
    def by_loudness(window, loud):
        # windows whose steps are all loud are machines here, others people
        return 5.0 if loud.mean() > 0.99 else -5.0

    steady = hum(np.random.default_rng(0), steady=True, seconds=6.0)
    broken = hum(np.random.default_rng(1), steady=True, seconds=6.0)
    broken.reshape(-1, RATE // 2)[::2] *= 1e-4  # every other half second is quiet
    waveform = np.concatenate([steady, np.zeros(4 * RATE, np.float32), broken])
    found = SpeakerJudge(by_loudness, CONFIG).judge(Audio(waveform, RATE))
    assert len(found.curve) == 16
    assert all(share > 0.8 for share in found.curve[:5])
    assert found.curve[7:9] == (None, None)
    assert all(share < 0.2 for share in found.curve[11:])


def test_long_recordings_are_heard_window_by_window():
    heard = []

    def network(window, loud):
        heard.append(window)
        return 0.0

    sound = hum(np.random.default_rng(0), steady=True, seconds=30.3)
    found = SpeakerJudge(network, CONFIG).judge(Audio(sound, RATE))
    assert {window.size for window in heard} == {round(1.6 * RATE)}
    assert len(heard) == np.ceil((30.3 - 1.6) / 0.8) + 1
    np.testing.assert_array_equal(heard[-1], sound[-heard[-1].size :])
    assert len(found.curve) == 31


def test_another_rate_is_heard_alike():
    heard = []

    def network(window, loud):
        heard.append(window)
        return 0.0

    judge, sound = SpeakerJudge(network, CONFIG), hum(np.random.default_rng(0), steady=False)
    judge.judge(Audio(sound, RATE))
    once = len(heard)
    judge.judge(Audio(np.repeat(sound, 3), 3 * RATE))
    assert np.corrcoef(heard[0], heard[once])[0, 1] > 0.95


def saved(folder):
    network = DetectorNetwork(write_tiny_distilled(folder)).eval()
    torch.nn.init.normal_(network.head.weight, 0.0, 0.1)
    network.norm.running_mean += 0.5
    network.norm.running_var *= 4.0
    save_checkpoint(folder / "detection", CONFIG, network.shipped(), half=False)
    list_folder(folder / "detection")
    return folder / "detection", network


def test_weights_are_loaded_as_saved_and_hear_what_torch_hears(tmp_path):
    folder, network = saved(tmp_path)
    judge = SpeakerJudge.load(folder)
    assert judge.config == CONFIG
    assert isinstance(judge._network, ArrayNetwork)
    window = hum(np.random.default_rng(0), steady=False)
    loud = np.random.default_rng(1).random(window.size // 320) > 0.4
    distilled = load_distilled(tmp_path / "distillmos")
    with torch.inference_mode():
        features = distilled.features(torch.from_numpy(window)[None])
        told = float(network(features, torch.from_numpy(loud)[None]))
    assert judge._network(window, loud) == pytest.approx(told, abs=2e-3)
    assert abs(told) > 0.1
    assert judge._network(window, ~loud) != pytest.approx(told, abs=2e-3)
    silent = np.zeros_like(loud)
    assert judge._network(window, silent) == judge._network(window, ~silent)


def test_weights_that_are_missing_changed_or_of_another_kind_are_refused(tmp_path):
    with pytest.raises(CheckpointError) as caught:
        SpeakerJudge.load(tmp_path / "detection")
    assert caught.value.code == "weights_missing"
    folder, _ = saved(tmp_path)
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps({**config, "unheard_of": 1}))
    with pytest.raises(CheckpointError) as caught:
        SpeakerJudge.load(folder)
    assert caught.value.code == "weights_damaged"  # its sha256
    list_folder(folder)
    with pytest.raises(CheckpointError, match="unheard_of"):
        SpeakerJudge.load(folder)


def test_without_the_weights_of_distillmos_nothing_is_judged(tmp_path):
    folder, _ = saved(tmp_path)
    (tmp_path / "distillmos" / "model.safetensors").unlink()
    with pytest.raises(CheckpointError, match="distillmos") as caught:
        SpeakerJudge.load(folder)
    assert caught.value.code == "weights_missing"
