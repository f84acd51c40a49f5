"""Texts out of files: every kind, its damage, and what is too much."""

import io
import zipfile

import pytest
from docx import Document

from voices.batch_files import read_batch_file
from voices.errors import AppError

SRT = """1
00:00:01,000 --> 00:00:02,500
<i>Первая</i> строка
и вторая

2
00:00:04,000 --> 00:00:05,000
Другая
"""


def read(content, name, split="line"):
    body = content.encode() if isinstance(content, str) else content
    return read_batch_file(body, file_name=name, split=split)[1]


def word(fill):
    document, stream = Document(), io.BytesIO()
    fill(document)
    document.save(stream)
    return stream.getvalue()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1251"])
def test_lines_of_text_in_any_usual_encoding(encoding):
    items = read("Раз.\r\n\r\n  Два, ёж. \r\n".encode(encoding), "a.TXT")
    assert [item.text for item in items] == ["Раз.", "Два, ёж."]


def test_paragraphs_keep_their_lines():
    items = read("Раз,\nдва.\n\nТри.", "a.txt", split="paragraph")
    assert [item.text for item in items] == ["Раз,\nдва.", "Три."]


def test_paragraphs_and_tables_of_word_come_in_their_order():
    def fill(document):
        document.add_paragraph("Раз.")
        table = document.add_table(rows=1, cols=3)
        table.cell(0, 0).merge(table.cell(0, 1)).text = "Два."
        table.cell(0, 2).text = "Три."
        document.add_paragraph("Четыре.")

    items = read(word(fill), "a.docx")
    assert [item.text for item in items] == ["Раз.", "Два.", "Три.", "Четыре."]


def test_subtitles_have_their_times_and_no_markup():
    first, second = read(SRT, "a.srt")
    assert first.text == "Первая строка и вторая"
    assert (first.start_seconds, first.end_seconds) == (1.0, 2.5)
    assert second.start_seconds == 4.0


def test_subtitles_that_begin_together_are_one():
    text = SRT.replace("00:00:04,000", "00:00:01,000")
    [only] = read(text, "a.srt")
    assert only.text == "Первая строка и вторая\nДругая"
    assert only.end_seconds == 5.0


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_a_table_names_its_columns(delimiter):
    rows = [["Имя", "Текст", "Голос"], ["привет", '"Да; нет, да\t!"', "anna"], ["", "Второй", ""]]
    items = read("\n".join(delimiter.join(row) for row in rows), "a.csv")
    assert [(item.name, item.text, item.voice) for item in items] == [
        ("привет", "Да; нет, да\t!", "anna"),
        ("", "Второй", ""),
    ]


def bomb():
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("word/document.xml", b" " * (30 * 1024 * 1024))
    return stream.getvalue()


def entities():
    """A document whose text is an entity that grows a thousandfold."""
    plain = word(lambda document: document.add_paragraph("МЕСТО"))
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(plain)) as source, zipfile.ZipFile(stream, "w") as target:
        for name in source.namelist():
            content = source.read(name)
            if name == "word/document.xml":
                levels = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 10))
                head = f'<!DOCTYPE d [<!ENTITY e0 "ха">{levels}]>'.encode()
                content = content.replace(b"<w:document", head + b"<w:document", 1)
                content = content.replace("МЕСТО".encode(), b"&e9;")
            target.writestr(name, content)
    return stream.getvalue()


@pytest.mark.parametrize(
    ("content", "name", "code"),
    [
        ("Раз.", "a.pdf", "unknown_batch_file"),
        ("Раз.", "", "unknown_batch_file"),
        (b"\xd0\x98\x98\x00\x98", "a.txt", "not_text"),
        (b"PK\x03\x04 nothing", "a.docx", "damaged_docx"),
        ("просто текст", "a.docx", "damaged_docx"),
        (bomb(), "a.docx", "docx_too_large"),
        (entities(), "a.docx", "damaged_docx"),
        ("no subtitles here", "a.srt", "damaged_subtitles"),
        (SRT.replace("00:00:04,000", "05:00:04,000"), "a.srt", "subtitles_too_long"),
        ("имя,голос\nа,б", "a.csv", "csv_no_text_column"),
        ("", "a.csv", "csv_no_text_column"),
        ('text\n"нет конца', "a.csv", "damaged_csv"),
    ],
)
def test_what_cannot_be_read_is_named(content, name, code):
    with pytest.raises(AppError) as caught:
        read(content, name)
    assert caught.value.code == code
