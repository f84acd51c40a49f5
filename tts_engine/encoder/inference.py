"""Audio in, d-vector out: averaged over overlapping windows of voiced speech.

The steps and their settings are Resemblyzer's (Apache-2.0), so that the vectors are those its weights
were trained to give.
"""

from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from tts_engine.audio.mel import slaney_filters
from tts_engine.audio.resample import resample, resample_audio
from tts_engine.audio.speech_detector import (
    WINDOW_SAMPLES,
    raise_to_level,
    speech_windows,
    voiced_only,
)
from tts_engine.checkpoints import load_checkpoint, load_into
from tts_engine.encoder.config import EncoderConfig
from tts_engine.encoder.model import EncoderNetwork
from tts_engine.errors import AudioError
from tts_engine.stages import timed
from tts_engine.types import Audio, Waveform

SHORTEST_SECONDS = 0.2
MAX_WINDOWS = 64  # in one pass
BLOCK_FRAMES = 3000
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
        return self.embed_waveform(self._voiced(audio))

    def embed_windows(
        self, audio: Audio, *, step_seconds: float
    ) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
        """d-vectors of overlapping windows of speech, one every `step_seconds` of it.

        Returns:
            vectors (W, 256) of unit length, and which windows of 30 ms of the recording are the speech that
            they go through (V,); none when there is less of it than one window.
        """
        config = self.config
        heard = resample(audio.waveform, audio.sample_rate_hz, config.sample_rate_hz)
        spoken = speech_windows(raise_to_level(heard))
        whole = heard[: spoken.size * WINDOW_SAMPLES].reshape(-1, WINDOW_SAMPLES)
        speech = whole[spoken].ravel()
        del heard, whole
        mel = self._mel(speech)
        step = max(1, round(step_seconds * config.sample_rate_hz / config.hop_samples))
        starts = range(0, mel.shape[0] - config.window_frames + 1, step)
        if not starts:
            nothing = np.zeros((0, config.embedding), dtype=np.float32)
            return nothing, np.zeros(0, dtype=np.int64)
        vectors = self._vectors(np.stack([mel[s : s + config.window_frames] for s in starts]))
        return vectors, np.flatnonzero(spoken)

    def embed_waveform(self, waveform: Waveform) -> NDArray[np.float32]:
        """d-vector of samples at the encoder's rate, all of which count: (T,) -> (256,)."""
        return _unit_mean(self._vectors(self._windows(self._mel(waveform))))

    def _voiced(self, audio: Audio) -> Waveform:
        rate = self.config.sample_rate_hz
        voiced = voiced_only(resample_audio(audio, rate)).waveform
        if voiced.size < SHORTEST_SECONDS * rate:
            raise AudioError(
                "no_speech",
                "no speech was found in the recording",
                "в записи не найдено речи",
            )
        return voiced

    def _mel(self, waveform: Waveform) -> NDArray[np.float32]:
        return power_mel(raise_to_level(waveform), self.config)

    @timed("encoder")
    @torch.inference_mode()
    def _vectors(self, windows: NDArray[np.float32]) -> NDArray[np.float32]:
        parts = [
            self._network(torch.from_numpy(windows[first : first + MAX_WINDOWS]).to(self.device))
            for first in range(0, windows.shape[0], MAX_WINDOWS)
        ]
        return np.asarray(torch.cat(parts).cpu().numpy())

    def _windows(self, mel: NDArray[np.float32]) -> NDArray[np.float32]:
        size, step = self.config.window_frames, self.config.step_frames
        starts = [
            start
            for start in range(0, mel.shape[0], step)
            if start == 0
            or start + COVERAGE * size < mel.shape[0]  # n samples make n // hop + 1 frames
        ]
        missing = max(0, starts[-1] + size - mel.shape[0])
        padded = np.pad(mel, ((0, missing), (0, 0)))
        return np.stack([padded[start : start + size] for start in starts])


def power_mel(waveform: Waveform, config: EncoderConfig) -> NDArray[np.float32]:
    """Power mel spectrogram as the network was trained on: (T,) -> (frames, n_mels).

    Half a minute at a time: the spectrum of ten minutes would take half a gigabyte.
    """
    size, hop = config.fft_samples, config.hop_samples
    filters = slaney_filters(
        sample_rate_hz=config.sample_rate_hz,
        fft_samples=size,
        n_mels=config.n_mels,
        low_hz=0.0,
        high_hz=config.sample_rate_hz / 2,
    )  # (n_mels, bins)
    padded = torch.from_numpy(np.pad(waveform, size // 2))
    frames = 1 + waveform.size // hop
    blocks = []
    for first in range(0, frames, BLOCK_FRAMES):
        block = padded[first * hop : (min(first + BLOCK_FRAMES, frames) - 1) * hop + size]
        spectrum = torch.stft(
            block, size, hop, window=torch.hann_window(size), center=False, return_complex=True
        )  # (bins, frames)
        power = torch.view_as_real(spectrum).square().sum(-1)
        blocks.append((filters @ power).T)
    return np.asarray(torch.cat(blocks).numpy())


def _unit_mean(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    """(W, D) -> (D,) of unit length; silence, whose vectors are all zero, stays zero."""
    mean = vectors.mean(axis=0)
    return np.asarray(mean / max(float(np.linalg.norm(mean)), 1e-9), dtype=np.float32)
