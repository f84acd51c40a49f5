"""A step of a studio training: the clips of a group in the voice, learned by both networks."""

import numpy as np
import torch

from tts_engine.conversion.inference import Converter
from tts_engine.studio.adapters import RATES
from tts_engine.studio.clips import Clips
from tts_engine.studio.others import OTHERS, sentences_of
from tts_engine.studio.parts import ConversionPart, Part, SpeechPart
from tts_engine.studio.rehearsal import Rehearsal
from tts_engine.studio.sentences import REHEARSED
from tts_engine.studio.settings import StudioSettings
from tts_engine.synthesizer.crossing import Listeners
from tts_engine.synthesizer.data import length_groups
from tts_engine.synthesizer.inference import Synthesizer
from tts_engine.training.loop import TrainingRun, warmup_cosine

WARMUP_STEPS = 20
SEED_STRIDE = 1_000_003  # between two seeds; more steps than a training has


class Trainer:
    """Both parts, and the order in which they hear the clips."""

    def __init__(
        self,
        settings: StudioSettings,
        synthesizer: Synthesizer,
        converter: Converter,
        listeners: Listeners,
        clips: Clips,
    ) -> None:
        self.settings, self.clips = settings, clips
        rehearsal = Rehearsal(synthesizer, clips.profile, sentences_of(REHEARSED))
        others = clips.tracked.split(OTHERS)
        self.speech = SpeechPart(settings, synthesizer.network, listeners, clips, rehearsal)
        self.conversion = ConversionPart(settings, converter.network, listeners, clips, others)
        frames = [item.frames for item in clips.items]
        self.groups = length_groups(frames, settings.batch_frames)

    @property
    def parts(self) -> dict[str, Part]:
        """By the words that the names of their losses begin with."""
        return {"": self.speech, "conversion_": self.conversion}

    @property
    def state(self) -> dict[str, torch.nn.Module | torch.optim.Optimizer]:
        """All that moves."""
        found: dict[str, torch.nn.Module | torch.optim.Optimizer] = {}
        for name, part in self.parts.items():
            found |= {name + "adapters": part.adapters, name + "optimizer": part.optimizer}
        return found

    @property
    def per_epoch(self) -> int:
        """Steps in which every clip is heard once."""
        return len(self.groups)

    def step(self, number: int, run: TrainingRun) -> dict[str, float]:
        """Take step `number`, from 1; returns its losses, "sum" being that of both parts."""
        total = self.settings.epochs * self.per_epoch
        rate = self.settings.learning_rate * RATES[self.settings.layers]
        rate *= warmup_cosine(number, warmup=WARMUP_STEPS, total=total)
        seed = SEED_STRIDE * self.settings.seed + number
        epoch, place = divmod(number - 1, self.per_epoch)
        order = np.random.default_rng((self.settings.seed, epoch)).permutation(self.per_epoch)
        items = [self.clips.items[index] for index in self.groups[int(order[place])]]
        told: dict[str, float] = {}
        for name, part in self.parts.items():
            losses = part.step(items, seed, rate, run)
            told |= {name + loss: value for loss, value in losses.items()}
        return {**told, "sum": told["sum"] + told["conversion_sum"], "rate": rate}
