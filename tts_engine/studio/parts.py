"""What learns a voice in a step: the synthesizer to speak as it, the conversion model to say others' speech as it."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import replace
from typing import Generic, TypeVar, cast

import torch
from torch import Tensor, nn
from torch.func import functional_call

from tts_engine.conversion.data import ConversionBatch
from tts_engine.conversion.losses import LossWeights as ConversionWeights
from tts_engine.conversion.model import ConversionModel
from tts_engine.conversion.train import heard, judged
from tts_engine.studio.adapters import Adapters
from tts_engine.studio.clips import Clips
from tts_engine.studio.rehearsal import Rehearsal
from tts_engine.studio.settings import StudioSettings
from tts_engine.synthesizer.config import LANGUAGES
from tts_engine.synthesizer.corruption import corrupt_context
from tts_engine.synthesizer.crossing import Listeners
from tts_engine.synthesizer.data import AlignedClip, Batch
from tts_engine.synthesizer.durations import shift_steps
from tts_engine.synthesizer.losses import LossWeights, mel_losses, prosody_losses, weighted_sum
from tts_engine.synthesizer.model import AcousticModel, Mels, Prosody
from tts_engine.training.loop import TrainingRun, set_rate

LARGEST_GRADIENT = 1.0
LIKENESS = (
    0.2  # of each speaker encoder in the conversion part; more is hardly nearer, and loses words
)
Outputs = TypeVar("Outputs", Prosody, Mels)
Network = TypeVar("Network", bound=nn.Module)
RUSSIAN = LANGUAGES.index("ru")


class Part(ABC, Generic[Network]):
    """Adapters on one network and their optimiser."""

    def __init__(
        self,
        settings: StudioSettings,
        network: Network,
        listeners: Listeners,
        losses: LossWeights | ConversionWeights,
    ) -> None:
        """`losses`: the factor of each of `terms`."""
        self.settings, self.network = settings, network
        self.listeners, self.losses = listeners, losses
        torch.manual_seed(settings.seed)
        device = next(network.parameters()).device
        self.adapters = Adapters(network, settings.layers, settings.rank).to(device)
        self.optimizer = torch.optim.AdamW(
            self.adapters.parameters(), betas=(0.9, 0.98), weight_decay=0.0
        )

    def step(
        self, items: Sequence[AlignedClip], seed: int, rate: float, run: TrainingRun
    ) -> dict[str, float]:
        """Learn from clips; returns the losses.

        Args:
            items: the clips.
            seed: of all chance in it.
            rate: of learning.
            run: precision and device.
        """
        set_rate(self.optimizer, rate)
        torch.manual_seed(seed)
        batch = self.batch(items, torch.Generator().manual_seed(seed))
        batch = cast(ConversionBatch, batch.to(run.device))
        self.network.train()
        try:
            terms = self.terms(batch, run)
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
        return {**told, "sum": float(loss.detach()), "gradient": float(norm)}

    def beside(self, clips: int, there: int) -> int:
        """How many of the sentences that are there stand beside so many clips."""
        share = self.settings.base_share
        return min(max(1, round(share * clips)), there) if share > 0 else 0

    @abstractmethod
    def batch(self, items: Sequence[AlignedClip], chance: torch.Generator) -> ConversionBatch:
        """The clips, and below them what nobody has recorded in the voice, as `Batch.voices` has it."""

    @abstractmethod
    def terms(self, batch: ConversionBatch, run: TrainingRun) -> dict[str, Tensor]:
        """Losses of a batch."""


class SpeechPart(Part[AcousticModel]):
    """The synthesizer: clips as they were said, Russian sentences beside them."""

    def __init__(
        self,
        settings: StudioSettings,
        network: AcousticModel,
        listeners: Listeners,
        clips: Clips,
        rehearsal: Rehearsal,
    ) -> None:
        super().__init__(settings, network, listeners, LossWeights())
        self.clips, self.rehearsal = clips, rehearsal
        self.is_russian = any(item.clip.language == "ru" for item in clips.items)

    def batch(self, items: Sequence[AlignedClip], chance: torch.Generator) -> ConversionBatch:
        """Clips, and sentences of the rehearsal."""
        count = self.beside(len(items), len(self.rehearsal.sentences))
        batch = self.rehearsal.add_to(self.clips.batch(items), count, chance)
        return cast(ConversionBatch, batch)

    def terms(self, batch: ConversionBatch, run: TrainingRun) -> dict[str, Tensor]:
        """How near the mels are, how the sentences please the listeners, and pace and pitch."""
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


class ConversionPart(Part[ConversionModel]):
    """The conversion model: clips said again from disguised content, others' sentences beside them."""

    def __init__(
        self,
        settings: StudioSettings,
        network: ConversionModel,
        listeners: Listeners,
        clips: Clips,
        others: Sequence[AlignedClip],
    ) -> None:
        """`others`: Russian sentences of other people, in the corpus of the clips."""
        losses = ConversionWeights(voice=LIKENESS, second_voice=LIKENESS)
        super().__init__(settings, network, listeners, losses)
        self.clips, self.others = clips, others

    def batch(self, items: Sequence[AlignedClip], chance: torch.Generator) -> ConversionBatch:
        """Clips, and others' that are to be said in the voice."""
        count = self.beside(len(items), len(self.others))
        order = torch.randperm(len(self.others), generator=chance)[:count].tolist()
        batch = self.clips.batch(items, [self.others[index] for index in order])
        return replace(batch, voices=torch.randint(len(items), (count,), generator=chance))

    def terms(self, batch: ConversionBatch, run: TrainingRun) -> dict[str, Tensor]:
        """How near the mels of the clips are, and how what others have said pleases the listeners."""
        given = heard(self.listeners, batch)
        weights = self.adapters.weights(self.network)
        with run.fabric.autocast():
            _, frames = functional_call(self.network, weights, (*given, batch))
        return judged(self.network, self.listeners, frames.float(), batch)


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
