"""Sizes of the attention aligner."""

from dataclasses import dataclass, field

from tts_engine.audio.mel import MelConfig

STRIDE = 4  # mel frames a step of the encoder


@dataclass(frozen=True, kw_only=True)
class AlignerConfig:
    """An encoder of sound and a decoder of phonemes with attention between them.

    Attributes:
        mel: analysis of the input, read in the wide bands of `tts_engine.audio.cepstra`.
        channels: of the convolutions, and of each direction of the encoder's LSTM.
        encoder_layers: of that LSTM.
        embedding: of a phoneme.
        decoder: width of the decoder's LSTM.
        attention: width of the attention.
        location_filters, location_kernel: of the convolution over the last weights (odd kernel).
        dropout: between layers, in training.
        window_tokens: phonemes that are decoded at a time; see `model.AlignerNetwork`.
        enough: attention score above which the next window is decoded, 0 to 1.
    """

    mel: MelConfig = field(default_factory=MelConfig)
    channels: int = 128
    encoder_layers: int = 1
    embedding: int = 64
    decoder: int = 192
    attention: int = 96
    location_filters: int = 16
    location_kernel: int = 15
    dropout: float = 0.1
    window_tokens: int = 40
    enough: float = 0.6

    def __post_init__(self) -> None:
        if self.location_kernel % 2 == 0:
            raise ValueError(f"location_kernel {self.location_kernel} must be odd")
        if self.window_tokens < 1:
            raise ValueError(f"window_tokens {self.window_tokens} must be positive")
        if not 0 <= self.enough < 1:
            raise ValueError(f"enough {self.enough} is not in 0 ... 1")
