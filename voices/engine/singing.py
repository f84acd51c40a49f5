"""Scores read and sung, and the words of songs found in them."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from voices.engine.conversion import Told
from voices.engine.deltas import profile_of
from voices.engine.errors import engine_errors
from voices.engine.models import device, load_cloner
from voices.engine.profiles import Profile, analyse_reference
from voices.engine.untrusted import read_untrusted
from voices.errors import TooLarge

SCORE_BYTES = 30_000_000
READING_SECONDS = 30  # a score of 20,000 notes takes twenty
SONG_EXAMPLES = ("kalinka", "beryoza", "ukhnem")
USUAL = {"part": None, "transpose": None, "tempo": 1.0, "vibrato": 0.5, "render": False}

FEWEST_WORDS, PARTING = 3, (".", ",", ";", ":", "!", "?", "…")  # of a line of LRC

ScoreDocument = dict[str, Any]  # see tts_engine/singing/documents.py


@dataclass(frozen=True, kw_only=True)
class SongOrder:
    """What to sing in which voice and how.

    Attributes:
        score: as `score_read` gives it.
        voice: its name, for tags.
        profile: as stored in Voice; None: measured from the first of the recordings.
        recordings: of that voice, where there are any.
        settings: part, transpose (None: into the voice's range), tempo, vibrato, render (the other parts play
            along); as usual where left out.
        audio_format: of the mix.
        track: accompaniment that begins with the score, where there is one.
    """

    score: ScoreDocument
    voice: str
    settings: Mapping[str, Any]
    profile: Profile | None = None
    recordings: Sequence[Path] = ()
    audio_format: str = "mp3"
    track: Path | None = None


@dataclass(frozen=True, kw_only=True)
class SungSong:
    """What was made: files by role (`mix`, `vocals`, `accompaniment`, `midi`, `lrc`), how long the mix is, by how many
    semitones the score was moved, and how many lines it has."""

    files: Mapping[str, Path]
    seconds: float
    semitones: int
    lines: int


def score_read(content: bytes, name: str) -> ScoreDocument:
    """A stranger's MusicXML or MIDI, read in a confined process.

    Raises:
        AppError: `unknown_score_format` (415), `score_too_large` (413), `score_unreadable`, `score_without_notes`,
            `part_polyphonic`, `file_too_costly` (422).
    """
    if len(content) > SCORE_BYTES:
        raise score_too_large()
    task = "tts_engine.singing.documents:reading_task"
    read = read_untrusted(task, content, {"name": name}, seconds=READING_SECONDS)
    return dict(read)


def score_too_large() -> TooLarge:
    """What is said of a file of more than SCORE_BYTES."""
    return TooLarge(
        "score_too_large",
        f"the score takes more than {SCORE_BYTES // 1_000_000} MB",
        f"ноты занимают больше {SCORE_BYTES // 1_000_000} МБ",
    )


@lru_cache
def score_example(name: str) -> ScoreDocument:
    """One of SONG_EXAMPLES. Raises KeyError."""
    if name not in SONG_EXAMPLES:
        raise KeyError(name)
    shipped = files("tts_engine.singing.songs") / f"{name}.musicxml"
    return score_read(
        shipped.read_bytes(), shipped.name
    )  # what reads it is heavy, and is not kept here


def song_document(score: Mapping[str, Any]) -> ScoreDocument:
    """A score as it is understood.

    Raises:
        AppError: `bad_notes` (400), `score_too_large` (413), `score_without_notes`, `part_polyphonic` (422).
    """
    with engine_errors():
        from tts_engine.singing.documents import score_from_dict, score_to_dict

        return score_to_dict(score_from_dict(score))


def song_check(score: Mapping[str, Any], settings: Mapping[str, Any]) -> None:
    """Whether a score can be sung so; no model is loaded.

    Raises:
        AppError: `bad_notes`, `no_such_part`, `out_of_range`, `bad_transposition` (400), `score_too_large` (413),
            `score_without_notes`, `score_without_lyrics`, `part_polyphonic`, `note_out_of_range` (422).
    """
    with engine_errors():
        from tts_engine.singing.ranges import check_transposition

        wanted = _Wanted.of(score, settings)
        if settings.get("transpose") is not None:
            check_transposition(wanted.part, settings["transpose"])
        if settings.get("render"):
            wanted.score.beside(wanted.number)


def song_suits(
    score: Mapping[str, Any], part: int | None, voices: Mapping[Any, Profile]
) -> dict[Any, dict[str, Any] | None]:
    """How each voice suits a score, the best first; None where its pitch is not known. No model is loaded.

    Raises:
        AppError: as `song_check`.
    """
    with engine_errors():
        from dataclasses import asdict

        import numpy as np

        from tts_engine.errors import RequestError
        from tts_engine.singing.documents import score_from_dict
        from tts_engine.singing.suits import ranked
        from tts_engine.types import VoiceProfile

        sung = score_from_dict(score).sung(part)
        nobody = np.zeros(0, np.float32)  # range is all that it goes by
        pitched = [
            (name, VoiceProfile(embedding=nobody, f0_median_hz=profile.get("f0_median_hz", 0.0)))
            for name, profile in voices.items()
        ]
        return {
            name: None if isinstance(suit, RequestError) else asdict(suit)
            for name, suit in ranked(sung, pitched)
        }


def sing_score(order: SongOrder, folder: Path, told: Told) -> SungSong:
    """Sing a score; the files are made in the folder.

    Raises:
        AppError: as `song_check`; `lyrics_unreadable` (422), `pitch_unknown`, `accompaniment_silent`,
            `accompaniment_too_long` (400); of the track as of any sound; no weights or soundfont (503).
    """
    profile = order.profile
    if profile is None:
        profile = analyse_reference(order.recordings[0].read_bytes()).profile
    cloner = load_cloner()
    with engine_errors():
        from tts_engine.audio.tags import AudioTags
        from tts_engine.singing.midi_writing import midi_bytes
        from tts_engine.singing.singing import sing

        wanted = _Wanted.of(order.score, order.settings)
        song = sing(
            cloner,
            wanted.part,
            profile_of(profile),
            style=wanted.style,
            transpose=order.settings.get("transpose"),
            on_progress=lambda done, total: told(done, total, "singing"),
        )
        marked = cloner.joiner.marker.mark(song.audio)
        tags = AudioTags(title=wanted.score.title, voice=order.voice)
        made, seconds = _sounds(order, wanted, marked, song.semitones, tags, folder, told)
        made["midi"], made["lrc"] = folder / "song.mid", folder / "song.lrc"
        moved = tuple(replace(n, midi=n.midi + song.semitones) for n in wanted.part.notes)
        made["midi"].write_bytes(midi_bytes(replace(wanted.part, notes=moved), wanted.score.title))
        lines = _lines(song)
        last = max(seconds, lines[-1]["words"][-1]["end"])
        made["lrc"].write_bytes(lyrics_file({"lines": lines}, last, "lrc"))
        return SungSong(files=made, seconds=seconds, semitones=song.semitones, lines=len(lines))


@dataclass(frozen=True, kw_only=True)
class _Wanted:
    """The engine's score at its tempo, the part of it that is sung, its number, and the style."""

    score: Any
    part: Any
    number: int
    style: Any

    @classmethod
    def of(cls, document: Mapping[str, Any], settings: Mapping[str, Any]) -> "_Wanted":
        from tts_engine.singing.documents import score_from_dict
        from tts_engine.singing.score import score_at_tempo
        from tts_engine.singing.timing import Style

        chosen = {**USUAL, **settings}
        style = Style(vibrato=chosen["vibrato"])
        score = score_at_tempo(score_from_dict(document), chosen["tempo"])
        part = score.sung(chosen["part"])
        return cls(score=score, part=part, number=score.number_of(part), style=style)


def _sounds(
    order: SongOrder,
    wanted: _Wanted,
    marked: Any,
    semitones: int,
    tags: Any,
    folder: Path,
    told: Told,
) -> tuple[dict[str, Path], float]:
    """Mix, vocals and accompaniment as files, and the seconds of the mix."""
    from tts_engine.audio.loudness import normalize_loudness
    from tts_engine.speaking.saving import save_audio

    made = {"mix": folder / f"mix.{order.audio_format}", "vocals": folder / "vocals.flac"}
    alone = normalize_loudness(marked)
    backing = None
    if order.track is not None or order.settings.get("render"):
        told(0, 1, "playing")
        backing = _backing(order, wanted, semitones)
    told(0, 1, "encoding")
    save_audio(made["vocals"], alone, tags, "flac")
    if backing is None:
        save_audio(made["mix"], alone, tags, order.audio_format)
        return made, alone.waveform.size / alone.sample_rate_hz
    from tts_engine.audio.untrusted import SONG_RATE_HZ
    from tts_engine.singing.accompaniment import mixed, save_mix

    made["accompaniment"] = folder / "accompaniment.flac"
    mix = mixed(marked, backing)
    save_mix(made["mix"], mix, tags, order.audio_format)
    save_mix(made["accompaniment"], backing, tags, "flac")
    return made, len(mix) / SONG_RATE_HZ


def _backing(order: SongOrder, wanted: _Wanted, semitones: int) -> Any:
    from tts_engine.singing.accompaniment import opened_track, rendered

    if order.track is not None:
        return opened_track(order.track, semitones=semitones)
    return rendered(wanted.score, wanted.number, semitones=semitones)


def _lines(song: Any) -> list[dict[str, Any]]:
    """Words of what was sung, from the beginning of their first note to the end of their last one, by lines: what is
    sung in one go, or of that as much as signs part.
    """
    lines: list[dict[str, Any]] = []
    words: list[dict[str, Any]] = []

    def end() -> None:
        lines.append({"text": " ".join(word["text"] for word in words), "words": words.copy()})
        words.clear()

    for syllable, _ in song.syllables:
        if syllable.begins_word or not words:
            if len(words) >= FEWEST_WORDS and words[-1]["text"].endswith(PARTING):
                end()
            words.append({"text": "", "start": syllable.start_seconds})
        words[-1]["text"] += syllable.text
        words[-1]["end"] = syllable.end_seconds
        if syllable.ends_line:
            end()
    return lines


def lyrics_check(lyrics: str) -> None:
    """Whether these can be looked for; no model is loaded.

    Raises:
        AppError: `nothing_to_say`, `too_many_words` (400).
    """
    with engine_errors():
        from tts_engine.alignment.words import check_lyrics

        check_lyrics(lyrics)


def lyrics_align(source: Path, lyrics: str, *, separate: bool, told: Told) -> dict[str, Any]:
    """When each word of a song is sung: {"seconds", "lines": [{"text", "words": [{"text", "start", "end",
    "certainty"}]}]}; lines that are not sung have no words.

    Raises:
        AppError: not audio (415), too long (413), `lyrics_of_another_song` and the like (422), as `lyrics_check`,
            no weights (503).
    """
    where = device()
    with engine_errors():
        from tts_engine.alignment.formats import as_json
        from tts_engine.alignment.lyrics import align_lyrics

        aligned = align_lyrics(
            source,
            lyrics,
            separate=separate,
            device=where,
            told=lambda stage, done, total: told(done, total, stage),
        )
        return dict(json.loads(as_json(aligned)))


LYRICS_FORMATS = {"lrc": "lrc", "srt": "srt", "ass": "ass", "textgrid": "TextGrid", "json": "json"}


def lyrics_file(document: Mapping[str, Any], seconds: float, kind: str) -> bytes:
    """Words in time in one of LYRICS_FORMATS; no model is loaded.

    Raises:
        AppError: `bad_times`, `too_many_words` (400).
    """
    with engine_errors():
        from tts_engine.alignment.formats import FORMATS
        from tts_engine.alignment.words import lyrics_from_dict

        return FORMATS[f".{kind}"](lyrics_from_dict(document, seconds)).encode("utf-8")
