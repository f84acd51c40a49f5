"""The public corpora that `train prepare` reads: which clips they have, of whom, and what is held out.

What is in `heldout.json` is marked and never trained on, in any stage.
"""

import csv
import json
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import soundfile as sf

from tts_engine.dataset.building import clip_missing, clip_path
from tts_engine.dataset.plan import read_plan
from tts_engine.errors import RequestError
from tts_engine.training.corpus import HELD_OUT, TRAIN

JOINED_SECONDS = 5.0
GCOMPRIS_CLIPS = 60  # of a person: a voice is known from a few minutes
GCOMPRIS_UNNAMED = {"GPL V3+", "GPL", "Public Domain", "http:"}  # one person of the language


@dataclass(frozen=True, kw_only=True)
class Source:
    """One recording before preparation; `speed` is how fast it is played, see `relatives`.

    `followed_by` are further recordings of the same person and rate, words for instance, that make one clip with it.
    """

    path: Path
    id: str
    corpus: str
    speaker: str
    language: str
    text: str
    split: str
    speed: float = 1.0
    followed_by: tuple[Path, ...] = ()


@lru_cache(maxsize=1)
def held_out() -> dict[str, set[str]]:
    """What is never trained on: utterances, speakers, sentences and readers of the corpora."""
    path = Path(__file__).with_name("heldout.json")
    return {name: set(ids) for name, ids in json.loads(path.read_text(encoding="utf-8")).items()}


def rhvoice_sources(folder: Path) -> Iterator[Source]:
    """Clips spoken by the four free Russian RHVoice voices."""
    for row in _rows(folder):
        stem = Path(row["file"]).stem
        split = HELD_OUT if stem.split("_")[1] in held_out()["rhvoice_sentences"] else TRAIN
        yield Source(
            path=folder / row["file"],
            id=f"rhvoice/{stem}",
            corpus="rhvoice",
            speaker=f"rhvoice-{row['speaker']}",
            language="ru",
            text=row["text"],
            split=split,
        )


def librispeech_sources(folder: Path) -> Iterator[Source]:
    """Three transcribed readers and one clip of each of many; a clip is listed once."""
    seen: set[str] = set()
    rows = sorted(_rows(folder), key=lambda row: not row["text"])  # transcribed first
    for row in rows:
        stem = Path(row["file"]).stem
        if stem in seen:
            continue
        seen.add(stem)
        speaker = row["speaker"]
        yield Source(
            path=folder / row["file"],
            id=f"librispeech/{stem}",
            corpus="librispeech",
            speaker=speaker,
            language="en",
            text=row["text"],
            split=HELD_OUT if speaker in held_out()["librispeech_speakers"] else TRAIN,
        )


def kokoro_sources(folder: Path) -> Iterator[Source]:
    """English sentences by the synthetic voices of Kokoro-82M: many timbres, clean sound."""
    for row in _rows(folder):
        voice = row["speaker"]
        yield Source(
            path=folder / row["file"],
            id=f"kokoro/{Path(row['file']).stem}",
            corpus="kokoro",
            speaker=f"kokoro-{voice}",
            language="en",
            text=row["text"],
            split=HELD_OUT if voice in held_out()["kokoro_voices"] else TRAIN,
        )


def asterisk_sources(folder: Path) -> Iterator[Source]:
    """Telephone prompts, 8 kHz: for the recognizer only."""
    for row in _rows(folder):
        yield Source(
            path=folder / row["file"],
            id=f"asterisk/{Path(row['file']).stem}",
            corpus="asterisk",
            speaker="asterisk-ru",
            language="ru",
            text=row["text"],
            split=TRAIN,
        )


def festvox_sources(folder: Path) -> Iterator[Source]:
    """The Debian package festvox-ru: one real speaker with `+` stress marks in the text."""
    pattern = re.compile(r'\(\s*(\S+)\s+"(.*)"\s*\)')
    for line in _lines(folder / "etc/txt.done.data"):
        match = pattern.match(line)
        if not match:
            continue
        name, text = match.groups()
        yield Source(
            path=folder / "wav" / f"{name}.wav",
            id=f"festvox/{name}",
            corpus="festvox",
            speaker="festvox-nsh",
            language="ru",
            text=text,
            split=HELD_OUT if name in held_out()["festvox_utterances"] else TRAIN,
        )


def voxforge_sources(folder: Path) -> Iterator[Source]:
    """Russian VoxForge as Sphinx features, `folder` being `voxforge_ru` of nsu-ai-team's experiments.

    Nobody is to know a held-out festvox sentence, so readings of the same are left out; the reader
    `urp` is the festvox recordings.
    """
    strangers = held_out()["voxforge_men"] | held_out()["voxforge_women"]
    line = re.compile(r"<s> (.*) </s> \(((.*)/wav/(.*))\)")
    for match in map(line.fullmatch, _lines(folder / "etc/PROMPTS_all")):
        if match is None or match[4] in held_out()["festvox_utterances"]:
            continue
        reader = reader_name(match[3])
        yield Source(
            path=folder / "feat" / f"{match[2]}.mfc",
            id=f"voxforge/{match[3]}/{match[4]}",
            corpus="voxforge",
            speaker=f"voxforge-{reader}",
            language="ru",
            text=match[1].replace(" <sil>", ","),
            split=HELD_OUT if reader in strangers else TRAIN,
        )


def gcompris_sources(folder: Path) -> Iterator[Source]:
    """Words in 45 languages by some 60 volunteers, `folder` being the repository GCompris-voices.

    Its file LICENSE names who speaks. Words that follow each other in a folder become clips of about
    `JOINED_SECONDS`. What is not Russian is told as English, as the networks know two languages, and has no text.
    """
    spoken: dict[str, list[Path]] = defaultdict(list)
    for within, file, credit in _gcompris_credits(folder):
        locale = within.split("/")[0]
        name = re.split(r"\s+\d{4}|\s*[/<(]|\s-\s", credit)[0].strip()
        person = f"gcompris-{locale}" + ("" if name in GCOMPRIS_UNNAMED else f"-{name}")
        path = folder / within / file
        if path.is_file():
            spoken[person.replace(" ", "_")].append(path)
    for person, paths in spoken.items():
        for number, joined in enumerate(list(_joined(paths))[:GCOMPRIS_CLIPS]):
            yield Source(
                path=joined[0],
                id=f"gcompris/{person}/{number:03d}",
                corpus="gcompris",
                speaker=person,
                language="ru" if person.startswith("gcompris-ru") else "en",
                text="",
                split=TRAIN,
                followed_by=joined[1:],
            )


def songs_sources(folder: Path) -> Iterator[Source]:
    """Lines of songs, `folder` being what the command `songs` made. All of them are trained on.

    Raises:
        RequestError: `plan_missing`, `plan_invalid`, `not_songs`, `clip_missing`.
    """
    plan = read_plan(folder)
    if "separate" not in plan.settings:
        raise RequestError(
            "not_songs",
            f"{folder} holds a dataset, but not of songs; make one with `python -m tts_engine songs`",
            f"в {folder} набор, но не из песен; его делает `python -m tts_engine songs`",
        )
    for piece in plan.kept:
        path = clip_path(folder, piece)
        if not path.is_file():
            raise clip_missing(path)
        singer = plan.recordings[piece.recording].person.replace(" ", "_")
        yield Source(
            path=path,
            id=f"songs/{piece.id}",
            corpus="songs",
            speaker=f"songs-{singer}",
            language=piece.language,
            text=piece.text,
            split=TRAIN,
        )


def _gcompris_credits(folder: Path) -> Iterator[tuple[str, str, str]]:
    """Folder, file and credit of every line of LICENSE that has all of them."""
    within = ""
    for line in _lines(folder / "LICENSE"):
        if line.startswith("./"):
            within = line[2:].rstrip().rstrip(":")
        elif match := re.match(r"(\S+\.ogg)\s+(?:Copyright\s+|Ophavsret\s+)?(\S.*)", line):
            yield within, match[1], match[2]


def _joined(paths: Sequence[Path]) -> Iterator[tuple[Path, ...]]:
    """Neighbours of one folder and rate, in clips of about `JOINED_SECONDS`; a shorter rest is left out."""
    clip: list[Path] = []
    seconds, of = 0.0, (Path(), 0)
    for path in paths:
        about = sf.info(path)
        if (path.parent, about.samplerate) != of:
            clip, seconds, of = [], 0.0, (path.parent, about.samplerate)
        clip.append(path)
        seconds += about.duration
        if seconds >= JOINED_SECONDS:
            yield tuple(clip)
            clip, seconds = [], 0.0


def reader_name(folder: str) -> str:
    """Who sent a VoxForge folder: "Zend-20110516-leg" -> "zend"; "anonymous" is many people."""
    return re.sub(r"-\d{8}-\w+$", "", folder).casefold()


def _lines(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8").splitlines()


def _rows(folder: Path) -> list[dict[str, str]]:
    with (folder / "metadata.csv").open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines, delimiter="|", quoting=csv.QUOTE_NONE))
