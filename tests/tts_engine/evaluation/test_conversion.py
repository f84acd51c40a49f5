"""The tables of conversions: their figures say what they claim."""

import numpy as np
import pytest
from mir_eval.separation import bss_eval_sources
from scipy.signal import lfilter

from tts_engine.audio.untrusted import SONG_RATE_HZ
from tts_engine.conversion.converting import Converted
from tts_engine.evaluation.columns import header, line, mean_of
from tts_engine.evaluation.conversion import Measured, pitch_kept
from tts_engine.evaluation.separation import SAMPLES, WAYS, both_sdr, mixed, of_length, sdr
from tts_engine.evaluation.singing import measured
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

    rows = [row(0.2), row(0.4), row(float("nan"))]
    text = line("some", len(rows), mean_of(rows))
    assert "  3 " in text
    assert text.count("0.30") >= 8
    assert "30.0" in text
    assert len(text) == len(header(Measured, "speech"))
    assert line("none", 1, row(float("nan"))).count("-") == len(Measured.__dataclass_fields__)


def melody() -> np.ndarray:
    curve = (300 * 2 ** (np.round(3 * np.sin(np.arange(400) / 40)) / 12)).astype(np.float32)
    curve[150:200] = 0
    return curve


def test_a_tune_that_holds():
    wanted = melody()
    found = measured(converted(wanted, wanted))
    assert found.voiced == pytest.approx(350 * HOP / RATE)
    assert found.near > 0.98
    assert found.near_praat > 0.98
    assert found.unheard < 0.05
    assert found.octave_off == 0
    assert found.silent < 0.02
    assert found.top_hz == pytest.approx(300 * 2 ** (3 / 12), rel=0.01)
    assert found.top_heard_hz == pytest.approx(found.top_hz, rel=0.02)


def test_a_tune_that_is_off_falls_silent_and_jumps():
    wanted = melody()
    off = np.where(wanted > 0, wanted * np.float32(2 ** (1 / 12)), 0).astype(np.float32)
    assert measured(converted(off, wanted)).near < 0.05
    broken = wanted.copy()
    broken[20:90] = 0
    found = measured(converted(broken, wanted))
    assert found.silent == pytest.approx(70 / 350, abs=0.02)
    assert found.unheard == pytest.approx(70 / 350, abs=0.04)
    leaping = wanted.copy()
    leaping[60:110] *= 2
    assert measured(converted(leaping, wanted)).octave_off == pytest.approx(50 / 350, abs=0.03)


def test_sides_of_a_mixture_are_equally_loud_and_the_truth_of_it():
    rng = np.random.default_rng(1)
    voice = of_length(
        Audio(0.01 * rng.standard_normal(SONG_RATE_HZ).astype(np.float32), SONG_RATE_HZ)
    )
    music = rng.standard_normal((SAMPLES, 2)).astype(np.float32)
    truth, song = mixed(voice, music)
    assert voice.size == SAMPLES
    assert np.abs(song).max() == pytest.approx(0.7, abs=1e-3)
    assert np.allclose(song.mean(axis=1), truth.sum(axis=0), atol=1e-5)
    assert np.square(truth[0]).mean() == pytest.approx(
        np.square(song - truth[0][:, None]).mean(), rel=0.01
    )


def test_a_perfect_separation_is_told_from_none_and_from_half():
    seconds = np.arange(SONG_RATE_HZ) / SONG_RATE_HZ
    voice = np.sin(2 * np.pi * 440 * seconds**1.5).astype(np.float32)
    music = np.random.default_rng(2).standard_normal((seconds.size, 2)).astype(np.float32)
    truth, song = mixed(voice, music)
    whole = np.repeat(truth[:1].T, 2, axis=1).astype(np.float32)
    half = whole + np.float32(0.1) * (song - whole)
    best, some, none = (
        both_sdr(truth, song, one)[0] for one in (whole, half, WAYS["as it is"](song))
    )
    assert best > 40 > 25 > some > 15 > 5 > none


@pytest.mark.filterwarnings("ignore:mir_eval.separation:FutureWarning")
def test_sdr_is_that_of_bss_eval():
    rng = np.random.default_rng(3)
    true = lfilter([1], [1, -0.9], rng.standard_normal((2, 20_000)))
    estimated = np.array(
        [lfilter([0.5, 0.3], [1], true[0]) + 0.2 * true[1], true[1] + 0.4 * true[0]]
    )
    known = bss_eval_sources(true, estimated, compute_permutation=False)[0]
    assert [sdr(*pair) for pair in zip(true, estimated, strict=True)] == pytest.approx(
        known, abs=0.01
    )
