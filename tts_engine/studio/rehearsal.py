"""Sentences beside the dataset, said by the voice and judged: what keeps ten minutes from breaking the rest.

No corpus is shipped that a training could go on with. What the shipped weights know is asked of themselves instead: how
long each sound of a Russian sentence lasts and how high it is in this voice before the training. The sentence is spoken
so with the weights as they are now, and `crossing`'s listeners judge it: is every word there, is it the person?
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F
from torch.nn.utils.rnn import pad_sequence

from tts_engine.synthesizer.config import LANGUAGES
from tts_engine.synthesizer.data import Batch
from tts_engine.synthesizer.inference import Synthesizer
from tts_engine.synthesizer.profile import facts_to_f0, facts_vector
from tts_engine.synthesizer.request import SynthesisRequest
from tts_engine.text.symbols import symbols_to_ids
from tts_engine.types import VoiceProfile


@dataclass(frozen=True)
class Sentence:
    """One as it was spoken before the training, all (L,): token ids, frames, F0, pitch in spreads from the median."""

    token_ids: Tensor
    durations: Tensor
    f0_hz: Tensor
    pitch: Tensor


class Rehearsal:
    """Russian sentences at the shipped weights' own pace and pitch in one voice."""

    def __init__(
        self, synthesizer: Synthesizer, profile: VoiceProfile, sentences: Sequence[Sequence[str]]
    ) -> None:
        """`sentences`: tokens of each, START first."""
        facts, _ = facts_vector(profile, synthesizer.config.spectrum_size)
        median, spread = facts_to_f0(facts)
        requests = [SynthesisRequest(tokens=tokens, voice=profile) for tokens in sentences]
        self.sentences = []
        for tokens, (frames, f0_hz) in zip(sentences, synthesizer.courses(requests), strict=True):
            known = np.where(f0_hz > 0, f0_hz, median)
            self.sentences.append(
                Sentence(
                    token_ids=torch.tensor(symbols_to_ids(tokens)),
                    durations=torch.from_numpy(frames).float(),
                    f0_hz=torch.from_numpy(f0_hz),
                    pitch=torch.from_numpy(12 * np.log2(known / median) / spread).float(),
                )
            )

    def add_to(self, batch: Batch, count: int, chance: torch.Generator) -> Batch:
        """The batch and, below it, so many of the sentences in its voice, which all of its rows have.

        Their mel is empty: nobody has recorded them. `Batch.voices` names a row of the batch that each is to be like.
        """
        if count == 0:
            return batch
        order = torch.randperm(len(self.sentences), generator=chance)[:count].tolist()
        chosen = [self.sentences[index] for index in order]
        rows = len(batch.ids)

        def stacked(name: str) -> Tensor:
            own = list(getattr(batch, name))
            told = [getattr(one, "token_ids" if name == "tokens" else name) for one in chosen]
            return pad_sequence([*own, *told], batch_first=True)

        frames = torch.stack([one.durations.sum() for one in chosen]).long()
        longest = max(int(frames.max()), batch.mel.shape[2])
        mel = F.pad(batch.mel, (0, longest - batch.mel.shape[2], 0, 0, 0, count))
        lengths = torch.tensor([one.token_ids.numel() for one in chosen])
        russian = torch.full((count,), LANGUAGES.index("ru"))
        return replace(
            batch,
            ids=[*batch.ids, *(f"rehearsed/{index}" for index in order)],
            token_lengths=torch.cat([batch.token_lengths, lengths]),
            frames=torch.cat([batch.frames, frames]),
            language=torch.cat([batch.language, russian]),
            embedding=batch.embedding[:1].expand(rows + count, -1),
            facts=batch.facts[:1].expand(rows + count, -1),
            known=batch.known[:1].expand(rows + count, -1),
            mel=mel,
            voices=torch.randint(rows, (count,), generator=chance),
            **{name: stacked(name) for name in ("tokens", "durations", "f0_hz", "pitch")},
        )
