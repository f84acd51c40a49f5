"""A voice fitted to recordings of it: what the network is told of a voice is moved until it sounds like them.

Words of the recordings are unknown, so the recognizer's phonemes are spoken, at the recordings' own durations and
pitch, and the mels compared. No weight of the network changes: the only parameters are a shift of the embedding and
of the spectrum that the conditioner reads. What keeps the speech whole:

    recording ─ phonemes heard, aligned ─┐          ┌─ mel, edges ─ the recording, where it stands above its noise
                                         ├─ network ┤
    Russian sentences ───────────────────┘          └─ recognizer: CTC ─ are the words still there?

Durations and pitch stay those of the measured voice: a reader of English knows nothing of Russian pauses.

Sources: fitting of a conditioning vector to unseen speakers (Chen et al. 2019, arXiv 1809.10460); the sentences that a
recognizer judges are `crossing`'s. docs/decisions/0019-fitted-voices.md has what each ingredient brings.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional as F
from torch.nn.utils.rnn import pad_sequence

from tts_engine.audio.resample import resample
from tts_engine.f0 import track_f0
from tts_engine.recognizer.align import align, token_f0
from tts_engine.recognizer.inference import Recognizer, greedy
from tts_engine.recognizer.losses import ctc_loss
from tts_engine.synthesizer.crossing import LISTENING_NOISE, token_classes
from tts_engine.synthesizer.durations import shift_steps
from tts_engine.synthesizer.inference import Synthesizer
from tts_engine.synthesizer.layers import length_mask
from tts_engine.synthesizer.losses import edge_loss, mel_loss
from tts_engine.synthesizer.model import AcousticModel, Voice
from tts_engine.synthesizer.profile import facts_vector
from tts_engine.synthesizer.request import SynthesisRequest
from tts_engine.text.symbols import PAUSES, PERIOD, START, symbols_to_ids
from tts_engine.types import Audio, VoiceProfile

OnStep = Callable[[int, int], None]

ROW_FRAMES = 260  # a recording is spoken in rows of 3 s, side by side
FLOOR_SHARE = 0.05  # of a band's frames lie below what is taken for its noise
ABOVE_NATS = 1.5  # over that noise where a frame counts half


@dataclass(frozen=True, kw_only=True)
class FittingConfig:
    """How a voice is fitted.

    Attributes:
        steps: of Adam.
        learning_rate: of the first; a cosine leads down from it.
        seconds: of the recordings at most; more takes longer and hardly helps.
        sentences: Russian ones in each step.
        words: weight of their term beside the mel's.
        seed: of the choice of sentences.
    """

    steps: int = 40
    learning_rate: float = 0.05
    seconds: float = 15.0
    sentences: int = 3
    words: float = 0.1
    seed: int = 0


@dataclass(frozen=True)
class _Rows:
    """What is spoken: tokens (B, L), their number (B,), durations and F0 (B, L), frames (B,)."""

    tokens: Tensor
    lengths: Tensor
    durations: Tensor
    f0_hz: Tensor
    frames: Tensor

    def pick(self, chosen: Tensor) -> "_Rows":
        """Some of the rows."""
        return _Rows(**{name: value[chosen] for name, value in vars(self).items()})

    def under(self, other: "_Rows") -> "_Rows":
        """These rows and, below them, others."""
        size = max(self.tokens.shape[1], other.tokens.shape[1])
        pairs = {name: (getattr(self, name), getattr(other, name)) for name in vars(self)}
        return _Rows(
            **{
                name: torch.cat(
                    [v if v.ndim == 1 else F.pad(v, (0, size - v.shape[1])) for v in pair]
                )
                for name, pair in pairs.items()
            }
        )


@dataclass(frozen=True)
class _Heard:
    """Recordings as rows, with their normalised frames (B, F, n_mels) and how much each counts."""

    rows: _Rows
    frames: Tensor
    weights: Tensor


class Fitter:
    """Fits one voice; the models stay as they are."""

    def __init__(
        self,
        synthesizer: Synthesizer,
        recognizer: Recognizer,
        profile: VoiceProfile,
        sentences: Sequence[Sequence[str]],
        config: FittingConfig = FittingConfig(),
    ) -> None:
        """`sentences`: tokens of Russian ones, START first."""
        self.synthesizer, self.recognizer, self.config = synthesizer, recognizer, config
        self.network: AcousticModel = synthesizer.network
        self.device = synthesizer.device
        self.profile = replace(profile, fitted=(), delta=None)
        facts, known = facts_vector(self.profile, self.network.config.spectrum_size)
        self._told = (
            self._tensor(profile.embedding)[None],
            self._tensor(facts)[None],
            self._tensor(known)[None],
        )
        self._russian = self._said(sentences)

    def fit(self, recordings: Sequence[Audio], on_step: OnStep | None = None) -> VoiceProfile:
        """The profile with its shift.

        Args:
            recordings: of the voice, cleaned; as many seconds of them serve as the config says.
            on_step: called with (steps done, steps in all); may raise to stop.

        Raises:
            AudioError: `nothing_to_align`, no phoneme is heard in the first of them.
        """
        config, heard = self.config, self._hear(recordings)
        size = self.network.config.embedding_size + self.network.config.spectrum_size
        shift = torch.zeros(1, size, device=self.device, requires_grad=True)
        optimizer = torch.optim.Adam([shift], betas=(0.9, 0.98))
        chance = torch.Generator().manual_seed(config.seed)
        for step in range(config.steps):
            order = torch.randperm(len(self._russian.lengths), generator=chance)
            loss = self._loss(shift, heard, order[: config.sentences].to(self.device), chance)
            (shift.grad,) = torch.autograd.grad(loss, [shift])  # the network's own stay untouched
            slower = 0.5 * (1 + np.cos(np.pi * step / config.steps))
            optimizer.param_groups[0]["lr"] = config.learning_rate * slower
            optimizer.step()
            if on_step is not None:
                on_step(step + 1, config.steps)
        values = shift.detach()[0].cpu().numpy()
        return replace(self.profile, fitted=tuple(round(float(value), 4) for value in values))

    def _loss(
        self, shift: Tensor, heard: _Heard, chosen: Tensor, chance: torch.Generator
    ) -> Tensor:
        network, own = self.network, len(heard.rows.lengths)
        sentences = self._russian.pick(chosen)
        rows = heard.rows.under(sentences)
        voice = self._voice(shift, len(rows.lengths))
        memory = network.encode(rows.tokens, rows.lengths, voice)
        context, mask, _ = network.contextualise(memory, rows.durations, rows.f0_hz, voice)
        draft = network.draft(context)
        before = network.decoder(shift_steps(draft.detach()), context, draft, voice.speaker)
        after = network.postnet(before, mask, voice.speaker)
        size = heard.frames.shape[1]

        def weighed(steps: Tensor) -> Tensor:
            """What is at fault counts as far as the recording stands above its noise."""
            frames = network.to_frames(steps[:own])[:, :size]
            return heard.frames + (frames - heard.frames) * heard.weights

        inside = length_mask(heard.rows.frames, size)[..., None].float()
        loss = edge_loss(weighed(after), heard.frames, inside)
        for factor, steps in ((0.5, draft), (0.5, before), (1.0, after)):
            loss = loss + factor * mel_loss(weighed(steps), heard.frames, inside)
        words = self._words(network.to_mel(after[own:]), sentences, chance)
        return loss + self.config.words * words

    def _words(self, mels: Tensor, rows: _Rows, chance: torch.Generator) -> Tensor:
        """CTC loss of sentences that should be heard in log mels (B, n_mels, F)."""
        mels = mels[..., : int(rows.frames.max())]
        noise = torch.randn(mels.shape, generator=chance).to(self.device)
        read = self.recognizer.read(mels + LISTENING_NOISE * noise, rows.frames)
        targets, lengths = token_classes(rows.tokens)
        return ctc_loss(read, rows.frames, targets, lengths)

    def _voice(self, shift: Tensor, rows: int) -> Voice:
        voice = self.network.conditioner(*self._told, shift)
        return Voice(*(value.expand(rows, -1) for value in vars(voice).values()))

    def _said(self, sentences: Sequence[Sequence[str]]) -> _Rows:
        """Sentences at the durations and pitch of the voice, which fitting leaves alone."""
        requests = [SynthesisRequest(tokens=tokens, voice=self.profile) for tokens in sentences]
        courses = self.synthesizer.courses(requests)
        return self._rows(
            [torch.tensor(symbols_to_ids(tokens)) for tokens in sentences],
            [torch.from_numpy(frames).float() for frames, _ in courses],
            [torch.from_numpy(f0_hz) for _, f0_hz in courses],
        )

    @torch.no_grad()
    def _hear(self, recordings: Sequence[Audio]) -> _Heard:
        rate_hz = self.network.config.mel.frames_per_second
        tokens, durations, pitches, mels, floors = [], [], [], [], []
        left = round(self.config.seconds * rate_hz)
        for audio in recordings:
            if left < ROW_FRAMES / 2:
                break
            mel, names, frames, f0_hz = self._aligned(audio)
            ends = np.cumsum((0, *frames))
            for first, stop in _spans(names, frames):
                if left <= 0:
                    break
                left -= int(ends[stop] - ends[first])
                tokens.append(torch.tensor(symbols_to_ids(names[first:stop])))
                durations.append(torch.tensor(frames[first:stop]).float())
                pitches.append(torch.tensor(f0_hz[first:stop]))
                mels.append(torch.from_numpy(mel[:, ends[first] : ends[stop]].T.copy()))
                floors.append(torch.from_numpy(np.quantile(mel, FLOOR_SHARE, axis=1)).float())
        rows = self._rows(tokens, durations, pitches)
        target = pad_sequence(mels, batch_first=True).to(self.device)  # (B, F, n_mels)
        over = target - torch.stack(floors).to(self.device)[:, None]  # nats
        normalised = self.network.to_frames(self.network.to_steps(target.transpose(1, 2)))
        size = normalised.shape[1]  # whole steps
        over = F.pad(over, (0, 0, 0, size - over.shape[1]))
        return _Heard(rows, normalised, torch.sigmoid(2 * (over - ABOVE_NATS)))

    def _aligned(
        self, audio: Audio
    ) -> tuple[NDArray[np.float32], Sequence[str], Sequence[int], Sequence[float]]:
        """Log mel (n_mels, F), and the tokens that are heard with their frames and F0."""
        mel = self.recognizer.mel(audio)
        posteriors = self.recognizer.log_posteriors(mel)
        alignment = align(mel, posteriors, (START, *greedy(posteriors), PERIOD))
        rate_hz = self.network.config.mel.sample_rate_hz
        waveform = resample(audio.waveform, audio.sample_rate_hz, rate_hz)
        f0_hz = token_f0(alignment, track_f0(Audio(waveform, rate_hz), mel.shape[1]))
        return mel, alignment.tokens, alignment.durations, f0_hz

    def _rows(self, tokens: list[Tensor], durations: list[Tensor], f0_hz: list[Tensor]) -> _Rows:
        def pad(values: list[Tensor]) -> Tensor:
            return pad_sequence(values, batch_first=True).to(self.device)

        frames = torch.stack([row.sum() for row in durations]).long()
        return _Rows(
            tokens=pad(tokens),
            lengths=torch.tensor([len(row) for row in tokens], device=self.device),
            durations=pad(durations),
            f0_hz=pad(f0_hz),
            frames=frames.to(self.device),
        )

    def _tensor(self, values: NDArray) -> Tensor:
        return torch.from_numpy(values).to(self.device)


def _spans(tokens: Sequence[str], frames: Sequence[int]) -> list[tuple[int, int]]:
    """Rows of tokens, first and the one after the last: at most ROW_FRAMES long, cut at pauses where one is near."""
    spans: list[tuple[int, int]] = []
    first = total = 0
    for index, count in enumerate(frames):
        pause = tokens[index] in PAUSES and total > ROW_FRAMES / 2
        if total and (pause or total + count > ROW_FRAMES):
            spans.append((first, index))
            first, total = index, 0
        total += count
    return [*spans, (first, len(frames))]
