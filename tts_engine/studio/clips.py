"""What a training hears: the clips of a prepared dataset in the one voice that they are of, and others' sentences."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch

from tts_engine.conversion.config import ConversionConfig
from tts_engine.conversion.data import ConversionBatch, TrackedCorpus
from tts_engine.synthesizer.data import (
    PITCH_LIMIT,
    AlignedClip,
    AlignedCorpus,
    ClipVoice,
    split_at_pauses,
)
from tts_engine.synthesizer.profile import facts_vector
from tts_engine.training.corpus import TRAIN, Corpus
from tts_engine.types import VoiceProfile


class Clips:
    """Clips to learn from, cut at their pauses, in the voice of all of them.

    Attributes:
        tracked: the corpus of `data.prepare`.
        profile: the voice as it is measured.
        voice: what the networks are told of it.
        items: the stretches, their pitch counted from the voice's.
    """

    def __init__(self, corpus: Path, config: ConversionConfig) -> None:
        """`corpus`: of `data.prepare`; F0 is measured there, once."""
        self.tracked = TrackedCorpus(Corpus(corpus), corpus, config, corpus)
        self.profile = studio_profile(self.tracked)
        self.voice = told_of(self.profile, config.spectrum_size)
        whole = in_voice(self.tracked.split(TRAIN), self.profile)
        self.items = [stretch for item in whole for stretch in split_at_pauses(item)]

    def batch(
        self, items: Sequence[AlignedClip], others: Sequence[AlignedClip] = ()
    ) -> ConversionBatch:
        """Clips of the corpus and, below them, other people's, all to be said in the voice and at its pitch."""
        batch = self.tracked.collate([*items, *others], [self.voice] * (len(items) + len(others)))
        medians = [item.profile.f0_median_hz for item in others]
        ratios = [1.0] * len(items) + [self.profile.f0_median_hz / median for median in medians]
        return replace(batch, track_hz=batch.track_hz * torch.tensor(ratios)[:, None])


def studio_profile(aligned: AlignedCorpus) -> VoiceProfile:
    """The voice of all clips that are not held out: mean d-vector, pitch, rate and spectrum."""
    items = aligned.split(TRAIN)
    mean = np.mean([item.profile.embedding for item in items], axis=0)
    pitched = [item.profile for item in items if item.profile.f0_median_hz > 0]
    rates = [item.profile.phonemes_per_second for item in items]
    spectrum = np.mean([aligned.spectrum(item) for item in items], axis=0)
    return VoiceProfile(
        embedding=(mean / np.linalg.norm(mean)).astype(np.float32),
        f0_median_hz=round(float(np.median([p.f0_median_hz for p in pitched] or [0.0])), 2),
        f0_spread_semitones=round(
            float(np.median([p.f0_spread_semitones for p in pitched] or [0.0])), 3
        ),
        phonemes_per_second=round(float(np.median(rates)), 2),
        spectrum=tuple(round(float(value), 4) for value in spectrum),
    )


def told_of(profile: VoiceProfile, spectrum_size: int) -> ClipVoice:
    """What the network is told of a voice whenever it speaks, the same for all clips."""
    facts, known = facts_vector(profile, spectrum_size)
    return ClipVoice(embedding=profile.embedding, facts=facts, known=known)


def in_voice(items: Sequence[AlignedClip], profile: VoiceProfile) -> list[AlignedClip]:
    """Clips whose pitch is counted from the median and in the spread of the voice, not of each clip."""
    spread = max(profile.f0_spread_semitones, 0.5)
    found = []
    for item in items:
        octaves = np.log2(
            np.where(item.f0_hz > 0, item.f0_hz, 1.0) / max(profile.f0_median_hz, 1.0)
        )
        pitch = np.where(item.f0_hz > 0, 12 * octaves / spread, 0.0)
        limited = np.clip(pitch, -PITCH_LIMIT, PITCH_LIMIT).astype(np.float32)
        found.append(replace(item, pitch=limited))
    return found
