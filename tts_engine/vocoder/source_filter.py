"""Source-filter generator: a pitch read off the mel drives pulses, predicted filters shape them and noise.

    mel ─ pitch network ─ f0 ─ pulses ──× harmonic filter ─┐
     └── filter network ─────┬─ noise ──× noise filter ────┴─ + ─ waveform
                             └─ log magnitudes of both filters, every filter_hop_samples

The phase of voiced speech, which a plain convolutional generator needs long training for, is here by
construction; the network only learns smooth spectra. Sources: P. Agrawal et al., "Ultra-lightweight neural
differential DSP vocoder" (arXiv 2401.10460); minimum-phase filters by the real cepstrum (Oppenheim and
Schafer); ConvNeXt blocks as in Vocos (arXiv 2306.00814). Written from the papers.
"""

import math
from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from tts_engine.audio.mel import MelConfig
from tts_engine.vocoder.config import SourceFilterConfig

KERNEL = 7
MEL_MEAN, MEL_SCALE = -5.0, 2.5  # of log mels of speech, roughly
LOG_MAGNITUDE_LIMIT = 12.0
RESTART_FRAMES = 4  # of a pause in voicing
PITCH_REACH, PITCH_SHIFTS = 6, 8  # classes on either side, steps
TILT_SAMPLES = 6  # of quefrency: the tilt of a spectrum and no formant
TRACT_SAMPLES = (40, 72)  # of quefrency: all of a vocal tract, and nothing of a voice below 300 Hz


class ConvNextBlock(nn.Module):
    """Depthwise convolution, then two linear layers per frame: (B, C, F) -> (B, C, F)."""

    def __init__(self, channels: int, hidden_channels: int) -> None:
        super().__init__()
        self.depthwise = nn.Conv1d(channels, channels, KERNEL, padding=KERNEL // 2, groups=channels)
        self.norm = nn.LayerNorm(channels)
        self.expand = nn.Linear(channels, hidden_channels)
        self.project = nn.Linear(hidden_channels, channels)
        self.scale = nn.Parameter(torch.full((channels,), 0.3))

    def forward(self, inputs: Tensor) -> Tensor:
        hidden = self.norm(self.depthwise(inputs).transpose(1, 2))  # (B, F, C)
        hidden = self.project(F.gelu(self.expand(hidden))) * self.scale  # (B, F, C)
        return inputs + hidden.transpose(1, 2)  # (B, C, F)


class FrameNetwork(nn.Module):
    """Mel to one vector per frame: (B, n_mels, F) -> (B, F, outputs)."""

    def __init__(
        self, n_mels: int, channels: int, hidden_channels: int, blocks: int, outputs: int
    ) -> None:
        super().__init__()
        self.entry = nn.Conv1d(n_mels, channels, KERNEL, padding=KERNEL // 2)
        self.blocks = nn.Sequential(
            *(ConvNextBlock(channels, hidden_channels) for _ in range(blocks))
        )
        self.norm = nn.LayerNorm(channels)
        self.exit = nn.Linear(channels, outputs)
        self.context_frames = (1 + blocks) * (KERNEL // 2)

    def forward(self, mel: Tensor) -> Tensor:
        hidden = self.entry((mel - MEL_MEAN) / MEL_SCALE)  # (B, C, F)
        hidden = self.blocks(hidden).transpose(1, 2)  # (B, F, C)
        return self.exit(self.norm(hidden))


class SourceFilterGenerator(nn.Module):
    """Mel and excitation to waveform.

    Attributes:
        context_frames: frames on either side that an output sample depends on.
    """

    def __init__(self, config: SourceFilterConfig, mel: MelConfig) -> None:
        super().__init__()
        self.config, self.mel = config, mel
        self.filters_per_frame = mel.hop_samples // config.filter_hop_samples
        self.filters = FrameNetwork(
            mel.n_mels,
            config.channels,
            config.hidden_channels,
            config.blocks,
            2 * self.filters_per_frame * config.filter_bins,
        )
        self.pitch = FrameNetwork(
            mel.n_mels,
            config.pitch_channels,
            3 * config.pitch_channels,
            config.pitch_blocks,
            config.pitch_bins + 1,
        )
        nn.init.normal_(self.filters.exit.weight, std=0.01)
        nn.init.constant_(self.filters.exit.bias, -4.0)
        tail = config.filter_fft_samples // mel.hop_samples
        self.context_frames = self.filters.context_frames + tail

    def forward(
        self, mel: Tensor, pulses: Tensor, noise: Tensor, shifted: Tensor | None = None
    ) -> Tensor:
        """Speak.

        Args:
            mel: (B, n_mels, F), natural logarithm.
            pulses: (B, T = F * hop), unit mean power where voiced.
            noise: (B, N, T), N independent draws of white noise of unit power.
            shifted: bool (B,), clips whose pulses are not at the pitch of the mel.

        Returns:
            Waveforms (B, N, T), one for each draw of the noise.
        """
        logs = self.log_magnitudes(mel)  # (B, 2, L, filter_bins)
        if not self.training:
            logs = self._quieten_noise(self._emphasise(logs))
        if shifted is not None:
            logs = torch.where(shifted[:, None, None, None], smooth_envelope(logs), logs)
        spectra = self.minimum_phase(logs)  # (B, 2, L, bins)
        shaped = self._pieces(pulses.unsqueeze(1)) * spectra[:, :1]  # (B, 1, L, bins)
        return self._join(shaped + self._pieces(noise) * spectra[:, 1:])

    def log_magnitudes(self, mel: Tensor) -> Tensor:
        """Logarithms of the harmonic and the noise filter: (B, 2, L = T / filter_hop, filter_bins)."""
        batch, _, frames = mel.shape
        values = self.filters(mel).float()  # (B, F, per * 2 * bins)
        values = values.view(
            batch, frames * self.filters_per_frame, 2, self.config.filter_bins
        )  # (B, L, 2, bins)
        return values.transpose(1, 2).clamp(-LOG_MAGNITUDE_LIMIT, LOG_MAGNITUDE_LIMIT)

    def _emphasise(self, log_magnitudes: Tensor) -> Tensor:
        """Raise peaks and lower valleys around the tilt of each spectrum; (…, filter_bins).

        Noise is heard in the valleys first. Source: adaptive postfilter of speech codecs (J.-H. Chen and A. Gersho
        1995, IEEE Transactions on Speech and Audio Processing 3(1)).
        """
        share = self.config.formant_emphasis
        if share == 0:
            return log_magnitudes
        tilt = lifter(log_magnitudes, lambda quefrency: (quefrency <= TILT_SAMPLES).float())
        return log_magnitudes + share * (log_magnitudes - tilt)

    def _quieten_noise(self, log_magnitudes: Tensor) -> Tensor:
        """Lower the noise where harmonics are the louder part.

        Training charges every error of the pitch to the noise, so voiced sounds come out hoarse. Noise
        that stands alone (fricatives, breath, silence) keeps its level.
        """
        harmonic, noise = log_magnitudes.unbind(1)  # (B, L, filter_bins) each
        share = torch.sigmoid(harmonic - noise)  # of the harmonic in the sum of magnitudes
        return torch.stack(
            [harmonic, noise + share * math.log(self.config.harmonic_noise_gain)], dim=1
        )

    def minimum_phase(self, log_magnitude: Tensor) -> Tensor:
        """Complex responses of causal filters: (…, filter_bins) -> (…, filter_fft_samples // 2 + 1)."""
        cepstrum = torch.fft.irfft(log_magnitude)  # (…, 2 * (filter_bins - 1)), even in time
        half = cepstrum.shape[-1] // 2
        folded = torch.cat(
            [cepstrum[..., :1], 2 * cepstrum[..., 1:half], cepstrum[..., half : half + 1]], dim=-1
        )
        logs = torch.fft.rfft(folded, n=self.config.filter_fft_samples)
        return torch.polar(
            torch.exp(logs.real), logs.imag
        )  # several times faster than exp(complex)

    def _pieces(self, source: Tensor) -> Tensor:
        """Spectra of windowed pieces, 2 hops long, one centred on each filter; the windows add up to 1.

        source   ────────────────────────────
        pieces   ⟋⟍⟋⟍⟋⟍ …

        Args:
            source: (B, N, T).

        Returns:
            (B, N, L, filter_fft_samples // 2 + 1).
        """
        hop = self.config.filter_hop_samples
        window = torch.hann_window(2 * hop, device=source.device)
        pieces = F.pad(source, (hop // 2, hop - hop // 2)).unfold(-1, 2 * hop, hop)  # (B, N, L, 2h)
        return torch.fft.rfft(pieces * window, n=self.config.filter_fft_samples)

    def _join(self, spectra: Tensor) -> Tensor:
        """Add up filtered pieces, each filter_fft_samples long: (B, N, L, bins) -> (B, N, T)."""
        hop, size = self.config.filter_hop_samples, self.config.filter_fft_samples
        batch, draws, pieces, _ = spectra.shape
        parts = size // hop
        filtered = torch.fft.irfft(spectra, n=size)  # (B, N, L, size)
        filtered = filtered.view(batch, draws, pieces, parts, hop)
        total = spectra.real.new_zeros(batch, draws, pieces + parts, hop)
        for part in range(parts):
            total[:, :, part : part + pieces] += filtered[..., part, :]
        samples = total.flatten(2)  # (B, N, T + size)
        return samples[..., hop // 2 : hop // 2 + pieces * hop]

    def pitch_logits(self, mel: Tensor) -> tuple[Tensor, Tensor]:
        """Scores of the pitch classes (B, F, pitch_bins) and of voicing (B, F)."""
        scores = self.pitch(mel)
        return scores[..., :-1], scores[..., -1]

    def pitch_classes_hz(self) -> Tensor:
        """Centre of every pitch class, shape (pitch_bins,)."""
        config = self.config
        steps = torch.linspace(0, 1, config.pitch_bins)
        return config.low_hz * torch.exp(steps * math.log(config.high_hz / config.low_hz))

    def read_pitch(self, mel: Tensor) -> tuple[Tensor, Tensor]:
        """Pitch in Hz, float64, and probability of voicing of every frame, each (B, F).

        The phase adds up the pitch of all frames; rounded to float32 it would add up the rounding too.
        """
        scores, voicing = self.pitch_logits(mel)
        weights = scores.double().softmax(-1)  # (B, F, bins)
        index = torch.arange(self.config.pitch_bins, device=mel.device)
        centre = scores.argmax(-1, keepdim=True).double()  # (B, F, 1)
        # mean shift: of two classes that rounding errors choose between, both lead to one pitch
        for _ in range(PITCH_SHIFTS):
            near = weights * (1 - ((index - centre) / PITCH_REACH) ** 2).clamp(min=0)
            centre = (near * index).sum(-1, keepdim=True) / near.sum(-1, keepdim=True)
        octaves = math.log2(self.config.high_hz / self.config.low_hz)
        share = centre.squeeze(-1) / (self.config.pitch_bins - 1)
        return self.config.low_hz * torch.exp2(share * octaves), torch.sigmoid(voicing)


def smooth_envelope(log_magnitude: Tensor) -> Tensor:
    """Filters without the harmonics of the mel that they were read from: (…, bins) -> (…, bins).

    A mel of a high voice shows single harmonics, and so do its filters; pulses an octave lower would then
    still sound at the old pitch. Their ripple lies above the quefrencies of vocal tracts.
    """

    def faded(quefrency: Tensor) -> Tensor:
        fade = (quefrency - TRACT_SAMPLES[0]) / (TRACT_SAMPLES[1] - TRACT_SAMPLES[0])
        return 0.5 + 0.5 * torch.cos(math.pi * fade.clamp(0, 1))

    return lifter(log_magnitude, faded)


def lifter(log_magnitude: Tensor, window: Callable[[Tensor], Tensor]) -> Tensor:
    """Spectra whose cepstra are multiplied by a window of the quefrency in samples: (…, bins) -> (…, bins)."""
    cepstrum = torch.fft.irfft(log_magnitude)  # (…, 2 * (bins - 1)), even in time
    size = cepstrum.shape[-1]
    index = torch.arange(size, device=cepstrum.device)
    return torch.fft.rfft(cepstrum * window(torch.minimum(index, size - index))).real


def bridge_pitch(f0_hz: Tensor, voiced: Tensor) -> Tensor:
    """Draw straight lines in log frequency across unvoiced frames; (F,) and bool (F,) -> (F,).

    A clip without any voiced frame gets 150 Hz: its harmonic filter is silent anyway.
    """
    known = torch.nonzero(voiced).squeeze(-1)
    if known.numel() == 0:
        return torch.full_like(f0_hz, 150.0)
    frames = torch.arange(f0_hz.numel(), device=f0_hz.device)
    right = torch.searchsorted(known, frames).clamp(max=known.numel() - 1)
    left = (right - 1).clamp(min=0)
    first, last = known[left], known[right]
    share = ((frames - first) / (last - first).clamp(min=1)).clamp(0, 1)
    log_hz = f0_hz.clamp(min=1.0).log()
    return torch.exp(log_hz[first] + share * (log_hz[last] - log_hz[first]))


def phase_restarts(voiced: Tensor) -> Tensor:
    """Middles of the pauses in voicing that are long enough to hide a jump of the phase; bool (F,) -> (F,).

    Phase adds up the pitch of all frames before, and with it their rounding errors, which depend on what a
    clip was batched with. Begun anew where nothing is voiced, it forgets them.
    """
    restarts = torch.zeros_like(voiced)
    edges = F.pad(voiced.int(), (1, 1), value=1).diff()  # -1 where a pause begins, 1 after its end
    for first, last in zip((edges == -1).nonzero(), (edges == 1).nonzero(), strict=True):
        if last - first >= RESTART_FRAMES:
            restarts[(first + last) // 2] = True
    return restarts


def cycles_of(f0_hz: Tensor, *, hop_samples: int, sample_rate_hz: int) -> Tensor:
    """Cycles of a pitch (B, F) up to and with each sample, (B, F * hop_samples), float64."""
    return torch.cumsum(_at_samples(f0_hz, hop_samples) / sample_rate_hz, dim=1)


def _at_samples(f0_hz: Tensor, hop_samples: int) -> Tensor:
    """(B, F), values at the centres of frames -> (B, F * hop_samples), float64."""
    return F.interpolate(
        f0_hz.double().unsqueeze(1), scale_factor=hop_samples, mode="linear", align_corners=False
    ).squeeze(1)


def pulse_train(
    f0_hz: Tensor,
    *,
    hop_samples: int,
    sample_rate_hz: int,
    start_cycle: Tensor | None = None,
    restarts: Tensor | None = None,
) -> Tensor:
    """Band-limited pulses with a flat spectrum and unit mean power.

    The sum of K cosines has the closed form of the Dirichlet kernel. The highest harmonic fades as it nears half
    the sampling rate: cut off at once, it would come and go at a sample that rounding errors decide.

    Args:
        f0_hz: (B, F), above 0 in every frame; one value holds at the centre of each frame.
        start_cycle: (B,) phase before the first sample, in cycles.
        restarts: bool (B, F), frames at whose beginning the phase is 0 again.

    Returns:
        (B, F * hop_samples), float32.
    """
    f0 = _at_samples(f0_hz, hop_samples)  # (B, T)
    cycles = cycles_of(f0_hz, hop_samples=hop_samples, sample_rate_hz=sample_rate_hz)
    if start_cycle is not None:
        cycles = cycles + start_cycle.double().unsqueeze(1)
    if restarts is not None:
        base = torch.zeros_like(cycles)
        base[:, ::hop_samples] = torch.where(restarts, cycles[:, ::hop_samples], 0.0)
        cycles = cycles - base.cummax(dim=1).values
    cycles = cycles - cycles.round()  # [-0.5, 0.5]
    room = 0.5 * sample_rate_hz / f0
    harmonics = torch.floor(room)
    highest = room - harmonics  # its weight
    half = math.pi * cycles
    below = torch.sin(half)
    near_zero = below.abs() < 1e-6
    kernel = torch.sin((2 * harmonics + 1) * half) / torch.where(near_zero, 1.0, below)
    kernel = torch.where(near_zero, 2 * harmonics + 1, kernel)
    kernel = 0.5 * (kernel - 1) - (1 - highest) * torch.cos(2 * harmonics * half)
    return (kernel * torch.sqrt(2 / (harmonics - 1 + highest**2))).float()
