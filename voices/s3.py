"""Files in an S3 bucket: private, and a bucket out of reach is an outage that passes."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from boto3.exceptions import Boto3Error
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from django.core.files.base import File
from storages.backends.s3 import S3Storage

from voices.errors import Outage

logger = logging.getLogger(__name__)

CHUNK_BYTES = 64 * 1024
LINK_SECONDS = 300
DELETED_AT_ONCE = 1000  # more are refused


@contextmanager
def _outages_named() -> Iterator[None]:
    """Raises Outage: `storage_unavailable`, whatever the bucket or the way to it has."""
    try:
        yield
    except (ClientError, BotoCoreError, Boto3Error) as error:
        logger.exception("S3 failed")
        raise Outage(
            "storage_unavailable", "the files cannot be reached now", "файлы сейчас недоступны"
        ) from error


class PrivateS3Storage(S3Storage):
    """One bucket, objects readable through signed links only.

    An object appears under its name when its upload is whole, so files are never half-written.
    """

    client_config: Any

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        patience = Config(connect_timeout=5, read_timeout=30, retries={"mode": "standard"})
        self.client_config = self.client_config.merge(patience)

    def get_default_settings(self) -> dict[str, Any]:
        return {
            **super().get_default_settings(),
            "default_acl": None,  # the bucket's own: private
            "signature_version": "s3v4",
            "querystring_expire": LINK_SECONDS,
        }

    def _open(self, name: str, mode: str = "rb") -> File:
        with _outages_named():
            opened: File = super()._open(name, mode)
            _ = opened.file  # fetched here, so that reading cannot fail later
        return opened

    def _save(self, name: str, content: File) -> str:
        with _outages_named():
            return str(super()._save(name, content))

    def delete(self, name: str) -> None:
        with _outages_named():
            super().delete(name)

    def exists(self, name: str) -> bool:
        with _outages_named():
            return bool(super().exists(name))

    def size(self, name: str) -> int:
        with _outages_named():
            return int(super().size(name))

    def blocks(self, name: str, first: int, length: int) -> Iterator[bytes]:
        """Bytes from `first` on, fetched as they are taken."""
        with _outages_named():
            key = self._normalize_name(name)
            found = self.bucket.Object(key).get(Range=f"bytes={first}-{first + length - 1}")
            yield from found["Body"].iter_chunks(CHUNK_BYTES)

    def older_than(self, folder: str, moment: datetime) -> Iterator[str]:
        """Names under a folder that were last written before a moment."""
        with _outages_named():
            root = self._normalize_name("")
            for found in self.bucket.objects.filter(Prefix=self._normalize_name(folder) + "/"):
                if found.last_modified < moment:
                    yield found.key[len(root) :].lstrip("/")

    def delete_many(self, names: list[str]) -> None:
        """Delete objects, a thousand in a call; one that resists is logged."""
        for first in range(0, len(names), DELETED_AT_ONCE):
            some = names[first : first + DELETED_AT_ONCE]
            keys = [{"Key": self._normalize_name(name)} for name in some]
            with _outages_named():
                answer = self.bucket.delete_objects(Delete={"Objects": keys, "Quiet": True})
            for error in answer.get("Errors", []):
                logger.error("object %s could not be deleted: %s", error["Key"], error["Code"])

    def link(self, name: str, *, media_type: str, disposition: str) -> str:
        """An address that gives the file to whoever has it, for five minutes."""
        said = {"ResponseContentType": media_type, "ResponseContentDisposition": disposition}
        return str(self.url(name, parameters=said))
