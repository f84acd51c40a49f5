"""Orders of people are followed: what is kept, dropped and moved, with the words; what cannot be is refused."""

import json

import numpy as np
import pytest
import soundfile as sf

from tts_engine.cli import main
from tts_engine.dataset.building import rebuild
from tts_engine.dataset.edits import Edit, apply_edits, edit_dataset, parse_edits, read_edits
from tts_engine.dataset.known import Known, read_known, write_known
from tts_engine.dataset.plan import Piece, Plan, Recording, read_plan, write_plan
from tts_engine.dataset.transcripts import Heard, Laid, WordAt
from tts_engine.errors import RequestError
from tts_engine.text.frontend import get_frontend

RATE = 22_050
TEXT = "Мама мыла раму. Пришло пять писем."


def known():
    """Six words, each a second long from second 1 on; heard as written."""
    sentences = tuple(get_frontend().sentences(TEXT))
    words, sounds, times = [], [], []
    for index, sentence in enumerate(sentences):
        for place, word in enumerate(sentence.words):
            start = 1.0 + len(words)
            words.append(
                WordAt(
                    phonemes=word.phonemes,
                    start=start,
                    end=start + 1,
                    sentence=index,
                    place=place,
                )
            )
            sounds += word.phonemes
            times += np.linspace(start + 0.1, start + 0.8, len(word.phonemes)).tolist()
    laid = Laid(
        words=tuple(words), sentences=sentences, differing=((7.5, 8.0),), sounds=len(sounds)
    )
    return Known(heard=Heard(phonemes=tuple(sounds), times=tuple(times)), laid=laid, text="")


def piece(number, start, end, kept, **more):
    return Piece(
        id=f"0001-{number:04}", recording=0, start_seconds=start, end_seconds=end, kept=kept, **more
    )


@pytest.fixture
def folder(tmp_path):
    """10 s of two clips with music between them."""
    (tmp_path / "sources").mkdir()
    copy = tmp_path / "sources" / "0001.flac"
    sf.write(copy, 0.1 * np.sin(np.arange(10 * RATE) / 20), RATE)
    write_known(known(), copy)
    plan = Plan(
        settings={},
        recordings=(Recording(file="Запись.wav", copy="sources/0001.flac", seconds=10.0),),
        pieces=(
            piece(1, 0.0, 1.0, False, reasons=("silence",)),
            piece(2, 1.0, 4.0, True, text="Мама мыла раму.", phonemes="m", mended=("clicks",)),
            piece(3, 4.0, 5.0, False, reasons=("music",)),
            piece(4, 5.0, 7.0, True, text="своими руками", phonemes="s"),
            piece(5, 7.0, 10.0, False, reasons=("silence",)),
        ),
    )
    write_plan(rebuild(plan, tmp_path), tmp_path)
    return tmp_path


def lies(plan):
    return {
        one.id[-1]: (one.start_seconds, one.end_seconds, one.kept, one.text) for one in plan.pieces
    }


def tiled(plan):
    ends = [0.0, *(one.end_seconds for one in plan.pieces)]
    return ends == pytest.approx([*(one.start_seconds for one in plan.pieces), 10.0])


def applied(folder, *rows):
    plan = apply_edits(read_plan(folder), parse_edits(list(rows)), folder)
    assert tiled(plan)
    return lies(plan)


def test_what_is_known_comes_back_as_it_was(tmp_path):
    write_known(known(), tmp_path / "a.flac")
    assert read_known(tmp_path / "a.flac") == known()
    with pytest.raises(RequestError) as caught:
        read_known(tmp_path / "b.flac")
    assert caught.value.code == "copy_missing"


def test_a_drop_is_undone_with_its_words(folder):
    found = applied(folder, {"clip": "0001-0003", "action": "keep"})
    assert found["3"] == (4.0, 5.0, True, "Пришло")
    assert found["4"][3] == "своими руками"  # what a person wrote stays where nothing moved
    assert applied(folder, {"clip": "0001-0002", "action": "drop"})["2"][2] is False


def test_a_cut_belongs_to_both_pieces(folder):
    found = applied(folder, {"clip": "0001-0002", "action": "move", "new_to_s": 3.0})
    assert found["2"] == (1.0, 3.0, True, "Мама мыла")
    assert found["3"][:3] == (3.0, 5.0, False)
    found = applied(folder, {"clip": "0001-0004", "action": "move", "new_from_s": 2.0})
    assert found["4"] == (2.0, 7.0, True, "мыла раму. Пришло пять писем.")
    assert found["2"] == (1.0, 2.0, True, "Мама")
    assert "3" not in found


def test_a_piece_that_leaves_leaves_a_stretch(folder):
    found = applied(
        folder, {"clip": "0001-0002", "action": "move", "new_from_s": 7.5, "new_to_s": 9.0}
    )
    assert found["2"][:3] == (7.5, 9.0, True)
    assert found["6"] == (9.0, 10.0, False, "")
    assert (1.0, 4.0, False, "") in found.values()


def test_a_stretch_of_a_source_is_dropped_or_kept(folder):
    source = {"source": "Запись.wav"}
    found = applied(folder, {**source, "from_s": 2.0, "to_s": 3.0, "action": "drop"})
    assert found["2"] == (1.0, 2.0, True, "Мама")
    assert found["6"][:3] == (2.0, 3.0, False)
    assert found["7"] == (3.0, 4.0, True, "раму.")
    found = applied(folder, {**source, "from_s": 3.0, "to_s": 6.0, "action": "keep"})
    assert found["6"] == (3.0, 6.0, True, "раму. Пришло пять")
    assert found["4"] == (6.0, 7.0, True, "писем.")
    move = {**source, "from_s": 4.98, "to_s": 7.0, "action": "move", "new_to_s": 6.0}
    assert applied(folder, move)["4"] == (5.0, 6.0, True, "пять")


def test_the_folder_is_as_the_edits_want_it(folder):
    clips = folder / "clips"
    untouched = (clips / "0001-0004.flac").stat().st_mtime_ns
    plan = edit_dataset(
        folder,
        [
            Edit(clip="0001-0003", action="keep"),
            Edit(clip="0001-0002", action="move", new_to_s=3.5),
        ],
    )
    assert read_plan(folder) == plan
    assert [row["action"] for row in plan.edits] == ["keep", "move"]
    assert {path.stem[-1] for path in clips.iterdir()} == {"2", "3", "4"}
    assert (clips / "0001-0004.flac").stat().st_mtime_ns == untouched
    assert sf.info(clips / "0001-0002.flac").duration == pytest.approx(2.5, abs=0.01)
    assert sf.info(clips / "0001-0003.flac").duration == pytest.approx(1.5, abs=0.01)
    assert "Пришло" in (folder / "metadata.csv").read_text("utf-8")
    assert "Пришло" in (folder / "report.html").read_text("utf-8")


def test_a_command_follows_edits_once(folder, capsys):
    edits = folder / "edits.json"
    edits.write_text(json.dumps([{"clip": "0001-0004", "action": "drop"}]), "utf-8")
    for _ in range(2):
        assert main(["dataset", str(folder), "--rebuild"]) == 0
        assert not edits.exists()
        assert [one.id for one in read_plan(folder).kept] == ["0001-0002"]
    assert len(read_plan(folder).edits) == 1
    edits.write_text("[{]", "utf-8")
    assert main(["dataset", str(folder), "--rebuild"]) == 2
    assert "edits.json" in capsys.readouterr().err
    with pytest.raises(RequestError):
        read_edits(edits)


@pytest.mark.parametrize(
    "row",
    [
        {"clip": "0001-0009", "action": "keep"},
        {"clip": "0001-0002", "action": "burn"},
        {"clip": "0001-0002", "action": "move"},
        {"clip": "0001-0002", "action": "keep", "new_to_s": 2.0},
        {"clip": "0001-0002", "action": "move", "new_to_s": 0.5},
        {"clip": "0001-0002", "action": "move", "new_to_s": 11.0},
        {"clip": "0001-0002", "action": "move", "new_to_s": "3"},
        {"clip": "0001-0002", "source": "Запись.wav", "action": "keep"},
        {"source": "Запись.wav", "from_s": 1.0, "action": "keep"},
        {"source": "x.wav", "from_s": 1.0, "to_s": 2.0, "action": "keep"},
        {"source": "Запись.wav", "from_s": 9.0, "to_s": 12.0, "action": "keep"},
        {"source": "Запись.wav", "from_s": 1.0, "to_s": 2.0, "action": "move", "new_to_s": 3.0},
        {"action": "keep"},
        {"colour": "red"},
        "keep",
    ],
)
def test_what_cannot_be_followed_is_refused(folder, row):
    before = (folder / "report.json").read_bytes()
    with pytest.raises(RequestError) as caught:
        edit_dataset(folder, parse_edits([row]))
    assert caught.value.code == "edits_invalid"
    assert caught.value.details["edit"] == 1
    assert (folder / "report.json").read_bytes() == before
