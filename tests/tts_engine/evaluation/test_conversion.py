"""The table of conversions: its figures say what they claim."""

import numpy as np
import pytest

from tts_engine.conversion.converting import Converted
from tts_engine.evaluation.conversion import HEADER, Measured, line, pitch_kept
from tts_engine.types import Audio

RATE, HOP = 22_050, 256


def tone(f0_hz: np.ndarray) -> np.ndarray:
    phase = np.cumsum(2 * np.pi * np.repeat(f0_hz, HOP) / RATE)
    sound = sum(np.sin(k * phase) / k for k in range(1, 12))
    return (0.1 * sound * np.repeat(f0_hz > 0, HOP)).astype(np.float32)


def converted(spoken_hz: np.ndarray, asked_hz: np.ndarray) -> Converted:
    return Converted(
        audio=Audio(tone(spoken_hz), RATE), semitones=0, source_hz=asked_hz, f0_hz=asked_hz
    )


def test_pitch_that_is_kept_and_pitch_that_is_not():
    curve = (140 * 2 ** (np.sin(np.arange(200) / 9) / 3)).astype(np.float32)
    curve[:40] = 0
    correlation, voicing = pitch_kept(converted(curve, curve))
    assert correlation > 0.99
    assert voicing < 0.03
    other = np.where(curve > 0, 140 * 2 ** (np.cos(np.arange(200) / 4) / 3), 0).astype(np.float32)
    assert pitch_kept(converted(other, curve))[0] < 0.6
    voiced = np.where(curve > 0, curve, 140).astype(np.float32)
    assert pitch_kept(converted(curve, voiced))[1] == pytest.approx(0.2, abs=0.03)


def test_a_line_is_the_mean_of_what_is_known():
    def row(value: float) -> Measured:
        names = Measured.__dataclass_fields__
        return Measured(**dict.fromkeys(names, value))

    text = line("some", [row(0.2), row(0.4), row(float("nan"))])
    assert "  3 " in text
    assert text.count("0.30") >= 8
    assert "30.0" in text
    assert len(text) == len(HEADER)
