"""What other people say, for the conversion model to say in the voice: Russian sentences, said by voices of the bank.

No corpus is shipped whose people could be converted, so the shipped weights speak: those sentences that the
synthesizer rehearses, and those by which a checkpoint is judged, each in the next voice of the bank.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import cycle

import numpy as np
from numpy.typing import NDArray

from tts_engine.audio.loudness import normalize_loudness
from tts_engine.speaking.cloning import VoiceCloner
from tts_engine.speaking.voicebank import BankVoice, list_voices
from tts_engine.studio.sentences import REHEARSED, SAID
from tts_engine.synthesizer.request import SynthesisRequest
from tts_engine.text.frontend import get_frontend
from tts_engine.training.aligned import AlignedRow
from tts_engine.training.corpus import SAMPLE_RATE_HZ, Clip
from tts_engine.types import Audio

OTHERS, OTHERS_HELD_OUT = "others", "others-heldout"  # splits: to learn from, to be judged by


@dataclass(frozen=True, eq=False)
class Other:
    """A clip that begins at sample 0, what `training.aligned` has of it, its d-vector, its samples as int16 (T,)."""

    clip: Clip
    row: AlignedRow
    embedding: NDArray[np.float32]
    samples: NDArray[np.int16]


def sentences_of(texts: Sequence[str]) -> list[tuple[str, ...]]:
    """Tokens of each sentence of the texts."""
    return [tuple(s.tokens) for text in texts for s in get_frontend().sentences(text)]


def sentences(most: int | None = None) -> list[tuple[str, tuple[str, ...]]]:
    """Split and tokens of each sentence; of those to learn from so many at most."""
    taught = [(OTHERS, tokens) for tokens in sentences_of(REHEARSED)[:most]]
    return [*taught, *((OTHERS_HELD_OUT, tokens) for tokens in sentences_of(SAID))]


def spoken(cloner: VoiceCloner, wanted: Sequence[tuple[str, tuple[str, ...]]]) -> Iterator[Other]:
    """The `sentences`, one after another, each by the next voice.

    Raises:
        CheckpointError: the bank is missing or damaged.
    """
    voices = cycle(list_voices(cloner.weights / "voices"))
    for number, (split, tokens) in enumerate(wanted):
        yield _said(cloner, next(voices), tokens, f"{split}/{number:02d}", split)


def _said(
    cloner: VoiceCloner, voice: BankVoice, tokens: tuple[str, ...], name: str, split: str
) -> Other:
    (result,) = cloner.synthesizer.synthesize(
        [SynthesisRequest(tokens=tokens, voice=voice.profile)]
    )
    (waveform,) = cloner.vocoder.vocode([result.mel])
    audio = normalize_loudness(Audio(waveform, SAMPLE_RATE_HZ))
    samples = (audio.waveform * 32767).astype(np.int16)
    clip = Clip(
        id=name,
        corpus=OTHERS,
        speaker=voice.slug,
        language="ru",
        split=split,
        band_hz=SAMPLE_RATE_HZ // 2,
        text="",
        tokens=tokens,
        start=0,
        samples=samples.size,
    )
    row = AlignedRow(
        id=name,
        tokens=tokens,
        durations=tuple(result.durations_frames.tolist()),
        f0_hz=tuple(result.f0_hz.tolist()),
        f0_median_hz=voice.profile.f0_median_hz,
        f0_spread_semitones=voice.profile.f0_spread_semitones,
        score=0.0,
    )
    return Other(clip, row, voice.profile.embedding, samples)
