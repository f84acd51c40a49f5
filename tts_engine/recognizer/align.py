"""Forced alignment: where in a mel each phoneme and pause of a known text lies.

A Viterbi path over the CTC posteriors says in which order and about where the phonemes are heard.
CTC peaks are narrow, so the boundary between two neighbours is then set where the sound changes most:
the split of the frames between their peaks with the least squared error around the two means. Sound is
measured as loudness, the root of the amplitude: in logarithms the changes of what is hardly heard weigh
as much (median error on festvox-ru 20.6 ms; in loudness 18.7). From there it is moved as `boundaries` has
learned for the two sounds.
Silences are found by energy and given to the pause of the text that stands there.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from tts_engine.errors import AudioError
from tts_engine.recognizer.boundaries import Line, moved, pair_of
from tts_engine.recognizer.model import BLANK, STRIDE, phonemes_to_classes
from tts_engine.text.symbols import COMMA, PERIOD, START, VOWELS, is_phoneme, phonemes_only

Array = NDArray[np.float32]

WRITTEN_PAUSE_FRAMES = 6  # 70 ms: shorter silence at a comma is no pause
UNWRITTEN_PAUSE_FRAMES = 15  # 175 ms: shorter silence without a comma may be a stop's closure
SILENCE_SHARE = 0.22  # of the way from the noise floor up to the speech level


VOICELESS = frozenset(
    ("p", "f", "k", "t", "s", "ʂ", "ts", "x", "pʲ", "fʲ", "kʲ", "tʲ", "sʲ", "xʲ", "tɕ", "ɕː")
)


@dataclass(frozen=True)
class Alignment:
    """Tokens with their lengths; the durations sum to the frames of the mel.

    Attributes:
        tokens: START, phonemes and pauses; pauses that nobody wrote are inserted as commas.
        durations: mel frames of each token, 0 for a written pause that was not made.
        score: mean log-probability of the path per step.
    """

    tokens: tuple[str, ...]
    durations: tuple[int, ...]
    score: float


def ctc_path(
    log_posteriors: Array, classes: Sequence[int], least_steps: Sequence[int] = ()
) -> tuple[NDArray[np.int64], float]:
    """Best CTC path through a known label sequence (Viterbi), exact and in bounded memory.

    Only the scores of every K-th step are kept, K the root of their number. The way back goes block by block,
    last one first: from such a step to the next a path passes 2 K states at most, which are scored again with
    the choices noted. Half an hour of speech takes 0.1 GB; the choices and scores of all steps would take 18 GB.

    *Source:* J. A. Grice, R. Hughey, D. Speck (1997), "Reduced space sequence alignment", CABIOS 13.

    Args:
        log_posteriors: (T, classes).
        classes: labels without blanks, length L.
        least_steps: how long each label lasts at least, (L,). Then like labels need no blank between them, as for
            posteriors of an ear that hears sounds as long as they last. Empty: CTC, a step and a blank.

    Returns:
        For each step 2 i + 1 for label i and even numbers for blanks, (T,), and the mean log-probability per step.

    Raises:
        AudioError: the audio is too short for the text.
    """
    steps, labels = log_posteriors.shape[0], len(classes)
    numbers, states, skip = _states(classes, least_steps)
    block = math.isqrt(steps - 1) + 1
    kept = np.empty((math.ceil(steps / block), states.size))
    score = np.full(states.size, -np.inf)
    score[:2] = log_posteriors[0, states[:2]]
    kept[0] = score
    for step in range(1, steps):
        came = score.copy()
        np.maximum(came[1:], score[:-1], out=came[1:])
        np.maximum(came[2:], score[:-2] + skip[2:], out=came[2:])
        score = came + log_posteriors[step, states]
        if step % block == 0:
            kept[step // block] = score
    state = states.size - 1 if score[-1] >= score[-2] else states.size - 2
    best = score[state]
    if not np.isfinite(best):
        raise AudioError(
            "text_too_long_for_audio",
            f"{labels} phonemes do not fit {steps} steps of audio; text and audio differ",
            f"{labels} фонем не помещаются в {steps} шагов записи: текст и запись расходятся",
        )
    path = np.empty(steps, dtype=np.int64)
    last = steps - 1
    path[last] = state
    for number in range(len(kept) - 1, -1, -1):
        first = number * block
        low = max(0, int(path[last]) - 2 * (last - first))
        near = slice(low, int(path[last]) + 1)
        emitted = log_posteriors[first + 1 : last + 1][:, states[near]]
        path[first : last + 1] = low + _way_back(kept[number, near], emitted, skip[near])
        last = first
    return numbers[path], float(best) / steps


def _states(
    classes: Sequence[int], least_steps: Sequence[int]
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
    """States of a path: blanks, and each label as often as it has steps at least, (S,).

    Returns:
        What `ctc_path` calls each of them, its class, and 0 where it may follow the one before the last, else -inf.
    """
    each = np.ones(len(classes), dtype=np.int64)
    if least_steps:
        each = np.asarray(least_steps, dtype=np.int64)
    times = np.ones(2 * len(classes) + 1, dtype=np.int64)
    times[1::2] = each
    numbers = np.repeat(np.arange(times.size), times)
    emitted = np.full(times.size, BLANK, dtype=np.int64)
    emitted[1::2] = classes
    states = emitted[numbers]
    skip = np.full(states.size, -np.inf)
    firsts = np.flatnonzero(np.diff(numbers, prepend=-1))[1::2]  # of each label
    unlike = np.diff(emitted[1::2], prepend=BLANK) != 0
    skip[firsts[1:]] = np.where(unlike[1:] | bool(least_steps), 0.0, -np.inf)
    return numbers, states, skip


def _way_back(
    score: NDArray[np.float64], emitted: Array, skip: NDArray[np.float64]
) -> NDArray[np.int64]:
    """States (N + 1,) of the best path that ends in the last state: from scores (S,) through (N, S)."""
    back = np.empty(emitted.shape, dtype=np.int8)
    candidates = np.full((3, score.size), -np.inf)
    for step, emission in enumerate(emitted):
        candidates[0] = score
        candidates[1, 1:] = score[:-1]
        candidates[2, 2:] = score[:-2] + skip[2:]
        back[step] = candidates.argmax(axis=0)
        score = candidates.max(axis=0) + emission
    path = np.full(len(emitted) + 1, score.size - 1, dtype=np.int64)
    for step in range(len(emitted) - 1, -1, -1):
        path[step] = path[step + 1] - back[step, path[step + 1]]
    return path


def lost_by(
    posteriors: Array, path: NDArray[np.int64], classes: Sequence[int]
) -> NDArray[np.float64]:
    """By how much each label of a path is less likely than the best, on average over its steps, nats (L,)."""
    own = path % 2 == 1
    labels = path[own] // 2
    less = posteriors[own].max(axis=1) - posteriors[own, np.asarray(classes)[labels]]
    return np.bincount(labels, less, len(classes)) / np.bincount(labels, minlength=len(classes))


def align(
    mel: Array,
    log_posteriors: Array,
    tokens: Sequence[str],
    boundaries: Mapping[str, Line] = MappingProxyType({}),
) -> Alignment:
    """Align a text with its mel.

    Args:
        mel: (n_mels, T) log-mel.
        log_posteriors: (ceil(T / 2), classes) of the recognizer.
        tokens: phonemes and pauses of the text, in order; START is optional.
        boundaries: lines by pairs of sounds, see `boundaries`; without them a boundary is where the sound changes most.

    Raises:
        AudioError: no phonemes, or too many for the audio.
    """
    phonemes = phonemes_only(tokens)
    if not phonemes:
        raise AudioError(
            "nothing_to_align", "the text has no phonemes", "в тексте нет ни одной фонемы"
        )
    peaks, score = surest_frames(log_posteriors, phonemes, mel.shape[1])
    silent = silent_frames(mel)
    written = _pauses_before(tokens)
    out_tokens: list[str] = [START]
    ends: list[int] = [_leading_silence(silent, peaks[0])]
    for index, phoneme in enumerate(phonemes):
        out_tokens.append(phoneme)
        if index + 1 == len(phonemes):
            last_pause = written.get(len(phonemes), PERIOD)
            ends.append(_trailing_silence(silent, peaks[-1]))
            break
        pause = written.get(index + 1)
        run = _longest_silence(silent, peaks[index], peaks[index + 1])
        wanted = WRITTEN_PAUSE_FRAMES if pause else UNWRITTEN_PAUSE_FRAMES
        if run[1] - run[0] >= wanted:
            ends.append(run[0])
            out_tokens.append(pause or COMMA)
            ends.append(run[1])
            continue
        left, right = peaks[index], peaks[index + 1]
        line = boundaries.get(pair_of(phoneme, phonemes[index + 1]))
        ends.append(moved(line, best_split(mel, left, right), left, right))
        if pause:
            out_tokens.append(pause)
            ends.append(ends[-1])
    out_tokens.append(last_pause)
    ends.append(mel.shape[1])
    durations = np.diff(np.array([0, *ends]))
    return Alignment(tuple(out_tokens), tuple(int(frames) for frames in durations), score)


def surest_frames(
    log_posteriors: Array, phonemes: Sequence[str], frames: int
) -> tuple[list[int], float]:
    """Frame of a mel of so many at which each phoneme is surest, rising, and the path's score; raises as `ctc_path`."""
    classes = phonemes_to_classes(list(phonemes))
    path, score = ctc_path(log_posteriors, classes)
    return _peaks(path, log_posteriors, classes, frames), score


def token_f0(alignment: Alignment, f0_hz: NDArray[np.float32]) -> tuple[float, ...]:
    """Median F0 of each voiced token with enough voiced frames, else 0."""
    values: list[float] = []
    first = 0
    for token, frames in zip(alignment.tokens, alignment.durations, strict=True):
        part = f0_hz[first : first + frames]
        first += frames
        voiced = part[part > 0]
        sounding = is_phoneme(token) and token not in VOICELESS
        share = 0.3 if token in VOWELS else 0.5
        enough = sounding and frames > 0 and voiced.size >= share * frames
        values.append(round(float(np.median(voiced)), 2) if enough else 0.0)
    return tuple(values)


def silent_frames(mel: Array) -> NDArray[np.bool_]:
    """Frames whose energy is near the noise floor: (n_mels, T) -> (T,)."""
    energy = np.log(np.exp(mel).mean(axis=0) + 1e-6)
    smooth = np.convolve(np.pad(energy, 1, mode="edge"), np.ones(3) / 3, mode="valid")
    floor, speech = np.percentile(smooth, 3), np.percentile(smooth, 90)
    floor = max(floor, speech - 7.0)
    return np.asarray(smooth < floor + SILENCE_SHARE * (speech - floor))


def best_split(mel: Array, left: int, right: int) -> int:
    """The frame in left+1 … right at which two even stretches differ most in loudness."""
    if right - left < 2:
        return right
    sound = np.exp(mel[:, left : right + 1] / 2).astype(np.float64)
    before = sound.cumsum(axis=1)  # (bands, frames)
    whole, before = before[:, -1:], before[:, :-1]
    count = np.arange(1, sound.shape[1])
    # the squared error around two means is least where these squares are most
    explained = before**2 / count + (whole - before) ** 2 / (sound.shape[1] - count)
    return left + 1 + int(explained.sum(axis=0).argmax())


def _peaks(
    path: NDArray[np.int64], log_posteriors: Array, classes: Sequence[int], frames: int
) -> list[int]:
    """Mel frame at which each label is surest, strictly rising."""
    peaks: list[int] = []
    for index, label in enumerate(classes):
        first, stop = np.searchsorted(path, (2 * index + 1, 2 * index + 2))
        best = int(first + log_posteriors[first:stop, label].argmax())
        frame = min(STRIDE * best + STRIDE // 2, frames - 1)
        peaks.append(max(frame, peaks[-1] + 1) if peaks else frame)
    return [min(peak, frames - 1) for peak in peaks]


def _pauses_before(tokens: Sequence[str]) -> dict[int, str]:
    """Number of phonemes said -> the pause written there."""
    pauses: dict[int, str] = {}
    said = 0
    for token in tokens:
        if is_phoneme(token):
            said += 1
        elif token != START:
            pauses[said] = token
    return pauses


def _leading_silence(silent: NDArray[np.bool_], peak: int) -> int:
    loud = np.flatnonzero(~silent[:peak])
    return int(loud[0]) if loud.size else max(0, peak - 3)


def _trailing_silence(silent: NDArray[np.bool_], peak: int) -> int:
    loud = np.flatnonzero(~silent[peak + 1 :])
    return peak + 2 + int(loud[-1]) if loud.size else min(silent.size, peak + 4)


def _longest_silence(silent: NDArray[np.bool_], left: int, right: int) -> tuple[int, int]:
    """Longest run of silent frames strictly between two peaks, (first, stop)."""
    best = (right, right)
    first = None
    for frame in range(left + 1, right + 1):
        if frame < right and silent[frame]:
            first = frame if first is None else first
        elif first is not None:
            if frame - first > best[1] - best[0]:
                best = (first, frame)
            first = None
    return best
