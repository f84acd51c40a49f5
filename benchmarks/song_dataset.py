"""A folder of songs whose words are known to the sample, and what `songs` makes of it.

    python -m benchmarks.song_dataset make FOLDER               songs with lyrics, and some that are wrong
    python -m tts_engine songs FOLDER --output DATASET
    python -m benchmarks.song_dataset measure FOLDER DATASET    what was kept, how far words are off, what was caught

The shipped songs are sung in voices of the bank over their rendered accompaniment, «Twinkle» in English over that of
another; `truth.json` has the words with their times. The wrong ones: lyrics of another song, no lyrics, an
instrumental, two singers in turn, 25 minutes, a text that is called mp3.
"""

import argparse
import json
import shutil
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import soundfile

from benchmarks.songs import SONGS, letters
from tts_engine.dataset.known import Known, read_known
from tts_engine.dataset.plan import Piece, read_plan
from tts_engine.singing.accompaniment import mixed, rendered
from tts_engine.singing.score import Note, Part, read_score
from tts_engine.singing.singing import Song, sing
from tts_engine.speaking.cloning import VoiceCloner
from tts_engine.speaking.voicebank import get_voice
from tts_engine.types import Audio

GOOD = (
    ("beryoza", "anna"),
    ("beryoza", "dmitry"),
    ("beryoza", "irina"),
    ("kalinka", "aleksandr"),
    ("kalinka", "sofia"),
    ("kalinka", "mikhail"),
    ("ukhnem", "elena"),
    ("ukhnem", "nikolay"),
)
TWINKLE = (
    ("Twin-kle twin-kle lit-tle star", (60, 60, 67, 67, 69, 69, 67)),
    ("How I won-der what you are", (65, 65, 64, 64, 62, 62, 60)),
    ("Up a-bove the world so high", (67, 67, 65, 65, 64, 64, 62)),
    ("Like a dia-mond in the sky", (67, 67, 65, 65, 64, 64, 62)),
)
LYRICS = {
    "beryoza": "Во поле берёза стояла,|во поле кудрявая стояла.|Люли, люли, стояла,|люли, люли, стояла.",
    "kalinka": "Калинка, калинка, калинка моя!|В саду ягода малинка, малинка моя!",
    "ukhnem": "Эй, ухнем!|Эй, ухнем!|Ещё разик, ещё раз!|Эй, ухнем!",
    "twinkle": "|".join(line.replace("-", "") for line, _ in TWINKLE),
}
BEAT_SECONDS = 0.5
RATE_HZ = 44_100
LEAD_SECONDS, INTERLUDE_SECONDS = 4, 6  # music alone, before and between both verses
LONG_SECONDS = 25 * 60
NEAR_SECONDS = 0.3


@dataclass(frozen=True, eq=False)
class Verses:
    """A song sung twice: voice and music of equal length, and when each word and line is sung."""

    voice: Audio
    music: np.ndarray
    words: list[tuple[str, float, float]]
    sounds: list[tuple[str, float, float]]
    lines: list[float]


def main() -> None:
    """Make or measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("task", choices=("make", "measure"))
    parser.add_argument("folder", type=Path)
    parser.add_argument("dataset", type=Path, nargs="?")
    parser.add_argument("--songs", help="song:voice,song:voice and no wrong ones")
    arguments = parser.parse_args()
    if arguments.task == "make":
        chosen = [one.split(":") for one in (arguments.songs or "").split(",") if one]
        make(arguments.folder, chosen or GOOD, with_wrong=not chosen)
    else:
        measure(arguments.folder, arguments.dataset)


def make(folder: Path, songs: Sequence[Sequence[str]], *, with_wrong: bool) -> None:
    """Write songs, lyrics and truth."""
    folder.mkdir(parents=True, exist_ok=True)
    cloner = VoiceCloner.load(device="cpu")
    truth = {}
    for name, slug in songs:
        truth[f"{name}-{slug}"] = written(folder / f"{name}-{slug}.mp3", verses(cloner, name, slug))
    if with_wrong:
        truth["twinkle-daria"] = written(
            folder / "twinkle-daria.mp3", verses(cloner, "twinkle", "daria")
        )
        sofia, mikhail, aleksandr = (
            verses(cloner, "kalinka", slug) for slug in ("sofia", "mikhail", "aleksandr")
        )
        truth["duet-mixed"] = written(folder / "duet-mixed.mp3", in_turn(sofia, mikhail))
        truth["duet-men"] = written(folder / "duet-men.mp3", in_turn(aleksandr, mikhail))
        wrong(folder)
    (folder / "truth.json").write_text(json.dumps(truth, ensure_ascii=False), encoding="utf-8")


def verses(cloner: VoiceCloner, name: str, slug: str) -> Verses:
    """A song twice by a voice of the bank."""
    score = read_score(SONGS / f"{'kalinka' if name == 'twinkle' else name}.musicxml")
    part = twinkle_part() if name == "twinkle" else score.sung()
    song = sing(cloner, part, get_voice(slug).profile)
    music = rendered(score, score.number_of(score.sung()), semitones=song.semitones)
    verse = round(song.audio.seconds * RATE_HZ)
    music = np.tile(music, (1 + verse // len(music), 1))[:verse]
    lead, interlude = (music[: seconds * RATE_HZ] for seconds in (LEAD_SECONDS, INTERLUDE_SECONDS))
    starts = (LEAD_SECONDS, LEAD_SECONDS + song.audio.seconds + INTERLUDE_SECONDS)
    rate = song.audio.sample_rate_hz
    silences = [
        np.zeros(seconds * rate, np.float32) for seconds in (LEAD_SECONDS, INTERLUDE_SECONDS)
    ]
    own = song.audio.waveform
    return Verses(
        voice=Audio(np.concatenate([silences[0], own, silences[1], own]), rate),
        music=np.concatenate([lead, music, interlude, music]),
        words=[(letters(w), at + a, at + b) for at in starts for w, a, b in song.words],
        sounds=[(sound, at + a, at + b) for at in starts for sound, a, b, _ in song.sounds],
        lines=[at + begin for at in starts for begin in line_starts(song, LYRICS[name].split("|"))],
    )


def twinkle_part() -> Part:
    """Four lines with a beat's rest between them."""
    notes, now = [], BEAT_SECONDS
    for line, melody in TWINKLE:
        syllables = [
            (part, n == 0) for word in line.split() for n, part in enumerate(word.split("-"))
        ]
        for place, ((text, begins), midi) in enumerate(zip(syllables, melody, strict=True)):
            length = BEAT_SECONDS * (2 if place == len(melody) - 1 else 1)
            notes.append(
                Note(
                    start_seconds=now, seconds=length, midi=midi, syllable=text, begins_word=begins
                )
            )
            now += length
        now += BEAT_SECONDS
    return Part(name="voice", notes=tuple(notes))


def line_starts(song: Song, lines: list[str]) -> list[float]:
    """When each line of the lyrics begins."""
    found, place = [], 0
    for line in lines:
        found.append(song.words[place][1])
        place += len(line.split())
    return found


def in_turn(one: Verses, two: Verses) -> Verses:
    """Every other line by the second voice."""
    waveform, rate = one.voice.waveform.copy(), one.voice.sample_rate_hz
    for first, stop in pairwise([*one.lines, one.voice.seconds]):
        if one.lines.index(first) % 2:
            span = slice(round((first - 0.1) * rate), round((stop - 0.1) * rate))
            waveform[span] = two.voice.waveform[span]
    return replace(one, voice=Audio(waveform, rate))


def written(path: Path, song: Verses) -> dict:
    """A song and its lyrics; its truth."""
    soundfile.write(path, mixed(song.voice, song.music), RATE_HZ)
    name = path.stem.split("-")[0].replace("duet", "kalinka")
    lines = 2 * LYRICS[name].split("|")
    path.with_suffix(".txt").write_text("\n".join(lines), encoding="utf-8")
    return {"words": song.words, "sounds": song.sounds, "lines": song.lines}


def wrong(folder: Path) -> None:
    """Songs that are none, or not these."""
    shutil.copy(folder / "beryoza-anna.mp3", folder / "wrong-lyrics.mp3")
    shutil.copy(folder / "kalinka-sofia.txt", folder / "wrong-lyrics.txt")
    shutil.copy(folder / "kalinka-sofia.mp3", folder / "no-lyrics.mp3")
    score = read_score(SONGS / "beryoza.musicxml")
    backing = rendered(score, score.number_of(score.sung()))
    soundfile.write(folder / "instrumental.mp3", backing, RATE_HZ)
    shutil.copy(folder / "beryoza-anna.txt", folder / "instrumental.txt")
    samples, rate = soundfile.read(folder / "beryoza-anna.mp3", dtype="float32")
    long = np.tile(samples, (1 + int(LONG_SECONDS * rate / len(samples)), 1))[: LONG_SECONDS * rate]
    soundfile.write(folder / "long.mp3", long, rate)
    shutil.copy(folder / "beryoza-anna.txt", folder / "long.txt")
    (folder / "not-a-song.mp3").write_text("Это текст, а не песня.\n" * 50, encoding="utf-8")
    shutil.copy(folder / "beryoza-anna.txt", folder / "not-a-song.txt")


def measure(folder: Path, dataset: Path) -> None:
    """Print a row for each song, and the means."""
    truth = json.loads((folder / "truth.json").read_text(encoding="utf-8"))
    plan = read_plan(dataset)
    errors: list[float] = []
    overrun: list[float] = []
    for index, recording in enumerate(plan.recordings):
        own = [piece for piece in plan.pieces if piece.recording == index]
        lines = [piece for piece in own if piece.text]
        kept = [piece for piece in own if piece.kept]
        causes = Counter(reason for piece in lines for reason in piece.reasons)
        print(
            f"{recording.file:22s}{recording.refused[0] if recording.refused else '':24s}"
            f"lines {len(kept)} of {len(lines)}, {sum(piece.seconds for piece in kept):.1f} of "
            f"{recording.seconds:.1f} s {dict(causes) or ''}",
            end=" ",
        )
        name = Path(recording.file).stem
        if name in truth and recording.copy:
            off, ends = line_errors(truth[name], read_known(dataset / recording.copy), kept)
            print(shown(off), "ends", np.round(ends, 2), end="")
            if not name.startswith("duet"):
                errors += off
                overrun += ends
        print()
    print(f"all: {shown(errors)}; clips end {np.mean(overrun):.3f} s after the last sound")


def line_errors(
    truth: dict, known: Known, kept: Sequence[Piece]
) -> tuple[list[float], list[float]]:
    """How far each word of the kept lines is off, and how long after its last sound a clip ends, seconds.

    The lyrics are sung in order and once: the n-th word of the text is the n-th of the song.
    """
    number, rest, index = {}, "", -1
    for i, sentence in enumerate(known.laid.sentences):
        for j, word in enumerate(sentence.words):
            begins = not rest  # else a syllable joins it to the word before, as in «в саду»
            if begins:
                index += 1
                rest = truth["words"][index][0]
            assert rest.startswith(letters(word.text)), (rest, word.text)
            rest = rest[len(letters(word.text)) :]
            number[i, j] = index, begins
    off, ends = [], []
    for piece in kept:
        words = known.laid.inside(piece.start_seconds, piece.end_seconds)
        for word in words:
            index, begins = number[word.sentence, word.place]
            _, begin, end = truth["words"][index]
            off += [abs(word.start - begin)] * begins
        ends.append(piece.end_seconds - end)
    return off, ends


def shown(errors: Sequence[float]) -> str:
    if not errors:
        return "no words"
    found = np.array(errors)
    return (
        f"{found.size} words {found.mean():.3f} s, median {np.median(found):.3f}, "
        f"within {NEAR_SECONDS} s {100 * np.mean(found <= NEAR_SECONDS):.0f} %"
    )


if __name__ == "__main__":
    main()
