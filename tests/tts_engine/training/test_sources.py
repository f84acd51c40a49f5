"""Which clips the corpora have, and what of them is never trained on."""

import numpy as np
import pytest
import soundfile as sf

from tts_engine.dataset.plan import Piece, Plan, Recording, write_plan
from tts_engine.dataset.sources import (
    gcompris_sources,
    held_out,
    kokoro_sources,
    librispeech_sources,
    reader_name,
    songs_sources,
    voxforge_sources,
)
from tts_engine.errors import RequestError


def test_what_is_held_out_is_a_fixed_list():
    lists = held_out()
    assert len(lists["festvox_utterances"]) == 25
    assert len(lists["librispeech_speakers"]) == 20
    assert len(lists["voxforge_men"]) == 34
    assert len(lists["voxforge_women"]) == 8
    assert not lists["voxforge_men"] & lists["voxforge_women"]


@pytest.mark.parametrize(
    ("read", "listed"),
    [(librispeech_sources, "librispeech_speakers"), (kokoro_sources, "kokoro_voices")],
)
def test_a_held_out_speaker_is_marked(tmp_path, read, listed):
    speaker = sorted(held_out()[listed])[0]
    (tmp_path / "metadata.csv").write_text(
        f"file|speaker|language|text\nmany/1.ogg|{speaker}|en|\nmany/2.ogg|somebody|en|\n"
    )
    assert [source.split for source in read(tmp_path)] == ["heldout", "train"]


def test_all_folders_that_one_person_sent_are_one_reader():
    assert reader_name("Zend-20110516-leg") == reader_name("zend-20110508-whz") == "zend"
    assert reader_name("alx_coa_aka_Interocitor-20110101-aaa") == "alx_coa_aka_interocitor"
    assert reader_name("ira") == "ira"


def test_every_folder_of_a_held_out_reader_is_held_out(tmp_path):
    (tmp_path / "etc").mkdir()
    (tmp_path / "etc/PROMPTS_all").write_text(
        "<s> раз <sil> два </s> (Slider-20110516-leg/wav/ru_0001)\n"
        "<s> три </s> (slider-20110517-abc/wav/ru_0002)\n"
        "<s> четыре </s> (alina-20110517-abc/wav/ru_0003)\n"
        "<s> пять </s> (zend-20110517-abc/wav/ru_0002)\n",
        encoding="utf-8",
    )
    sources = list(voxforge_sources(tmp_path))
    assert [source.split for source in sources] == ["heldout", "heldout", "heldout", "train"]
    assert sources[0].speaker == sources[1].speaker == "voxforge-slider"
    assert sources[0].text == "раз, два"
    assert sources[0].path == tmp_path / "feat/Slider-20110516-leg/wav/ru_0001.mfc"


def test_nobody_reads_a_held_out_festvox_sentence(tmp_path):
    name = sorted(held_out()["festvox_utterances"])[0]
    (tmp_path / "etc").mkdir()
    (tmp_path / "etc/PROMPTS_all").write_text(
        f"<s> раз </s> (urp/wav/{name})\n<s> раз </s> (zend-20110517-abc/wav/{name})\n"
        "<s> два </s> (urp/wav/ru_9999)\n",
        encoding="utf-8",
    )
    assert [source.id for source in voxforge_sources(tmp_path)] == ["voxforge/urp/ru_9999"]


def test_words_of_one_volunteer_are_joined_to_clips(tmp_path):
    (tmp_path / "LICENSE").write_text(
        "./fi/alphabet:\n"
        "a.ogg\tNiko Lewman 2011 / GPL\nb.ogg\tNiko Lewman <niko at x> 2011 / GPL\nc.ogg\tNiko Lewman 2011\n"
        "d.ogg\tAnna 2011 / GPL\ne.ogg\tAnna - anna@x 2012 / GPL\ngone.ogg\tAnna 2011 / GPL\n"
        "./ru/misc:\nf.ogg\tGPL V3+\nshort.ogg\tAlexey 2004 / GPL\n",
        encoding="utf-8",
    )
    seconds = {"fi/alphabet": dict.fromkeys("abcde", 2.6), "ru/misc": {"f": 6.0, "short": 1.0}}
    for folder, files in seconds.items():
        (tmp_path / folder).mkdir(parents=True)
        for name, length in files.items():
            sf.write(tmp_path / folder / f"{name}.ogg", np.zeros(int(length * 8_000)), 8_000)
    clips = [
        (
            source.speaker,
            source.language,
            [path.stem for path in (source.path, *source.followed_by)],
        )
        for source in gcompris_sources(tmp_path)
    ]
    assert clips == [
        ("gcompris-fi-Niko_Lewman", "en", ["a", "b"]),  # c alone is too short
        ("gcompris-fi-Anna", "en", ["d", "e"]),
        ("gcompris-ru", "ru", ["f"]),
    ]


def test_kept_lines_of_songs_are_clips_of_their_singers(tmp_path):
    line = {
        "recording": 0,
        "start_seconds": 0.0,
        "end_seconds": 2.0,
        "text": "Во поле",
        "language": "ru",
    }
    plan = Plan(
        settings={"separate": True},
        recordings=(Recording(file="a.mp3", seconds=9.0, person="Анна Б"),),
        pieces=(
            Piece(id="0001-0001", kept=True, **line),
            Piece(id="0001-0002", kept=False, reasons=("uncertain",), **line),
        ),
    )
    write_plan(plan, tmp_path)
    with pytest.raises(RequestError) as caught:
        list(songs_sources(tmp_path))
    assert caught.value.code == "clip_missing"
    (tmp_path / "clips").mkdir()
    (tmp_path / "clips/0001-0001.flac").touch()
    (source,) = songs_sources(tmp_path)
    assert (source.id, source.speaker, source.corpus) == (
        "songs/0001-0001",
        "songs-Анна_Б",
        "songs",
    )
    assert (source.language, source.text, source.split) == ("ru", "Во поле", "train")
    write_plan(Plan(settings={"channel": "auto"}, recordings=(), pieces=()), tmp_path)
    with pytest.raises(RequestError) as caught:
        list(songs_sources(tmp_path))
    assert caught.value.code == "not_songs"
