"""Sizes of the speaker encoder, as published with SV2TTS."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class EncoderConfig:
    """GE2E d-vector network (Wan et al. 2018, arXiv 1710.10467).

    Attributes:
        sample_rate_hz: of its input.
        fft_samples: 25 ms window.
        hop_samples: 10 ms.
        n_mels: bands of its own mel, which is linear power and not the synthesizer's.
        window_frames: 1.6 s, the length of one partial utterance.
        step_frames: distance of partial utterances, 0.77 s (1.3 a second, half overlapped).
        hidden: width of the LSTM layers.
        layers: number of LSTM layers.
        embedding: size of the d-vector.
    """

    sample_rate_hz: int = 16_000
    fft_samples: int = 400
    hop_samples: int = 160
    n_mels: int = 40
    window_frames: int = 160
    step_frames: int = 77
    hidden: int = 256
    layers: int = 3
    embedding: int = 256
