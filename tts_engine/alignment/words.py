"""Words of a song with the times at which they are sung."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class SungWord:
    """A word as it was written, when it is sung, seconds, and how surely it is heard there, 0 to 1."""

    text: str
    start: float
    end: float
    certainty: float


@dataclass(frozen=True, kw_only=True)
class SungLine:
    """A line of the lyrics; without words when it is not sung."""

    text: str
    words: tuple[SungWord, ...]

    @property
    def certainty(self) -> float:
        """Of its words, longer ones counting more; 0 of none."""
        sizes = [len(word.text) for word in self.words]
        if not sizes:
            return 0.0
        return sum(w.certainty * n for w, n in zip(self.words, sizes, strict=True)) / sum(sizes)

    @property
    def start(self) -> float:
        return self.words[0].start

    @property
    def end(self) -> float:
        return self.words[-1].end


@dataclass(frozen=True, kw_only=True)
class AlignedLyrics:
    """All lines, and how long the song is."""

    lines: tuple[SungLine, ...]
    seconds: float

    @property
    def sung(self) -> tuple[SungLine, ...]:
        """Lines that have times."""
        return tuple(line for line in self.lines if line.words)
