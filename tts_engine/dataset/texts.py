"""Texts of people: transcripts with and without times, in the encodings that they come in."""

import re
from pathlib import Path

import pysubs2

from tts_engine.errors import RequestError

CUE_AROUND_SECONDS = 0.8  # so early or late subtitles may be
CUES_APART_SECONDS = 2.0  # between cues so far from each other nothing of either is said
MOST_BYTES = 10_000_000


def read_transcript(path: Path, seconds: float) -> list[tuple[float, float, str]]:
    """Texts and where they are said: one for all of a .txt, one for each group of cues of an .srt without a pause.

    A sentence may go on in the next cue, and times of subtitles are those of reading: where cues follow each other
    closely, their words are laid together over the time of all.

    Args:
        path: UTF-8 or cp1251.
        seconds: length of the recording.

    Raises:
        RequestError: `transcript_unreadable`.
    """
    text = read_text(path)
    if path.suffix.casefold() not in (".srt", ".vtt"):
        return [(0.0, seconds, text)]
    try:
        events = pysubs2.SSAFile.from_string(text).events
    except (pysubs2.exceptions.Pysubs2Error, ValueError) as error:
        raise _unreadable(path, str(error)) from error
    cues = sorted((event.start / 1000, event.end / 1000, event.plaintext) for event in events)
    found: list[tuple[float, float, str]] = []
    for start, end, said in cues:
        if start >= min(end, seconds) or not re.search(r"\w", said):
            continue
        line = " ".join(said.split())
        if found and start - found[-1][1] < CUES_APART_SECONDS:
            first, last, before = found.pop()
            found.append((first, max(last, end), f"{before}\n{line}"))
        else:
            found.append((start, end, line))
    return [
        (max(0.0, start - CUE_AROUND_SECONDS), min(end + CUE_AROUND_SECONDS, seconds), text)
        for start, end, text in found
    ]


def read_text(path: Path) -> str:
    """A text of people: UTF-8, or cp1251 as old editors write it. Raises RequestError."""
    try:
        if path.stat().st_size > MOST_BYTES:
            raise _unreadable(path, f"more than {MOST_BYTES // 1_000_000} MB")
        content = path.read_bytes()
    except OSError as error:
        raise _unreadable(path, str(error.strerror)) from error
    for encoding in ("utf-8-sig", "cp1251"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise _unreadable(path, "neither UTF-8 nor cp1251")


def language_of(text: str) -> str:
    """Which of both languages that the networks know most of its letters are of: "ru" or "en"."""
    letters = [letter for letter in text.casefold() if letter.isalpha()]
    latin = sum("a" <= letter <= "z" for letter in letters)
    return "en" if 2 * latin > len(letters) else "ru"


def _unreadable(path: Path, reason: str) -> RequestError:
    return RequestError(
        "transcript_unreadable",
        f"{path.name} cannot be read as a transcript: {reason}; give a .txt or .srt in UTF-8",
        f"{path.name} не читается как расшифровка: {reason}; нужен .txt или .srt в UTF-8",
    )
