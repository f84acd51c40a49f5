"""The synthesizer network: phonemes, voice, durations and pitch to mel.

Source: Non-Attentive Tacotron (arXiv 2010.04301) on the encoder and post-net of Tacotron 2
(arXiv 1712.05884), token pitch of FastPitch (arXiv 2006.06873). What differs, all for voices that
training has not heard:

* the voice enters every block: conditional layer norms in predictors, context, decoder and post-net;
* pitch enters as absolute F0 over radial bases, so a new voice's pitch is a known input;
* a draft mel from the context alone: timbre cannot be copied from the teacher's previous frames;
* at training the previous frames are spoiled, see `corruption`.
"""

from dataclasses import dataclass
from typing import Protocol

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from tts_engine.synthesizer.config import LANGUAGES, SynthesizerConfig
from tts_engine.synthesizer.corruption import mix_own_output
from tts_engine.synthesizer.data import Batch
from tts_engine.synthesizer.decoder import Decoder
from tts_engine.synthesizer.durations import (
    POSITION_FEATURES,
    RangePredictor,
    TokenPredictor,
    gaussian_weights,
    shift_steps,
    upsample,
)
from tts_engine.synthesizer.layers import ConvStack, length_mask
from tts_engine.synthesizer.profile import SCALAR_FACTS

RATE_FACT = 2  # index in the facts vector
SPECTRUM_SHIFT = 0.3  # nats for a shift of 1: coefficients vary less than an embedding's values
PITCH_SPREADS = 4.0  # predicted pitch stays within this many spreads of the median


@dataclass
class Voice:
    """A batch of voices: conditioning (B, speaker_size) and facts (B, facts_size), all known."""

    speaker: Tensor
    facts: Tensor
    predicted_facts: Tensor


@dataclass
class Prosody:
    """Per token, (B, L) each: log1p of frames; pitch in spreads from the median; voicing logit."""

    log_durations: Tensor
    pitch: Tensor
    voiced: Tensor

    def first(self, rows: int) -> "Prosody":
        """That of the first rows."""
        return Prosody(**{name: value[:rows] for name, value in vars(self).items()})


@dataclass
class Mels:
    """Normalised mels of three stages, (B, S, step_size) each, and upsampling weights (B, S, L)."""

    draft: Tensor
    before: Tensor
    after: Tensor
    weights: Tensor

    def first(self, rows: int) -> "Mels":
        """Those of the first rows."""
        return Mels(**{name: value[:rows] for name, value in vars(self).items()})


class VoiceSizes(Protocol):
    """What the config of a model that is told of voices has; see `SynthesizerConfig`."""

    @property
    def embedding_size(self) -> int: ...
    @property
    def spectrum_size(self) -> int: ...
    @property
    def bottleneck_size(self) -> int: ...
    @property
    def speaker_size(self) -> int: ...
    @property
    def facts_size(self) -> int: ...


class SpeakerConditioner(nn.Module):
    """Embedding and measured spectrum to one conditioning vector; predicts missing facts."""

    def __init__(self, config: VoiceSizes) -> None:
        super().__init__()
        self.config = config
        self.bottleneck = nn.Linear(config.embedding_size, config.bottleneck_size)
        self.facts = nn.Sequential(
            nn.Linear(config.embedding_size, 128), nn.ReLU(), nn.Linear(128, config.facts_size)
        )
        self.hidden = nn.Linear(config.bottleneck_size + config.spectrum_size, 256)
        self.output = nn.Linear(256, config.speaker_size)

    def forward(
        self, embedding: Tensor, facts: Tensor, known: Tensor, shift: Tensor | None = None
    ) -> Voice:
        """(B, 256), (B, facts_size), bool (B, facts_size) -> Voice.

        `shift` (B, 256 + spectrum_size) moves the voice, not its facts, see `fitting`.
        """
        scaled = embedding * self.config.embedding_size**0.5  # unit vector to unit variance
        predicted = self.facts(scaled)  # (B, facts_size)
        facts = torch.where(known, facts, predicted.detach())
        spectrum = facts[:, SCALAR_FACTS:]  # (B, spectrum_size)
        if shift is not None:
            scaled = scaled + shift[:, : self.config.embedding_size]
            spectrum = spectrum + SPECTRUM_SHIFT * shift[:, self.config.embedding_size :]
        described = torch.cat([self.bottleneck(scaled), spectrum], dim=-1)
        speaker = torch.tanh(self.output(F.relu(self.hidden(described))))  # (B, speaker_size)
        return Voice(speaker=speaker, facts=facts, predicted_facts=predicted)


class PitchEmbedding(nn.Module):
    """Absolute F0 per token as radial bases over its logarithm; unvoiced is all zeros."""

    centres: Tensor

    def __init__(self, config: SynthesizerConfig) -> None:
        super().__init__()
        low, high = (torch.tensor(f).log2() for f in (config.pitch_low_hz, config.pitch_high_hz))
        self.low_hz, self.high_hz = config.pitch_low_hz, config.pitch_high_hz
        self.register_buffer(
            "centres", torch.linspace(float(low), float(high), config.pitch_bins), persistent=False
        )
        self.width = float(high - low) / (config.pitch_bins - 1)
        self.output = nn.Linear(config.pitch_bins + 1, config.encoder_size)

    def forward(self, f0_hz: Tensor) -> Tensor:
        """(B, L) Hz, 0 = unvoiced -> (B, L, encoder_size)."""
        octaves = f0_hz.clamp(self.low_hz, self.high_hz).log2()[..., None]  # (B, L, 1)
        bases = torch.exp(-0.5 * ((octaves - self.centres) / self.width) ** 2)  # (B, L, bins)
        bases = torch.cat([bases, torch.ones_like(octaves)], dim=-1)
        return self.output(bases * (f0_hz > 0)[..., None])


class Encoder(nn.Module):
    """Three convolutions and a BiLSTM, as Tacotron 2."""

    def __init__(self, config: SynthesizerConfig) -> None:
        super().__init__()
        size = config.encoder_size
        self.embedding = nn.Embedding(len(config.symbols), config.token_size)
        self.stack = ConvStack(
            (config.token_size, size, size, size), config.encoder_kernel, dropout=config.dropout
        )
        self.lstm = nn.LSTM(size, size // 2, batch_first=True, bidirectional=True)

    def forward(self, tokens: Tensor, lengths: Tensor, mask: Tensor) -> Tensor:
        """Ids (B, L), lengths (B,), mask (B, L, 1) -> (B, L, encoder_size)."""
        hidden = self.stack(self.embedding(tokens), mask)  # (B, L, size)
        packed = pack_padded_sequence(hidden, lengths.cpu(), batch_first=True, enforce_sorted=False)
        memory, _ = pad_packed_sequence(
            self.lstm(packed)[0], batch_first=True, total_length=tokens.shape[1]
        )
        return memory  # (B, L, size)


class PostNet(nn.Module):
    """Convolutions over decoder steps that refine the finished mel."""

    def __init__(self, config: SynthesizerConfig) -> None:
        super().__init__()
        size = config.postnet_size
        self.stack = ConvStack(
            (config.step_size, size, size, size),
            config.postnet_kernel,
            dropout=config.dropout,
            speaker_size=config.speaker_size,
        )
        self.output = nn.Linear(size, config.step_size)
        nn.init.zeros_(self.output.weight)
        nn.init.zeros_(self.output.bias)

    def forward(self, frames: Tensor, mask: Tensor, speaker: Tensor) -> Tensor:
        """(B, S, step_size), mask (B, S, 1) -> (B, S, step_size)."""
        return frames + self.output(self.stack(frames, mask, speaker))


class AcousticModel(nn.Module):
    """All of it: `forward` for training; `encode`, `predict`, `render` for speaking."""

    def __init__(self, config: SynthesizerConfig) -> None:
        super().__init__()
        size, speaker, dropout = config.encoder_size, config.speaker_size, config.dropout
        self.config = config
        self.conditioner = SpeakerConditioner(config)
        self.encoder = Encoder(config)
        self.speaker_memory = nn.Linear(speaker, size)
        self.language = nn.Embedding(len(LANGUAGES), size)
        self.rate = nn.Linear(1, size)
        self.durations = TokenPredictor(
            size, config.predictor_size, 1, dropout=dropout, speaker_size=speaker
        )
        self.pitch = TokenPredictor(
            size, config.predictor_size, 2, dropout=dropout, speaker_size=speaker
        )
        self.ranges = RangePredictor(size)
        self.pitch_embedding = PitchEmbedding(config)
        self.context = ConvStack(
            (size + POSITION_FEATURES, config.context_size, config.context_size),
            config.context_kernel,
            dropout=dropout,
            speaker_size=speaker,
        )
        self.draft = nn.Linear(config.context_size, config.step_size)
        self.decoder = Decoder(config)
        self.postnet = PostNet(config)

    def encode(self, tokens: Tensor, lengths: Tensor, voice: Voice) -> Tensor:
        """Token ids (B, L) and lengths (B,) in a voice to memory (B, L, encoder_size)."""
        mask = length_mask(lengths, tokens.shape[1])[..., None]  # (B, L, 1)
        memory = self.encoder(tokens, lengths, mask)
        return (memory + self.speaker_memory(voice.speaker)[:, None]) * mask

    def predict(self, memory: Tensor, lengths: Tensor, voice: Voice, language: Tensor) -> Prosody:
        """Durations and pitch of every token; language is an index (B,) into LANGUAGES."""
        mask = length_mask(lengths, memory.shape[1])[..., None]  # (B, L, 1)
        tuned = memory + self.language(language)[:, None]  # (B, L, size)
        rate = self.rate(voice.facts[:, RATE_FACT, None])[:, None]  # (B, 1, size)
        log_durations = self.durations(tuned + rate, mask, voice.speaker).squeeze(-1)  # (B, L)
        pitch, voiced = self.pitch(tuned, mask, voice.speaker).unbind(-1)  # (B, L) each
        return Prosody(log_durations=log_durations, pitch=pitch, voiced=voiced)

    def contextualise(
        self, memory: Tensor, durations: Tensor, f0_hz: Tensor, voice: Voice
    ) -> tuple[Tensor, Tensor, Tensor]:
        """Upsample: memory (B, L, C), frames (B, L), F0 (B, L) -> context, step mask, weights."""
        steps, reduction = self.step_lengths(durations), self.config.reduction
        pitched = memory + self.pitch_embedding(f0_hz)  # (B, L, C)
        with torch.autocast(memory.device.type, enabled=False):  # positions need float32
            ranges = self.ranges(memory.float(), durations)  # (B, L)
            weights = gaussian_weights(
                durations, ranges, steps=int(steps.max()), reduction=reduction
            )  # (B, S, L)
            spread = upsample(pitched.float(), durations, weights, reduction)  # (B, S, C + 3)
        mask = length_mask(steps, weights.shape[1])[..., None]  # (B, S, 1)
        return self.context(spread, mask, voice.speaker), mask, weights

    def step_lengths(self, durations: Tensor) -> Tensor:
        """Decoder steps per utterance: frames (B, L) -> (B,)."""
        frames = durations.sum(dim=1).round().long()
        return (frames + self.config.reduction - 1) // self.config.reduction

    def forward(
        self, batch: Batch, previous: Tensor, masks: Tensor | None = None
    ) -> tuple[Voice, Prosody, Mels]:
        """Teacher forcing.

        Args:
            batch: tokens, durations, pitch and voices; its mel is not read here.
            previous: the frames before each step, (B, S, step_size), see `shift_steps`; crossed rows
                have no teacher and hear their own draft instead.
            masks: fixed pre-net dropout, see `dropout_masks`; None follows `training`.
        """
        voice = self.conditioner(batch.embedding, batch.facts, batch.known)
        memory = self.encode(batch.tokens, batch.token_lengths, voice)  # (B, L, C)
        prosody = self.predict(memory, batch.token_lengths, voice, batch.language)
        context, mask, weights = self.contextualise(memory, batch.durations, batch.f0_hz, voice)
        draft = self.draft(context)  # (B, S, step_size)
        if self.training:
            previous = mix_own_output(previous, draft.detach())
        if batch.crossed:
            own = shift_steps(draft.detach()[-batch.crossed :])
            previous = torch.cat([previous[: -batch.crossed], own])
        before = self.decoder(previous, context, draft, voice.speaker, masks)
        after = self.postnet(before, mask, voice.speaker)
        return voice, prosody, Mels(draft=draft, before=before, after=after, weights=weights)

    def render(
        self, memory: Tensor, durations: Tensor, f0_hz: Tensor, voice: Voice, masks: Tensor
    ) -> Mels:
        """Free running; masks are the pre-net's dropout, (B, >= S, 2, prenet_size)."""
        context, mask, weights = self.contextualise(memory, durations, f0_hz, voice)
        draft = self.draft(context)
        masks = masks[:, : context.shape[1]]
        before = self.decoder.generate(context, draft, voice.speaker, masks)
        after = self.postnet(before, mask, voice.speaker)
        return Mels(draft=draft, before=before, after=after, weights=weights)

    def to_steps(self, mel: Tensor) -> Tensor:
        """Log mel (B, n_mels, F) to normalised decoder steps (B, S, step_size), zero-padded."""
        normalised = (mel - self.config.mel_offset) / self.config.mel_scale
        padded = F.pad(normalised, (0, -mel.shape[2] % self.config.reduction))
        return padded.transpose(1, 2).reshape(mel.shape[0], -1, self.config.step_size)

    def to_mel(self, steps: Tensor) -> Tensor:
        """Decoder steps (B, S, step_size) to log mel (B, n_mels, S * reduction)."""
        frames = self.to_frames(steps)  # (B, F, n_mels)
        return (frames * self.config.mel_scale + self.config.mel_offset).transpose(1, 2)

    def to_frames(self, steps: Tensor) -> Tensor:
        """Decoder steps (B, S, step_size) to normalised frames (B, S * reduction, n_mels)."""
        return steps.reshape(steps.shape[0], -1, self.config.mel.n_mels)
