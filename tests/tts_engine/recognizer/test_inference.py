"""Greedy reading and long inputs."""

import numpy as np
import pytest
import torch
from torch.nn import functional as F

from tts_engine.audio.cepstra import LOW_BANDS, cosines, mel_to_bands
from tts_engine.checkpoints import save_checkpoint
from tts_engine.recognizer import model
from tts_engine.recognizer.config import BILSTM, RecognizerConfig
from tts_engine.recognizer.inference import CHUNK_FRAMES, Recognizer, build_network, greedy
from tts_engine.recognizer.model import CLASSES, RecognizerNetwork, phonemes_to_classes
from tts_engine.types import Audio
from tts_engine.weights import list_folder

TINY = RecognizerConfig(channels=16, blocks=4, slow_blocks=2, feature_block=1, kernel=3)
TINY_JUDGE = RecognizerConfig(
    kind=BILSTM, channels=12, stem_channels=4, blocks=1, slow_blocks=0, feature_block=1
)


def test_greedy_drops_repeats_and_blanks():
    a, i = phonemes_to_classes(["a", "i"])
    posteriors = np.full((7, CLASSES), -9.0, dtype=np.float32)
    for step, label in enumerate([0, a, a, 0, a, i, 0]):
        posteriors[step, label] = 0.0
    assert greedy(posteriors) == ["a", "a", "i"]


def test_saved_recognizer_hears_the_same(tmp_path):
    torch.manual_seed(1)
    network = RecognizerNetwork(TINY)
    save_checkpoint(tmp_path / "x", TINY, network.state_dict(), half=False)
    list_folder(tmp_path / "x")
    loaded = Recognizer.load(tmp_path / "x", device=torch.device("cpu"))
    original = Recognizer(network, TINY, torch.device("cpu"))
    mel = np.random.default_rng(0).normal(-5, 2, (80, 50)).astype(np.float32)
    np.testing.assert_allclose(loaded.log_posteriors(mel), original.log_posteriors(mel), atol=1e-5)


def test_long_input_in_pieces_equals_the_whole(monkeypatch):
    # but for the mean and deviation, which are every piece's own
    monkeypatch.setattr(model, "bands_to_features", lambda bands, _: F.pad(bands, (0, 0, 0, 38)))
    torch.manual_seed(1)
    recognizer = Recognizer(RecognizerNetwork(TINY), TINY, torch.device("cpu"))
    frames = CHUNK_FRAMES + 901
    mel = np.random.default_rng(0).normal(-5, 2, (80, frames)).astype(np.float32)
    with torch.inference_mode():
        bands = mel_to_bands(torch.from_numpy(mel)[None], TINY.mel)
        whole = recognizer._network(bands, torch.tensor([frames]))[0]
    np.testing.assert_allclose(recognizer.log_posteriors(mel), whole.numpy(), atol=1e-4)


def test_a_very_short_clip_is_heard_without_error():
    torch.manual_seed(1)
    recognizer = Recognizer(RecognizerNetwork(TINY), TINY, torch.device("cpu"))
    assert isinstance(recognizer.transcribe(Audio(np.zeros(10, np.float32), 16_000)), list)


def test_an_ear_reads_a_telephone_call_and_its_features_alike():
    torch.manual_seed(1)
    ear = Recognizer(RecognizerNetwork(TINY), TINY, torch.device("cpu"))
    hiss = np.random.default_rng(0).normal(0, 0.05, 8000).astype(np.float32)
    mel = ear.mel(Audio(np.repeat(hiss, 2) * np.hanning(16_000).astype(np.float32), 16_000))
    mel[56:] = np.log(1e-5)  # nothing above the telephone's band
    cepstra = (cosines() @ mel_to_bands(torch.from_numpy(mel), TINY.mel)[:LOW_BANDS]).numpy()
    heard, read = ear.log_posteriors(mel), ear.log_posteriors_of_cepstra(cepstra)
    assert heard.shape == read.shape
    assert np.abs(heard - read).mean() < 0.1 * np.abs(heard - heard.mean(axis=0)).mean() + 0.02


def test_a_recognizer_of_mel_bands_refuses_features():
    recognizer = Recognizer(build_network(TINY_JUDGE), TINY_JUDGE, torch.device("cpu"))
    with pytest.raises(ValueError, match="cepstra"):
        recognizer.log_posteriors_of_cepstra(np.zeros((13, 40), np.float32))
