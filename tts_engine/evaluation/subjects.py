"""Who is spoken as: bank voices, and strangers cloned from a recording."""

import json
import logging
from dataclasses import dataclass
from pathlib import Path

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
class Subject:
    """Somebody to be spoken as.

    Attributes:
        name: of the voice.
        profile: measured from the reference.
        recording: d-vector of another recording of the person, None where there is none.
        others: d-vectors of the other people of the group, nearest in kind to `recording`.
        reference: the reference's sound, None for bank voices.
    """

    name: str
    profile: VoiceProfile
    recording: Vector | None
    others: tuple[Vector, ...]
    reference: Audio | None = None


def clip_audio(corpus: Corpus, clip: Clip) -> Audio:
    """Sound of a clip of a prepared corpus."""
    return Audio(corpus.waveform(clip), SAMPLE_RATE_HZ)


def bank_speakers() -> dict[str, str]:
    """Slug of each bank voice -> the corpus speaker that it was made from."""
    entries = json.loads(Path(bank.__file__).with_name("bank.json").read_text(encoding="utf-8"))
    return {entry["slug"]: entry["speaker"] for entry in entries}


def bank_subjects(
    cloner: VoiceCloner, corpus: Corpus | None, wanted: list[str] | None
) -> list[Subject]:
    """Bank voices; compared with held-out clips of the person where the corpus has them."""
    voices = [get_voice(slug) for slug in wanted] if wanted else list_voices()
    speakers = bank_speakers()
    recordings = [_held_out_vector(cloner, corpus, speakers.get(voice.slug)) for voice in voices]
    people = [
        voice.profile.embedding if recording is None else recording
        for voice, recording in zip(voices, recordings, strict=True)
    ]
    return [
        Subject(
            name=voice.slug,
            profile=voice.profile,
            recording=recording,
            others=_without(people, index),
        )
        for index, (voice, recording) in enumerate(zip(voices, recordings, strict=True))
    ]


def file_subjects(cloner: VoiceCloner, paths: list[Path]) -> list[Subject]:
    """Strangers from files."""
    return strangers(cloner, [(path.stem, decode_audio(path)) for path in paths])


def corpus_subjects(cloner: VoiceCloner, corpus: Corpus, most: int | None = None) -> list[Subject]:
    """Held-out LibriSpeech speakers, whom no training has heard; the first `most` of them."""
    clips = corpus.select(split=HELD_OUT, corpora=["librispeech"])[:most]
    return strangers(cloner, [(clip.speaker, clip_audio(corpus, clip)) for clip in clips])


def strangers(cloner: VoiceCloner, recordings: list[tuple[str, Audio]]) -> list[Subject]:
    """People from one recording each: its first half, at most 10 s, is the reference; the rest is
    compared. Recordings that the product itself would refuse are left out."""
    found: list[tuple[str, Audio, VoiceProfile, Vector]] = []
    for name, audio in recordings:
        reference, rest = halves(audio)
        try:
            vector = cloner.encoder.embed(rest)
            found.append((name, reference, cloner.profile(reference)[0], vector))
        except AudioError as error:
            logger.warning("%s left out: %s", name, error)
    vectors = [vector for *_, vector in found]
    return [
        Subject(
            name=name,
            profile=profile,
            recording=vector,
            others=_without(vectors, index),
            reference=reference,
        )
        for index, (name, reference, profile, vector) in enumerate(found)
    ]


def halves(audio: Audio) -> tuple[Audio, Audio]:
    """The first half, at most STRANGER_SECONDS, and all that follows it."""
    rate = audio.sample_rate_hz
    middle = min(audio.waveform.size // 2, int(STRANGER_SECONDS * rate))
    return Audio(audio.waveform[:middle], rate), Audio(audio.waveform[middle:], rate)


def _held_out_vector(
    cloner: VoiceCloner, corpus: Corpus | None, speaker: str | None
) -> Vector | None:
    if corpus is None:
        return None
    clips = [clip for clip in corpus.select(split=HELD_OUT) if clip.speaker == speaker]
    if not clips:
        return None
    vectors = [cloner.encoder.embed(clip_audio(corpus, clip)) for clip in clips]
    mean = np.mean(vectors, axis=0)
    return np.asarray(mean / np.linalg.norm(mean), dtype=np.float32)


def _without(vectors: list[Vector], index: int) -> tuple[Vector, ...]:
    return (*vectors[:index], *vectors[index + 1 :])
