"""Training batches of the conversion model: those of the synthesizer, with the F0 of every frame."""

from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn.utils.rnn import pad_sequence

from tts_engine.conversion.config import ConversionConfig
from tts_engine.synthesizer.data import AlignedClip, AlignedCorpus, Batch, ClipVoice
from tts_engine.training.corpus import Corpus
from tts_engine.vocoder.data import pitch_tracks


@dataclass
class ConversionBatch(Batch):
    """A synthesizer's batch; `track_hz` is the F0 of its frames, (B, F), 0 where unvoiced."""

    track_hz: Tensor = field(default_factory=lambda: torch.zeros(0, 0))


class TrackedCorpus(AlignedCorpus):
    """Aligned clips with the F0 of every frame, measured once and kept in `cache`."""

    def __init__(
        self, corpus: Corpus, aligned: Path, config: ConversionConfig, cache: Path
    ) -> None:
        super().__init__(corpus, aligned, config.mel, config.spectrum_size)
        self._tracks = pitch_tracks(corpus, [item.clip for item in self.clips], config.mel, cache)

    def track(self, item: AlignedClip) -> NDArray[np.float32]:
        """F0 of a clip or of its stretch, (frames,)."""
        whole = self._tracks[item.clip.id]
        return np.asarray(whole[item.first_frame : item.first_frame + item.frames])

    def collate(self, items: Sequence[AlignedClip], voices: Sequence[ClipVoice]) -> ConversionBatch:
        """As the synthesizer's, with F0."""
        batch = super().collate(items, voices)
        tracks = [torch.from_numpy(self.track(item)) for item in items]
        return ConversionBatch(
            **{entry.name: getattr(batch, entry.name) for entry in fields(batch)},
            track_hz=pad_sequence(tracks, batch_first=True),
        )


def add_converted(batch: ConversionBatch, share: float) -> ConversionBatch:
    """The batch and, below it, clips of it that are to be said in voices of other rows.

    Their F0 moves with the medians of both voices. Those whose words are to be judged must be
    Russian, so only these are taken, of any corpus.

    Args:
        batch: N clips in their own voices.
        share: converted rows per own row, rounded; 0 adds none. Uses torch's global generator.
    """
    russian = torch.nonzero(batch.language == 0).flatten()
    count = min(round(share * len(batch.ids)), russian.numel())
    if count == 0:
        return batch
    said = russian[torch.randperm(russian.numel())[:count]]  # (K,)
    voices = torch.randperm(len(batch.ids))[:count].to(said.device)  # (K,)
    octaves = batch.facts[voices, 0] - batch.facts[said, 0]
    rows = {
        name: getattr(batch, name)[said]
        for name in ("tokens", "token_lengths", "frames", "language", "durations", "pitch")
    }
    rows |= {name: getattr(batch, name)[voices] for name in ("embedding", "facts", "known")}
    rows |= {"mel": batch.mel[said], "f0_hz": batch.f0_hz[said] * 2 ** octaves[:, None]}
    rows |= {"track_hz": batch.track_hz[said] * 2 ** octaves[:, None]}
    joined = {name: torch.cat([getattr(batch, name), value]) for name, value in rows.items()}
    ids = [*batch.ids, *(batch.ids[int(i)] for i in said)]
    return ConversionBatch(ids=ids, voices=voices, **joined)
