"""A dataset of `python -m tts_engine dataset` as a synthesizer learns from it: aligned, measured, some of it held out.

    <folder>/corpus/        as `training.corpus` and `training.aligned` have it; of the clips that are long enough and
                            whose text fits what is heard, and of what `others` say
    <folder>/corpus/prepared.json     of which dataset it was made

Prepared once: a training that is begun again finds it here.
"""

import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import soundfile

from tts_engine.audio.mel import MelConfig
from tts_engine.dataset.aligning import WORST_SCORE, align_clip
from tts_engine.dataset.building import clip_missing, clip_path
from tts_engine.dataset.corpora import prepare_waveform, text_to_tokens
from tts_engine.dataset.plan import PLAN_FILE, Piece, Plan, read_plan
from tts_engine.dataset.texts import language_of
from tts_engine.encoder.inference import SpeakerEncoder
from tts_engine.errors import AudioError, RequestError, TextError
from tts_engine.recognizer.inference import Recognizer
from tts_engine.speaking.cloning import VoiceCloner
from tts_engine.studio import others
from tts_engine.studio.others import Other
from tts_engine.text.symbols import PERIOD, START, phonemes_only
from tts_engine.training.aligned import AlignedRow, Embedding, write_aligned
from tts_engine.training.corpus import (
    AUDIO_FILE,
    CLIPS_FILE,
    HELD_OUT,
    SAMPLE_RATE_HZ,
    TRAIN,
    Clip,
    Corpus,
    write_clips,
)
from tts_engine.types import Audio

OnClip = Callable[[int, int], None]

CORPUS, PREPARED_FILE = "corpus", "prepared.json"
SPEAKER = "studio"
HELD_OUT_SHARE, FEWEST_HELD_OUT, MOST_HELD_OUT = 0.08, 2, 12
SHORTEST_SECONDS, LONGEST_SECONDS = 1.0, 20.0
FEWEST_CLIPS = 5
MOST_MINUTES = 180.0  # of clips; more would be held in memory and hardly helps
HELD_OUT_SECONDS = (2.0, 12.0)
FRAMES_PER_SECOND = MelConfig().frames_per_second


def prepare(
    dataset: Path,
    folder: Path,
    *,
    language: str,
    cloner: VoiceCloner,
    on_clip: OnClip,
    most_clips: int | None = None,
) -> Path:
    """Make `<folder>/corpus` of a dataset, unless it is there; returns it.

    Args:
        dataset: folder with report.json and clips/.
        folder: of the training.
        language: of clips whose text is not known.
        cloner: aligns and hears the clips, and speaks for the others.
        on_clip: told (clips done, clips in all); may raise to stop.
        most_clips: of the dataset and of the others, to try how long one takes; None: all.

    Raises:
        RequestError: `plan_missing`, `plan_invalid`, `too_little_data`, `clip_missing`.
    """
    corpus = folder / CORPUS
    wanted = {"dataset": digest_of(dataset), "language": language}
    done = corpus / PREPARED_FILE
    if done.is_file() and json.loads(done.read_text(encoding="utf-8")) == wanted:
        return corpus
    corpus.mkdir(parents=True, exist_ok=True)
    pieces = usable(read_plan(dataset))[:most_clips]
    sentences = others.sentences(most_clips)
    total, said = len(sentences) + len(pieces), []
    for one in others.spoken(cloner, sentences):
        said.append(one)
        on_clip(len(said), total)
    clips = _write_audio(dataset, pieces, said, corpus, language)
    write_clips(corpus / CLIPS_FILE, clips)
    rows = list(_aligned(Corpus(corpus), cloner, len(said), on_clip))
    if len(rows) < FEWEST_CLIPS:
        raise _too_little(len(rows))
    kept = {row.id for row, _ in rows}
    held_out = _held_out([clip for clip in clips if clip.id in kept])
    write_aligned(corpus, [*rows, *((one.row, one.embedding) for one in said)])
    write_clips(
        corpus / CLIPS_FILE,
        [replace(clip, split=HELD_OUT) if clip.id in held_out else clip for clip in clips],
    )
    done.write_text(json.dumps(wanted), encoding="utf-8")
    return corpus


def count_of(dataset: Path, most_clips: int | None = None) -> int:
    """How many clips `prepare` tells of."""
    return len(usable(read_plan(dataset))[:most_clips]) + len(others.sentences(most_clips))


def usable(plan: Plan) -> list[Piece]:
    """Kept pieces of a fitting length, of three hours at most."""
    found: list[Piece] = []
    left = 60 * MOST_MINUTES
    for piece in plan.kept:
        if SHORTEST_SECONDS <= piece.seconds <= min(LONGEST_SECONDS, left):
            found.append(piece)
            left -= piece.seconds
    return found


def digest_of(dataset: Path) -> str:
    """What tells a dataset from others and from what it was before it was edited; RequestError `plan_missing`."""
    read_plan(dataset)
    return hashlib.sha256((dataset / PLAN_FILE).read_bytes()).hexdigest()


def tokens_of(piece: Piece, language: str) -> tuple[str, tuple[str, ...]]:
    """Language and tokens of a piece: those of its text where its phonemes are the text's, else the phonemes alone."""
    heard = tuple(piece.phonemes.split())
    if piece.text:
        language = language_of(piece.text)
        try:
            tokens = text_to_tokens(piece.text, language)
        except TextError:
            tokens = ()
        if tokens and (language == "en" or not heard or tuple(phonemes_only(tokens)) == heard):
            return language, tokens
    return language, (START, *heard, PERIOD)


def _write_audio(
    dataset: Path, pieces: Sequence[Piece], said: Sequence[Other], corpus: Path, language: str
) -> list[Clip]:
    clips: list[Clip] = []
    position = 0
    partial = corpus / (AUDIO_FILE + ".partial")
    with partial.open("wb") as audio:
        for piece in pieces:
            spoken, tokens = tokens_of(piece, language)
            if not phonemes_only(tokens):
                continue
            samples = _samples(clip_path(dataset, piece))
            audio.write(samples.tobytes())
            clips.append(
                Clip(
                    id=piece.id,
                    corpus=SPEAKER,
                    speaker=SPEAKER,
                    language=spoken,
                    split=TRAIN,
                    band_hz=SAMPLE_RATE_HZ // 2,
                    text=piece.text,
                    tokens=tokens,
                    start=position,
                    samples=samples.size,
                )
            )
            position += samples.size
        if len(clips) < FEWEST_CLIPS:
            raise _too_little(len(clips))
        for one in said:
            audio.write(one.samples.tobytes())
            clips.append(replace(one.clip, start=position))
            position += one.samples.size
    partial.replace(corpus / AUDIO_FILE)
    return clips


def _samples(path: Path) -> np.ndarray:
    try:
        samples, rate = soundfile.read(path, dtype="float32")
    except (OSError, soundfile.LibsndfileError) as error:
        raise clip_missing(path) from error
    return (prepare_waveform(samples, rate) * 32767).astype(np.int16)


def _aligned(
    corpus: Corpus, cloner: VoiceCloner, before: int, on_clip: OnClip
) -> Iterator[tuple[AlignedRow, Embedding]]:
    own = corpus.select(split=TRAIN)
    for done, clip in enumerate(own, start=before + 1):
        row = measure_clip(corpus, clip, cloner.recognizer, cloner.encoder)
        if row is not None:
            yield row
        on_clip(done, before + len(own))


def measure_clip(
    corpus: Corpus, clip: Clip, recognizer: Recognizer, encoder: SpeakerEncoder
) -> tuple[AlignedRow, Embedding] | None:
    """A clip in time, and its d-vector; None when its text is not what is heard."""
    try:
        row = align_clip(corpus, clip, recognizer)
        vector = encoder.embed(Audio(corpus.waveform(clip), SAMPLE_RATE_HZ))
    except AudioError:
        return None
    return None if row.score < WORST_SCORE else (row, vector)


def _held_out(clips: Sequence[Clip]) -> set[str]:
    """Clips that no training hears: a few of middling length, spread over the dataset; those with a text first."""
    count = round(HELD_OUT_SHARE * len(clips))
    count = min(max(count, FEWEST_HELD_OUT), MOST_HELD_OUT, len(clips) // 2)
    low, high = HELD_OUT_SECONDS
    fitting = [clip for clip in clips if low <= clip.seconds <= high]
    written = [clip for clip in fitting if clip.text]
    chosen = next((group for group in (written, fitting) if len(group) >= 2 * count), list(clips))
    places = np.linspace(0, len(chosen) - 1, count + 2).round().astype(int)[1:-1]
    return {chosen[int(place)].id for place in places}


def _too_little(count: int) -> RequestError:
    return RequestError(
        "too_little_data",
        f"{count} clips to learn from, at least {FEWEST_CLIPS} are needed: a minute of clean speech, better ten",
        f"клипов для обучения {count}, а нужно не меньше {FEWEST_CLIPS}: минута чистой речи, лучше десять",
        clips=count,
        needed=FEWEST_CLIPS,
    )
