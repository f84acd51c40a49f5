"""Does a machine speak? Windows of four seconds, a share for each second, one answer.

The network runs in NumPy: the web process judges files, and loads no torch for it. Memory is bounded by a block of
windows.
"""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load_file
from scipy.special import expit

from tts_engine.audio.resample import resample
from tts_engine.detection.array_network import ArrayNetwork
from tts_engine.detection.config import DetectorConfig
from tts_engine.detection.levels import band_levels, normalized
from tts_engine.errors import CheckpointError
from tts_engine.stages import timed
from tts_engine.types import Audio, Waveform
from tts_engine.weights import verify_folder, weights_missing

PERSON, MACHINE, UNKNOWN = "person", "machine", "unknown"
SHORT, BETWEEN, NO_SPEECH, MUSIC = "short", "between", "no_speech", "music"
BLOCK_WINDOWS = 6
LEAST_SECONDS = 3.0  # of sound that is loud enough

Array = NDArray[np.float32]
Mask = NDArray[np.bool_]


@dataclass(frozen=True, kw_only=True)
class Judgement:
    """Who speaks, as far as can be heard.

    Attributes:
        speaker: "machine", "person", or "unknown" where it cannot be told.
        share: 0 to 1; of machines among recordings that sound so, were there as many of people; None: too short.
        machine_from: from this share on a machine is said to speak.
        person_below: below this share a person is.
        seconds_heard: of sound that is loud enough to be judged.
        curve: the same share for each second of the recording; None where it is quiet.
        reason: why it cannot be told: "short", "between" (the shares), "no_speech", "music"; "" where it can.
    """

    speaker: str
    share: float | None
    machine_from: float
    person_below: float
    seconds_heard: float
    curve: tuple[float | None, ...]
    reason: str = ""


class _Heard(NamedTuple):
    """Windows of a recording: first frames (W,), logits (W,), loud frames in each (W,), and loud frames of all (F,)."""

    starts: NDArray[np.int_]
    logits: Array
    weights: NDArray[np.int_]
    loud: Mask


class SpeakerJudge:
    """The detector with its weights."""

    def __init__(self, network: ArrayNetwork, config: DetectorConfig) -> None:
        self._network, self.config = network, config

    @classmethod
    def load(cls, folder: Path) -> "SpeakerJudge":
        """Weights of a folder; CheckpointError when they are missing, damaged or do not fit."""
        for name in ("model.safetensors", "config.json"):
            if not (folder / name).is_file():
                raise weights_missing(folder / name)
        verify_folder(folder)
        try:
            values = json.loads((folder / "config.json").read_text(encoding="utf-8"))
            config = DetectorConfig(**{**values, "channels": tuple(values["channels"])})
            return cls(ArrayNetwork(load_file(folder / "model.safetensors")), config)
        except (SafetensorError, KeyError, TypeError, ValueError) as error:
            raise CheckpointError(
                "weights_damaged",
                f"{folder} does not hold weights of DetectorConfig: {error}",
                f"{folder} не содержит весов DetectorConfig: {error}",
            ) from error

    @timed("detection")
    def judge(self, audio: Audio) -> Judgement:
        """Who speaks in a recording of any length."""
        config = self.config
        heard = self._hear(resample(audio.waveform, audio.sample_rate_hz, config.sample_rate_hz))
        seconds_heard = float(heard.loud.sum() / config.frames_per_second)
        share = None
        if seconds_heard >= LEAST_SECONDS:
            share = self.share(float(np.average(heard.logits, weights=heard.weights)))
        speaker = self.answer(share)
        return Judgement(
            speaker=speaker,
            share=share,
            machine_from=config.machine_from,
            person_below=config.person_below,
            seconds_heard=seconds_heard,
            curve=self._curve(heard),
            reason="" if speaker != UNKNOWN else (SHORT if share is None else BETWEEN),
        )

    def share(self, logit: float) -> float:
        """Calibrated, 0 to 1."""
        scaled = self.config.slope * logit + self.config.offset
        return float(expit(scaled))

    def answer(self, share: float | None) -> str:
        """Of a whole recording's share."""
        if share is None or self.config.person_below <= share < self.config.machine_from:
            return UNKNOWN
        return MACHINE if share >= self.config.machine_from else PERSON

    def logit(self, waveform: Waveform) -> float:
        """Of a waveform at the detector's rate, before calibration; 0 for silence."""
        heard = self._hear(waveform)
        return float(np.average(heard.logits, weights=heard.weights)) if heard.loud.any() else 0.0

    def _hear(self, waveform: Waveform) -> _Heard:
        """Windows that overlap, the last one at the end."""
        config = self.config
        step = round(config.step_seconds * config.sample_rate_hz)
        size = (config.window_frames - 1) * config.hop_samples + config.window_samples
        last = max(0, waveform.size - size)
        starts = [*range(0, last, step), last]
        logits, masks, tops = [], [], []
        for first in range(0, len(starts), BLOCK_WINDOWS):
            block = starts[first : first + BLOCK_WINDOWS]
            rows = [self._row(filled(waveform[start : start + size], size)) for start in block]
            loud = np.stack([row[1] for row in rows])
            logits.append(self._network(np.stack([row[0] for row in rows]), loud))
            masks.append(loud)
            tops += [row[2] for row in rows]
        found = np.concatenate(masks)
        found[np.array(tops) < max(tops) - config.quiet_db] = False  # the noise of a room
        frames = np.array(starts) // config.hop_samples
        loud = np.zeros(frames[-1] + config.window_frames, dtype=bool)
        for start, mask in zip(frames, found, strict=True):
            loud[start : start + mask.size] |= mask
        # what was repeated to fill a window is heard once
        loud[-(-waveform.size // config.hop_samples) :] = False
        return _Heard(frames, np.concatenate(logits), found.sum(axis=1), loud)

    def _row(self, window: Waveform) -> tuple[Array, Mask, float]:
        """What the network reads of a window, what is loud in it, and how loud it gets."""
        levels = band_levels(window, self.config)[: self.config.window_frames]
        return *normalized(levels, self.config), float(levels.max())

    def _curve(self, heard: _Heard) -> tuple[float | None, ...]:
        """For each second the mean of the windows that it lies in, nearer middles weighing more."""
        rate = round(self.config.frames_per_second)
        middles = heard.starts + self.config.window_frames / 2
        end = np.flatnonzero(heard.loud)[-1] + 1 if heard.loud.any() else 0
        curve: list[float | None] = []
        for first in range(0, int(end), rate):
            if not heard.loud[first : first + rate].any():
                curve.append(None)
                continue
            away = np.abs(middles - first - rate / 2) / self.config.window_frames
            weights = np.maximum(0.0, 0.5 - away) * heard.weights
            if not weights.any():  # the last part of a second
                weights = (away == away.min()) * np.maximum(heard.weights, 1)
            curve.append(self.share(float(np.average(heard.logits, weights=weights))))
        return tuple(curve)


def filled(waveform: Waveform, size: int) -> Waveform:
    """Cut or repeated to so many samples; nothing at all is silence."""
    if waveform.size == 0:
        return np.zeros(size, dtype=np.float32)
    return np.resize(waveform, size) if waveform.size < size else waveform[:size]
