"""Speaker verification with clones, as the SV2TTS paper does it (Jia et al. 2018, section 3.3).

Every person is enrolled with the d-vector of a reference. A trial is a d-vector said to be somebody:
it is accepted when its cosine to that person's enrolment is above a threshold. At the threshold where
as many strangers are accepted as owners refused, that share is the equal error rate (EER):

    real             trials are other recordings of the people: what is possible
    cloned           trials are clones; as low as `real` when clones are as good as the people
    real_or_cloned   every person and every clone are enrolled as two speakers; near 0 when clones can
                     be told from their people, up to 50 % when they cannot
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq
from sklearn.metrics import roc_curve

Vector = NDArray[np.float32]
Scores = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True, eq=False)
class Identity:
    """One person to verify: unit d-vectors of a reference, another recording, and some clones."""

    reference: Vector
    recording: Vector
    clones: Sequence[Vector]


def equal_error_rate(own: Scores, others: Scores) -> float:
    """Share of errors, 0 to 1, where false acceptances equal false refusals.

    Args:
        own: scores of trials that should be accepted.
        others: scores of trials that should be refused.
    """
    labels = np.concatenate([np.ones(own.size), np.zeros(others.size)])
    false_accepted, accepted, _ = roc_curve(
        labels, np.concatenate([own, others]), drop_intermediate=False
    )

    def surplus(share: float) -> float:
        return 1.0 - share - float(np.interp(share, false_accepted, accepted))

    return float(brentq(surplus, 0.0, 1.0))


def trial_scores(enrolled: Vector, trials: Sequence[Sequence[Vector]]) -> tuple[Scores, Scores]:
    """Cosines of trials to their own and to all other enrolments.

    Args:
        enrolled: d-vectors, shape (N, D), any length.
        trials: for each of the N any number of d-vectors.

    Returns:
        Scores of matching pairs (M,) and of the others (M (N - 1),), M trials in all.
    """
    owners = np.concatenate([np.full(len(own), index) for index, own in enumerate(trials)])
    vectors = np.stack([vector for own in trials for vector in own])  # (M, D)
    scores = (_unit(vectors) @ _unit(enrolled).T).astype(np.float64)  # (M, N)
    mine = owners[:, None] == np.arange(len(trials))[None]
    return scores[mine], scores[~mine]


@dataclass(frozen=True, kw_only=True, eq=False)
class Verification:
    """Equal error rates, and the scores behind the first two as (own, others)."""

    speakers: int
    real: float
    cloned: float
    real_or_cloned: float
    real_scores: tuple[Scores, Scores]
    cloned_scores: tuple[Scores, Scores]


def verify(people: Sequence[Identity]) -> Verification:
    """Equal error rates of two or more people with two or more clones each."""
    references = np.stack([person.reference for person in people])
    real = trial_scores(references, [[person.recording] for person in people])
    cloned = trial_scores(references, [person.clones for person in people])
    clones = np.stack([_mean(person.clones[::2]) for person in people])
    mixed = trial_scores(
        np.concatenate([references, clones]),
        [*([person.recording] for person in people), *(person.clones[1::2] for person in people)],
    )
    return Verification(
        speakers=len(people),
        real=equal_error_rate(*real),
        cloned=equal_error_rate(*cloned),
        real_or_cloned=equal_error_rate(*mixed),
        real_scores=real,
        cloned_scores=cloned,
    )


def _mean(vectors: Sequence[Vector]) -> Vector:
    return np.asarray(np.mean(np.stack(vectors), axis=0), dtype=np.float32)


def _unit(vectors: Vector) -> Vector:
    return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), dtype=np.float32)
