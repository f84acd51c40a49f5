"""Where in a recording of hours somebody else speaks, and where music plays.

The person is who speaks most: the middle of the d-vectors of all windows, found again without those that lie far
from it. With a recording of the person the search begins there, so that who asks the questions may speak more. A
window far from that middle is somebody else's; a lone one is an outlier. Music and voices are heard by the detector
that also guards the making of voices, in stretches of half a minute.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile
from numpy.typing import NDArray
from scipy.ndimage import median_filter

from tts_engine.audio.speech_detector import WINDOW_SECONDS as VAD_SECONDS
from tts_engine.dataset.slicing import runs
from tts_engine.encoder.inference import SpeakerEncoder
from tts_engine.errors import AudioError
from tts_engine.recording.voice_check import heard_spans
from tts_engine.types import Audio

Stretch = tuple[float, float]
Vectors = NDArray[np.float32]

BLOCK_SECONDS = 30.0
MUSIC_LEAST_SECONDS = 1.0
MUSIC_GAP_SECONDS = 1.5
VOICE_GAP_SECONDS = 1.0
WINDOW_SECONDS, STEP_SECONDS = 1.6, 0.4  # of d-vectors
FAR = 0.60  # cosine to the person's middle: below it somebody else speaks
SMOOTHED = 3  # windows
ROUNDS = 4
LIKE = 0.68  # cosine to the person as another recording has it, or among those that are surely the person's
LEAST_LIKE = 5  # windows, 2 s of speech


@dataclass(frozen=True, kw_only=True, eq=False)
class Voices:
    """d-vectors of a recording's speech.

    Attributes:
        vectors: one every 0.4 s of speech, (W, 256).
        starts, ends: of the speech that each hears, seconds, (W,).
    """

    vectors: Vectors
    starts: NDArray[np.float64]
    ends: NDArray[np.float64]


def music_stretches(copy: Path) -> list[Stretch]:
    """Where music plays, seconds; singing counts where it is accompanied only."""
    found = _heard(copy, ("music",), MUSIC_GAP_SECONDS)
    return [(a, b) for a, b in found if b - a >= MUSIC_LEAST_SECONDS]


def voice_stretches(copy: Path) -> list[Stretch]:
    """Where somebody sings or speaks, seconds."""
    return _heard(copy, ("singing", "speech"), VOICE_GAP_SECONDS)


def _heard(copy: Path, kinds: tuple[str, ...], longest_gap: float) -> list[Stretch]:
    found: list[Stretch] = []
    for start, audio in _blocks(copy):
        spans = heard_spans(audio)
        for first, stop in sorted(span for kind in kinds for span in spans[kind]):
            if found and start + first <= found[-1][1] + longest_gap:
                found[-1] = (found[-1][0], max(found[-1][1], start + stop))
            else:
                found.append((start + first, start + stop))
    return found


def voices(copy: Path, encoder: SpeakerEncoder) -> Voices:
    """The d-vectors of a recording, block by block."""
    vectors, starts, ends = [], [], []
    for start, audio in _blocks(copy):
        found, spoken = encoder.embed_windows(audio, step_seconds=STEP_SECONDS)
        if not len(found):
            continue
        steps = np.arange(len(found))
        first = np.minimum((steps * STEP_SECONDS / VAD_SECONDS).astype(int), spoken.size - 1)
        last = np.minimum(first + round(WINDOW_SECONDS / VAD_SECONDS), spoken.size - 1)
        vectors.append(found)
        starts.append(start + spoken[first] * VAD_SECONDS)
        ends.append(start + (spoken[last] + 1) * VAD_SECONDS)
    if not vectors:
        none = np.zeros(0)
        return Voices(vectors=np.zeros((0, 256), np.float32), starts=none, ends=none)
    return Voices(
        vectors=np.concatenate(vectors), starts=np.concatenate(starts), ends=np.concatenate(ends)
    )


def person(vectors: Vectors) -> Vectors:
    """The unit vector of who speaks most, (256,), of at least one vector."""
    near = np.ones(len(vectors), dtype=bool)
    for _ in range(ROUNDS):
        middle = np.median(vectors[near], axis=0)
        middle /= max(float(np.linalg.norm(middle)), 1e-9)
        closeness = vectors @ middle
        near = closeness >= max(FAR, float(np.quantile(closeness, 0.4)))
    return np.asarray(middle, dtype=np.float32)


def person_like(vectors: Vectors, reference: Vectors) -> Vectors:
    """The unit vector, (256,), of whoever sounds like the reference (256,), as these recordings have the voice.

    Raises:
        AudioError: `speaker_not_heard`.
    """
    near = vectors @ reference >= LIKE
    if near.sum() < LEAST_LIKE:
        raise AudioError(
            "speaker_not_heard",
            "nobody in these recordings sounds like the given speaker; give another recording of the same person",
            "в этих записях никто не похож на указанного диктора; дайте другую запись того же человека",
        )
    for _ in range(ROUNDS):
        middle = np.median(vectors[near], axis=0)
        middle /= max(float(np.linalg.norm(middle)), 1e-9)
        near = vectors @ middle >= LIKE
    return np.asarray(middle, dtype=np.float32)


def other_stretches(found: Voices, middle: Vectors) -> list[Stretch]:
    """Where somebody else than the person of this vector speaks, seconds."""
    if len(found.vectors) < SMOOTHED:
        return []
    far = median_filter(found.vectors @ middle, SMOOTHED, mode="nearest") < FAR
    # a window hears 1.6 s: where the vectors turn, a part of it is the person's
    part = (WINDOW_SECONDS - STEP_SECONDS) / 4
    return [
        (float(found.starts[first] + part), float(found.ends[stop - 1] - part))
        for first, stop in runs(far)
    ]


def _blocks(copy: Path) -> Iterator[tuple[float, Audio]]:
    with soundfile.SoundFile(copy) as file:
        position = 0
        size = round(BLOCK_SECONDS * file.samplerate)
        while position < file.frames:
            # the last block is not a scrap of which nothing can be said
            wanted = size if file.frames - position >= 1.5 * size else file.frames - position
            yield (
                position / file.samplerate,
                Audio(file.read(wanted, dtype="float32"), file.samplerate),
            )
            position += wanted
