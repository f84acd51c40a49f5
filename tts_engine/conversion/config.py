"""Sizes of the conversion model; stored beside its weights."""

from dataclasses import dataclass, field

from tts_engine.audio.mel import MelConfig
from tts_engine.synthesizer.profile import SCALAR_FACTS, SPECTRUM_SIZE


@dataclass(frozen=True, kw_only=True)
class ConversionConfig:
    """Content, F0 and loudness of every frame, and a voice, to mel.

    Attributes:
        mel: the analysis of the mels that it reads and makes.
        content_size: width of the recognizer's hidden layer that it is told.
        content_bottleneck: linear bottleneck of the content: what words need and little of who says them.
        embedding_size, spectrum_size, bottleneck_size, speaker_size: the voice, as in the synthesizer.
        pitch_bins: radial bases over log F0, from `pitch_low_hz` to `pitch_high_hz`; F0 beyond is folded by octaves.
        channels, expansion, kernel, blocks: the stack of ConvNeXt blocks.
        mel_offset, mel_scale: the network works on (log mel - offset) / scale.
    """

    mel: MelConfig = field(default_factory=MelConfig)
    content_size: int = 256
    content_bottleneck: int = 96
    embedding_size: int = 256
    spectrum_size: int = SPECTRUM_SIZE
    bottleneck_size: int = 64
    speaker_size: int = 160
    pitch_bins: int = 40
    pitch_low_hz: float = 60.0
    pitch_high_hz: float = 500.0
    channels: int = 288
    expansion: int = 3
    kernel: int = 9
    blocks: int = 8
    mel_offset: float = -5.0
    mel_scale: float = 2.5

    def __post_init__(self) -> None:
        if self.kernel % 2 == 0:
            raise ValueError(f"kernel {self.kernel} must be odd")
        if self.pitch_high_hz < 2 * self.pitch_low_hz:
            raise ValueError(
                f"{self.pitch_low_hz} to {self.pitch_high_hz} Hz must hold an octave, or nothing can be folded"
            )

    @property
    def facts_size(self) -> int:
        """Measured facts of a voice, see `synthesizer.profile.facts_vector`."""
        return SCALAR_FACTS + self.spectrum_size
