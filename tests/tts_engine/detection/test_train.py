"""Training on people and machines that hum, and what it draws from."""

import numpy as np
import pytest
import torch

from tests.tts_engine.detection.tiny_material import (
    hum,
    write_tiny_distilled,
    write_tiny_material,
)
from tts_engine.detection import train
from tts_engine.detection.data import (
    PERSON_VIEWS,
    STEPS,
    WINDOW_SAMPLES,
    HeardStretches,
    Stretch,
    calibrating_stretches,
    hear,
    shares_of,
    training_stretches,
)
from tts_engine.detection.inference import SpeakerJudge
from tts_engine.detection.material import (
    CALIBRATION,
    PERSON,
    TEST,
    TRAIN,
    Material,
    Piece,
    held_out,
    split_of,
    write_material,
)
from tts_engine.detection.model import DetectorNetwork
from tts_engine.detection.train import CROP_STEPS, HEAD_ALONE, DetectorTrainer, DetectorTraining
from tts_engine.detection.treatments import CODED
from tts_engine.errors import AudioError
from tts_engine.training.loop import RunConfig


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    path = tmp_path_factory.mktemp("material")
    write_tiny_material(path, pieces=4)
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


def rows_of(counts):
    return [
        Stretch(source=source, speaker=f"{source}-{n % 2}", way="plain")
        for source, count in counts.items()
        for n in range(count)
    ]


def test_people_weigh_half_and_a_machine_the_root_of_its_stretches():
    rows = rows_of({PERSON: 6, "many": 36, "few": 4})
    shares = shares_of(rows)
    whole = {
        source: sum(share for share, row in zip(shares, rows, strict=True) if row.source == source)
        for source in (PERSON, "many", "few")
    }
    assert whole == pytest.approx({PERSON: 0.5, "many": 0.375, "few": 0.125})
    people = [Stretch(source=PERSON, speaker="ab"[n > 0], way="plain") for n in range(4)]
    assert shares_of(people)[0] == pytest.approx(3 * shares_of(people)[1])


def test_people_are_heard_oftener_and_each_time_otherwise(folder):
    made = list(training_stretches(Material(folder)))
    people = [sound for row, sound in made if not row.is_machine]
    assert len(people) == 4 * PERSON_VIEWS
    assert 4 <= len(made) - len(people) <= 8
    assert len({sound.tobytes() for sound in people}) > 0.7 * len(people)
    assert {sound.size for _, sound in made} == {WINDOW_SAMPLES}
    ways = [set(row.way.split("+")) for row, _ in made if not row.is_machine]
    for way in (
        {"room"},
        {"noise"},
        set(CODED),
    ):  # people as machines: or else a room would tell who speaks
        assert 0 < sum(bool(way & own) for own in ways) < len(ways)


def test_people_calibrate_on_all_ways_and_machines_on_some(folder):
    rows = [row for row, _ in calibrating_stretches(Material(folder))]
    people = [row.way for row in rows if not row.is_machine]
    assert people[: len(people) // 4] == ["plain", *CODED, "room", "noise"]
    machines = [row.way for row in rows if row.is_machine]
    assert len(machines) == 4 * 3
    assert {"plain", "room", "noise", *CODED[:4]} == set(machines)


def test_one_side_alone_teaches_nothing(tmp_path, folder):
    distilled = write_tiny_distilled(tmp_path)
    stretches = [made for made in calibrating_stretches(Material(folder)) if made[0].is_machine]
    hear(tmp_path / "heard", iter(stretches), distilled)
    with pytest.raises(AudioError) as caught:
        HeardStretches(tmp_path / "heard")
    assert caught.value.code == "material_one_sided"


def trained(folder, material, steps):
    run = RunConfig(folder=folder, steps=steps, device="cpu", precision="32-true", save_every=50)
    settings = DetectorTraining(
        run=run,
        material=material,
        heard=folder / "heard",
        distilled=folder / "distillmos",
        batch=8,
        learning_rate=3e-3,
    )
    trainer = DetectorTrainer(settings)
    return trainer, trainer.fit()


def test_a_training_tells_hums_apart_calibrates_and_resumes(tmp_path, folder, monkeypatch):
    monkeypatch.setattr(train, "MEMORY", 0.9)
    distilled = write_tiny_distilled(tmp_path)
    trainer, _ = trained(tmp_path, folder, HEAD_ALONE)
    begun = DetectorNetwork(distilled)
    assert torch.equal(trainer.network.linear_proj.weight, begun.linear_proj.weight)
    assert not torch.equal(trainer.network.head.weight, begun.head.weight)
    monkeypatch.setattr(train, "hear", None)  # what was heard once is not heard again
    trainer, config = trained(tmp_path, folder, 150)
    assert trainer.run.step == 150
    assert not torch.equal(trainer.network.linear_proj.weight, begun.linear_proj.weight)
    features, loud, machine = trainer._draw(np.random.default_rng(0))
    assert features.shape == (8, CROP_STEPS, 32)
    assert loud.shape == (8, CROP_STEPS)
    assert set(machine.tolist()) == {0.0, 1.0}
    whole, _ = trainer.stretches.read(np.array([0]))
    assert whole.shape == (1, STEPS, 32)
    judge = SpeakerJudge.load(tmp_path / "weights")
    assert judge.config == config
    assert config.machine_from != type(config)().machine_from  # calibrated
    material = Material(folder)
    told = {True: [], False: []}
    for piece in material.select(TEST):
        told[piece.is_machine].append(judge.logit(material.waveform(piece)))
    assert np.median(told[True]) > np.median(told[False])
