"""Take weights that others trained out of the wheels that carry them.

    python -m tts_engine.encoder.importing Resemblyzer-0.1.4-py3-none-any.whl weights/encoder
    python -m tts_engine.encoder.importing silero_vad-6.2.3-py3-none-any.whl weights/speech_detector

`pip download --no-deps resemblyzer silero-vad` fetches both. Neither package is used at run time.
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
from tts_engine.encoder.speech_detector import SpeechDetectorConfig, SpeechDetectorNetwork
from tts_engine.errors import CheckpointError

ENCODER_MEMBER = "resemblyzer/pretrained.pt"
DETECTOR_MEMBER = "silero_vad/data/silero_vad.jit"


def import_wheel(wheel: Path, output: Path) -> None:
    """Write a checkpoint folder with the weights of a wheel, as float16.

    Raises:
        CheckpointError: the wheel holds neither of the two, or other weights than expected.
    """
    with zipfile.ZipFile(wheel) as archive:
        members = archive.namelist()
        if ENCODER_MEMBER in members:
            import_encoder(archive.read(ENCODER_MEMBER), output)
        elif DETECTOR_MEMBER in members:
            import_detector(archive.read(DETECTOR_MEMBER), output)
        else:
            raise CheckpointError(
                "unknown_wheel",
                f"{wheel.name} holds neither {ENCODER_MEMBER} nor {DETECTOR_MEMBER}",
                f"в {wheel.name} нет ни {ENCODER_MEMBER}, ни {DETECTOR_MEMBER}",
            )


def import_encoder(content: bytes, output: Path) -> None:
    """GE2E weights of Resemblyzer (Apache-2.0); read without running any code of the file."""
    stored = torch.load(io.BytesIO(content), map_location="cpu", weights_only=True)
    state: dict[str, Tensor] = stored["model_state"]
    ours = {name: value for name, value in state.items() if name.startswith(("lstm.", "linear."))}
    config = EncoderConfig()
    load_into(EncoderNetwork(config), ours, output)
    save_checkpoint(output, config, ours)


def import_detector(content: bytes, output: Path) -> None:
    """Speech detector of Silero VAD (MIT) under our names, from its TorchScript for 16 kHz.

    Loading TorchScript runs its code: only ever done here, to a wheel that a developer chose.
    """
    script = torch.jit.load(io.BytesIO(content), map_location="cpu")
    prefix = "_model."  # beside it is `_model_8k.`
    ours = {
        our_detector_name(name.removeprefix(prefix)): value
        for name, value in script.state_dict().items()
        if name.startswith(prefix)
    }
    config = SpeechDetectorConfig()
    load_into(SpeechDetectorNetwork(config), ours, output)
    save_checkpoint(output, config, ours)


def our_detector_name(name: str) -> str:
    """Their parameter name in our network: one LSTM cell became an LSTM over the whole clip."""
    for index in range(4):
        name = name.replace(f"encoder.{index}.reparam_conv.", f"conv{index + 1}.")
    if name.startswith("decoder.rnn."):
        return f"lstm.{name.removeprefix('decoder.rnn.')}_l0"
    renamed = name.replace("stft.forward_basis_buffer", "spectrum.weight")
    return renamed.replace("decoder.decoder.2.", "output.")


if __name__ == "__main__":
    import_wheel(Path(sys.argv[1]), Path(sys.argv[2]))
