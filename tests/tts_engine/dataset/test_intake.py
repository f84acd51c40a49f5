"""Folders and zips as people keep them: every layout gives its files with their texts."""

import zipfile

import pytest

from tts_engine.dataset.intake import given_recordings, given_songs
from tts_engine.errors import RequestError


def write(folder, files):
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8"))
    return folder


def texts(sources, tmp_path):
    return {g.path.name: g.text for g in given_recordings(sources, tmp_path / "unpacked")}


LAYOUTS = {
    "LJSpeech": (
        {
            "metadata.csv": "LJ001|Raw 1|Raw one\nLJ002|Second, text|Second, text\n",
            "wavs/LJ001.wav": b"x",
            "wavs/LJ002.wav": b"x",
            "wavs/unlisted.wav": b"x",
        },
        {"LJ001.wav": "Raw 1", "LJ002.wav": "Second, text"},
    ),
    "M-AILABS": (
        {
            "by_book/female/anna/book/metadata.csv": 'a_01.wav|Он сказал: "да"|он сказал да\n',
            "by_book/female/anna/book/wavs/a_01.wav": b"x",
            "by_book/male/ivan/book/metadata.csv": "a_01.wav|Другой|другой\n",
            "by_book/male/ivan/book/wavs/b_01.wav": b"x",
        },
        {"a_01.wav": 'Он сказал: "да"'},
    ),
    "RUSLAN": (
        {
            "metadata_RUSLAN_22200.csv": "000001_RUSLAN|Первая фраза.\n000002_RUSLAN|Вторая.\n",
            "RUSLAN/000001_RUSLAN.wav": b"x",
            "RUSLAN/000002_RUSLAN.wav": b"x",
        },
        {"000001_RUSLAN.wav": "Первая фраза.", "000002_RUSLAN.wav": "Вторая."},
    ),
    "Common Voice": (
        {
            "validated.tsv": "client_id\tpath\tsentence\tup_votes\nabc\tcv_1.mp3\tПривет.\t2\n",
            "train.tsv": "client_id\tpath\tsentence\nabc\tcv_1.mp3\tне это\nabd\tcv_2.mp3\tИ это.\n",
            "clips/cv_1.mp3": b"x",
            "clips/cv_2.mp3": b"x",
        },
        {"cv_1.mp3": "Привет.", "cv_2.mp3": "И это."},
    ),
    "files with texts beside them": (
        {
            "Глава 1 — 'начало'.OGG": b"x",
            "Глава 1 — 'начало'.txt": "Жили-были".encode("cp1251"),
            "日本.m4a": b"x",
            ".hidden.wav": b"x",
            "notes.pdf": b"x",
        },
        {"Глава 1 — 'начало'.OGG": "Жили-были", "日本.m4a": ""},
    ),
}


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("zipped", [False, True])
def test_a_layout_gives_its_files_with_their_texts(tmp_path, layout, zipped):
    files, expected = LAYOUTS[layout]
    folder = write(tmp_path / "corpus", files)
    source = folder
    if zipped:
        source = tmp_path / "corpus.ZIP"
        with zipfile.ZipFile(source, "w") as archive:
            for name in files:
                archive.write(folder / name, f"top/{name}")
    assert texts([source], tmp_path) == expected


def test_speakers_of_common_voice_are_kept_apart(tmp_path):
    folder = write(tmp_path / "corpus", LAYOUTS["Common Voice"][0])
    people = [given.person for given in given_recordings([folder], tmp_path / "unpacked")]
    assert people == ["abc", "abd"]


def test_nothing_of_a_zip_lands_outside(tmp_path):
    archive = tmp_path / "evil.zip"
    with zipfile.ZipFile(archive, "w") as opened:
        opened.writestr("../../out.wav", b"x")
        opened.writestr("/abs.wav", b"x")
        opened.writestr("run.sh", b"x")
        link = zipfile.ZipInfo("link.wav")
        link.external_attr = 0o120777 << 16
        opened.writestr(link, "/etc/passwd")
    unpacked = tmp_path / "a" / "unpacked"
    found = given_recordings([archive], unpacked)
    assert sorted(given.path.name for given in found) == ["abs.wav"]
    assert all(unpacked in given.path.parents for given in found)


def test_a_zip_that_swells_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr("tts_engine.dataset.intake.MOST_ZIP_BYTES", 1000)
    archive = tmp_path / "bomb.zip"
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as opened:
        opened.writestr("zeros.wav", bytes(10_000))
    with pytest.raises(RequestError) as caught:
        given_recordings([archive], tmp_path / "unpacked")
    assert caught.value.code == "zip_refused"
    assert not (tmp_path / "unpacked").exists()


def test_nothing_to_read_is_named(tmp_path):
    (tmp_path / "empty").mkdir()
    for source, code in (
        (tmp_path / "none", "file_missing"),
        (tmp_path / "empty", "no_recordings"),
    ):
        with pytest.raises(RequestError) as caught:
            given_recordings([source], tmp_path / "unpacked")
        assert caught.value.code == code


@pytest.mark.parametrize("suffix", [".srt", ".vtt"])
def test_subtitles_beside_a_recording_are_its_text_with_times(tmp_path, suffix):
    files = {"интервью.mp3": b"x", f"интервью{suffix}": "1", "интервью.txt": "без времён"}
    folder = write(tmp_path / "corpus", files)
    [given] = given_recordings([folder / "интервью.mp3"], tmp_path / "unpacked")
    assert (given.text, given.transcript) == ("", folder / f"интервью{suffix}")


def test_names_as_russian_windows_zips_them(tmp_path):
    archive, name = tmp_path / "a.zip", "Глава.wav"
    with zipfile.ZipFile(archive, "w") as opened:
        opened.writestr("?????.wav", b"x")
    content = archive.read_bytes().replace(b"?????.wav", name.encode("cp866"))
    archive.write_bytes(content)
    [given] = given_recordings([archive], tmp_path / "unpacked")
    assert given.path.name == name


@pytest.mark.parametrize("zipped", [False, True])
def test_songs_have_the_lyrics_that_are_called_like_them(tmp_path, zipped):
    files = {
        "Анна - Берёза.mp3": b"x",
        "Анна - Берёза.txt": "Во поле",
        "02 - Калинка.flac": b"x",
        "02 - Калинка.lrc": "[00:01.00]Калинка",
        "02 - Калинка.txt": "not this one",
        "unreadable.mp3": b"x",
        "unreadable.txt": b"\xff\x98",  # told of when it is read, and stops no other
        "alone.wav": b"x",
        "metadata.csv": "alone.wav|none|none\n",
    }
    source = write(tmp_path / "songs", files)
    if zipped:
        with zipfile.ZipFile(tmp_path / "songs.zip", "w") as archive:
            for name in files:
                archive.write(source / name, name)
        source = tmp_path / "songs.zip"
    found = {
        one.path.name: (one.transcript and one.transcript.name, one.person)
        for one in given_songs([source], tmp_path / "unpacked")
    }
    assert found == {
        "Анна - Берёза.mp3": ("Анна - Берёза.txt", "Анна"),
        "02 - Калинка.flac": ("02 - Калинка.lrc", "02 - Калинка"),
        "unreadable.mp3": ("unreadable.txt", "unreadable"),
        "alone.wav": (None, "alone"),
    }
