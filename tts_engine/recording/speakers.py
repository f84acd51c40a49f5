"""Does somebody else speak in the recording, and where?

Every 0.4 s of speech gives a d-vector of the 1.6 s around it. The vectors of one person lie together, so
they are split in two groups, and the cosine between the middles of the groups tells whether these are two
people or two moods of one. Thresholds: `benchmarks/references.py`, figures in docs/voices.md.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import binary_dilation, median_filter
from sklearn.cluster import AgglomerativeClustering

from tts_engine.audio import speech_detector as vad
from tts_engine.encoder.inference import SpeakerEncoder
from tts_engine.types import Audio

WINDOW_SECONDS = 1.6
STEP_SECONDS = 0.4
LEAST_WINDOWS = 2  # of the second person: about 2 s of speech
LEAST_SHARE = 0.05
SAME_PERSON = 0.78  # cosine of the groups' middles; above it is one person
MOST_WINDOWS = 150  # a minute of speech; of longer recordings the clustering sees every n-th

Mask = NDArray[np.bool_]
Vectors = NDArray[np.float32]


@dataclass(frozen=True, kw_only=True, eq=False)
class Speakers:
    """Who speaks in a recording.

    Attributes:
        several: whether there is a second person.
        likeness: cosine between the two groups of d-vectors; 1 when there is too little to compare.
        main_share: of the speech that is the main person's, 0.5 to 1.
        main: samples that are not the other person's, shape (T,); pauses count as the main person's.
    """

    several: bool
    likeness: float
    main_share: float
    main: Mask


def find_speakers(audio: Audio, encoder: SpeakerEncoder) -> Speakers:
    """Look for a second person. Two who speak at the same time all along are not told apart."""
    vectors, spoken = encoder.embed_windows(audio, step_seconds=STEP_SECONDS)
    everything = np.ones(audio.waveform.size, dtype=bool)
    if vectors.shape[0] < 2 * LEAST_WINDOWS:
        return Speakers(several=False, likeness=1.0, main_share=1.0, main=everything)
    thinned = vectors[:: -(-vectors.shape[0] // MOST_WINDOWS)]
    groups = AgglomerativeClustering(2, metric="cosine", linkage="average").fit_predict(thinned)
    middles = np.stack([_unit(thinned[groups == group].mean(axis=0)) for group in (0, 1)])
    likeness = float(middles[0] @ middles[1])
    nearest = (vectors @ middles.T).argmax(axis=1)  # (W,)
    counts = np.bincount(nearest, minlength=2)
    least = max(LEAST_WINDOWS, LEAST_SHARE * nearest.size)
    if likeness >= SAME_PERSON or counts.min() < least:
        return Speakers(several=False, likeness=likeness, main_share=1.0, main=everything)
    main = int(counts.argmax())
    return Speakers(
        several=True,
        likeness=likeness,
        main_share=float(counts[main] / counts.sum()),
        main=_samples_of(nearest == main, spoken, audio),
    )


def _samples_of(belongs: Mask, spoken: NDArray[np.int64], audio: Audio) -> Mask:
    """Samples of the main person (T,), from d-vectors (W,) and the 30 ms windows of speech (V,).

    A lone d-vector is an outlier. The other person's stretches are widened by one, because those that
    straddle both people fall to either; pauses beside them go with them.
    """
    theirs = binary_dilation(median_filter(~belongs, 3, mode="nearest"), np.ones(3))
    half = WINDOW_SECONDS / 2 * spoken.size / max(WINDOW_SECONDS, STEP_SECONDS * (theirs.size + 3))
    middles = np.linspace(half, spoken.size - half, theirs.size)  # of the d-vectors
    nearest = np.searchsorted((middles[1:] + middles[:-1]) / 2, np.arange(spoken.size))  # (V,)
    mask = np.ones(audio.waveform.size, dtype=bool)
    samples = vad.WINDOW_SECONDS * audio.sample_rate_hz
    edges = np.flatnonzero(np.diff(theirs[nearest].astype(np.int8), prepend=0, append=0))
    for first, last in zip(edges[::2], edges[1::2], strict=True):
        start = round((spoken[first - 1] + 1) * samples) if first else 0
        stop = round(spoken[last] * samples) if last < spoken.size else mask.size
        mask[start:stop] = False
    return mask


def _unit(vector: Vectors) -> Vectors:
    return np.asarray(vector / max(float(np.linalg.norm(vector)), 1e-9), dtype=np.float32)
