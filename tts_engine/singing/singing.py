"""A score sung in a voice: the whole chain.

    score ─ syllables ─ lines in time ─ synthesizer (durations, F0) ─ mel ─ vocoder (F0 of every frame) ─ song

Lines are sung one by one and laid where the score has them, to the frame; where there is room a breath is taken before.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from tts_engine.singing.ranges import check_transposition, transposition
from tts_engine.singing.score import Part
from tts_engine.singing.syllables import Sung, sung_syllables
from tts_engine.singing.timing import Line, Style, lay_out
from tts_engine.synthesizer.pacing import EDGE_FRAMES, hold_mel
from tts_engine.synthesizer.request import SynthesisRequest
from tts_engine.text.symbols import PERIOD, START, VOWELS
from tts_engine.types import Audio, VoiceProfile

if TYPE_CHECKING:
    from tts_engine.speaking.cloning import VoiceCloner

Array = NDArray[np.float32]
Progress = Callable[[int, int], None]

USUAL_LOUDNESS = 0.7
LOUDNESS_DECIBELS = 12.0  # between the quietest and the loudest notes
LEVEL = 0.1  # RMS of the sung part
FADE_FRAMES = 2  # at the ends of a line
SPOKEN_POWER = 0.25  # a sound that is sung n times as long as in speech is spoken n ** 0.25 times as long, then held
BREATH_FRAMES = 12  # of each sound of a breath as it is spoken
BREATH_SECONDS, BREATH_DECIBELS = 0.3, -28.0  # before a line, under what is sung
BREATH_REST_SECONDS = 0.4  # a shorter rest is too short to breathe in
BREATH_TOKENS = (START, "x", "ɐ", PERIOD)  # what an open throat sounds like
BREATH_PEAK = 0.7  # of its length, where it is loudest


@dataclass(frozen=True, kw_only=True, eq=False)
class Song:
    """What was sung.

    Attributes:
        audio: from the beginning of the score on.
        f0_hz: (F,) of every frame as asked for, 0 where nothing is voiced.
        frames_per_second: of `f0_hz`.
        semitones: by which the score was moved into the voice's range.
        syllables: (syllable, seconds at which its vowel begins).
        sounds: (phoneme, when it begins and ends in seconds, its syllable).
        sentences: the lyrics, line by line.
    """

    audio: Audio
    f0_hz: Array
    frames_per_second: float
    semitones: int
    syllables: tuple[tuple[Sung, float], ...]
    sounds: tuple[tuple[str, float, float, Sung], ...]
    sentences: tuple[str, ...]

    @property
    def words(self) -> tuple[tuple[str, float, float], ...]:
        """(word, when its first sound begins, when its last one ends)."""
        found: list[tuple[str, float, float]] = []
        last: Sung | None = None
        for _, begin, end, syllable in self.sounds:
            if syllable is last:
                found[-1] = (*found[-1][:2], end)
            elif syllable.begins_word or not found:
                found.append((syllable.text, begin, end))
            else:
                found[-1] = (found[-1][0] + syllable.text, found[-1][1], end)
            last = syllable
        return tuple(found)


def sing(
    cloner: VoiceCloner,
    part: Part,
    voice: VoiceProfile,
    *,
    style: Style | None = None,
    transpose: int | None = None,
    on_progress: Progress = lambda done, total: None,
) -> Song:
    """Sing a part.

    Args:
        cloner: the models.
        part: notes with syllables.
        voice: any.
        style: vibrato and the like; None: the usual.
        transpose: semitones; None: into the voice's range, see `ranges.transposition`.
        on_progress: called with (lines done, lines in all); may raise to stop.

    Raises:
        RequestError: `lyrics_unreadable`, `note_out_of_range`, `bad_transposition`, `pitch_unknown`.
    """
    semitones = transposition(part, voice) if transpose is None else transpose
    check_transposition(part, semitones)
    moved = replace(part, notes=tuple(replace(n, midi=n.midi + semitones) for n in part.notes))
    config = cloner.synthesizer.config.mel
    lines = lay_out(sung_syllables(moved), config.frames_per_second, style or Style())
    frames = max(line.first_frame + sum(line.frames) for line in lines)
    sound, f0_hz = np.zeros(frames * config.hop_samples, np.float32), np.zeros(frames, np.float32)
    inhaled, free_from = breath(cloner, voice), 0
    for done, line in enumerate(lines, start=1):
        rest = line.first_frame - free_from
        free_from = line.first_frame + sum(line.frames)
        if rest >= BREATH_REST_SECONDS * config.frames_per_second:
            stop = line.first_frame * config.hop_samples
            sound[stop - inhaled.size : stop] += inhaled
        waveform = sing_line(cloner, line, voice)
        start = line.first_frame * config.hop_samples
        sound[start : start + waveform.size] += waveform
        f0_hz[line.first_frame : line.first_frame + line.f0_hz.size] = line.f0_hz
        on_progress(done, len(lines))
    return Song(
        audio=Audio(sound, config.sample_rate_hz),
        f0_hz=f0_hz,
        frames_per_second=config.frames_per_second,
        semitones=semitones,
        syllables=tuple(
            (syllable, frame / config.frames_per_second)
            for line in lines
            for syllable, frame in line.syllables
        ),
        sounds=tuple(
            (symbol, begin / config.frames_per_second, end / config.frames_per_second, syllable)
            for line in lines
            for symbol, begin, end, syllable in line.sounds
        ),
        sentences=tuple(_text(line) for line in lines),
    )


def sing_line(cloner: VoiceCloner, line: Line, voice: VoiceProfile) -> Array:
    """A line as a waveform of its frames, loud as its notes are: spoken, then every sound held."""
    wanted = np.array(line.frames)
    request = SynthesisRequest(tokens=line.tokens, voice=voice, f0_hz=line.token_hz, variation=0.0)
    ((usual, _),) = cloner.synthesizer.courses([request])
    spoken = _spoken_frames(usual, wanted)
    request = replace(request, durations_frames=spoken.tolist())
    (said,) = cloner.synthesizer.synthesize([request])
    vowels = [token if token in VOWELS else "" for token in line.tokens]
    mel = hold_mel(said.mel, spoken, wanted, vowels)
    (waveform,) = cloner.vocoder.vocode([mel], f0_hz=[line.f0_hz])
    hop = cloner.synthesizer.config.mel.hop_samples
    sounding = np.repeat(line.f0_hz > 0, hop)
    level = float(np.sqrt(np.mean(waveform[sounding] ** 2))) if sounding.any() else 0.0
    decibels = LOUDNESS_DECIBELS * (line.loudness - USUAL_LOUDNESS)
    gain = np.repeat(10 ** (decibels / 20), hop) * (LEVEL / max(level, 1e-4))
    fade = np.minimum(1, np.arange(1, waveform.size + 1) / (FADE_FRAMES * hop))
    return np.asarray(waveform * gain * fade * fade[::-1], dtype=np.float32)


def breath(cloner: VoiceCloner, voice: VoiceProfile) -> Array:
    """A breath taken by a voice, (T,): its throat between "kh" and "ah" with nothing but noise in it, ever louder."""
    config = cloner.synthesizer.config.mel
    spoken = [FADE_FRAMES, BREATH_FRAMES, BREATH_FRAMES, FADE_FRAMES]
    request = SynthesisRequest(
        tokens=BREATH_TOKENS, voice=voice, durations_frames=spoken, variation=0.0
    )
    (said,) = cloner.synthesizer.synthesize([request])
    edges = np.cumsum([0, *spoken])
    throat = np.mean(
        [
            said.mel[:, a + EDGE_FRAMES : b - EDGE_FRAMES].mean(axis=1)
            for a, b in pairwise(edges[1:4])
        ],
        axis=0,
    )  # (n_mels,)
    frames = round(BREATH_SECONDS * config.frames_per_second)
    held = np.repeat(throat[:, None], frames, axis=1).astype(np.float32)
    (noise,) = cloner.vocoder.vocode([held], f0_hz=[np.zeros(frames, np.float32)])
    place = np.linspace(0, 1, noise.size)
    swell = np.sin(np.pi * place ** (np.log(0.5) / np.log(BREATH_PEAK)))
    level = float(np.sqrt(np.mean(noise**2)))
    gain = LEVEL * 10 ** (BREATH_DECIBELS / 20) / max(level, 1e-4)
    return np.asarray(noise * gain * swell, dtype=np.float32)


def _spoken_frames(usual: NDArray[np.int64], wanted: NDArray[np.int64]) -> NDArray[np.int64]:
    """How long sounds (L,) are spoken before they are held: somewhat longer than in speech, never longer than sung."""
    usual = np.maximum(usual, 1)
    longer = np.maximum(wanted / usual, 1.0) ** SPOKEN_POWER
    return np.minimum(np.round(usual * longer).astype(np.int64), wanted)


def _text(line: Line) -> str:
    words: Sequence[Sung] = [syllable for syllable, _ in line.syllables]
    return "".join(f" {s.text}" if s.begins_word else s.text for s in words).strip()
