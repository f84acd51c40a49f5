"""Phonemes in time by attention: the best way through its weights, one phoneme after another."""

from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from tts_engine.aligner.config import STRIDE, AlignerConfig
from tts_engine.aligner.data import as_batch
from tts_engine.aligner.model import AlignerNetwork, attention_score
from tts_engine.audio.cepstra import mel_to_bands
from tts_engine.audio.mel import log_mel
from tts_engine.audio.resample import resample
from tts_engine.checkpoints import load_checkpoint, load_into
from tts_engine.errors import AudioError
from tts_engine.recognizer.model import phonemes_to_classes
from tts_engine.types import Audio

Array = NDArray[np.float32]


class Aligner:
    """Attention aligner. Owns its network and device."""

    def __init__(self, network: AlignerNetwork, device: torch.device) -> None:
        self.config = network.config
        self.device = device
        self._network = network.eval().to(device)

    @classmethod
    def load(cls, folder: Path, *, device: torch.device) -> "Aligner":
        """Load weights of `folder`; CheckpointError when they do not fit."""
        config, weights = load_checkpoint(folder, AlignerConfig)
        network = AlignerNetwork(config)
        load_into(network, weights, folder)
        return cls(network, device)

    @property
    def step_seconds(self) -> float:
        """Of the attention's steps."""
        return STRIDE * self.config.mel.hop_samples / self.config.mel.sample_rate_hz

    @torch.inference_mode()
    def attention(self, audio: Audio, phonemes: list[str]) -> tuple[Array, float]:
        """Weights (L, S) of known phonemes over a clip, and their score, 0 to 1.

        Raises:
            AudioError: `nothing_to_align`, there are no phonemes.
        """
        if not phonemes:
            raise AudioError(
                "nothing_to_align", "the text has no phonemes", "в тексте нет ни одной фонемы"
            )
        rate = self.config.mel.sample_rate_hz
        waveform = resample(audio.waveform, audio.sample_rate_hz, rate)
        waveform = np.pad(waveform, (0, max(0, 2 * self.config.mel.fft_samples - waveform.size)))
        mel = log_mel(torch.from_numpy(waveform)[None], self.config.mel)[0]
        batch = as_batch(mel_to_bands(mel, self.config.mel), phonemes_to_classes(phonemes))
        decoded = self._network(
            batch.inputs.to(self.device),
            batch.frames.to(self.device),
            batch.targets.to(self.device),
            batch.target_lengths.to(self.device),
            whole=True,
        )
        score = float(attention_score(decoded.attention, decoded.reached)[0])
        return decoded.attention[0].float().cpu().numpy(), score

    def times(self, audio: Audio, phonemes: list[str]) -> tuple[NDArray[np.float64], float]:
        """Begin and end of each phoneme, (L, 2) seconds, and the attention score.

        Raises:
            AudioError: `nothing_to_align`; `text_too_long_for_audio`, more phonemes than steps.
        """
        weights, score = self.attention(audio, phonemes)
        return best_way(weights).astype(np.float64) * self.step_seconds, score


def best_way(weights: Array) -> NDArray[np.int64]:
    """The run of steps of each row that has the most weight in all, rows one after another, (L, S) -> (L, 2).

    *Source:* extraction of durations by dynamic programming, DeepSinger (arXiv 2007.04590), section 3.1.

    Raises:
        AudioError: `text_too_long_for_audio`, more rows than steps.
    """
    rows, steps = weights.shape
    if rows > steps:
        raise AudioError(
            "text_too_long_for_audio",
            f"{rows} phonemes do not fit {steps} steps of audio; text and audio differ",
            f"{rows} фонем не помещаются в {steps} шагов записи: текст и запись расходятся",
        )
    best = np.full(rows, -np.inf)
    moved = np.zeros((steps, rows), dtype=bool)  # whether the row begins at the step
    best[0] = weights[0, 0]
    for step in range(1, steps):
        before = np.concatenate([[-np.inf], best[:-1]])
        moved[step] = before > best
        best = np.maximum(before, best) + weights[:, step]
    spans = np.zeros((rows, 2), dtype=np.int64)
    row, stop = rows - 1, steps
    for step in range(steps - 1, -1, -1):
        if step == 0 or moved[step, row]:
            spans[row] = step, stop
            row, stop = row - 1, step
            if row < 0:
                break
    return spans
