"""Sung recordings copied by the vocoder: `python -m benchmarks.singing FILES`. Prints a table.

F0 is measured for singing, given to the vocoder with the recording's own mel, and measured again in what it made.
"broken" is the share of frames voiced in both that lie more than a quarter tone apart; "voicing" that of frames
voiced in one of them only.
"""

import argparse
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from tts_engine.audio.io import decode_audio
from tts_engine.audio.mel import log_mel
from tts_engine.audio.resample import resample_audio
from tts_engine.f0 import SINGING, track_f0
from tts_engine.types import Audio
from tts_engine.vocoder.inference import Vocoder
from tts_engine.weights import weights_folder

BROKEN_CENTS = 50.0


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument("--vocoder", type=Path, default=weights_folder() / "vocoder")
    arguments = parser.parse_args()
    vocoder = Vocoder.load(arguments.vocoder, device=torch.device("cpu"))
    print("file  highest Hz  median cents  95 % cents  broken  voicing  mel L1")
    for path in arguments.files:
        audio = resample_audio(decode_audio(path), vocoder.sample_rate_hz)
        mel = log_mel(torch.from_numpy(audio.waveform)[None], vocoder.config.mel)[0].numpy()
        asked = track_f0(audio, mel.shape[1], SINGING)
        (made,) = vocoder.vocode([mel], f0_hz=[asked])
        sung = track_f0(Audio(made, audio.sample_rate_hz), mel.shape[1], SINGING)
        distance = np.abs(
            log_mel(torch.from_numpy(made)[None], vocoder.config.mel)[0].numpy() - mel
        ).mean()
        print(path.name, row(asked, sung), f"{distance:.3f}")


def row(asked: NDArray[np.float32], sung: NDArray[np.float32]) -> str:
    """Figures of two tracks (F,)."""
    both = (asked > 0) & (sung > 0)
    cents = 1200 * np.abs(np.log2(sung[both] / asked[both]))
    one_only = float(np.mean((asked > 0) != (sung > 0)))
    return (
        f"{asked.max():.0f}  {np.median(cents):.1f}  {np.percentile(cents, 95):.1f}  "
        f"{np.mean(cents > BROKEN_CENTS):.2%}  {one_only:.1%}"
    )


if __name__ == "__main__":
    main()
