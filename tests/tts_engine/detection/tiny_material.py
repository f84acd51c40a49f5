"""People who hum with an unsteady pitch, and machines that hum without: material for training tests."""

from pathlib import Path

import numpy as np
import torch

from tts_engine.checkpoints import save_checkpoint
from tts_engine.detection.inference import DISTILLMOS
from tts_engine.detection.material import (
    CALIBRATION,
    PERSON,
    TEST,
    TRAIN,
    Piece,
    write_material,
)
from tts_engine.detection.windows import RATE_HZ
from tts_engine.distillmos.network import DistillMosConfig, DistillMosNetwork
from tts_engine.weights import list_folder

TINY = DistillMosConfig(channels=(4, 4, 8, 8, 8, 8), width=16, layers=2)


def write_tiny_distilled(folder: Path) -> DistillMosNetwork:
    """A small DistillMOS of random weights, in its folder beside those of a detector."""
    torch.manual_seed(0)
    network = DistillMosNetwork(TINY).eval()
    for part in network.cnn.modules():
        if isinstance(part, torch.nn.Conv2d):  # or else hardly anything comes through six of them
            torch.nn.init.kaiming_normal_(part.weight)
    head = network.transformer_pool_attn
    for norm in (head.norm_input, head.transformer["norm"]):  # as if they had seen something
        norm.running_mean.normal_(0.0, 0.1)
        norm.running_var.uniform_(0.5, 2.0)
        torch.nn.init.normal_(norm.weight, 1.0, 0.3)
        torch.nn.init.normal_(norm.bias, 0.0, 0.1)
    save_checkpoint(folder / DISTILLMOS, TINY, network.state_dict(), half=False)
    list_folder(folder / DISTILLMOS)
    return network


def hum(rng: np.random.Generator, *, steady: bool, seconds: float = 3.0) -> np.ndarray:
    """Harmonics of a pitch that strays or does not, (T,)."""
    samples = int(seconds * RATE_HZ)
    stray = 0.0 if steady else 0.2
    course = np.interp(np.arange(samples), np.linspace(0, samples, 30), rng.normal(1, stray, 30))
    phase = 2 * np.pi * np.cumsum(rng.uniform(110, 180) * course) / RATE_HZ
    tones = sum(np.sin(order * phase) / order for order in range(1, 20))
    return (0.05 * tones + 0.001 * rng.standard_normal(samples)).astype(np.float32)


def write_tiny_material(folder: Path, pieces: int = 12) -> None:
    """Two parts, people and a synthesizer; every split has some of both, the test also of one that is held out."""
    rng = np.random.default_rng(0)
    for part, source in (("people", PERSON), ("machines", "buzzer")):
        rows = []
        for split in (TRAIN, CALIBRATION, TEST):
            for number in range(pieces):
                made = (
                    "hifi-gan-v1" if split == TEST and source != PERSON and number % 2 else source
                )
                speaker = f"{split}-{number % 4}"
                piece = Piece(
                    id=f"{part}/{split}/{number}", source=made, speaker=speaker, split=split
                )
                rows.append((piece, hum(rng, steady=source != PERSON)))
        write_material(folder / part, rows)
