"""Spoken mels of all clips, in step with their audio: what the vocoder will really be fed."""

import logging
from pathlib import Path

import numpy as np
import torch
from torch.nn.utils.rnn import pad_sequence

from tts_engine.device import resolve_device
from tts_engine.synthesizer.contrast import restore_contrast
from tts_engine.synthesizer.data import AlignedCorpus, Batch, length_groups
from tts_engine.synthesizer.decoder import dropout_masks
from tts_engine.synthesizer.inference import Synthesizer
from tts_engine.synthesizer.model import AcousticModel
from tts_engine.training.corpus import Corpus

logger = logging.getLogger(__name__)

BATCH_FRAMES = 12_000


def write_mels(
    weights: Path, *, corpus: Path, aligned: Path, output: Path, device: str = "auto"
) -> int:
    """Write `<output>/<clip id>.npy`, float16 (n_mels, frames), for every aligned clip.

    They are spoken freely in the clip's voice, with its durations and pitch: teacher-forced ones would
    be better than those that the vocoder meets in use. Their contrast is restored as in use.

    Args:
        weights: folder of synthesizer weights.
        corpus: prepared corpus.
        aligned: its alignment.
        output: folder to fill; clip ids with a slash make subfolders.
        device: "auto", "cpu" or "cuda".

    Returns:
        How many were written.
    """
    from tqdm import tqdm  # of the command line: a training that only validates has no bar

    synthesizer = Synthesizer.load(weights, device=resolve_device(device))
    network, config = synthesizer.network, synthesizer.config
    clips = AlignedCorpus(Corpus(corpus), aligned, config.mel, config.spectrum_size)
    groups = length_groups([item.frames for item in clips.clips], BATCH_FRAMES)
    for group in tqdm(groups, mininterval=10):
        items = [clips.clips[i] for i in group]
        batch = clips.collate(items, [clips.own_voice(item) for item in items])
        mels, _ = free_running(network, batch.to(synthesizer.device))
        for item, mel in zip(items, mels.float().cpu().numpy(), strict=True):
            path = output / f"{item.clip.id}.npy"
            path.parent.mkdir(parents=True, exist_ok=True)
            spoken = mel[:, : item.frames]
            np.save(path, restore_contrast(spoken, config.band_spread).astype(np.float16))
    return len(clips.clips)


@torch.inference_mode()
def free_running(network: AcousticModel, batch: Batch) -> tuple[torch.Tensor, torch.Tensor]:
    """Log mels (B, n_mels, F) spoken with the clips' own durations and pitch, and upsampling weights."""
    voice = network.conditioner(batch.embedding, batch.facts, batch.known)
    memory = network.encode(batch.tokens, batch.token_lengths, voice)
    masks = batch_masks(network, batch)
    mels = network.render(memory, batch.durations, batch.f0_hz, voice, masks)
    return network.to_mel(mels.after), mels.weights


def batch_masks(network: AcousticModel, batch: Batch) -> torch.Tensor:
    """Pre-net dropout of every clip, (B, S, 2, prenet_size), always the same."""
    steps = network.step_lengths(batch.durations).tolist()
    masks = [dropout_masks(network.config, count, variation=1.0, seed=0) for count in steps]
    return pad_sequence(masks, batch_first=True).to(batch.mel.device)
