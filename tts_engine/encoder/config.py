"""Sizes of the speaker encoder, as published with SV2TTS, and of the judge of voices beside it."""

from dataclasses import dataclass, field

from tts_engine.audio.mel import MelConfig


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


@dataclass(frozen=True, kw_only=True)
class VoiceJudgeConfig:
    """Sizes of the second encoder, which hears log mels: 1-D ConvNeXt blocks and attentive statistics.

    Attributes:
        mel: analysis of the input.
        channels: width of the blocks.
        expansion: inner width of a block's two linear maps, times `channels`.
        kernel: steps of its depthwise convolution (odd).
        blocks: depth.
        embedding: size of its vectors.
        window_frames: of the mel, the length that it was trained on.
    """

    mel: MelConfig = field(default_factory=MelConfig)
    channels: int = 192
    expansion: int = 2
    kernel: int = 7
    blocks: int = 6
    embedding: int = 128
    window_frames: int = 144

    def __post_init__(self) -> None:
        if self.kernel % 2 == 0:
            raise ValueError(f"kernel {self.kernel} must be odd")
