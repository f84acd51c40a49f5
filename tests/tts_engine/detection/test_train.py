"""Training on people and machines that hum, and what it draws from."""

import numpy as np
import pytest
import torch

from tests.tts_engine.detection.tiny_material import TINY, hum, write_tiny_material
from tts_engine.detection import data
from tts_engine.detection.data import STRETCH_FRAMES, StretchSampler, spread
from tts_engine.detection.inference import LEAST_SECONDS, SpeakerJudge
from tts_engine.detection.material import (
    CALIBRATION,
    PERSON,
    RATE_HZ,
    TEST,
    TRAIN,
    Material,
    Piece,
    held_out,
    split_of,
    write_material,
)
from tts_engine.detection.train import DetectorTrainer, DetectorTraining, measured_sounds
from tts_engine.errors import AudioError
from tts_engine.training.loop import RunConfig


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    path = tmp_path_factory.mktemp("material")
    write_tiny_material(path)
    return path


def test_pieces_come_back_as_written(tmp_path):
    sound = hum(np.random.default_rng(0), steady=True, seconds=0.5)
    pieces = [Piece(id=name, source=PERSON, speaker="somebody", split=TRAIN) for name in "ab"]
    write_material(tmp_path / "people", [(pieces[0], sound), (pieces[1], -sound)])
    material = Material(tmp_path)
    for piece, expected in zip(material.pieces, (sound, -sound), strict=True):
        np.testing.assert_allclose(material.waveform(piece), expected, atol=1e-4)


def test_no_material_is_an_error(tmp_path):
    with pytest.raises(AudioError) as caught:
        Material(tmp_path)
    assert caught.value.code == "material_missing"


def test_who_is_held_out_is_heard_by_nobody():
    named = held_out()
    assert not named["people"] & named["calibration_people"]
    assert split_of("asterisk-ru") == TEST
    assert split_of(sorted(named["calibration_people"])[0]) == CALIBRATION
    assert split_of("somebody-else") == TRAIN
    unknown = Piece(id="x", source="hifi-gan-v1", speaker="y", split=TEST)
    assert unknown.is_machine
    assert not unknown.known


def test_batches_are_half_machines_of_training(folder):
    batch = StretchSampler(folder, TINY).draw(6, np.random.default_rng(0))
    assert batch.levels.shape == (6, STRETCH_FRAMES, 1 + TINY.fine_windows, TINY.bands)
    assert batch.loud.shape == (6, STRETCH_FRAMES)
    assert batch.machine.tolist() == [0, 1] * 3
    assert torch.isfinite(batch.levels).all()
    again = StretchSampler(folder, TINY).draw(6, np.random.default_rng(0))
    assert torch.equal(batch.levels, again.levels)


def test_a_machine_is_drawn_by_the_root_of_its_pieces(tmp_path, monkeypatch):
    counts = {"many": 36, "few": 4, PERSON: 1}
    pieces = [
        Piece(id=f"{source}/{number}", source=source, speaker="x", split=TRAIN)
        for source, count in counts.items()
        for number in range(count)
    ]
    write_material(tmp_path / "all", [(piece, np.ones(8)) for piece in pieces])
    drawn = []

    def levels(_, piece, rng):
        drawn.append(piece.source)
        return np.zeros((STRETCH_FRAMES, 1 + TINY.fine_windows, TINY.bands))

    monkeypatch.setattr(StretchSampler, "_levels", levels)
    StretchSampler(tmp_path, TINY).draw(2_000, np.random.default_rng(0))
    assert drawn.count(PERSON) == 1_000
    assert drawn.count("many") == pytest.approx(750, abs=50)  # 6 to 2


def test_a_piece_gets_another_noise_after_some_dozen_times(folder, monkeypatch):
    monkeypatch.setattr(data, "NOISE", 1.0)
    sampler, rng = StretchSampler(folder, TINY), np.random.default_rng(0)
    piece = Material(folder).select(TRAIN)[0]
    heard = [sampler._levels(piece, rng) for _ in range(400)]
    assert 10 < len({levels.tobytes() for levels in heard}) < 60
    assert heard[0] is heard[1]


def test_one_side_alone_teaches_nothing(tmp_path, folder):
    (tmp_path / "people").symlink_to(folder / "people")
    with pytest.raises(AudioError) as caught:
        StretchSampler(tmp_path, TINY)
    assert caught.value.code == "material_one_sided"


def test_every_machine_has_its_share_of_what_is_measured():
    pieces = [Piece(id=str(n), source="ab"[n > 8], speaker="x", split=TEST) for n in range(12)]
    assert [piece.source for piece in spread(pieces, 3)] == ["a"] * 3 + ["b"] * 3


def test_calibration_hears_what_is_as_short_as_may_be_judged(tmp_path):
    sound = hum(np.random.default_rng(0), steady=True, seconds=5.0)
    piece = Piece(id="a", source=PERSON, speaker="somebody", split=CALIBRATION)
    write_material(tmp_path / "people", [(piece, sound)])
    whole, short, _ = measured_sounds(tmp_path)[PERSON]
    assert whole.size == sound.size
    assert short.size == LEAST_SECONDS * RATE_HZ
    np.testing.assert_array_equal(short, whole[: short.size])


def test_a_training_tells_hums_apart_calibrates_and_resumes(tmp_path, folder):
    def trained(steps):
        run = RunConfig(
            folder=tmp_path, steps=steps, device="cpu", precision="32-true", save_every=20
        )
        settings = DetectorTraining(
            run=run, material=folder, model=TINY, batch=8, learning_rate=1e-2, evaluate_every=40
        )
        trainer = DetectorTrainer(settings)
        return trainer, trainer.fit()

    trained(20)
    trainer, config = trained(40)
    assert trainer.run.step == 40
    assert config != TINY  # calibrated
    judge = SpeakerJudge.load(tmp_path / "weights")
    assert judge.config == config
    material = Material(folder)
    logits = {
        piece.is_machine: judge.logit(material.waveform(piece)) for piece in material.select(TEST)
    }
    assert logits[True] > logits[False]
