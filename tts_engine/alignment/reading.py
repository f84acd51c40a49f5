"""Lyrics out of the files that people keep them in, line by line as they are sung: text, LRC, SRT, VTT, UltraStar.

Times in them are left: they are those of reading, or of another release of the song. Where words lie is heard.
"""

import math
import re
from pathlib import Path

from tts_engine.dataset.texts import read_text, read_transcript

_LRC_TIME = re.compile(r"\[(\d+):(\d+(?:[.:]\d+)?)\]")
_LRC_WORD_TIME = re.compile(r"<\d+:\d+(?:[.:]\d+)?>")
_ULTRASTAR_NOTE = re.compile(r"[:*FRG]\s*-?\d+\s+\d+\s+-?\d+ (.*)")
# [Chorus], (Припев), Куплет 2:
_HEADING = re.compile(
    r"[\[(]?(припев|куплет|проигрыш|вступление|бридж|кода|chorus|verse|bridge|intro|outro|hook)\s*\d*[\])]?:?"
    r"|\[[^\]]*\]",
    re.IGNORECASE,
)


def read_lyrics(path: Path) -> str:
    """The lines of a file of lyrics; headings such as [Chorus] or «Припев:» are left out.

    Raises:
        RequestError: `transcript_unreadable`.
    """
    suffix = path.suffix.casefold()
    if suffix in (".srt", ".vtt"):
        lines = [
            line for _, _, text in read_transcript(path, math.inf) for line in text.split("\n")
        ]
    else:
        text = read_text(path)
        if suffix == ".lrc":
            lines = _of_lrc(text)
        elif re.search(r"^#TITLE:", text, re.IGNORECASE | re.MULTILINE):
            lines = _of_ultrastar(text)
        else:
            lines = text.splitlines()
    told = (" ".join(line.split()) for line in lines)
    return "\n".join(line for line in told if line and not _HEADING.fullmatch(line))


def _of_lrc(text: str) -> list[str]:
    """Lines in order of their times: one with several is sung as often."""
    found = []
    for line in text.splitlines():
        times = _LRC_TIME.findall(line)
        said = _LRC_WORD_TIME.sub(" ", _LRC_TIME.sub("", line))
        found += [(60 * int(m) + float(s.replace(":", ".")), said) for m, s in times]
    return [said for _, said in sorted(found, key=lambda row: row[0])]


def _of_ultrastar(text: str) -> list[str]:
    """Lines of syllables on notes; "~" holds the syllable before it."""
    lines = [""]
    for row in text.splitlines():
        if row.startswith("-"):
            lines.append("")
        elif note := _ULTRASTAR_NOTE.match(row):
            lines[-1] += note[1].replace("~", "")
    return lines
