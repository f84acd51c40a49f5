"""A dataset of `python -m tts_engine dataset` as a synthesizer learns from it: aligned, measured, some of it held out.

    <folder>/corpus/        as `training.corpus` and `training.aligned` have it; of the clips that are long enough and
                            whose text fits what is heard
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
from tts_engine.dataset.building import clip_path
from tts_engine.dataset.corpora import prepare_waveform, text_to_tokens
from tts_engine.dataset.plan import PLAN_FILE, Piece, Plan, read_plan
from tts_engine.encoder.inference import SpeakerEncoder
from tts_engine.errors import AudioError, RequestError, TextError
from tts_engine.recognizer.inference import Recognizer
from tts_engine.synthesizer.data import PITCH_LIMIT, AlignedClip, AlignedCorpus, ClipVoice
from tts_engine.synthesizer.profile import facts_vector
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
from tts_engine.types import Audio, VoiceProfile

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
    recognizer: Recognizer,
    encoder: SpeakerEncoder,
    on_clip: OnClip,
    most_clips: int | None = None,
) -> Path:
    """Make `<folder>/corpus` of a dataset, unless it is there; returns it.

    Args:
        dataset: folder with report.json and clips/.
        folder: of the training.
        language: of clips whose text is not known.
        recognizer, encoder: align and hear the clips.
        on_clip: told (clips done, clips in all); may raise to stop.
        most_clips: of the dataset, to try how long one takes; None: all.

    Raises:
        RequestError: `plan_missing`, `plan_invalid`, `too_little_data`, `clip_missing`.
    """
    corpus = folder / CORPUS
    wanted = {"dataset": digest_of(dataset), "language": language}
    done = corpus / PREPARED_FILE
    if done.is_file() and json.loads(done.read_text(encoding="utf-8")) == wanted:
        return corpus
    corpus.mkdir(parents=True, exist_ok=True)
    clips = _write_audio(dataset, usable(read_plan(dataset))[:most_clips], corpus, language)
    write_clips(corpus / CLIPS_FILE, clips)
    sound = Corpus(corpus)
    rows = list(_aligned(sound, recognizer, encoder, on_clip))
    if len(rows) < FEWEST_CLIPS:
        raise _too_little(len(rows))
    kept = {row.id for row, _ in rows}
    held_out = _held_out([clip for clip in clips if clip.id in kept])
    write_aligned(corpus, rows)
    write_clips(
        corpus / CLIPS_FILE,
        [replace(c, split=HELD_OUT if c.id in held_out else TRAIN) for c in clips],
    )
    done.write_text(json.dumps(wanted), encoding="utf-8")
    return corpus


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


def studio_profile(aligned: AlignedCorpus) -> VoiceProfile:
    """The voice of all clips that are not held out: mean d-vector, pitch, rate and spectrum."""
    items = aligned.split(TRAIN)
    mean = np.mean([item.profile.embedding for item in items], axis=0)
    pitched = [item.profile for item in items if item.profile.f0_median_hz > 0]
    rates = [item.profile.phonemes_per_second for item in items]
    spectrum = np.mean([aligned.spectrum(item) for item in items], axis=0)
    return VoiceProfile(
        embedding=(mean / np.linalg.norm(mean)).astype(np.float32),
        f0_median_hz=round(float(np.median([p.f0_median_hz for p in pitched] or [0.0])), 2),
        f0_spread_semitones=round(
            float(np.median([p.f0_spread_semitones for p in pitched] or [0.0])), 3
        ),
        phonemes_per_second=round(float(np.median(rates)), 2),
        spectrum=tuple(round(float(value), 4) for value in spectrum),
    )


def tokens_of(piece: Piece, language: str) -> tuple[str, tuple[str, ...]]:
    """Language and tokens of a piece: those of its text where its phonemes are the text's, else the phonemes alone."""
    heard = tuple(piece.phonemes.split())
    if piece.text:
        letters = [letter for letter in piece.text.casefold() if letter.isalpha()]
        latin = sum("a" <= letter <= "z" for letter in letters)
        language = "en" if 2 * latin > len(letters) else "ru"
        try:
            tokens = text_to_tokens(piece.text, language)
        except TextError:
            tokens = ()
        if tokens and (language == "en" or not heard or tuple(phonemes_only(tokens)) == heard):
            return language, tokens
    return language, (START, *heard, PERIOD)


def _write_audio(dataset: Path, pieces: Sequence[Piece], corpus: Path, language: str) -> list[Clip]:
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
    partial.replace(corpus / AUDIO_FILE)
    return clips


def _samples(path: Path) -> np.ndarray:
    try:
        samples, rate = soundfile.read(path, dtype="float32")
    except (OSError, soundfile.LibsndfileError) as error:
        raise RequestError(
            "clip_missing",
            f"the clip {path.name} cannot be read; rebuild the dataset: --rebuild",
            f"клип {path.name} не читается; пересоберите набор: --rebuild",
        ) from error
    return (prepare_waveform(samples, rate) * 32767).astype(np.int16)


def _aligned(
    corpus: Corpus, recognizer: Recognizer, encoder: SpeakerEncoder, on_clip: OnClip
) -> Iterator[tuple[AlignedRow, Embedding]]:
    for done, clip in enumerate(corpus.clips, start=1):
        row = measure_clip(corpus, clip, recognizer, encoder)
        if row is not None:
            yield row
        on_clip(done, len(corpus.clips))


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


def told_of(profile: VoiceProfile, spectrum_size: int) -> ClipVoice:
    """What the network is told of a voice whenever it speaks, the same for all clips."""
    facts, known = facts_vector(profile, spectrum_size)
    return ClipVoice(embedding=profile.embedding, facts=facts, known=known)


def in_voice(items: Sequence[AlignedClip], profile: VoiceProfile) -> list[AlignedClip]:
    """Clips whose pitch is counted from the median and in the spread of the voice, not of each clip."""
    spread = max(profile.f0_spread_semitones, 0.5)
    found = []
    for item in items:
        octaves = np.log2(
            np.where(item.f0_hz > 0, item.f0_hz, 1.0) / max(profile.f0_median_hz, 1.0)
        )
        pitch = np.where(item.f0_hz > 0, 12 * octaves / spread, 0.0)
        limited = np.clip(pitch, -PITCH_LIMIT, PITCH_LIMIT).astype(np.float32)
        found.append(replace(item, pitch=limited))
    return found
