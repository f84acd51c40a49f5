"""Words in time as files: LRC (plain and enhanced), SRT, ASS karaoke, TextGrid, JSON."""

import json
from collections.abc import Callable
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

import parselmouth
import pysubs2
from parselmouth.praat import call

from tts_engine.alignment.words import AlignedLyrics, SungLine, SungSound, SungWord
from tts_engine.errors import RequestError
from tts_engine.speaking.saving import write_whole

LEAD_SECONDS = 0.3  # a line of karaoke is seen before it is sung


def lrc(lyrics: AlignedLyrics) -> str:
    """Enhanced LRC: a time for every line and, in angle brackets, for every word."""
    rows = [
        f"[{_clock(line.start)}]"
        + " ".join(f"<{_clock(word.start)}>{word.text}" for word in line.words)
        + f" <{_clock(line.end)}>"
        for line in lyrics.sung
    ]
    return "\n".join(rows) + "\n"


def srt(lyrics: AlignedLyrics) -> str:
    """SubRip, a line of the lyrics each."""
    return _subtitles(lyrics, lambda line: line.text).to_string("srt")


def ass(lyrics: AlignedLyrics) -> str:
    """Advanced SubStation with karaoke times: words light up as they are sung."""
    return _subtitles(lyrics, _karaoke, LEAD_SECONDS).to_string("ass")


def as_json(lyrics: AlignedLyrics) -> str:
    """All lines; those that are not sung have no words. Words have syllables and phonemes where they are known."""
    rows = [
        {
            "text": line.text,
            "words": [
                {
                    **_row(word),
                    "syllables": [_row(one) for one in word.syllables],
                    "phonemes": [_row(one) for one in word.sounds],
                }
                for word in line.words
            ],
        }
        for line in lyrics.lines
    ]
    return json.dumps(
        {"seconds": round(lyrics.seconds, 3), "lines": rows}, ensure_ascii=False, indent=1
    )


def _row(one: SungWord | SungSound) -> dict[str, Any]:
    return {
        "text": one.text,
        "start": round(one.start, 3),
        "end": round(one.end, 3),
        "certainty": round(one.certainty, 2),
    }


def text_grid(lyrics: AlignedLyrics) -> str:
    """Praat's TextGrid with tiers of lines, words, syllables and phonemes."""
    grid = call("Create TextGrid", 0, lyrics.seconds, "lines words syllables phonemes", "")
    words = [word for line in lyrics.sung for word in line.words]
    for tier, items in (
        (1, [(line.start, line.end, line.text) for line in lyrics.sung]),
        (2, [(w.start, w.end, w.text) for w in words]),
        (3, [(s.start, s.end, s.text) for w in words for s in w.syllables]),
        (4, [(s.start, s.end, s.text) for w in words for s in w.sounds]),
    ):
        last = 0.0
        for start, end, text in items:
            begin = max(start, last)
            for edge in (begin, end):
                if last < edge < lyrics.seconds:
                    call(grid, "Insert boundary", tier, edge)
                    last = edge
            interval = call(grid, "Get interval at time", tier, (begin + last) / 2)
            call(grid, "Set interval text", tier, interval, text)
    return _saved(grid)


def _saved(grid: parselmouth.Data) -> str:
    """As Praat writes it; it writes to files only."""
    with NamedTemporaryFile(suffix=".TextGrid") as file:
        grid.save_as_text_file(file.name)
        content = Path(file.name).read_bytes()
    return content.decode("utf-16" if content[:2] in (b"\xfe\xff", b"\xff\xfe") else "utf-8")


FORMATS: dict[str, Callable[[AlignedLyrics], str]] = {
    ".lrc": lrc,
    ".srt": srt,
    ".ass": ass,
    ".textgrid": text_grid,
    ".json": as_json,
}


def format_of(path: Path) -> Callable[[AlignedLyrics], str]:
    """What writes a file of this name; RequestError `unknown_format`."""
    found = FORMATS.get(path.suffix.casefold())
    if found is None:
        raise RequestError(
            "unknown_format",
            f"{path.name}: expected one of {', '.join(FORMATS)}",
            f"{path.name}: ожидается одно из {', '.join(FORMATS)}",
        )
    return found


def write_lyrics(path: Path, lyrics: AlignedLyrics) -> None:
    """Write by the suffix; raises as `format_of` and `write_whole`."""
    write_whole(path, format_of(path)(lyrics).encode("utf-8"))


def _subtitles(
    lyrics: AlignedLyrics, text: Callable[[SungLine], str], lead: float = 0.0
) -> pysubs2.SSAFile:
    file = pysubs2.SSAFile()
    for line in lyrics.sung:
        begin = max(0.0, line.start - lead)
        event = pysubs2.SSAEvent(
            start=pysubs2.make_time(s=begin), end=pysubs2.make_time(s=line.end), text=text(line)
        )
        file.append(event)
    return file


def _karaoke(line: SungLine) -> str:
    """Each word behind the centiseconds that it takes, the waiting before it included."""
    now = max(0.0, line.start - LEAD_SECONDS)
    parts = []
    for word in line.words:
        if word.start > now:
            parts.append(f"{{\\k{round(100 * (word.start - now))}}}")
        parts.append(f"{{\\kf{round(100 * (word.end - word.start))}}}{word.text} ")
        now = word.end
    return "".join(parts).strip()


def _clock(seconds: float) -> str:
    minutes, rest = divmod(round(100 * seconds), 6000)
    return f"{minutes:02d}:{rest // 100:02d}.{rest % 100:02d}"
