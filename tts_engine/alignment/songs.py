"""Songs with lyrics become clips of their lines to learn singing from.

    song ─ voice taken out ─ where is it heard ─┬─ whose is it ──┬─ lines, judged ─ clips
    lyrics ─ phonemes ─ laid over the voice ────┘                └─ between them: nobody sings, or other words

Every song is a recording of a dataset's plan and every line a piece of it, so that report, clips, edits and trainings
are those of `dataset`. A song that is finished is kept at once: what was interrupted goes on with the next.
"""

import contextlib
import hashlib
import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from sklearn.cluster import AgglomerativeClustering

from tts_engine.alignment.lyrics import lyrics_heard, song_listener
from tts_engine.alignment.reading import read_lyrics
from tts_engine.alignment.words import AlignedLyrics, SungLine, check_lyrics
from tts_engine.audio import refusals
from tts_engine.audio.mel import MelConfig
from tts_engine.audio.untrusted import song_opened
from tts_engine.dataset.building import CLIPS, COPIES, write_clip
from tts_engine.dataset.checking import LEAST_SECONDS
from tts_engine.dataset.corpora import LONGEST_SECONDS
from tts_engine.dataset.intake import Given
from tts_engine.dataset.known import Known, write_known
from tts_engine.dataset.opening import Opened, open_recording, read_copy
from tts_engine.dataset.plan import PLAN_FILE, Piece, Plan, Recording, read_plan, write_plan
from tts_engine.dataset.preparing import Models
from tts_engine.dataset.strangers import voice_stretches
from tts_engine.dataset.transcripts import Laid, Listener, WordAt
from tts_engine.errors import AudioError, RequestError, TextError
from tts_engine.f0 import SINGING, track_f0
from tts_engine.recognizer.inference import Recognizer
from tts_engine.recording.speakers import SAME_PERSON
from tts_engine.separation.inference import separate_opened
from tts_engine.types import Audio

UNFINISHED = "unfinished"  # folder of the songs that are done while others are not
LONGEST_SONG_SECONDS = 600.0  # longer are concerts, albums, mixes
LEAST_SUNG_SECONDS = 3.0
SURE_LINE = 0.3  # certainty of a line that is kept
MOST_DIFFERING = 0.75  # share of its phonemes that are heard otherwise
LEAST_VOICE_SHARE = 0.5  # of a line in which a voice is heard
AROUND_VOICE_SECONDS = 0.3  # of where a voice is heard words may begin and end
BESIDE_SECONDS = 0.12  # of a clip, before the first and after the last sound
SEAM_SECONDS = 0.04  # before a line that follows at once
GAP_SECONDS = 0.3  # a shorter rest between two lines is not worth telling

Told = Callable[[str, int, int], None]
Stretch = tuple[float, float]


@dataclass(frozen=True, kw_only=True)
class SongModels(Models):
    """And the ear that lays the lines, `lyrics.load_song_ear`; the recognizer judges them."""

    ear: Recognizer


@dataclass(frozen=True, kw_only=True, eq=False)
class Heard:
    """What is known of a song before it is cut."""

    recording: Recording
    copy: Path
    sung: Sequence[Stretch]
    lyrics: AlignedLyrics
    known: Known


def prepare_songs(
    songs: Sequence[Given],
    output: Path,
    models: SongModels,
    *,
    separate: bool = True,
    device: str = "auto",
    told: Told = lambda song, done, total: None,
) -> Plan:
    """Write working copies of the voices and clips of the lines into a folder.

    Args:
        songs: what was given, see `intake.given_songs`.
        output: the dataset's folder; songs that another run of this has finished there are not done again.
        models: what listens.
        separate: whether the voice has to be taken out of its music.
        device: of `device.resolve_device`, for the separation.
        told: is told the name of the song that is next, how many are done and of how many. It may raise to stop.

    Returns:
        The plan that was followed. A song that cannot be used is in it with the reason.
    """
    for name in (COPIES, CLIPS, UNFINISHED):
        (output / name).mkdir(parents=True, exist_ok=True)
    parts: list[Plan] = []
    for index, given in enumerate(songs):
        told(given.path.name, index, len(songs))
        settings = {"separate": separate, "song": _digest(given, separate=separate)}
        folder = output / UNFINISHED / f"{index + 1:04}"
        if not (folder / PLAN_FILE).is_file() or read_plan(folder).settings != settings:
            part = replace(_part(given, index, output, models, separate, device), settings=settings)
            folder.mkdir(exist_ok=True)
            write_plan(part, folder)
        parts.append(read_plan(folder))
    plan = Plan(
        settings={"separate": separate},
        recordings=tuple(part.recordings[0] for part in parts),
        pieces=tuple(
            replace(piece, recording=index)
            for index, part in enumerate(parts)
            for piece in part.pieces
        ),
    )
    _remove_others(plan, output)
    return plan


def _remove_others(plan: Plan, output: Path) -> None:
    """What an interrupted run has left of songs that are no longer given, or were made anew."""
    copies = {Path(recording.copy).stem for recording in plan.recordings if recording.copy}
    clips = {piece.id for piece in plan.kept}
    for folder, names in ((COPIES, copies), (CLIPS, clips)):
        for path in (output / folder).iterdir():
            if path.stem not in names:
                path.unlink()


def forget_unfinished(output: Path) -> None:
    """Once the plan of all songs is written."""
    shutil.rmtree(output / UNFINISHED, ignore_errors=True)


def _digest(given: Given, *, separate: bool) -> str:
    """Of all that a song's part depends on."""
    found = hashlib.sha256(f"{given.path.name} {given.person} {separate}".encode())
    for path in (given.path, given.transcript):
        with path.open("rb") if path is not None else contextlib.nullcontext() as file:
            while file is not None and (block := file.read(1 << 20)):
                found.update(block)
        found.update(b"|")
    return found.hexdigest()


def _part(
    given: Given, index: int, output: Path, models: SongModels, separate: bool, device: str
) -> Plan:
    """A plan of this song alone."""
    name = f"{COPIES}/{index + 1:04}.flac"
    copy = output / name
    recording = Recording(file=given.path.name, person=given.person)
    try:
        heard = _heard(given, replace(recording, copy=name), copy, models, separate, device)
    except (AudioError, TextError, RequestError) as error:
        for path in (copy, copy.with_suffix(".json")):
            path.unlink(missing_ok=True)
        refused = replace(recording, refused=(error.code, str(error), error.message_ru))
        return Plan(settings={}, recordings=(refused,), pieces=())
    pieces = tuple(
        replace(piece, id=f"{index + 1:04}-{number:04}")
        for number, piece in enumerate(
            of_one_singer(list(song_pieces(heard)), copy, models), start=1
        )
    )
    written = tuple(_clip(piece, heard.copy, output) if piece.kept else piece for piece in pieces)
    return Plan(settings={}, recordings=(heard.recording,), pieces=written)


def _heard(
    given: Given, recording: Recording, copy: Path, models: SongModels, separate: bool, device: str
) -> Heard:
    if given.transcript is None:
        raise RequestError(
            "lyrics_missing",
            f"no lyrics beside {given.path.name}; expected {given.path.stem}.lrc, .txt, .srt or .vtt",
            f"рядом с {given.path.name} нет текста; нужен {given.path.stem}.lrc, .txt, .srt или .vtt",
        )
    lyrics = read_lyrics(given.transcript)
    check_lyrics(lyrics)
    opened = _voice(given.path, copy, separate=separate, device=device)
    sung = voice_stretches(copy)
    if sum(end - start for start, end in sung) < LEAST_SUNG_SECONDS:
        raise AudioError(
            "no_singing",
            "nobody is heard to sing in the song",
            "в песне не слышно, чтобы кто-то пел",
        )
    listener = song_listener(models.ear, copy).silent_outside(
        [(start - AROUND_VOICE_SECONDS, end + AROUND_VOICE_SECONDS) for start, end in sung]
    )
    found, laid = lyrics_heard(listener, lyrics, opened.seconds)
    heard = Listener(models.recognizer, copy).heard  # by another ear than the one that lays
    known = Known(heard=heard, laid=_laid_where(laid, found), text="")
    write_known(known, copy)
    return Heard(
        recording=replace(
            recording,
            seconds=round(opened.seconds, 3),
            rate_hz=opened.rate_hz,
            channel=opened.channel,
        ),
        copy=copy,
        sung=sung,
        lyrics=found,
        known=known,
    )


def _voice(source: Path, copy: Path, *, separate: bool, device: str) -> Opened:
    """The working copy of a song's voice; raises AudioError, `audio_too_long` among others."""
    if not separate:
        opened = open_recording(source, copy, channel="mix")
        if opened.seconds > LONGEST_SONG_SECONDS:
            raise refusals.too_long(LONGEST_SONG_SECONDS, opened.seconds)
        return opened
    with (
        song_opened(source, max_seconds=LONGEST_SONG_SECONDS) as song,
        TemporaryDirectory(dir=copy.parent.parent / UNFINISHED) as folder,
    ):
        made = separate_opened(song, Path(folder), device=device)
        return open_recording(made.vocals, copy, channel="mix")


def _laid_where(laid: Laid, found: AlignedLyrics) -> Laid:
    """A text as it was laid, with the words where they were found in the end."""
    words = []
    for index, (line, sentence) in enumerate(zip(found.lines, laid.sentences, strict=True)):
        for place, (word, spoken) in enumerate(zip(line.words, sentence.words, strict=False)):
            edges = (*(sound.start for sound in word.sounds), word.sounds[-1].end)
            words.append(
                WordAt(
                    phonemes=spoken.phonemes,
                    start=word.start,
                    end=word.end,
                    sentence=index,
                    place=place,
                    edges=edges,
                )
            )
    return replace(laid, words=tuple(words))


def song_pieces(heard: Heard) -> Iterator[Piece]:
    """All of a song in order: its lines, and what lies between them."""
    lines, position = heard.lyrics.lines, 0.0
    for number, line in enumerate(lines):
        if not line.words:
            yield _piece(position, position, ("not_sung",), text=line.text, text_from="given")
            continue
        start = max(position, line.start - BESIDE_SECONDS)
        end = min(heard.lyrics.seconds, max(line.end, _end_of(heard, number)))
        if start - position > GAP_SECONDS:
            yield from _between(heard, position, start)
        yield _line(heard, line, start, end)
        position = end
    if heard.lyrics.seconds - position > GAP_SECONDS:
        yield from _between(heard, position, heard.lyrics.seconds)


def _end_of(heard: Heard, number: int) -> float:
    """Where the clip of a line ends: with its last sound, or before the next line, if that follows at once."""
    lines, end = heard.lyrics.lines, heard.lyrics.lines[number].end
    later = lines[number + 1 :]
    following = next((line.start for line in later if line.words), heard.lyrics.seconds)
    return min(end + BESIDE_SECONDS, following - SEAM_SECONDS)


def _line(heard: Heard, line: SungLine, start: float, end: float) -> Piece:
    """A line, judged."""
    said = heard.known.said(start, end)
    reasons = []
    if end - start < LEAST_SECONDS:
        reasons.append("too_short")
    if end - start > LONGEST_SECONDS:
        reasons.append("too_long")
    if _voiced(heard.sung, start, end) < LEAST_VOICE_SHARE * (end - start):
        reasons.append("no_voice")
    if line.certainty < SURE_LINE or (said.error or 0.0) > MOST_DIFFERING:
        reasons.append("uncertain")
    return _piece(
        start,
        end,
        tuple(reasons),
        text=said.text,
        text_from=said.source,
        phonemes=" ".join(said.phonemes),
        times=said.times,
        language=said.language,
        figures={"certainty": round(line.certainty, 2), "phoneme_error": said.error},
    )


def of_one_singer(pieces: Sequence[Piece], copy: Path, models: Models) -> list[Piece]:
    """The pieces of a song without the lines of other people: the lines of a person lie together, and those are kept
    that are most of the time.

    A d-vector of some seconds of song is that of the person, whatever the notes; of 1.6 s, as `find_speakers` has
    them, it is as much that of the vowel.
    """
    own = [index for index, piece in enumerate(pieces) if piece.kept]
    vectors = np.array(
        [
            models.encoder.embed(read_copy(copy, pieces[i].start_seconds, pieces[i].end_seconds))
            for i in own
        ]
    )
    left = np.arange(len(own))
    while len(left) > 1:
        groups = AgglomerativeClustering(2, metric="cosine", linkage="average").fit_predict(
            vectors[left]
        )
        middles = [vectors[left[groups == group]].mean(axis=0) for group in (0, 1)]
        likeness = middles[0] @ middles[1] / np.prod(np.linalg.norm(middles, axis=1))
        if likeness >= SAME_PERSON:
            break
        seconds = [sum(pieces[own[i]].seconds for i in left[groups == group]) for group in (0, 1)]
        left = left[groups == int(np.argmax(seconds))]
    theirs = set(own) - {own[i] for i in left}
    return [
        replace(piece, kept=False, reasons=("other_voice",)) if index in theirs else piece
        for index, piece in enumerate(pieces)
    ]


def _between(heard: Heard, start: float, end: float) -> Iterator[Piece]:
    """What is sung there is none of the lyrics; where nobody sings is music."""
    position = start
    for first, stop in heard.sung:
        low, high = max(first, start), min(stop, end)
        if high - low > GAP_SECONDS:
            if low - position > GAP_SECONDS:
                yield _piece(position, low, ("no_voice",))
                position = low
            yield _piece(position, high, ("not_in_lyrics",))
            position = high
    if end - position > GAP_SECONDS:
        yield _piece(position, end, ("no_voice",))


def _voiced(stretches: Sequence[Stretch], start: float, end: float) -> float:
    """Seconds of them that lie there."""
    return sum(max(0.0, min(stop, end) - max(first, start)) for first, stop in stretches)


def _piece(start: float, end: float, reasons: tuple[str, ...], **told: Any) -> Piece:
    return Piece(
        id="",
        recording=0,
        start_seconds=round(start, 3),
        end_seconds=round(end, 3),
        kept=not reasons,
        reasons=reasons,
        **told,
    )


def _clip(piece: Piece, copy: Path, output: Path) -> Piece:
    """Write a clip; the piece with the range of its F0."""
    audio = read_copy(copy, piece.start_seconds, piece.end_seconds)
    write_clip(output, piece, audio)
    return replace(piece, figures={**piece.figures, **_f0_range(audio)})


def _f0_range(audio: Audio) -> dict[str, float | None]:
    """From the lowest to the highest twentieth of the voiced frames, Hz."""
    track = track_f0(audio, audio.waveform.size // MelConfig().hop_samples, SINGING)
    voiced = track[track > 0]
    if not voiced.size:
        return {"f0_low_hz": None, "f0_high_hz": None}
    low, high = np.percentile(voiced, (5, 95))
    return {"f0_low_hz": round(float(low), 1), "f0_high_hz": round(float(high), 1)}
