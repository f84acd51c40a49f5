"""A step of a studio training: clips of the dataset in the voice, sentences beside them, adapters moved."""

from collections.abc import Sequence
from dataclasses import replace
from typing import TypeVar

import numpy as np
import torch
from torch import Tensor
from torch.func import functional_call

from tts_engine.studio.adapters import RATES, Adapters
from tts_engine.studio.data import in_voice, told_of
from tts_engine.studio.rehearsal import Rehearsal
from tts_engine.studio.sentences import REHEARSED
from tts_engine.studio.settings import StudioSettings
from tts_engine.synthesizer.config import LANGUAGES
from tts_engine.synthesizer.corruption import corrupt_context
from tts_engine.synthesizer.crossing import Listeners
from tts_engine.synthesizer.data import (
    AlignedClip,
    AlignedCorpus,
    Batch,
    length_groups,
    split_at_pauses,
)
from tts_engine.synthesizer.durations import shift_steps
from tts_engine.synthesizer.inference import Synthesizer
from tts_engine.synthesizer.losses import LossWeights, mel_losses, prosody_losses, weighted_sum
from tts_engine.synthesizer.model import Mels, Prosody
from tts_engine.text.frontend import get_frontend
from tts_engine.training.loop import TrainingRun, set_rate, warmup_cosine
from tts_engine.types import VoiceProfile

WARMUP_STEPS = 20
LARGEST_GRADIENT = 1.0
SEED_STRIDE = 1_000_003  # between two seeds; more steps than a training has
Outputs = TypeVar("Outputs", Prosody, Mels)
RUSSIAN = LANGUAGES.index("ru")


class Trainer:
    """Adapters on the synthesizer's network, their optimiser and their batches."""

    def __init__(
        self,
        settings: StudioSettings,
        synthesizer: Synthesizer,
        listeners: Listeners,
        aligned: AlignedCorpus,
        items: Sequence[AlignedClip],
        profile: VoiceProfile,
    ) -> None:
        """`items`: clips to learn from; `profile`: the voice as it is measured."""
        self.settings, self.listeners, self.aligned = settings, listeners, aligned
        self.device = synthesizer.device
        self.network = synthesizer.network
        torch.manual_seed(settings.seed)
        self.adapters = Adapters(self.network, settings.layers, settings.rank).to(self.device)
        self.optimizer = torch.optim.AdamW(
            self.adapters.parameters(), betas=(0.9, 0.98), weight_decay=0.0
        )
        self.items = [s for item in in_voice(items, profile) for s in split_at_pauses(item)]
        self.voice = told_of(profile, synthesizer.config.spectrum_size)
        self.groups = length_groups([item.frames for item in self.items], settings.batch_frames)
        self.is_russian = any(item.clip.language == "ru" for item in items)
        sentences = [s.tokens for text in REHEARSED for s in get_frontend().sentences(text)]
        self.rehearsal = Rehearsal(synthesizer, profile, sentences)
        self.losses = LossWeights()

    @property
    def state(self) -> dict[str, torch.nn.Module | torch.optim.Optimizer]:
        """All that moves."""
        return {"adapters": self.adapters, "optimizer": self.optimizer}

    @property
    def per_epoch(self) -> int:
        """Steps in which every clip is heard once."""
        return len(self.groups)

    def step(self, number: int, run: TrainingRun) -> dict[str, float]:
        """Take step `number`, from 1; returns its losses."""
        settings = self.settings
        rate = (
            settings.learning_rate
            * RATES[settings.layers]
            * warmup_cosine(number, warmup=WARMUP_STEPS, total=settings.epochs * self.per_epoch)
        )
        set_rate(self.optimizer, rate)
        seed = SEED_STRIDE * settings.seed + number
        torch.manual_seed(seed)
        batch = self._batch(number, seed)
        self.network.train()
        try:
            terms = self.terms(batch.to(self.device), run)
            loss = weighted_sum(terms, self.losses)
            parameters = list(self.adapters.parameters())
            gradients = torch.autograd.grad(loss, parameters, allow_unused=True)
        finally:
            self.network.eval()
        for parameter, gradient in zip(parameters, gradients, strict=True):
            parameter.grad = gradient
        norm = torch.nn.utils.clip_grad_norm_(parameters, LARGEST_GRADIENT)
        self.optimizer.step()
        self.optimizer.zero_grad(set_to_none=True)
        told = {name: float(value.detach()) for name, value in terms.items()}
        return {**told, "sum": float(loss.detach()), "gradient": float(norm), "rate": rate}

    def terms(self, batch: Batch, run: TrainingRun) -> dict[str, Tensor]:
        """Losses of a batch, its last `Batch.crossed` rows being sentences nobody has recorded."""
        network = self.network
        own = len(batch.ids) - batch.crossed
        steps = network.to_steps(batch.mel)  # (B, S, step_size)
        previous = shift_steps(corrupt_context(steps, network.config.mel.n_mels))
        weights = self.adapters.weights(network)
        with run.fabric.autocast():  # the judges listen in float32
            _, prosody, mels = functional_call(network, weights, (batch, previous))
        prosody, mels = _exact(prosody), _exact(mels)
        recorded = _rows(batch, torch.arange(own, device=batch.mel.device))
        terms = mel_losses(mels.first(own), steps[:own], recorded)
        if batch.crossed:
            terms |= self.listeners.losses(network.to_mel(mels.after), batch)
        # how foreign words are timed says nothing of Russian ones: these keep their pace then
        chosen = batch.language == RUSSIAN
        chosen[own:] = not self.is_russian
        index = torch.nonzero(chosen).flatten()
        if index.numel():
            picked = Prosody(**{name: value[index] for name, value in vars(prosody).items()})
            terms |= prosody_losses(picked, _rows(batch, index))
        return terms

    def _batch(self, number: int, seed: int) -> Batch:
        epoch, place = divmod(number - 1, self.per_epoch)
        order = np.random.default_rng((self.settings.seed, epoch)).permutation(len(self.groups))
        group = self.groups[int(order[place])]
        items = [self.items[index] for index in group]
        batch = self.aligned.collate(items, [self.voice for _ in items])
        count = round(self.settings.base_share * len(items))
        if self.settings.base_share > 0:
            count = max(1, count)
        chance = torch.Generator().manual_seed(seed)
        return self.rehearsal.add_to(batch, min(count, len(self.rehearsal.sentences)), chance)


def _exact(values: Outputs) -> Outputs:
    """What the network has said, in float32."""
    return replace(values, **{name: value.float() for name, value in vars(values).items()})


def _rows(batch: Batch, index: Tensor) -> Batch:
    """Some of the rows, as wide as they were; none of them counts as crossed."""
    names = (
        *("tokens", "token_lengths", "frames", "language", "durations", "f0_hz", "pitch"),
        *("embedding", "facts", "known", "mel"),
    )
    picked = {name: getattr(batch, name)[index] for name in names}
    ids = [batch.ids[i] for i in index.tolist()]
    return replace(batch, ids=ids, voices=torch.zeros(0, dtype=torch.long), **picked)
