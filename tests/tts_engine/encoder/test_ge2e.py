"""Speaker encoder: loss, network, training."""

import numpy as np
import pytest
import torch

from tests.tts_engine.tiny_corpus import spell, write_corpus
from tts_engine.encoder.config import EncoderConfig
from tts_engine.encoder.data import PartialSampler
from tts_engine.encoder.inference import SpeakerEncoder
from tts_engine.encoder.losses import Ge2eLoss, similarities
from tts_engine.encoder.model import EncoderNetwork
from tts_engine.encoder.train import EncoderTraining, train
from tts_engine.errors import AudioError
from tts_engine.training.corpus import Corpus
from tts_engine.training.loop import RunConfig
from tts_engine.types import Audio

TINY = EncoderConfig(hidden=16, layers=1, embedding=8, window_frames=40, step_frames=20)


def test_own_centroid_leaves_the_utterance_out():
    embeddings = torch.tensor([[[1.0, 0.0], [0.0, 1.0]], [[0.6, 0.8], [0.6, 0.8]]])
    cosines = similarities(embeddings)
    assert cosines[0, 0, 0].item() == pytest.approx(0.0)  # the other of the pair is orthogonal
    assert cosines[1, 0, 1].item() == pytest.approx(1.0)
    assert cosines[0, 0, 1].item() == pytest.approx(0.6)


def test_separated_speakers_have_a_lower_loss_than_mixed_ones():
    criterion = Ge2eLoss()
    apart = torch.eye(2).repeat_interleave(2, 0).view(2, 2, 2)
    mixed = apart.transpose(0, 1).contiguous()
    assert criterion(apart) < 0.05 < criterion(mixed)


def test_embeddings_are_unit_vectors_without_negative_parts():
    torch.manual_seed(0)
    vectors = EncoderNetwork(TINY)(torch.rand(3, 40, 40))
    torch.testing.assert_close(vectors.norm(dim=1), torch.ones(3), atol=1e-4, rtol=0)
    assert (vectors >= 0).all()


def test_long_recordings_are_cut_into_half_overlapping_windows():
    encoder = SpeakerEncoder(EncoderNetwork(TINY), TINY, torch.device("cpu"))
    windows = encoder._windows(np.ones((100, 40), np.float32))
    assert windows.shape == (4, 40, 40)


def test_silence_has_no_embedding():
    encoder = SpeakerEncoder(EncoderNetwork(TINY), TINY, torch.device("cpu"))
    with pytest.raises(AudioError) as caught:
        encoder.embed(Audio(np.zeros(32_000, np.float32), 16_000))
    assert caught.value.code == "no_speech"


def test_training_tells_two_tone_speakers_apart_and_resumes(tmp_path):
    write_corpus(tmp_path / "corpus")

    def settings(steps):
        return EncoderTraining(
            run=RunConfig(folder=tmp_path / "run", steps=steps, device="cpu", precision="32-true"),
            corpus=tmp_path / "corpus",
            model=TINY,
            speakers=2,
            utterances=3,
        )

    train(settings(2))
    assert np.isfinite(train(settings(4)))
    assert (tmp_path / "run" / "weights" / "model.safetensors").is_file()


def test_too_few_speakers_are_an_error(tmp_path):
    rows = write_corpus(tmp_path / "corpus")
    sampler = PartialSampler(Corpus(tmp_path / "corpus"), rows, TINY)
    with pytest.raises(AudioError, match="speakers"):
        sampler.draw(5, 2, np.random.default_rng(0))


def test_a_word_of_tones_is_long_enough_for_the_sampler():
    assert spell(["a"] * 6).size / 22_050 > 0.4
