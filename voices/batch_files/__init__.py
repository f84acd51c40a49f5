"""Texts out of the files that people have: plain text, Word, subtitles, tables."""

from voices.batch_files.items import BatchText
from voices.batch_files.reading import KINDS, read_batch_file, reading_task

__all__ = ["KINDS", "BatchText", "read_batch_file", "reading_task"]
