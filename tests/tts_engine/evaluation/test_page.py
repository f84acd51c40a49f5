"""The report: one file with everything in it, and its figures as JSON."""

import base64
import json
import re

import numpy as np
import pytest

from tests.tts_engine.evaluation.test_table import axis, utterance
from tts_engine.audio.io import decode_audio
from tts_engine.evaluation.natural import NaturalPair, NaturalRow, Track
from tts_engine.evaluation.page import render
from tts_engine.evaluation.pictures import map_picture
from tts_engine.evaluation.results import Results, VoiceResult, plain
from tts_engine.evaluation.robustness import Finding, Robustness
from tts_engine.evaluation.subjects import Person, Subject
from tts_engine.evaluation.table import rows_by_set
from tts_engine.evaluation.verification import Identity, verify
from tts_engine.training.corpus import Clip
from tts_engine.types import Audio, VoiceProfile

PNG = b"\x89PNG"
SOUND = Audio(0.1 * np.sin(np.arange(22_050) / 20).astype(np.float32), 22_050)


def track():
    mel = np.random.default_rng(0).normal(-5, 1, (80, 40)).astype(np.float32)
    f0_hz = np.where(np.arange(40) % 10 < 6, 150.0, 0.0).astype(np.float32)
    return Track(audio=SOUND, mel=mel, f0_hz=f0_hz, tokens=("^", "a", "."), durations=(0, 30, 10))


def voice(index, group="bank"):
    subject = Subject(
        name=f"<voice {index}>",
        profile=VoiceProfile(embedding=axis(index)),
        person=Person(reference=axis(index), recording=axis(index), others=(axis(50),)),
        reference=SOUND,
    )
    said = (utterance(audio=SOUND, text="Да & нет"), utterance("short", embedding=None))
    return VoiceResult(
        group=group,
        subject=subject,
        utterances=said,
        rows=tuple(rows_by_set(subject, said)),
        track=track(),
    )


@pytest.fixture(scope="module")
def results():
    voices = tuple(voice(index) for index in range(3))
    row = NaturalRow(
        voice="anna",
        clips=1,
        mcd_db=5.5,
        f0_correlation=np.nan,
        f0_rmse_hz=20.0,
        voicing_error_percent=9.0,
        phoneme_ms=15.0,
        length_percent=-3.0,
    )
    clip = Clip(
        id="c/1", corpus="c", speaker="s", language="ru", split="heldout", band_hz=8000,
        text="Да", tokens=("^", "a", "."), start=0, samples=9,
    )  # fmt: skip
    path = np.stack([np.arange(40)] * 2, axis=1)
    pair = NaturalPair(voice="anna", clip=clip, natural=track(), spoken=track(), path=path, row=row)
    people = [Identity(reference=axis(i), recording=axis(i), clones=[axis(i)] * 2) for i in (0, 1)]
    found = Finding(fault="skip", voice="anna", text="Мама", detail="мама")
    return Results(
        sentences_per_set=1,
        summary=voices[0].rows,
        voices=voices,
        verifications={"bank": verify(people)},
        natural=(row,),
        pairs=(pair,),
        robustness=Robustness(sentences=2, seconds=60.0, findings=(found,)),
        peak_memory_mb=900.0,
    )


def test_the_page_needs_no_other_file(results):
    page = render(results)
    sources = re.findall(r'(?:src|href)="([^"]*)"', page)
    assert sources
    assert all(source.startswith("data:") for source in sources)
    assert "<script" not in page


def test_pictures_and_sounds_are_what_they_say(results):
    page = render(results)
    pictures = re.findall(r"data:image/png;base64,([^\"]*)", page)
    sounds = re.findall(r"data:audio/mpeg;base64,([^\"]*)", page)
    assert len(pictures) == 1 + 1 + 1 + 3  # scores, map, pair, a track for each voice
    assert len(sounds) == 2 + 3 * 2  # the pair; for each voice its reference and one sample
    assert all(base64.b64decode(picture).startswith(PNG) for picture in pictures)
    for sound in sounds:
        assert decode_audio(base64.b64decode(sound)).seconds == pytest.approx(1, abs=0.1)


def test_figures_stand_in_the_tables_and_names_are_escaped(results):
    page = render(results)
    assert "<td>5.50</td><td>-</td><td>20.0</td>" in page
    assert "&lt;voice 0&gt;" in page
    assert "Да &amp; нет" in page
    assert "<td>skip</td><td>1</td>" in page


def test_an_evaluation_without_a_corpus_makes_a_page_too(results):
    bare = Results(
        sentences_per_set=1,
        summary=(),
        voices=results.voices[:1],
        verifications={},
        natural=(),
        pairs=(),
        robustness=None,
        peak_memory_mb=1.0,
    )
    page = render(bare)
    assert "Robustness" not in page
    assert "Speaker verification" not in page


def test_figures_are_strict_json(results):
    figures = json.loads(json.dumps(results.figures(), allow_nan=False))
    assert figures["robustness"]["counts"]["skip"] == 1
    assert figures["natural"][0]["f0_correlation"] is None
    assert figures["voices"][0]["sentence_set"] == "everyday"
    assert figures["verification"]["bank"]["eer_real_percent"] == pytest.approx(0, abs=1e-3)


def test_plain_values_have_no_nan_and_few_digits():
    assert plain({"a": (float("nan"), np.float64(0.123456)), "b": 3}) == {
        "a": [None, 0.1235],
        "b": 3,
    }


def test_a_map_is_drawn_of_three_voices():
    vectors = np.stack([axis(i) for i in range(3)])
    assert map_picture(["a", "b", "c"], vectors, vectors, ["bank"] * 3).startswith(PNG)
