"""Who is spoken as: bank voices, and strangers cloned from a recording."""

import json
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from tts_engine.audio.io import decode_audio
from tts_engine.dataset import bank
from tts_engine.errors import AudioError
from tts_engine.speaking.cloning import VoiceCloner
from tts_engine.speaking.voicebank import get_voice, list_voices
from tts_engine.training.corpus import HELD_OUT, SAMPLE_RATE_HZ, Clip, Corpus
from tts_engine.types import Audio, VoiceProfile

logger = logging.getLogger(__name__)

STRANGER_SECONDS = 10.0

Vector = NDArray[np.float32]


@dataclass(frozen=True, kw_only=True, eq=False)
class Person:
    """What a speaker encoder knows of somebody.

    Attributes:
        reference: vector of what the voice was made from, None where that is unknown.
        recording: of another recording of the person, None where there is none.
        others: of the other people of the group, nearest in kind to `recording`.
    """

    reference: Vector | None = None
    recording: Vector | None = None
    others: tuple[Vector, ...] = ()


@dataclass(frozen=True, kw_only=True, eq=False)
class Subject:
    """Somebody to be spoken as.

    Attributes:
        name: of the voice.
        profile: measured from the reference.
        person: by GE2E, whose vectors the synthesizer was trained with.
        person2: by the second encoder, which took no part in any training.
        reference: the reference's sound, None for bank voices.
    """

    name: str
    profile: VoiceProfile
    person: Person
    person2: Person = Person()
    reference: Audio | None = None


class Embeds(Protocol):
    """A speaker encoder."""

    def embed(self, audio: Audio) -> Vector: ...


def clip_audio(corpus: Corpus, clip: Clip) -> Audio:
    """Sound of a clip of a prepared corpus."""
    return Audio(corpus.waveform(clip), SAMPLE_RATE_HZ)


def bank_speakers() -> dict[str, str]:
    """Slug of each bank voice -> the corpus speaker that it was made from."""
    entries = json.loads(Path(bank.__file__).with_name("bank.json").read_text(encoding="utf-8"))
    return {entry["slug"]: entry["speaker"] for entry in entries}


def bank_subjects(
    cloner: VoiceCloner, second: Embeds, corpus: Corpus | None, wanted: list[str] | None
) -> list[Subject]:
    """Bank voices; compared with held-out clips of the person where the corpus has them."""
    voices = [get_voice(slug) for slug in wanted] if wanted else list_voices()
    speakers = bank_speakers()
    clips = [held_out_sounds(corpus, speakers.get(voice.slug)) for voice in voices]
    people = persons([v.profile.embedding for v in voices], _means(cloner.encoder, clips))
    people2 = persons([None] * len(voices), _means(second, clips))
    return [
        Subject(name=voice.slug, profile=voice.profile, person=person, person2=person2)
        for voice, person, person2 in zip(voices, people, people2, strict=True)
    ]


def file_subjects(cloner: VoiceCloner, second: Embeds, paths: list[Path]) -> list[Subject]:
    """Strangers from files."""
    return strangers(cloner, second, [(path.stem, decode_audio(path)) for path in paths])


def corpus_subjects(
    cloner: VoiceCloner, second: Embeds, corpus: Corpus, most: int | None = None
) -> list[Subject]:
    """Held-out LibriSpeech speakers, whom no training has heard; the first `most` of them."""
    clips = corpus.select(split=HELD_OUT, corpora=["librispeech"])[:most]
    return strangers(cloner, second, [(clip.speaker, clip_audio(corpus, clip)) for clip in clips])


def strangers(
    cloner: VoiceCloner, second: Embeds, recordings: list[tuple[str, Audio]]
) -> list[Subject]:
    """People from one recording each: its first half, at most 10 s, is the reference; the rest is
    compared. Recordings that the product itself would refuse are left out."""
    found: list[tuple[str, Audio, VoiceProfile, Audio, Vector]] = []
    for name, audio in recordings:
        reference, rest = halves(audio)
        try:
            vector = cloner.encoder.embed(rest)
            found.append((name, reference, cloner.profile(reference)[0], rest, vector))
        except AudioError as error:
            logger.warning("%s left out: %s", name, error)
    people = persons([profile.embedding for _, _, profile, _, _ in found], [v for *_, v in found])
    people2 = persons(
        [second.embed(reference) for _, reference, *_ in found],
        [second.embed(rest) for *_, rest, _ in found],
    )
    return [
        Subject(name=name, profile=profile, person=person, person2=person2, reference=reference)
        for (name, reference, profile, *_), person, person2 in zip(
            found, people, people2, strict=True
        )
    ]


def persons(
    references: Sequence[Vector | None], recordings: Sequence[Vector | None]
) -> list[Person]:
    """A group of people; who has no other recording is known to the others by the reference."""
    known = [
        reference if recording is None else recording
        for reference, recording in zip(references, recordings, strict=True)
    ]
    return [
        Person(
            reference=reference,
            recording=recording,
            others=tuple(v for v in (*known[:index], *known[index + 1 :]) if v is not None),
        )
        for index, (reference, recording) in enumerate(zip(references, recordings, strict=True))
    ]


def halves(audio: Audio) -> tuple[Audio, Audio]:
    """The first half, at most STRANGER_SECONDS, and all that follows it."""
    rate = audio.sample_rate_hz
    middle = min(audio.waveform.size // 2, int(STRANGER_SECONDS * rate))
    return Audio(audio.waveform[:middle], rate), Audio(audio.waveform[middle:], rate)


def held_out_sounds(corpus: Corpus | None, speaker: str | None) -> list[Audio]:
    """A speaker's held-out clips."""
    if corpus is None or speaker is None:
        return []
    clips = [clip for clip in corpus.select(split=HELD_OUT) if clip.speaker == speaker]
    return [clip_audio(corpus, clip) for clip in clips]


def _means(encoder: Embeds, people: Sequence[Sequence[Audio]]) -> list[Vector | None]:
    """Mean unit vector of each person's clips, None without any."""
    means: list[Vector | None] = []
    for clips in people:
        mean = np.mean([encoder.embed(clip) for clip in clips], axis=0) if clips else None
        means.append(
            None if mean is None else np.asarray(mean / np.linalg.norm(mean), dtype=np.float32)
        )
    return means
