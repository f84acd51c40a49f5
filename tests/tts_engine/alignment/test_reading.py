"""Lyrics out of the files that people have: lines in the order in which they are sung, and nothing else."""

import pytest

from tts_engine.alignment.reading import read_lyrics
from tts_engine.errors import RequestError

ULTRASTAR = """#TITLE:Берёза
#ARTIST:народная
#BPM:120
: 0 2 9 Во
: 2 2 9  по
: 4 2 9 ле
- 8
* 10 2 7 бе
: 12 2 5 рё
: 14 4 5 ~
F 18 2 5 за
E
"""
FILES = {
    "plain.txt": (
        "[Куплет 1]\nВо поле\n\n  берёза  \nПрипев:\nлюли (ой)\n",
        "Во поле\nберёза\nлюли (ой)",
    ),
    "chorus.lrc": (
        "[ti:Берёза]\n[ar:народная]\n[00:12.50][01:02.1]Люли\n[00:05.00]<00:05.00>Во <00:05.60>поле\n[00:20.00]\n",
        "Во поле\nЛюли\nЛюли",
    ),
    "lines.srt": (
        "1\n00:00:01,000 --> 00:00:02,000\nВо поле\n\n2\n00:01:00,000 --> 00:01:01,000\nлюли\n",
        "Во поле\nлюли",
    ),
    "notes.txt": (ULTRASTAR, "Во поле\nберёза"),
}


@pytest.mark.parametrize("name", FILES)
def test_lines_are_read_as_they_are_sung(tmp_path, name):
    content, expected = FILES[name]
    (tmp_path / name).write_text(content, encoding="utf-8")
    assert read_lyrics(tmp_path / name) == expected


def test_old_editors_wrote_another_alphabet(tmp_path):
    (tmp_path / "a.lrc").write_bytes("[00:01.00]Ёлка\n".encode("cp1251"))
    assert read_lyrics(tmp_path / "a.lrc") == "Ёлка"


def test_what_is_no_text_is_refused(tmp_path):
    (tmp_path / "a.txt").write_bytes(b"\xff\x98\x00")
    with pytest.raises(RequestError) as caught:
        read_lyrics(tmp_path / "a.txt")
    assert caught.value.code == "transcript_unreadable"
