"""Does a machine speak? Windows of three seconds, a share for each second, one answer.

The network runs in NumPy, one window after another: the web process judges files, and loads no torch for it.
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
from tts_engine.detection.windows import (
    RATE_HZ,
    STEPS_PER_SECOND,
    filled,
    loud_steps,
    loudness,
)
from tts_engine.errors import CheckpointError
from tts_engine.stages import timed
from tts_engine.types import Audio, Waveform
from tts_engine.weights import verify_folder, weights_missing

PERSON, MACHINE, UNKNOWN = "person", "machine", "unknown"
SHORT, BETWEEN, NO_SPEECH, MUSIC = "short", "between", "no_speech", "music"
LEAST_SECONDS = 3.0  # of sound that is loud enough

MODEL = "model.safetensors"
DISTILLMOS = "distillmos"  # the folder of its weights, beside the detector's

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
    """Windows of a recording: first steps (W,), logits (W,), loud steps in each (W,), and loud steps of all (S,)."""

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
        """Weights of a folder, and those of DistillMOS in the folder beside it.

        Raises:
            CheckpointError: they are missing, damaged or do not fit.
        """
        distilled = folder.parent / DISTILLMOS
        for path in (folder / MODEL, folder / "config.json", distilled / MODEL):
            if not path.is_file():
                raise weights_missing(path)
        for name in (folder, distilled):
            verify_folder(name)
        try:
            config = DetectorConfig(
                **json.loads((folder / "config.json").read_text(encoding="utf-8"))
            )
            network = ArrayNetwork(load_file(distilled / MODEL), load_file(folder / MODEL))
        except (SafetensorError, KeyError, TypeError, ValueError) as error:
            raise CheckpointError(
                "weights_damaged",
                f"{folder} and {distilled} do not hold weights of DetectorConfig: {error}",
                f"{folder} и {distilled} не содержат весов DetectorConfig: {error}",
            ) from error
        return cls(network, config)

    @timed("detection")
    def judge(self, audio: Audio) -> Judgement:
        """Who speaks in a recording of any length."""
        config = self.config
        heard = self._hear(resample(audio.waveform, audio.sample_rate_hz, RATE_HZ))
        seconds_heard = float(heard.loud.sum() / STEPS_PER_SECOND)
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
        """Of a waveform at 16 kHz, before calibration; 0 for silence."""
        heard = self._hear(waveform)
        return float(np.average(heard.logits, weights=heard.weights)) if heard.loud.any() else 0.0

    def _hear(self, waveform: Waveform) -> _Heard:
        """Windows that overlap, the last one at the end: (T,) at 16 kHz."""
        config = self.config
        size, step = (
            round(seconds * RATE_HZ) for seconds in (config.window_seconds, config.step_seconds)
        )
        last = max(0, waveform.size - size)
        starts = np.array([*range(0, last, step), last])
        levels = np.stack([loudness(filled(waveform[start:], size)) for start in starts])
        masks = np.stack([loud_steps(row, config) for row in levels])
        masks[levels.max(axis=1) < levels.max() - config.quiet_db] = False  # the noise of a room
        logits = [
            self._network(filled(waveform[start:], size), mask)
            for start, mask in zip(starts, masks, strict=True)
        ]
        firsts = starts * STEPS_PER_SECOND // RATE_HZ
        loud = np.zeros(firsts[-1] + masks.shape[1], dtype=bool)
        for first, mask in zip(firsts, masks, strict=True):
            loud[first : first + mask.size] |= mask
        # what was repeated to fill a window is heard once
        loud[-(-waveform.size * STEPS_PER_SECOND // RATE_HZ) :] = False
        return _Heard(firsts, np.array(logits, dtype=np.float32), masks.sum(axis=1), loud)

    def _curve(self, heard: _Heard) -> tuple[float | None, ...]:
        """For each second the mean of the windows that it lies in, nearer middles weighing more."""
        rate, size = STEPS_PER_SECOND, self.config.window_seconds * STEPS_PER_SECOND
        middles = heard.starts + size / 2
        end = np.flatnonzero(heard.loud)[-1] + 1 if heard.loud.any() else 0
        curve: list[float | None] = []
        for first in range(0, int(end), rate):
            if not heard.loud[first : first + rate].any():
                curve.append(None)
                continue
            away = np.abs(middles - first - rate / 2) / size
            weights = np.maximum(0.0, 0.5 - away) * heard.weights
            if not weights.any():  # the last part of a second
                weights = (away == away.min()) * np.maximum(heard.weights, 1)
            curve.append(self.share(float(np.average(heard.logits, weights=weights))))
        return tuple(curve)
