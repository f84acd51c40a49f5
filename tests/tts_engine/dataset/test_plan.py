"""The editable plan: it comes back as it was written, and what cannot be followed is refused by name."""

import json

import pytest

from tts_engine.dataset.plan import MENDS, REASONS, Piece, Plan, Recording, read_plan, write_plan
from tts_engine.errors import RequestError


def plan():
    return Plan(
        settings={"channel": "auto"},
        recordings=(
            Recording(file="Запись №1.wav", copy="sources/0001.flac", seconds=10.0, rate_hz=44_100),
            Recording(file="x.txt", refused=("not_audio", "no sound", "не звук")),
        ),
        pieces=(
            Piece(
                id="0001-0001",
                recording=0,
                start_seconds=0.0,
                end_seconds=4.0,
                kept=True,
                text="Да.",
            ),
            Piece(
                id="0001-0002",
                recording=0,
                start_seconds=4.0,
                end_seconds=6.0,
                kept=False,
                reasons=("music",),
                figures={"snr_db": None},
            ),
            Piece(id="0001-0003", recording=0, start_seconds=6.0, end_seconds=10.0, kept=False),
        ),
    )


def edited(tmp_path, change):
    write_plan(plan(), tmp_path)
    told = json.loads((tmp_path / "report.json").read_text("utf-8"))
    change(told)
    (tmp_path / "report.json").write_text(json.dumps(told), "utf-8")
    return read_plan(tmp_path)


def test_a_plan_comes_back_as_it_was(tmp_path):
    write_plan(plan(), tmp_path)
    assert read_plan(tmp_path) == plan()
    text = (tmp_path / "report.json").read_text("utf-8")
    assert "Запись №1.wav" in text
    assert json.loads(text)["hours_kept"] == pytest.approx(4 / 3600, abs=1e-4)


def test_what_is_dropped_is_counted_by_its_reason():
    assert plan().kept_seconds == 4
    assert plan().dropped_seconds() == {"music": 2.0, "by_hand": 4.0}


def test_every_reason_and_mending_has_two_languages():
    for en, ru in (*REASONS.values(), *MENDS.values()):
        assert en
        assert any("а" <= letter <= "я" for letter in ru)


@pytest.mark.parametrize(
    "wrong",
    [
        {"end_seconds": 11.0},
        {"start_seconds": -1.0},
        {"start_seconds": 5.0},
        {"end_seconds": 7.0, "id": "a"},
        {"recording": 5},
        {"mended": ["magic"]},
        {"id": "../x"},
        {"start_seconds": "soon"},
        {"colour": "red"},
    ],
)
def test_an_edited_plan_that_cannot_be_followed_is_refused(tmp_path, wrong):
    def change(told):
        told["pieces"][2]["kept"] = True
        told["pieces"][0].update(wrong)

    with pytest.raises(RequestError) as caught:
        edited(tmp_path, change)
    assert caught.value.code == "plan_invalid"
    assert "report.json" in caught.value.message_ru


def test_without_a_plan_there_is_nothing_to_follow(tmp_path):
    with pytest.raises(RequestError) as caught:
        read_plan(tmp_path)
    assert caught.value.code == "plan_missing"


def test_what_is_edited_is_read(tmp_path):
    def change(told):
        told["pieces"][1] |= {
            "kept": True,
            "start_seconds": 4.25,
            "mended": ["denoised"],
            "text": "Ё.",
        }

    piece = edited(tmp_path, change).pieces[1]
    assert (piece.kept, piece.start_seconds, piece.mended, piece.text) == (
        True,
        4.25,
        ("denoised",),
        "Ё.",
    )
