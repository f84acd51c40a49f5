"""Durations, pitch and d-vectors for the synthesizer's training.

    python -m tts_engine train align --corpus data/corpus --output data/aligned

Every clip is aligned by the recognizer. A clip without a transcript gets what the recognizer hears. The
format is that of `tts_engine.training.aligned`.
"""

import argparse
import logging
import os
from collections.abc import Iterable, Iterator
from multiprocessing import get_context
from pathlib import Path

import torch
from tqdm import tqdm

from tts_engine.audio.mel import log_mel
from tts_engine.device import resolve_device
from tts_engine.encoder.inference import SpeakerEncoder
from tts_engine.errors import AudioError
from tts_engine.f0 import f0_profile, track_f0
from tts_engine.recognizer.align import align, token_f0
from tts_engine.recognizer.inference import Recognizer, greedy
from tts_engine.text.symbols import PERIOD, START
from tts_engine.training.aligned import AlignedRow, Embedding, write_aligned
from tts_engine.training.corpus import Clip, Corpus
from tts_engine.types import Audio
from tts_engine.weights import weights_folder

Measured = tuple[AlignedRow, Embedding] | str  # or why a clip is left out

logger = logging.getLogger(__name__)

WORST_SCORE = -1.6  # mean log-probability per step; below it text and audio do not agree


def align_clip(corpus: Corpus, clip: Clip, recognizer: Recognizer) -> AlignedRow:
    """Tokens, durations and pitch of one clip.

    Raises:
        AudioError: the text does not fit the audio, or nothing was heard.
    """
    waveform = corpus.waveform(clip)
    mel = log_mel(torch.from_numpy(waveform)[None], recognizer.config.mel)[0].numpy()
    posteriors = recognizer.log_posteriors(mel)
    tokens = clip.tokens or (START, *greedy(posteriors), PERIOD)
    alignment = align(mel, posteriors, tokens)
    f0_hz = track_f0(Audio(waveform, recognizer.config.mel.sample_rate_hz), mel.shape[1])
    median_hz, spread = f0_profile(f0_hz)
    return AlignedRow(
        id=clip.id,
        tokens=alignment.tokens,
        durations=alignment.durations,
        f0_hz=token_f0(alignment, f0_hz),
        f0_median_hz=median_hz,
        f0_spread_semitones=spread,
        score=alignment.score,
    )


class Aligner:
    """The models that measure a clip; one per worker process."""

    def __init__(self, corpus: Path, recognizer: Path, encoder: Path, device: str) -> None:
        torch.set_num_threads(1)  # the workers share the processor among themselves
        self.corpus = Corpus(corpus)
        self.recognizer = Recognizer.load(recognizer, device=resolve_device(device))
        self.encoder = SpeakerEncoder.load(encoder, device=resolve_device(device))

    def measure(self, clip: Clip) -> Measured:
        """The aligned clip and its d-vector, or why it is left out."""
        try:
            aligned = align_clip(self.corpus, clip, self.recognizer)
            rate = self.recognizer.config.mel.sample_rate_hz
            embedding = self.encoder.embed(Audio(self.corpus.waveform(clip), rate))
        except AudioError as error:
            return f"{clip.id} left out: {error}"
        if aligned.score < WORST_SCORE:
            return f"{clip.id} left out: alignment score {aligned.score:.2f}"
        return aligned, embedding


def align_corpus(arguments: argparse.Namespace) -> int:
    """Align every clip but telephone prompts; returns the number of clips kept."""
    clips = [clip for clip in Corpus(arguments.corpus).clips if clip.band_hz >= 8000]
    models = (arguments.corpus, arguments.recognizer, arguments.encoder, arguments.device)
    with get_context("spawn").Pool(arguments.workers, _start_worker, models) as pool:
        results = tqdm(pool.imap(_measure, clips, chunksize=16), total=len(clips))
        return write_aligned(arguments.output, _kept(results))


def _kept(results: Iterable[Measured]) -> Iterator[tuple[AlignedRow, Embedding]]:
    for result in results:
        if isinstance(result, str):
            logger.warning(result)
        else:
            yield result


_worker: list[Aligner] = []


def _start_worker(corpus: Path, recognizer: Path, encoder: Path, device: str) -> None:
    _worker.append(Aligner(corpus, recognizer, encoder, device))


def _measure(clip: Clip) -> Measured:
    return _worker[0].measure(clip)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--corpus", type=Path, default=Path("data/corpus"))
    parser.add_argument("--output", type=Path, default=Path("data/aligned"))
    parser.add_argument("--recognizer", type=Path, default=weights_folder() / "recognizer")
    parser.add_argument("--encoder", type=Path, default=weights_folder() / "encoder")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--device", choices=("auto", "cpu", "cuda"), default="auto")


def run(arguments: argparse.Namespace) -> None:
    """Align a prepared corpus."""
    kept = align_corpus(arguments)
    logger.info("%d clips aligned in %s", kept, arguments.output)
