"""Sizes of the phoneme recognizer."""

from dataclasses import dataclass, field

from tts_engine.audio.mel import MelConfig


@dataclass(frozen=True, kw_only=True)
class RecognizerConfig:
    """A stack of 1-D ConvNeXt blocks over mel frames, every second frame kept.

    Attributes:
        mel: analysis of the input.
        channels: width of the blocks.
        expansion: inner width of a block's two linear maps, times `channels`.
        kernel: frames of its depthwise convolution (odd).
        blocks: depth.
        feature_block: hidden layer that voice conversion may use as content features.
        dropout: share of block outputs dropped in training (stochastic depth), at the last block.
    """

    mel: MelConfig = field(default_factory=MelConfig)
    channels: int = 256
    expansion: int = 3
    kernel: int = 9
    blocks: int = 9
    feature_block: int = 6
    dropout: float = 0.1

    def __post_init__(self) -> None:
        if self.kernel % 2 == 0:
            raise ValueError(f"kernel {self.kernel} must be odd")
        if not 0 < self.feature_block <= self.blocks:
            raise ValueError(f"feature_block {self.feature_block} is not in 1..{self.blocks}")
