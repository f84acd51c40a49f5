"""A zip made while it is sent: none of it stays in memory."""

import io
import zipfile
from collections.abc import Iterable, Iterator
from typing import Any

from django.core.files.storage import default_storage
from django.utils import timezone

BLOCK_BYTES = 256 * 1024


class _Pipe(io.RawIOBase):
    """What zipfile has written and nobody has taken yet."""

    def __init__(self) -> None:
        self._blocks: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, block: Any) -> int:
        self._blocks.append(bytes(block))
        return len(block)

    def take(self) -> bytes:
        taken, self._blocks = b"".join(self._blocks), []
        return taken


class ZipStream:
    """Each method adds to the zip and yields what of it is ready."""

    def __init__(self) -> None:
        self._pipe = _Pipe()
        self._zip = zipfile.ZipFile(self._pipe, "w", zipfile.ZIP_STORED, allowZip64=True)

    def stored_file(self, name: str, stored: str) -> Iterator[bytes]:
        """A file of the storage; sound is packed already."""
        with (
            default_storage.open(stored) as source,
            self._zip.open(_entry(name), "w", force_zip64=True) as target,
        ):
            while block := source.read(BLOCK_BYTES):
                target.write(block)
                yield self._pipe.take()
        yield self._pipe.take()

    def lines(self, name: str, lines: Iterable[str]) -> Iterator[bytes]:
        """A text file."""
        entry = _entry(name)
        entry.compress_type = zipfile.ZIP_DEFLATED
        with self._zip.open(entry, "w", force_zip64=True) as target:
            for line in lines:
                target.write(line.encode())
                yield self._pipe.take()
        yield self._pipe.take()

    def end(self) -> bytes:
        """The zip's directory."""
        self._zip.close()
        return self._pipe.take()


def _entry(name: str) -> zipfile.ZipInfo:
    """Dated now: zipfile's own date is 1980."""
    return zipfile.ZipInfo(name, timezone.localtime().timetuple()[:6])
