"""Questions on top of the predicted pitch.

The corpora are prose read aloud: few questions, and read flat, so the network learns no more than a
shallower fall. The contours are those of Bryzgunova (1977): ИК-3 rises steeply inside the stressed
vowel of the focus and stays low after it; ИК-2 is highest on the question word and falls to the end.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Vector = NDArray[np.float32]

LOW = -4.5  # semitones from the median: where both contours end
YES_NO_PEAK, WORD_PEAK = 7.5, 5.0
BEFORE_RISE = 0.5  # what precedes ИК-3 stays at most so high, so that the rise is heard
FALL_TOKENS = 3  # ИК-3 is down again after so many tokens
USUAL_SPREAD, LEAST_LIVELY, MOST_LIVELY = 2.8, 0.8, 1.3  # peaks grow with the voice's own spread


@dataclass(frozen=True)
class Contour:
    """A question's shape.

    Attributes:
        rises: ИК-3, else ИК-2.
        token: the stressed vowel that carries it.
        reach: index after the last token it shapes; later ones fall as in a statement.
    """

    rises: bool
    token: int
    reach: int


def shape_question(semitones: Vector, contour: Contour, spread: float) -> Vector:
    """Pitch per token (L,) in semitones from the voice's median, with the contour on it.

    Args:
        semitones: as predicted.
        contour: where and what; its token must lie within.
        spread: of the voice, semitones.
    """
    lively = float(np.clip(spread / USUAL_SPREAD, LEAST_LIVELY, MOST_LIVELY))
    shaped = semitones.copy()
    if contour.rises:
        _rise(shaped, contour, lively)
    else:
        _fall(shaped, contour, lively)
    return shaped


def _rise(shaped: Vector, contour: Contour, lively: float) -> None:
    focus, last = contour.token, shaped.size
    shaped[:focus] = np.minimum(shaped[:focus], BEFORE_RISE * lively)
    shaped[focus] = YES_NO_PEAK * lively
    after = np.arange(1, last - focus, dtype=np.float32)
    falling = YES_NO_PEAK + (LOW - YES_NO_PEAK) * np.minimum(after / FALL_TOKENS, 1.0)
    within = focus + after < contour.reach
    level = np.where(within, falling, np.linspace(0.0, LOW, after.size) if after.size else falling)
    shaped[focus + 1 :] = level * lively


def _fall(shaped: Vector, contour: Contour, lively: float) -> None:
    focus = contour.token
    shaped[:focus] = np.minimum(shaped[:focus], WORD_PEAK * lively / 2)
    shaped[focus] = max(float(shaped[focus]), WORD_PEAK * lively)
    falling = np.linspace(WORD_PEAK / 2, LOW, shaped.size - focus - 1, dtype=np.float32)
    own = shaped[focus + 1 :]
    own += falling * lively - _smooth(own)


def _smooth(values: Vector) -> Vector:
    """The straight line through values: what stays when it is taken away are their small movements."""
    if values.size < 3:
        return values.copy()
    position = np.arange(values.size)
    slope, offset = np.polyfit(position, values, 1)
    return np.asarray(slope * position + offset, dtype=np.float32)
