"""Sizes of the phoneme recognizer and of the judge, a second one of another kind."""

from dataclasses import dataclass, field

from tts_engine.audio.mel import MelConfig

CONVNEXT, BILSTM = "convnext", "bilstm"


@dataclass(frozen=True, kw_only=True)
class RecognizerConfig:
    """Layers over mel frames, every second frame kept.

    Attributes:
        mel: analysis of the input.
        kind: "convnext", a stack of 1-D ConvNeXt blocks over the wide bands of `tts_engine.audio.cepstra`,
            or "bilstm", 2-D convolutions and bidirectional LSTM layers over the mel's own bands.
        channels: width of the blocks; of each direction of an LSTM.
        expansion: inner width of a ConvNeXt block's two linear maps, times `channels`.
        kernel: frames of its depthwise convolution (odd).
        stem_channels: maps of the 2-D convolutions before the LSTMs.
        blocks: depth.
        slow_blocks: of these, in the middle, run at half the rate.
        feature_block: hidden layer that voice conversion may use as content features.
        dropout: in training, the share of block outputs dropped at the last ConvNeXt block
            (stochastic depth), or of the values between LSTM layers.
        by_frames: whether every step tells what sounds there, however long it lasts; else CTC, one step a sound.
        boundaries: lines of `boundaries`, (pair, constant, before, after); empty: not learned.
    """

    mel: MelConfig = field(default_factory=MelConfig)
    kind: str = CONVNEXT
    channels: int = 256
    expansion: int = 3
    kernel: int = 9
    stem_channels: int = 32
    blocks: int = 14
    slow_blocks: int = 10
    feature_block: int = 13
    dropout: float = 0.1
    by_frames: bool = False
    boundaries: tuple[tuple[str, float, float, float], ...] = ()

    def __post_init__(self) -> None:
        if self.kind not in (CONVNEXT, BILSTM):
            raise ValueError(f"kind {self.kind!r} is neither {CONVNEXT!r} nor {BILSTM!r}")
        if not 0 <= self.slow_blocks < self.blocks:
            raise ValueError(f"slow_blocks {self.slow_blocks} is not in 0..{self.blocks - 1}")
        if self.kernel % 2 == 0:
            raise ValueError(f"kernel {self.kernel} must be odd")
        if not 0 < self.feature_block <= self.blocks:
            raise ValueError(f"feature_block {self.feature_block} is not in 1..{self.blocks}")

    @property
    def wide(self) -> bool:
        """Whether it reads wide bands, which files of features have too."""
        return self.kind == CONVNEXT


JUDGE = RecognizerConfig(
    kind=BILSTM, channels=176, blocks=2, slow_blocks=0, feature_block=2, dropout=0.15
)
