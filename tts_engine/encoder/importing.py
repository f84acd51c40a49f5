"""Take the GE2E weights out of the PyPI wheel `resemblyzer` (Apache-2.0).

python -m tts_engine.encoder.importing Resemblyzer-0.1.4-py3-none-any.whl weights/encoder
"""

import io
import sys
import zipfile
from pathlib import Path

import torch

from tts_engine.checkpoints import load_into, save_checkpoint
from tts_engine.encoder.config import EncoderConfig
from tts_engine.encoder.model import EncoderNetwork

MEMBER = "resemblyzer/pretrained.pt"


def import_wheel(wheel: Path, output: Path) -> None:
    """Write a checkpoint folder with the weights of the wheel, as float16."""
    with zipfile.ZipFile(wheel) as archive:
        stored = torch.load(io.BytesIO(archive.read(MEMBER)), map_location="cpu", weights_only=True)
    state = stored["model_state"]
    ours = {name: value for name, value in state.items() if name.startswith(("lstm.", "linear."))}
    config = EncoderConfig()
    load_into(EncoderNetwork(config), ours, wheel)
    save_checkpoint(output, config, ours)


if __name__ == "__main__":
    import_wheel(Path(sys.argv[1]), Path(sys.argv[2]))
