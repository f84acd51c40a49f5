"""Audio in, d-vector out: averaged over overlapping windows of voiced speech."""

from pathlib import Path

import librosa
import numpy as np
import torch
from numpy.typing import NDArray

from tts_engine.audio.resample import resample
from tts_engine.audio.vad import voiced_only
from tts_engine.checkpoints import load_checkpoint, load_into
from tts_engine.encoder.config import EncoderConfig
from tts_engine.encoder.model import EncoderNetwork
from tts_engine.errors import AudioError
from tts_engine.types import Audio, Waveform

LEVEL_DB = -30.0  # what the network was trained on: louder of this RMS and the clip's own
COVERAGE = 0.75  # a last window is used when at least so much of it is real audio


class SpeakerEncoder:
    """Speaker encoder. Owns its network and device."""

    def __init__(
        self, network: EncoderNetwork, config: EncoderConfig, device: torch.device
    ) -> None:
        self.config = config
        self.device = device
        self._network = network.eval().to(device)

    @classmethod
    def load(cls, folder: Path, *, device: torch.device) -> "SpeakerEncoder":
        """Load weights of `folder`; CheckpointError when they do not fit."""
        config, weights = load_checkpoint(folder, EncoderConfig)
        network = EncoderNetwork(config)
        load_into(network, weights, folder)
        return cls(network, config, device)

    def embed(self, audio: Audio) -> NDArray[np.float32]:
        """d-vector of a recording: shape (256,), float32, unit length.

        Raises:
            AudioError: there is no speech in it.
        """
        voiced = voiced_only(audio)
        if voiced.waveform.size < 0.2 * voiced.sample_rate_hz:
            raise AudioError(
                "no_speech",
                "no speech was found in the recording",
                "в записи не найдено речи",
            )
        rate = self.config.sample_rate_hz
        return self.embed_waveform(resample(voiced.waveform, voiced.sample_rate_hz, rate))

    @torch.inference_mode()
    def embed_waveform(self, waveform: Waveform) -> NDArray[np.float32]:
        """d-vector of samples at the encoder's rate, all of which count: (T,) -> (256,)."""
        mel = power_mel(_to_level(waveform), self.config)
        windows = self._windows(mel)  # (W, window_frames, n_mels)
        vectors = self._network(torch.from_numpy(windows).to(self.device)).cpu().numpy()
        mean = vectors.mean(axis=0)
        return np.asarray(mean / np.linalg.norm(mean), dtype=np.float32)

    def _windows(self, mel: NDArray[np.float32]) -> NDArray[np.float32]:
        size, step = self.config.window_frames, self.config.step_frames
        starts = [
            start
            for start in range(0, mel.shape[0], step)
            if start == 0 or start + COVERAGE * size <= mel.shape[0]
        ]
        missing = max(0, starts[-1] + size - mel.shape[0])
        padded = np.pad(mel, ((0, missing), (0, 0)))
        return np.stack([padded[start : start + size] for start in starts])


def power_mel(waveform: Waveform, config: EncoderConfig) -> NDArray[np.float32]:
    """Power mel spectrogram as the network was trained on: (T,) -> (frames, n_mels)."""
    return np.ascontiguousarray(
        librosa.feature.melspectrogram(
            y=waveform,
            sr=config.sample_rate_hz,
            n_fft=config.fft_samples,
            hop_length=config.hop_samples,
            n_mels=config.n_mels,
        ).T.astype(np.float32)
    )


def _to_level(waveform: Waveform) -> Waveform:
    """Raise quiet clips to LEVEL_DB; loud ones stay."""
    rms = float(np.sqrt(np.mean(np.square(waveform, dtype=np.float64)))) + 1e-9
    gain = max(1.0, 10 ** (LEVEL_DB / 20) / rms)
    return np.asarray(waveform * gain, dtype=np.float32)
