"""Recordings as people have them become a dataset to learn a voice from.

    file ─ working copy ─┬─ overdriven ─────────┐
                         ├─ music ──────────────┤
                         ├─ other voices ───────┼─ cut out ─ sliced in silences ─ checked, mended ─ clips
                         └─ text, where it      │
                            differs ────────────┘

A stretch that is wrong is cut out before slicing, so that what stands beside it is not lost with it.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, field, replace
from math import ceil
from pathlib import Path

import numpy as np
from scipy.ndimage import uniform_filter1d

from tts_engine.dataset.building import CLIPS, COPIES, write_clip
from tts_engine.dataset.checking import check_clip
from tts_engine.dataset.intake import Given
from tts_engine.dataset.known import Known, write_known
from tts_engine.dataset.opening import LEVEL_HOP, Opened, open_recording, read_copy
from tts_engine.dataset.plan import Piece, Plan, Recording
from tts_engine.dataset.slicing import SliceSettings, slice_frames
from tts_engine.dataset.strangers import (
    Voices,
    music_stretches,
    other_stretches,
    person,
    person_like,
    voices,
)
from tts_engine.dataset.texts import read_transcript
from tts_engine.dataset.transcripts import DIFFERS, Listener
from tts_engine.encoder.inference import SpeakerEncoder
from tts_engine.errors import AudioError
from tts_engine.recognizer.inference import Recognizer
from tts_engine.training.corpus import SAMPLE_RATE_HZ

FRAME_SECONDS = LEVEL_HOP / SAMPLE_RATE_HZ
# an edge moves to the quietest moment so near, in seconds before and after it
REACH = {"other_voice": 0.6, "music": 0.4, "clipped": 0.3, "text_differs": 0.2}
ROOM_AROUND_SECONDS = 6.0
STEPS = 4  # of listening to a recording
MOST_UNKNOWN_PHONEMES = 10  # that a clip may have without words of its transcript

Stretch = tuple[float, float, tuple[str, ...]]
Told = Callable[[str, int, int], None]


@dataclass(frozen=True, kw_only=True)
class PrepareSettings:
    """How recordings are prepared; `channel` of `audio.channels.CHOICES`."""

    slicing: SliceSettings = field(default_factory=SliceSettings)
    channel: str = "auto"
    denoising: bool = True


@dataclass(frozen=True, kw_only=True)
class Models:
    """What listens."""

    encoder: SpeakerEncoder
    recognizer: Recognizer


@dataclass
class _Steps:
    """Counts the steps of listening to a recording: opened, music, words, voices."""

    told: Told
    done: int
    total: int

    def next(self) -> None:
        self.told("listening", self.done, self.total)
        self.done += 1


@dataclass(frozen=True, kw_only=True, eq=False)
class _Examined:
    """What is known of a recording before it is cut."""

    recording: Recording
    given: Given
    opened: Opened
    music: Sequence[tuple[float, float]]
    voices: Voices
    known: Known


def prepare(
    recordings: Sequence[Given],
    output: Path,
    settings: PrepareSettings,
    models: Models,
    *,
    transcript: Path | None = None,
    speaker: np.ndarray | None = None,
    told: Told = lambda stage, done, total: None,
) -> Plan:
    """Write working copies and clips of recordings into a folder.

    Args:
        recordings: what was given.
        output: the dataset's folder.
        settings: how.
        models: what listens.
        transcript: .txt or .srt of the only recording.
        speaker: d-vector of the person whose voice this is to be, (256,); None: who speaks most.
        told: is told of the stage, and how much of how much is done: of "listening" four steps a recording, of
            "cutting" seconds. It may raise to stop.

    Returns:
        The plan that was followed. A file that cannot be opened is in it with the reason.

    Raises:
        AudioError, TextError, RequestError: of the transcript.
        AudioError: `speaker_not_heard`.
    """
    for folder in (COPIES, CLIPS):
        (output / folder).mkdir(parents=True, exist_ok=True)
    examined: list[_Examined | Recording] = []
    for index, given in enumerate(recordings):
        steps = _Steps(told, index * STEPS, len(recordings) * STEPS)
        if transcript is not None:
            given = replace(given, text="", transcript=transcript)
        examined.append(_examine(given, index, output, settings, models, steps))
    opened = [one for one in examined if isinstance(one, _Examined)]
    middles = _people(opened, speaker)
    pieces: list[Piece] = []
    before, total = 0.0, ceil(sum(one.opened.seconds for one in opened))
    for index, one in enumerate(examined):
        if isinstance(one, _Examined):
            for piece in _cut(one, index, output, settings, models, middles):
                told("cutting", int(before + piece.start_seconds), total)
                pieces.append(piece)
            before += one.opened.seconds
    told("cutting", total, total)
    return Plan(
        settings=asdict(settings),
        recordings=tuple(one if isinstance(one, Recording) else one.recording for one in examined),
        pieces=tuple(pieces),
    )


def _examine(
    given: Given,
    index: int,
    output: Path,
    settings: PrepareSettings,
    models: Models,
    steps: "_Steps",
) -> _Examined | Recording:
    name = f"{COPIES}/{index + 1:04}.flac"
    steps.next()
    try:
        opened = open_recording(given.path, output / name, channel=settings.channel)
    except AudioError as error:
        return Recording(file=given.path.name, refused=(error.code, str(error), error.message_ru))
    steps.next()
    music = music_stretches(opened.path)
    steps.next()
    edges = [edge for stretch in (*music, *opened.clipped) for edge in stretch]
    listener = Listener(models.recognizer, opened.path, edges)
    cues = [(0.0, opened.seconds, given.text)] if given.text else []
    if given.transcript is not None:
        cues = read_transcript(given.transcript, opened.seconds)
    laid = listener.lay_timed(cues) if cues else None
    known = Known(heard=listener.heard, laid=laid, text=given.text)
    write_known(known, opened.path)
    steps.next()
    return _Examined(
        recording=Recording(
            file=given.path.name,
            copy=name,
            seconds=round(opened.seconds, 3),
            rate_hz=opened.rate_hz,
            channel=opened.channel,
            person=given.person,
            clicks=opened.clicks,
        ),
        given=given,
        opened=opened,
        music=music,
        voices=voices(opened.path, models.encoder),
        known=known,
    )


def _people(examined: Sequence[_Examined], wanted: np.ndarray | None) -> dict[str, np.ndarray]:
    """The vector of each person whose recordings these are; of the wanted one alone for all, if there is one."""
    gathered: dict[str, list[np.ndarray]] = {}
    for one in examined:
        if len(one.voices.vectors):
            gathered.setdefault(one.given.person, []).append(one.voices.vectors)
    if wanted is None:
        return {name: person(np.concatenate(vectors)) for name, vectors in gathered.items()}
    everybody = [vectors for found in gathered.values() for vectors in found]
    middle = person_like(np.concatenate([*everybody, np.zeros((0, wanted.size))]), wanted)
    return dict.fromkeys(gathered, middle)


def _cut(
    one: _Examined,
    index: int,
    output: Path,
    settings: PrepareSettings,
    models: Models,
    middles: dict[str, np.ndarray],
) -> Iterator[Piece]:
    """The pieces of a recording, in order, its clips written."""
    others: Sequence[tuple[float, float]] = ()
    if one.given.person in middles:
        others = other_stretches(one.voices, middles[one.given.person])
    wrong = _snapped(
        [(*s, ("clipped",)) for s in one.opened.clipped]
        + [(*s, ("music",)) for s in one.music]
        + [(*s, ("other_voice",)) for s in others]
        + [(*s, ("text_differs",)) for s in (one.known.laid.differing if one.known.laid else ())],
        one.opened,
    )
    levels, position = one.opened.levels_db, 0.0
    clips = slice_frames(levels, settings.slicing, _between(wrong, levels.size))
    spans = [(a * FRAME_SECONDS, b * FRAME_SECONDS, ()) for a, b in clips]
    number = 0
    for start, end, reasons in sorted([*wrong, *spans]):
        if start > position + FRAME_SECONDS:
            yield _dropped(index, number, (position, start, ("silence",)))
            number += 1
        piece = _dropped(index, number, (start, end, reasons))
        yield piece if reasons else _clip(piece, one, output, settings, models)
        number += 1
        position = max(position, end)
    if one.opened.seconds > position + 2 * FRAME_SECONDS:
        yield _dropped(index, number, (position, one.opened.seconds, ("silence",)))


def _clip(
    piece: Piece, one: _Examined, output: Path, settings: PrepareSettings, models: Models
) -> Piece:
    """A piece that may become a clip, judged, and written if it is kept."""
    start, end = piece.start_seconds, piece.end_seconds
    checked = check_clip(
        read_copy(one.opened.path, start, end),
        models.encoder,
        denoising=settings.denoising,
        around=read_copy(one.opened.path, start - ROOM_AROUND_SECONDS, end + ROOM_AROUND_SECONDS),
    )
    reasons, figures = list(checked.reasons), dict(checked.figures)
    said = one.known.said(start, end)
    if said.error is not None:
        figures["phoneme_error"] = said.error
        if said.error > DIFFERS:
            reasons.append("text_differs")
    elif said.source != "heard" and said.heard > MOST_UNKNOWN_PHONEMES:
        reasons.append("no_text")
    elif not said.phonemes and not reasons:
        reasons.append("no_speech")
    clicked = any(start <= at < end for at in one.recording.clicks)
    piece = replace(
        piece,
        kept=not reasons,
        reasons=tuple(reasons),
        mended=(*checked.mended, *(("clicks",) if clicked else ())),
        text=said.text,
        text_from=said.source,
        phonemes=" ".join(said.phonemes),
        times=said.times,
        language=said.language,
        figures=figures,
    )
    if piece.kept:
        write_clip(output, piece, checked.audio)
    return piece


def _dropped(index: int, number: int, stretch: Stretch) -> Piece:
    start, end, reasons = stretch
    return Piece(
        id=f"{index + 1:04}-{number + 1:04}",
        recording=index,
        start_seconds=round(start, 3),
        end_seconds=round(end, 3),
        kept=False,
        reasons=reasons,
    )


def _snapped(stretches: Sequence[Stretch], opened: Opened) -> list[Stretch]:
    """In order, without overlaps, edges moved to quiet moments.

    Each with all reasons that hold for half of it, or half of whose own stretch lies within.
    """
    smooth = uniform_filter1d(opened.levels_db, 5)

    def moved(edge: float, reach: float) -> float:
        low = max(0, round((edge - reach) / FRAME_SECONDS))
        high = min(smooth.size, round((edge + reach) / FRAME_SECONDS) + 1)
        return (low + int(smooth[low:high].argmin())) * FRAME_SECONDS if high > low else edge

    taken = sorted((moved(a, REACH[r]), moved(b, REACH[r]), r) for a, b, (r,) in stretches)
    found: list[Stretch] = []
    position = 0.0
    for first, last, _ in taken:
        start, end = max(first, position), min(last, opened.seconds)
        if end - start > FRAME_SECONDS:
            holding = [
                r for a, b, r in taken if min(b, end) - max(a, start) >= min(b - a, end - start) / 2
            ]
            found.append((start, end, tuple(dict.fromkeys(holding))))
            position = end
    return found


def _between(stretches: Sequence[Stretch], frames: int) -> list[tuple[int, int]]:
    """Frames [first, stop) that lie in none of the stretches."""
    edges = [0]
    for start, end, _ in stretches:
        edges += [round(start / FRAME_SECONDS), round(end / FRAME_SECONDS)]
    edges.append(frames)
    return [(a, b) for a, b in zip(edges[::2], edges[1::2], strict=True) if b > a]
