"""Settings of the vocoder, stored beside its weights."""

from dataclasses import dataclass, field

from tts_engine.audio.mel import MelConfig

HIFIGAN, SOURCE_FILTER = "hifigan", "source_filter"


@dataclass(frozen=True, kw_only=True)
class HifiGanConfig:
    """Generator of HiFi-GAN (arXiv 2010.05646), V2 by default; fields named as in its config files.

    Attributes:
        resblock: "1" (two convolutions per dilation) or "2" (one).
        istft_fft_samples: 0 is plain HiFi-GAN. Otherwise the network ends in magnitudes and phases of
            an inverse STFT of this size, and needs fewer upsamplings (iSTFTNet, arXiv 2203.02395).
        istft_hop_samples: hop of that inverse STFT.
    """

    resblock: str = "1"
    upsample_rates: tuple[int, ...] = (8, 8, 2, 2)
    upsample_kernel_sizes: tuple[int, ...] = (16, 16, 4, 4)
    upsample_initial_channel: int = 128
    resblock_kernel_sizes: tuple[int, ...] = (3, 7, 11)
    resblock_dilation_sizes: tuple[tuple[int, ...], ...] = ((1, 3, 5), (1, 3, 5), (1, 3, 5))
    istft_fft_samples: int = 0
    istft_hop_samples: int = 4

    def __post_init__(self) -> None:
        if self.resblock not in ("1", "2"):
            raise ValueError(f"resblock is {self.resblock!r}, expected '1' or '2'")
        if len(self.upsample_rates) != len(self.upsample_kernel_sizes):
            raise ValueError("upsample_rates and upsample_kernel_sizes differ in length")
        if len(self.resblock_kernel_sizes) != len(self.resblock_dilation_sizes):
            raise ValueError("resblock_kernel_sizes and resblock_dilation_sizes differ in length")

    @property
    def hop_samples(self) -> int:
        """Samples made of one mel frame."""
        hop = self.istft_hop_samples if self.istft_fft_samples else 1
        for rate in self.upsample_rates:
            hop *= rate
        return hop


HIFIGAN_V1 = HifiGanConfig(upsample_initial_channel=512)
HIFIGAN_V2 = HifiGanConfig()
HIFIGAN_V3 = HifiGanConfig(
    resblock="2",
    upsample_rates=(8, 8, 4),
    upsample_kernel_sizes=(16, 16, 8),
    upsample_initial_channel=256,
    resblock_kernel_sizes=(3, 5, 7),
    resblock_dilation_sizes=((1, 2), (2, 6), (3, 12)),
)
ISTFTNET_V2 = HifiGanConfig(
    upsample_rates=(8, 8), upsample_kernel_sizes=(16, 16), istft_fft_samples=16
)


@dataclass(frozen=True, kw_only=True)
class SourceFilterConfig:
    """Generator that filters pulses and noise with predicted spectra.

    Attributes:
        channels: width of the network that predicts the filters.
        hidden_channels: inner width of its blocks.
        blocks: number of its ConvNeXt blocks.
        pitch_channels: width of the network that reads the pitch off the mel.
        pitch_blocks: number of its blocks.
        pitch_bins: classes of the pitch, spaced evenly in log frequency.
        low_hz: pitch of the first class.
        high_hz: pitch of the last class.
        filter_bins: points of a predicted spectrum between 0 Hz and half the sampling rate.
        filter_hop_samples: distance between filters; divides the hop of the mel.
        filter_fft_samples: length of a filter's impulse response with room for its input.
        harmonic_noise_gain: after training, factor on the noise under fully dominant harmonics;
            1 leaves it as trained, lower is less hoarse.
        formant_emphasis: after training, share by which peaks and valleys of the spectra stand out more;
            0 leaves them as trained.
    """

    channels: int = 256
    hidden_channels: int = 768
    blocks: int = 6
    pitch_channels: int = 96
    pitch_blocks: int = 4
    pitch_bins: int = 258
    low_hz: float = 50.0
    high_hz: float = 1100.0
    filter_bins: int = 257
    filter_hop_samples: int = 128
    filter_fft_samples: int = 1024
    harmonic_noise_gain: float = 0.3
    formant_emphasis: float = 0.0

    def __post_init__(self) -> None:
        if not 0 < self.low_hz < self.high_hz:
            raise ValueError(f"pitch range {self.low_hz}-{self.high_hz} Hz is empty")
        if not 0 < self.harmonic_noise_gain <= 1:
            raise ValueError(f"harmonic_noise_gain {self.harmonic_noise_gain} is not in (0, 1]")
        if not 0 <= self.formant_emphasis < 1:
            raise ValueError(f"formant_emphasis {self.formant_emphasis} is not in [0, 1)")


@dataclass(frozen=True, kw_only=True)
class VocoderConfig:
    """One vocoder: the mel it reads and one generator of the two kinds."""

    kind: str = SOURCE_FILTER
    mel: MelConfig = field(default_factory=MelConfig)
    hifigan: HifiGanConfig = field(default_factory=HifiGanConfig)
    source_filter: SourceFilterConfig = field(default_factory=SourceFilterConfig)

    def __post_init__(self) -> None:
        if self.kind not in (HIFIGAN, SOURCE_FILTER):
            raise ValueError(f"kind is {self.kind!r}, expected {HIFIGAN!r} or {SOURCE_FILTER!r}")
        if self.kind == HIFIGAN and self.hifigan.hop_samples != self.mel.hop_samples:
            raise ValueError(
                f"upsampling makes {self.hifigan.hop_samples} samples of a frame, "
                f"the mel has a hop of {self.mel.hop_samples}"
            )
        if self.mel.hop_samples % self.source_filter.filter_hop_samples:
            raise ValueError("filter_hop_samples must divide the hop of the mel")


PRESETS = {
    SOURCE_FILTER: VocoderConfig(),
    "hifigan-v1": VocoderConfig(kind=HIFIGAN, hifigan=HIFIGAN_V1),
    "hifigan-v2": VocoderConfig(kind=HIFIGAN, hifigan=HIFIGAN_V2),
    "hifigan-v3": VocoderConfig(kind=HIFIGAN, hifigan=HIFIGAN_V3),
    "istftnet-v2": VocoderConfig(kind=HIFIGAN, hifigan=ISTFTNET_V2),
}
