"""When each sound of a spoken sentence is heard and at what pitch, and the same asked for."""

from collections.abc import Sequence
from dataclasses import dataclass

from tts_engine.text.frontend import Sentence


@dataclass(frozen=True, kw_only=True)
class Prosody:
    """Course of one sentence, one value for each of its tokens; None leaves it to the synthesizer.

    Attributes:
        durations_frames: mel frames each token is held; speed is then not applied.
        f0_hz: pitch, 0 = unvoiced; pitch_semitones still shifts it.
    """

    durations_frames: Sequence[int] | None = None
    f0_hz: Sequence[float] | None = None


@dataclass(frozen=True, kw_only=True)
class WordTime:
    """A word as normalised, and where it is heard in the audio."""

    text: str
    start_seconds: float
    end_seconds: float


@dataclass(frozen=True, kw_only=True)
class SentenceTiming:
    """A spoken sentence in time.

    Attributes:
        sentence: what is said; `sentence.tokens` are what the values below belong to.
        start_seconds: where its first token begins in the audio.
        frames_per_second: of the mel.
        durations_frames: frames each token is held; tokens of 0 frames are not heard.
        f0_hz: pitch asked of the vocoder, 0 = unvoiced.
    """

    sentence: Sentence
    start_seconds: float
    frames_per_second: float
    durations_frames: tuple[int, ...]
    f0_hz: tuple[float, ...]

    @property
    def edges_seconds(self) -> tuple[float, ...]:
        """Where each token begins in the audio, and last where the sentence ends: one more than tokens."""
        edges, frames = [self.start_seconds], 0
        for held in self.durations_frames:
            frames += held
            edges.append(self.start_seconds + frames / self.frames_per_second)
        return tuple(edges)

    @property
    def end_seconds(self) -> float:
        return self.edges_seconds[-1]

    @property
    def words(self) -> tuple[WordTime, ...]:
        """Its words, pauses around them left out."""
        edges = self.edges_seconds
        return tuple(
            WordTime(
                text=word.text,
                start_seconds=edges[word.start],
                end_seconds=edges[word.start + len(word.phonemes)],
            )
            for word in self.sentence.words
        )
