"""Stored sound over HTTP: ranges and file names."""

import pytest
from django.http import HttpRequest

from voices.audio_response import attachment, audio_response
from voices.errors import NotFound
from voices.storage import file_store, files_delete

CONTENT = bytes(range(200))


@pytest.fixture
def stored(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return file_store("results/a.mp3", CONTENT)


def ask(name, header=""):
    request = HttpRequest()
    if header:
        request.META["HTTP_RANGE"] = header
    return audio_response(request, name, file_format="mp3", title="Привет", headers={})


@pytest.mark.parametrize(
    ("header", "first", "last"),
    [
        ("bytes=0-9", 0, 9),
        ("bytes=190-", 190, 199),
        ("bytes=-5", 195, 199),
        ("bytes=0-999", 0, 199),
    ],
)
def test_a_range_is_cut_out(stored, header, first, last):
    response = ask(stored, header)
    assert response.status_code == 206
    assert response["Content-Range"] == f"bytes {first}-{last}/200"
    assert b"".join(response.streaming_content) == CONTENT[first : last + 1]


@pytest.mark.parametrize("header", ["", "bytes=9-3", "bytes=0-1,5-6", "items=0-9", "bytes=-"])
def test_what_is_no_single_range_gets_it_all(stored, header):
    response = ask(stored, header)
    assert response.status_code == 200
    assert b"".join(response.streaming_content) == CONTENT


@pytest.mark.parametrize("header", ["bytes=200-", "bytes=-0"])
def test_a_range_beyond_the_end_is_refused(stored, header):
    response = ask(stored, header)
    assert response.status_code == 416
    assert response["Content-Range"] == "bytes */200"


def test_a_file_that_is_gone_is_not_found(stored):
    files_delete([stored])
    with pytest.raises(NotFound):
        ask(stored)


def test_files_are_named_after_their_text():
    assert "%D0%90%D0%BD%D0%BD%D0%B0-%D0%94%D0%B0.mp3" in attachment("Анна: Да!", "mp3")
    assert attachment("../..", "wav") == 'attachment; filename="speech.wav"'


def test_a_broken_write_leaves_no_file(settings, tmp_path):
    class Torn:
        def chunks(self):
            yield b"half"
            raise OSError(28, "No space left on device")

    settings.MEDIA_ROOT = tmp_path
    from voices.storage import AtomicFileSystemStorage

    with pytest.raises(OSError, match="No space"):
        AtomicFileSystemStorage(location=tmp_path)._save("results/b.mp3", Torn())
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []
