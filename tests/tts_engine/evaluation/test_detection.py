"""The detector's table."""

import pytest

from tests.tts_engine.detection.tiny_material import write_tiny_material
from tts_engine.detection.config import DetectorConfig
from tts_engine.detection.inference import SpeakerJudge
from tts_engine.detection.material import TEST, Material, Piece
from tts_engine.evaluation import detection
from tts_engine.evaluation.detection import (
    SECONDS,
    WAYS,
    Trial,
    heard_in_training,
    rows_of,
    trials,
)


def trial(source, way, logit):
    piece = Piece(id=f"{source}{way}{logit}", source=source, speaker="x", split=TEST)
    judge = SpeakerJudge(None, DetectorConfig())
    share = judge.share(logit)
    return Trial(piece=piece, way=way, logit=logit, share=share, answer=judge.answer(share))


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    path = tmp_path_factory.mktemp("material")
    write_tiny_material(path, pieces=4)
    return path


def test_rates_are_counted_apart_for_known_and_unknown():
    found = [
        *(trial("person", "plain", logit) for logit in (-5.0, -4.0, 0.0, 5.0)),
        *(trial("world", "plain", logit) for logit in (4.0, 5.5, 6.0, 7.0)),
        *(trial("melgan", "plain", logit) for logit in (-6.0, -3.0, 1.0, 9.0)),
    ]
    rows = {row.name: row for row in rows_of(found)}
    people, known, unknown = (
        rows[name] for name in ("people, plain", "known machines, plain", "unknown machines, plain")
    )
    assert (people.called_machine, people.called_person, people.unsure) == (0.25, 0.5, 0.25)
    assert people.eer is None
    assert (known.eer, known.called_machine) == (0.25, 1.0)
    assert (unknown.eer, unknown.called_person) == (0.5, 0.5)
    assert rows["melgan (unknown)"].pieces == 4
    assert rows["world (known)"].pieces == 4
    assert len({len(row.line()) for row in rows.values()}) == 1


def test_every_held_out_piece_is_heard_in_every_way(folder):
    judge = SpeakerJudge(lambda window, loud: 0.0, DetectorConfig())
    material = Material(folder)
    found = list(trials(judge, material, quick=False))
    pieces = material.select(TEST)
    assert sum(one.way in WAYS for one in found) == len(WAYS) * len(pieces)
    lengths = {one.way for one in found if one.way not in WAYS}
    assert lengths == {f"{SECONDS[0]:g} s"}  # they last three seconds
    assert {one.piece.source for one in found} == {"person", "buzzer", "hifi-gan-v1"}


def test_quick_hears_some_of_each_machine(folder, monkeypatch):
    monkeypatch.setattr(detection, "QUICK_PIECES", 1)
    judge = SpeakerJudge(lambda window, loud: 0.0, DetectorConfig())
    found = list(trials(judge, Material(folder), quick=True))
    machines = {one.piece.id: one.piece.source for one in found if one.piece.is_machine}
    assert sorted(machines.values()) == ["buzzer", "hifi-gan-v1"]


def test_who_was_heard_in_training_is_told(folder):
    heard = heard_in_training(Material(folder))
    assert set(heard) == {"person", "buzzer"}
    voices, pieces, minutes = heard["person"]
    assert (voices, pieces) == (4, 4)
    assert minutes == pytest.approx(4 * 3 / 60)
