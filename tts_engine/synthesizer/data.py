"""Aligned clips as training batches: mel, tokens, durations, pitch and the voice of each clip.

The rows are those of `tts_engine.training.aligned`; the audio comes from the prepared corpus by clip id.
"""

import logging
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn.utils.rnn import pad_sequence

from tts_engine.audio.mel import MelConfig, log_mel
from tts_engine.errors import AudioError
from tts_engine.synthesizer.config import LANGUAGES
from tts_engine.synthesizer.contrast import typical_spread
from tts_engine.synthesizer.profile import SCALAR_FACTS, facts_vector, voice_spectrum
from tts_engine.text.symbols import PAUSES, START, is_phoneme, symbols_to_ids
from tts_engine.training.aligned import AlignedRow, read_aligned
from tts_engine.training.corpus import TRAIN, Clip, Corpus
from tts_engine.types import VoiceProfile

logger = logging.getLogger(__name__)

START_ID = symbols_to_ids([START])[0]
PAUSE_IDS = frozenset(symbols_to_ids(PAUSES))
SHORTEST_CUT_FRAMES = 10  # a pause to cut at
SHORTEST_STRETCH_FRAMES = 150  # before a cut
LONGEST_TAIL_FRAMES, LONGEST_HEAD_FRAMES = 12, 5  # of silence at the ends of a stretch
PITCH_LIMIT = 4.0  # spreads; beyond are octave errors
EMBEDDING_NOISE = 0.015  # of each of 256 values: a cosine of 0.97
SPECTRUM_NOISE = 0.05  # nats
SPREAD_CLIPS = 200  # whose band spread is measured


@dataclass(frozen=True, eq=False)
class AlignedClip:
    """A clip, or the stretch of it from `first_frame` on, with its tokens in time.

    Arrays are of length L; `f0_hz` is 0 where unvoiced, `pitch` in spreads from the median.
    """

    clip: Clip
    token_ids: NDArray[np.int64]
    durations: NDArray[np.int64]
    f0_hz: NDArray[np.float32]
    pitch: NDArray[np.float32]
    profile: VoiceProfile
    first_frame: int = 0

    @property
    def frames(self) -> int:
        return int(self.durations.sum())


@dataclass
class Batch:
    """Clips padded to equal lengths.

    Attributes:
        ids: clip ids.
        tokens: (B, L) long.
        token_lengths, frames, language: (B,) long.
        durations, f0_hz, pitch: (B, L) float; pitch in spreads from the median.
        embedding: (B, 256).
        facts, known: (B, facts_size) float and bool, see `profile.facts_vector`.
        mel: log mel, (B, n_mels, F).
        voices: rows in whose voices the last rows are, (K,), see `crossing`; these rows' mel is not theirs.
    """

    ids: list[str]
    tokens: Tensor
    token_lengths: Tensor
    frames: Tensor
    language: Tensor
    durations: Tensor
    f0_hz: Tensor
    pitch: Tensor
    embedding: Tensor
    facts: Tensor
    known: Tensor
    mel: Tensor
    voices: Tensor = field(default_factory=lambda: torch.zeros(0, dtype=torch.long))

    @property
    def crossed(self) -> int:
        """How many rows are in another clip's voice."""
        return self.voices.numel()

    def to(self, device: torch.device) -> "Batch":
        """The same on another device."""
        moved: dict[str, Any] = {
            name: value.to(device)
            for name, value in vars(self).items()
            if isinstance(value, Tensor)
        }
        return replace(self, **moved)


@dataclass(frozen=True, kw_only=True)
class SamplingConfig:
    """Which clips a batch is made of.

    Attributes:
        batch_frames: mel frames of one batch, padding included.
        speaker_balance: a speaker's share of the frames grows as (minutes recorded) ** this; 1 takes the
            corpus as it is, 0 gives every speaker the same. 0.6 gives half to speakers of one clip.
        corpus_weights: further factor per corpus name; 1 where absent, 0 leaves it out.
        mean_share, other_share: clips conditioned on their speaker's mean embedding, or another clip's.
        unknown_share: clips whose rate or spectrum is hidden, so that it must come from the embedding.
    """

    batch_frames: int = 9_600
    speaker_balance: float = 0.6
    corpus_weights: dict[str, float] = field(default_factory=dict)
    mean_share: float = 0.15
    other_share: float = 0.15
    unknown_share: float = 0.15


class AlignedCorpus:
    """Read access to the aligned clips; mels are kept in memory as float16 once made."""

    def __init__(self, corpus: Corpus, aligned: Path, mel: MelConfig, spectrum_size: int) -> None:
        self.corpus, self.mel_config, self.spectrum_size = corpus, mel, spectrum_size
        clips = {clip.id: clip for clip in corpus.clips}
        self.clips = [
            _aligned_clip(clips.get(row.id), row, embedding, mel)
            for row, embedding in read_aligned(aligned)
        ]
        self._mels: dict[str, NDArray[np.float16]] = {}
        self._spectra: dict[str, NDArray[np.float32]] = {}

    def mel(self, item: AlignedClip) -> NDArray[np.float16]:
        """Log mel of a clip or of its stretch, (n_mels, frames)."""
        return self._clip_mel(item.clip)[:, item.first_frame : item.first_frame + item.frames]

    def _clip_mel(self, clip: Clip) -> NDArray[np.float16]:
        found = self._mels.get(clip.id)
        if found is None:
            waveform = torch.from_numpy(self.corpus.waveform(clip))
            found = log_mel(waveform[None], self.mel_config)[0].half().numpy()
            self._mels[clip.id] = found
        return found

    def spectrum(self, item: AlignedClip) -> NDArray[np.float32]:
        """Coefficients of the whole clip's mean spectrum, (spectrum_size,)."""
        found = self._spectra.get(item.clip.id)
        if found is None:
            found = np.array(
                voice_spectrum(self._clip_mel(item.clip), self.spectrum_size), dtype=np.float32
            )
            self._spectra[item.clip.id] = found
        return found

    def band_spread(self) -> tuple[float, ...]:
        """How much every mel band varies in training clips, see `contrast`."""
        items = self.split(TRAIN)
        chosen = items[:: max(1, len(items) // SPREAD_CLIPS)][:SPREAD_CLIPS]
        return typical_spread(self._clip_mel(item.clip) for item in chosen)

    def split(self, name: str) -> list[AlignedClip]:
        """Clips of "train" or "heldout"."""
        return [item for item in self.clips if item.clip.split == name]

    def collate(self, items: Sequence[AlignedClip], voices: Sequence["ClipVoice"]) -> Batch:
        """Pad clips, each with the voice it is conditioned on."""

        def pad(arrays: list[NDArray]) -> Tensor:
            return pad_sequence([torch.from_numpy(array) for array in arrays], batch_first=True)

        mels = [torch.from_numpy(self.mel(item).T.astype(np.float32)) for item in items]
        return Batch(
            ids=[item.clip.id for item in items],
            tokens=pad([item.token_ids for item in items]),
            token_lengths=torch.tensor([item.token_ids.size for item in items]),
            frames=torch.tensor([item.frames for item in items]),
            language=torch.tensor([LANGUAGES.index(item.clip.language) for item in items]),
            durations=pad([item.durations.astype(np.float32) for item in items]),
            f0_hz=pad([item.f0_hz for item in items]),
            pitch=pad([item.pitch for item in items]),
            embedding=torch.from_numpy(np.stack([voice.embedding for voice in voices])),
            facts=torch.from_numpy(np.stack([voice.facts for voice in voices])),
            known=torch.from_numpy(np.stack([voice.known for voice in voices])),
            mel=pad_sequence(mels, batch_first=True).transpose(1, 2),
        )

    def own_voice(self, item: AlignedClip) -> "ClipVoice":
        """A clip conditioned on itself, everything known."""
        facts, known = facts_vector(item.profile, self.spectrum_size)
        facts[SCALAR_FACTS:], known[SCALAR_FACTS:] = self.spectrum(item), True
        return ClipVoice(embedding=item.profile.embedding, facts=facts, known=known)


@dataclass(eq=False)
class ClipVoice:
    """What the model is told of a clip's voice: (256,), (facts_size,), bool (facts_size,)."""

    embedding: NDArray[np.float32]
    facts: NDArray[np.float32]
    known: NDArray[np.bool_]


class BatchSampler:
    """Endless batches of stretches of similar length, balanced over speakers."""

    def __init__(
        self, aligned: AlignedCorpus, items: Sequence[AlignedClip], config: SamplingConfig
    ) -> None:
        self.aligned, self.config = aligned, config
        self.items = [stretch for item in items for stretch in split_at_pauses(item)]
        self._by_speaker: dict[str, list[AlignedClip]] = defaultdict(list)
        for item in self.items:
            self._by_speaker[item.clip.speaker].append(item)
        self.probabilities = clip_probabilities(self.items, config)
        self._means = {
            speaker: _unit(np.mean([item.profile.embedding for item in clips], axis=0))
            for speaker, clips in self._by_speaker.items()
        }

    def batches(self, rng: np.random.Generator) -> Iterator[Batch]:
        """Batches without end; the same generator state gives the same ones."""
        while True:
            drawn = rng.choice(len(self.items), size=512, p=self.probabilities)
            groups = length_groups([self.items[i].frames for i in drawn], self.config.batch_frames)
            for group in rng.permutation(len(groups)):
                items = [self.items[int(drawn[i])] for i in groups[group]]
                yield self.aligned.collate(items, [self.voice(item, rng) for item in items])

    def voice(self, item: AlignedClip, rng: np.random.Generator) -> ClipVoice:
        """How a clip's voice is told to the model this time: own, mean or a sister clip's; noisy."""
        config, voice = self.config, self.aligned.own_voice(item)
        choice = rng.random()
        if choice < config.mean_share:
            voice.embedding = self._means[item.clip.speaker]
        elif choice < config.mean_share + config.other_share:
            sisters = self._by_speaker[item.clip.speaker]
            sister = sisters[rng.integers(len(sisters))]
            voice.embedding = sister.profile.embedding
            voice.facts[SCALAR_FACTS:] = self.aligned.spectrum(sister)
        noise = rng.normal(0, EMBEDDING_NOISE, voice.embedding.size).astype(np.float32)
        voice.embedding = _unit(voice.embedding + noise)
        spectrum_noise = rng.normal(0, SPECTRUM_NOISE, self.aligned.spectrum_size)
        voice.facts[SCALAR_FACTS:] += spectrum_noise.astype(np.float32)
        if rng.random() < config.unknown_share:
            voice.known[SCALAR_FACTS:] = False
        if rng.random() < config.unknown_share:
            voice.known[:SCALAR_FACTS] = False
        return voice


def clip_probabilities(items: Sequence[AlignedClip], config: SamplingConfig) -> NDArray[np.float64]:
    """Chance of each clip to be drawn, (N,), so that the frames fall to speakers as configured."""
    frames: dict[str, int] = defaultdict(int)
    for item in items:
        frames[item.clip.speaker] += item.frames
    weights = np.array(
        [
            frames[item.clip.speaker] ** (config.speaker_balance - 1)
            * config.corpus_weights.get(item.clip.corpus, 1.0)
            for item in items
        ]
    )
    lengths = np.array([item.frames for item in items])
    shares: dict[str, float] = defaultdict(float)
    for item, share in zip(items, weights * lengths / (weights @ lengths), strict=True):
        shares[item.clip.corpus] += share
    logger.info("shares of training frames: %s", {k: round(float(v), 3) for k, v in shares.items()})
    return weights / weights.sum()


def split_at_pauses(item: AlignedClip) -> list[AlignedClip]:
    """Cut a clip at its longer pauses into stretches of a few seconds.

    Training on them is faster than on long clips, whose steps fill no processor, and teaches short
    sentences. What lies in the middle of a cut pause is dropped:

        ... a  s |  ,   pause  dropped  | ^  o  n ...      the comma keeps its first frames,
                  <- tail ->     <head->                    a START token gets the last
    """
    stretches: list[AlignedClip] = []
    ends = np.cumsum(item.durations)
    first, head = 0, int(item.durations[0])  # first token, and how much silence it holds
    for index in range(1, item.durations.size - 1):
        pause, start = int(item.durations[index]), int(ends[first]) - head
        if item.token_ids[index] not in PAUSE_IDS or pause < SHORTEST_CUT_FRAMES:
            continue
        if ends[index] - start < SHORTEST_STRETCH_FRAMES:
            continue
        tail = min(pause // 2, LONGEST_TAIL_FRAMES)
        stretches.append(_stretch(item, first, index, head=head, tail=tail))
        first, head = index, min(pause - tail, LONGEST_HEAD_FRAMES)
    last = item.durations.size - 1
    stretches.append(_stretch(item, first, last, head=head, tail=int(item.durations[last])))
    return stretches


def _stretch(item: AlignedClip, first: int, last: int, *, head: int, tail: int) -> AlignedClip:
    """Tokens first ... last, the first as START with `head` frames, the last with `tail`."""
    tokens = item.token_ids[first : last + 1].copy()
    durations = item.durations[first : last + 1].copy()
    tokens[0], durations[0], durations[-1] = START_ID, head, tail
    return replace(
        item,
        token_ids=tokens,
        durations=durations,
        f0_hz=item.f0_hz[first : last + 1],
        pitch=item.pitch[first : last + 1],
        first_frame=item.first_frame + int(item.durations[: first + 1].sum()) - head,
    )


def length_groups(frames: Sequence[int], batch_frames: int) -> list[list[int]]:
    """Indices sorted by length and cut so that no group exceeds `batch_frames` when padded."""
    groups: list[list[int]] = [[]]
    for index in sorted(range(len(frames)), key=lambda i: -frames[i]):
        longest = frames[groups[-1][0]] if groups[-1] else 0
        if groups[-1] and longest * (len(groups[-1]) + 1) > batch_frames:
            groups.append([])
        groups[-1].append(index)
    return groups


def _aligned_clip(
    clip: Clip | None, row: AlignedRow, embedding: NDArray[np.float32], mel: MelConfig
) -> AlignedClip:
    durations = np.asarray(row.durations, dtype=np.int64)
    frames = 0 if clip is None else clip.samples // mel.hop_samples
    if clip is None or int(durations.sum()) != frames or durations.size != len(row.tokens):
        raise AudioError(
            "alignment_mismatch",
            f"{row.id}: {int(durations.sum())} aligned frames, the corpus has {frames}; align again",
            f"{row.id}: выровнено кадров {int(durations.sum())}, в корпусе {frames}; выровняйте заново",
        )
    f0_hz = np.asarray(row.f0_hz, dtype=np.float32)
    median, spread = row.f0_median_hz, row.f0_spread_semitones
    has_pitch = median > 0
    pitch = np.zeros_like(f0_hz)
    voiced = (f0_hz > 0) & has_pitch
    pitch[voiced] = 12 * np.log2(f0_hz[voiced] / median) / max(spread, 0.5)
    spoken = [d for t, d in zip(row.tokens, durations, strict=True) if is_phoneme(t)]
    rate = len(spoken) / max(1, sum(spoken)) * mel.frames_per_second
    return AlignedClip(
        clip=clip,
        token_ids=np.asarray(symbols_to_ids(row.tokens), dtype=np.int64),
        durations=durations,
        f0_hz=np.where(voiced, f0_hz, 0).astype(np.float32),
        pitch=np.clip(pitch, -PITCH_LIMIT, PITCH_LIMIT),
        profile=VoiceProfile(
            embedding=embedding,
            f0_median_hz=median,
            f0_spread_semitones=spread,
            phonemes_per_second=float(rate),
        ),
    )


def _unit(vector: NDArray[np.float32]) -> NDArray[np.float32]:
    return np.asarray(vector / (np.linalg.norm(vector) + 1e-9), dtype=np.float32)
