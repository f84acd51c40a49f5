"""Sizes of the synthesizer; stored beside its weights."""

from dataclasses import dataclass, field

from tts_engine.audio.mel import MelConfig
from tts_engine.synthesizer.profile import SPECTRUM_SIZE
from tts_engine.text.symbols import SYMBOLS

LANGUAGES = ("ru", "en")


@dataclass(frozen=True, kw_only=True)
class SynthesizerConfig:
    """Non-Attentive Tacotron with token pitch and a speaker in every layer.

    Attributes:
        mel: the analysis of the mels that it makes.
        symbols: token inventory in id order; weights fit only this one.
        embedding_size: speaker embedding (GE2E d-vector).
        spectrum_size: cosine coefficients of the voice's mean spectrum.
        bottleneck_size: linear bottleneck of the speaker embedding: few voices cannot fill more.
        speaker_size: the conditioning vector that every block sees.
        token_size: token embedding.
        encoder_size: encoder convolutions; its BiLSTM has half of it in each direction.
        encoder_kernel, context_kernel, postnet_kernel: widths of the convolutions, odd.
        predictor_size: convolutions of the duration and pitch predictors.
        pitch_bins: radial bases over log F0, from `pitch_low_hz` to `pitch_high_hz`.
        context_size: upsampled conditioning of one decoder step.
        prenet_size: bottleneck on the previous frames.
        decoder_size: each of the two LSTM layers.
        postnet_size: convolutions of the post-net, which run at the decoder's step rate.
        reduction: frames per decoder step.
        prenet_dropout: rate at training; at inference times the request's `variation`.
        dropout: everywhere else; a short training has no use for it and is 8 % faster without.
        band_spread: standard deviation of each mel band in recordings, see `contrast`; empty: unknown.
        mel_offset, mel_scale: the network works on (log mel - offset) / scale.
    """

    mel: MelConfig = field(default_factory=MelConfig)
    symbols: tuple[str, ...] = SYMBOLS
    embedding_size: int = 256
    spectrum_size: int = SPECTRUM_SIZE
    bottleneck_size: int = 64
    speaker_size: int = 160
    token_size: int = 256
    encoder_size: int = 320
    encoder_kernel: int = 5
    predictor_size: int = 192
    pitch_bins: int = 32
    pitch_low_hz: float = 50.0
    pitch_high_hz: float = 800.0
    context_size: int = 256
    context_kernel: int = 5
    prenet_size: int = 128
    decoder_size: int = 448
    postnet_size: int = 256
    postnet_kernel: int = 5
    reduction: int = 2
    prenet_dropout: float = 0.5
    dropout: float = 0.0
    band_spread: tuple[float, ...] = ()
    mel_offset: float = -5.0
    mel_scale: float = 2.5

    def __post_init__(self) -> None:
        if self.encoder_size % 2:
            raise ValueError(f"encoder_size {self.encoder_size} must be even")
        for kernel in (self.encoder_kernel, self.context_kernel, self.postnet_kernel):
            if kernel % 2 == 0:
                raise ValueError(f"convolution width {kernel} must be odd")
        if len(self.band_spread) not in (0, self.mel.n_mels):
            raise ValueError(
                f"band_spread has {len(self.band_spread)} values, not {self.mel.n_mels}"
            )

    @property
    def step_size(self) -> int:
        """Mel values of one decoder step."""
        return self.mel.n_mels * self.reduction

    @property
    def facts_size(self) -> int:
        """Measured facts of a voice, see `profile.facts_vector`."""
        return 3 + self.spectrum_size
