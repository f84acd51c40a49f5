"""Turn public corpora into one prepared corpus (see `tts_engine.training.corpus`).

    python -m tts_engine train prepare --rhvoice DIR --librispeech DIR --kokoro DIR \\
        --asterisk DIR --festvox DIR --gcompris DIR --songs DIR --voxforge DIR --output data/corpus

Every corpus is optional. Clips are resampled to 22 050 Hz, trimmed and brought to one speech level;
VoxForge has features instead of sound and stands in files of its own (`tts_engine.training.features`),
so that it may be added later. Transcripts become phonemes by the text front end; clips without one keep
none until the recognizer has listened to them (`train align`).
"""

import argparse
import logging
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

import librosa
import numpy as np
import soundfile as sf
from tqdm import tqdm

from tts_engine.audio.resample import resample
from tts_engine.dataset.relatives import relatives
from tts_engine.dataset.sources import (
    Source,
    asterisk_sources,
    festvox_sources,
    gcompris_sources,
    kokoro_sources,
    librispeech_sources,
    rhvoice_sources,
    songs_sources,
    voxforge_sources,
)
from tts_engine.text.english import english_to_phonemes
from tts_engine.text.frontend import get_frontend
from tts_engine.text.symbols import PERIOD, START
from tts_engine.training.corpus import (
    AUDIO_FILE,
    CLIPS_FILE,
    SAMPLE_RATE_HZ,
    Clip,
    write_clips,
)
from tts_engine.training.features import (
    FEATURE_CLIPS_FILE,
    SPHINX_BAND_HZ,
    write_features,
)
from tts_engine.types import Waveform

logger = logging.getLogger(__name__)

SPEECH_LEVEL = 0.08  # RMS of the louder half of all 20 ms frames, full scale = 1
TRIM_DB = 38  # quieter than this below the peak is silence
MARGIN_SECONDS = 0.06  # silence kept at both ends
LONGEST_SECONDS = 20.0
BETWEEN_SECONDS = 0.1  # recordings that make one clip


def prepare_waveform(samples: Waveform, sample_rate_hz: int) -> Waveform:
    """Resample to 22 050 Hz, trim silence, set the speech level: (T,) -> (T',) in (-1, 1)."""
    resampled = resample(samples, sample_rate_hz, SAMPLE_RATE_HZ)
    first, last = trim_bounds(resampled)
    trimmed = resampled[first:last]
    frames = librosa.util.frame(trimmed, frame_length=441, hop_length=441)
    powers = np.sort((frames**2).mean(axis=0))
    level = float(np.sqrt(powers[powers.size // 2 :].mean() + 1e-12))
    gain = min(SPEECH_LEVEL / level, 0.98 / (float(np.abs(trimmed).max()) + 1e-9))
    return (trimmed * gain).astype(np.float32)


def trim_bounds(waveform: Waveform) -> tuple[int, int]:
    """First and last sample to keep: (T,) at 22 050 Hz -> speech with a small margin."""
    _, (first, last) = librosa.effects.trim(
        waveform, top_db=TRIM_DB, frame_length=1024, hop_length=256
    )
    margin = int(MARGIN_SECONDS * SAMPLE_RATE_HZ)
    return max(0, int(first) - margin), min(waveform.size, int(last) + margin)


@lru_cache(maxsize=50_000)  # VoxForge's readers share their sentences
def text_to_tokens(text: str, language: str) -> tuple[str, ...]:
    """Phonemes and pauses of a transcript; () when it has none."""
    if not text:
        return ()
    if language == "en":
        words = english_to_phonemes(text)
        return (START, *(phoneme for word in words for phoneme in word), PERIOD)
    tokens: list[str] = [START]
    for sentence in get_frontend().sentences(text):
        tokens.extend(sentence.tokens[1:])
    return tuple(tokens)


def prepare(sources: list[Source], output: Path) -> list[Clip]:
    """Write a prepared corpus; clips of more than 20 s or of under 0.4 s are left out."""
    output.mkdir(parents=True, exist_ok=True)
    clips: list[Clip] = []
    position = 0
    partial = output / (AUDIO_FILE + ".partial")
    with partial.open("wb") as audio, ProcessPoolExecutor() as pool:
        prepared = pool.map(_load, sources, chunksize=32)
        for source, (samples, band_hz) in tqdm(zip(sources, prepared, strict=True)):
            if not 0.4 <= samples.size / SAMPLE_RATE_HZ <= LONGEST_SECONDS:
                logger.warning("%s left out: %d samples", source.id, samples.size)
                continue
            audio.write(samples.tobytes())
            clips.append(_clip(source, position, samples.size, band_hz))
            position += samples.size
    partial.replace(output / AUDIO_FILE)
    return clips


def prepare_features(sources: list[Source], output: Path) -> list[Clip]:
    """Write the features beside a prepared corpus."""
    clips = [(_clip(source, 0, 0, SPHINX_BAND_HZ), source.path) for source in sources]
    return write_features(clips, output)


def add_tokens(clips: list[Clip], path: Path) -> None:
    """Phonemise the transcripts and write the clip list."""
    with_tokens = [
        replace(clip, tokens=text_to_tokens(clip.text, clip.language)) for clip in tqdm(clips)
    ]
    write_clips(path, with_tokens)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    for name in (*READERS, "voxforge"):
        parser.add_argument(f"--{name}", type=Path, help=f"folder of the {name} corpus")
    parser.add_argument(
        "--relatives",
        type=int,
        default=0,
        help="new voices per speaker, made by playing a part of the recordings faster or slower",
    )
    parser.add_argument("--output", type=Path, default=Path("data/corpus"))


def run(arguments: argparse.Namespace) -> None:
    """Prepare every corpus that was named."""
    sources: list[Source] = []
    for name, read in READERS.items():
        folder = getattr(arguments, name)
        if folder is not None:
            sources.extend(read(folder))
    sources.extend(relatives(sources, arguments.relatives))
    output: Path = arguments.output
    if sources:
        add_tokens(prepare(sources, output), output / CLIPS_FILE)
    if arguments.voxforge is not None:
        spoken = list(voxforge_sources(arguments.voxforge))
        add_tokens(prepare_features(spoken, output), output / FEATURE_CLIPS_FILE)


READERS = {
    "rhvoice": rhvoice_sources,
    "librispeech": librispeech_sources,
    "kokoro": kokoro_sources,
    "asterisk": asterisk_sources,
    "festvox": festvox_sources,
    "gcompris": gcompris_sources,
    "songs": songs_sources,
}


def _load(source: Source) -> tuple[np.ndarray, int]:
    samples, rate = _read(source.path)
    for path in source.followed_by:
        pause = np.zeros(round(BETWEEN_SECONDS * rate), np.float32)
        samples = np.concatenate([samples, pause, _read(path)[0]])
    played_hz = round(rate * source.speed)
    waveform = prepare_waveform(samples, played_hz)
    return (waveform * 32767).astype(np.int16), played_hz // 2


def _read(path: Path) -> tuple[Waveform, int]:
    """All channels as one, (T,), and the rate."""
    samples, rate = sf.read(path, dtype="float32", always_2d=True)
    return samples.mean(axis=1), rate


def _clip(source: Source, start: int, samples: int, band_hz: int) -> Clip:
    return Clip(
        id=source.id,
        corpus=source.corpus,
        speaker=source.speaker,
        language=source.language,
        split=source.split,
        band_hz=band_hz,
        text=source.text,
        tokens=(),
        start=start,
        samples=samples,
    )
