"""Boundaries against labels made by hand: what is compared, and what is learned from."""

from types import SimpleNamespace

import numpy as np
import pytest
import soundfile as sf

from tests.tts_engine.recognizer.test_align import HOP_SECONDS, posteriors_for
from tests.tts_engine.tiny_corpus import SOUND_SECONDS, spell
from tts_engine.dataset.corpora import trim_bounds
from tts_engine.evaluation.alignment import Labelled
from tts_engine.recognizer.config import RecognizerConfig
from tts_engine.training.corpus import SAMPLE_RATE_HZ

SOUNDS = ("s", "a", "i")
PAUSE_SECONDS = 0.4
LEAD_SECONDS = 0.5  # of silence, which the corpus leaves out


@pytest.fixture
def utterance(tmp_path):
    """ "са", a pause, "и": its folder, its sound as a corpus has it, and where the corpus begins."""
    silence = np.zeros(int(PAUSE_SECONDS * SAMPLE_RATE_HZ), np.float32)
    said = np.concatenate([spell(["s", "a"]), silence, spell(["i"])])
    lead = np.zeros(int(LEAD_SECONDS * SAMPLE_RATE_HZ), np.float32)
    recorded = np.concatenate([lead, said])
    for name in ("wav", "lab"):
        (tmp_path / name).mkdir()
    sf.write(tmp_path / "wav" / "one.wav", recorded, SAMPLE_RATE_HZ, "FLOAT")
    first = LEAD_SECONDS + 0.1
    ends = [first + SOUND_SECONDS, first + 2 * SOUND_SECONDS]
    later = ends[1] + 0.2 + PAUSE_SECONDS
    rows = [(first, "pau"), (ends[0], "s"), (ends[1], "aa"), (later, "pau"), (later + 0.15, "ii")]
    lines = ["#", *(f"{seconds:.4f} 125 {phone}" for seconds, phone in rows)]
    (tmp_path / "lab" / "one.lab").write_text("\n".join(lines))
    cut = trim_bounds(recorded)[0]
    return tmp_path, recorded[cut:], cut / SAMPLE_RATE_HZ


def labelled(utterance, boundaries=()):
    folder, waveform, cut = utterance
    clip = SimpleNamespace(id="festvox/one", tokens=("^", "s", "a", ",", "i", "."))
    corpus = SimpleNamespace(select=lambda split, corpora: [clip], waveform=lambda clip: waveform)
    start = LEAD_SECONDS + 0.1 - cut

    def log_posteriors(mel):
        heard = posteriors_for("sa", mel.shape[1], start_seconds=start)
        middle = start + 2 * SOUND_SECONDS + 0.2 + PAUSE_SECONDS + 0.075
        of_i = posteriors_for("i", mel.shape[1], start_seconds=middle - 0.075)
        said = of_i[:, 0] < -1
        heard[said] = of_i[said]
        return heard

    recognizer = SimpleNamespace(
        config=RecognizerConfig(boundaries=boundaries), log_posteriors=log_posteriors
    )
    return Labelled(corpus, folder, recognizer)


def test_an_error_is_told_in_the_time_of_the_recording(utterance):
    assert np.abs(labelled(utterance).errors()).max() < 0.03


def test_what_was_learned_moves_what_is_compared(utterance):
    plain = labelled(utterance).errors()
    moved = labelled(utterance, (("s-a", -3.0, 0.0, 0.0),)).errors()
    assert moved[0] - plain[0] == pytest.approx(-3 * HOP_SECONDS)


def test_across_a_pause_nothing_is_learned(utterance):
    [example] = labelled(utterance).examples()
    assert example.pair == "s-a"
    assert abs(example.label - example.change) < 3
    assert example.left < example.change <= example.right
