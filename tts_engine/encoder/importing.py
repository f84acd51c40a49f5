"""Take the weights that others trained out of the wheel that carries them.

    python -m tts_engine.encoder.importing Resemblyzer-0.1.4-py3-none-any.whl weights/encoder

`pip download --no-deps resemblyzer` fetches it. The package is not used at run time.
"""

import io
import sys
import zipfile
from pathlib import Path

import torch
from torch import Tensor

from tts_engine.checkpoints import load_into, save_checkpoint
from tts_engine.encoder.config import EncoderConfig
from tts_engine.encoder.model import EncoderNetwork
from tts_engine.errors import CheckpointError
from tts_engine.weights import list_folder

ENCODER_MEMBER = "resemblyzer/pretrained.pt"


def import_wheel(wheel: Path, output: Path) -> None:
    """Write a checkpoint folder with the weights of a wheel, as float16.

    Raises:
        CheckpointError: the wheel does not hold them, or holds other weights than expected.
    """
    with zipfile.ZipFile(wheel) as archive:
        if ENCODER_MEMBER not in archive.namelist():
            raise CheckpointError(
                "unknown_wheel",
                f"{wheel.name} does not hold {ENCODER_MEMBER}",
                f"в {wheel.name} нет {ENCODER_MEMBER}",
            )
        import_encoder(archive.read(ENCODER_MEMBER), output)


def import_encoder(content: bytes, output: Path) -> None:
    """GE2E weights of Resemblyzer (Apache-2.0); read without running any code of the file."""
    stored = torch.load(io.BytesIO(content), map_location="cpu", weights_only=True)
    state: dict[str, Tensor] = stored["model_state"]
    ours = {name: value for name, value in state.items() if name.startswith(("lstm.", "linear."))}
    config = EncoderConfig()
    load_into(EncoderNetwork(config), ours, output)
    save_checkpoint(output, config, ours)
    list_folder(output)


if __name__ == "__main__":
    import_wheel(Path(sys.argv[1]), Path(sys.argv[2]))
