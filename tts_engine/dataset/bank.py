"""Build the voice bank from an aligned corpus.

    python -m tts_engine train bank --corpus data/corpus --aligned data/aligned

A bank voice is the mean of its speaker's training clips; `bank.json` beside this file names the voices.
"""

import argparse
import json
import logging
from pathlib import Path

import numpy as np
import torch

from tts_engine.audio.mel import MelConfig, log_mel
from tts_engine.errors import VoiceError
from tts_engine.speaking.voicebank import BankVoice, write_voice
from tts_engine.synthesizer.profile import voice_spectrum
from tts_engine.text.symbols import is_phoneme
from tts_engine.training.aligned import AlignedRow, read_aligned
from tts_engine.training.corpus import TRAIN, Clip, Corpus
from tts_engine.types import VoiceProfile
from tts_engine.weights import weights_folder

logger = logging.getLogger(__name__)

MOST_CLIPS = 60  # of one speaker; more change the means very little


def build(corpus: Corpus, aligned: Path, output: Path) -> list[BankVoice]:
    """Write every voice of `bank.json`; VoiceError when a speaker has no training clips."""
    clips = {clip.id: clip for clip in corpus.select(split=TRAIN)}
    rows = [
        (clips[row.id], row, vector) for row, vector in read_aligned(aligned) if row.id in clips
    ]
    entries = json.loads(Path(__file__).with_name("bank.json").read_text(encoding="utf-8"))
    voices = []
    for entry in entries:
        speaker = entry.pop("speaker")
        own = [row for row in rows if row[0].speaker == speaker][:MOST_CLIPS]
        if not own:
            raise VoiceError(
                "speaker_missing",
                f"no training clips of {speaker} in the corpus",
                f"в корпусе нет обучающих записей диктора {speaker}",
            )
        voices.append(BankVoice(**entry, profile=mean_profile(corpus, own)))
        write_voice(voices[-1], output)
    return voices


def mean_profile(corpus: Corpus, rows: list[tuple[Clip, AlignedRow, np.ndarray]]) -> VoiceProfile:
    """Mean d-vector, pitch, rate and spectrum of one speaker's clips."""
    embedding = np.mean([vector for _, _, vector in rows], axis=0)
    pitched = [row for _, row, _ in rows if row.f0_median_hz > 0]
    config = MelConfig()
    spectra = [
        voice_spectrum(log_mel(torch.from_numpy(corpus.waveform(clip))[None], config)[0].numpy())
        for clip, _, _ in rows
    ]
    spoken = [
        frames
        for _, row, _ in rows
        for token, frames in zip(row.tokens, row.durations, strict=True)
        if is_phoneme(token)
    ]
    return VoiceProfile(
        embedding=(embedding / np.linalg.norm(embedding)).astype(np.float32),
        f0_median_hz=round(float(np.median([row.f0_median_hz for row in pitched])), 2),
        f0_spread_semitones=round(float(np.median([r.f0_spread_semitones for r in pitched])), 3),
        phonemes_per_second=round(config.frames_per_second / float(np.mean(spoken)), 2),
        spectrum=tuple(round(float(value), 4) for value in np.mean(spectra, axis=0)),
    )


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--corpus", type=Path, default=Path("data/corpus"))
    parser.add_argument("--aligned", type=Path, default=Path("data/aligned"))
    parser.add_argument("--output", type=Path, default=weights_folder() / "voices")


def run(arguments: argparse.Namespace) -> None:
    """Build the bank."""
    voices = build(Corpus(arguments.corpus), arguments.aligned, arguments.output)
    logger.info("%d voices in %s", len(voices), arguments.output)
